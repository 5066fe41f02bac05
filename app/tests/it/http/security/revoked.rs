//! What closes a link before its time, and what its page says then.

use axum::http::StatusCode;
use countersign::portal::link::{Invalid, LinkState};
use countersign::portal::policy::Verdict;
use countersign::portal::{Actor, Answer, DecideOutcome, LinkId, RequestDraft, RequestId, RevisionDraft};

use super::super::browser::Browser;
use super::scene::{APPROVER, Holder, admin_of, amend, join, link, log, secret};
use crate::portal::stand::{MINUTE, Stand, draft};

/// A request to one person, who has a link.
async fn asked(stand: &Stand, by: &Actor, email: &str) -> (RequestId, LinkId) {
    let request = stand.submit(by, draft(&[email], "any")).await;
    stand.open(request).await;
    (request, stand.link_of(email).await)
}

/// The person's answer by the link, after whatever closed it.
async fn answered(stand: &Stand, request: RequestId, link: LinkId) -> DecideOutcome {
    let yes = stand.yes(request).await;
    stand.portal.decide_by_link(&Actor::Link(link), yes).await.expect("an answer")
}

#[tokio::test]
async fn everything_that_ends_a_question_revokes_its_link_and_the_log_says_so() {
    let browser = Browser::new().await;
    let (stand, admin) = (&browser.stand, admin_of(&browser).await);
    let portal = &stand.portal;
    let question = async |request| stand.record(request).await.asked[0].assignment.clone();
    let mut closed = Vec::new();

    let (request, link) = asked(stand, &stand.link_less_admin().await, "ana@x.org").await;
    portal.reassign(&admin, question(request).await.id, "eva@x.org", "Away.").await.expect("reassigned");
    closed.push((request, link, Invalid::Reassigned, "reassigned"));

    let dora = join(stand, &admin, "dora@x.org", APPROVER).await;
    let (request, link) = asked(stand, &admin, "dora@x.org").await;
    portal.reassign(&dora, question(request).await.id, "eva@x.org", "").await.expect("delegated");
    closed.push((request, link, Invalid::Reassigned, "reassigned"));

    let (request, link) = asked(stand, &admin, "ben@x.org").await;
    portal.withdraw(&admin, request, "").await.expect("withdrawn");
    closed.push((request, link, Invalid::Withdrawn, "withdrawn"));

    let (request, link) = asked(stand, &admin, "cem@x.org").await;
    portal.terminate(&admin, request, "Because.").await.expect("terminated");
    closed.push((request, link, Invalid::Terminated, "terminated"));

    let (request, link) = asked(stand, &admin, "fay@x.org").await;
    let other = RevisionDraft { title: "Contract".into(), text: "Another one.".into(), ..RevisionDraft::default() };
    portal.revise(&admin, request, other).await.expect("revised");
    closed.push((request, link, Invalid::Superseded, "superseded"));

    let (request, link) = asked(stand, &admin, "gil@x.org").await;
    portal.disable_user(&admin, question(request).await.user).await.expect("disabled");
    closed.push((request, link, Invalid::Disabled, "disabled"));

    for (request, id, why, word) in closed {
        assert_eq!(super::scene::link(stand, id).await.state, LinkState::Revoked(why), "{why:?}");
        let log = log(stand, &admin, &id.to_string()).await;
        assert!(log.contains(&("link.revoked".to_owned(), word.to_owned())), "{why:?}: {log:?}");
        assert_eq!(answered(stand, request, id).await, DecideOutcome::NoLongerValid(why));
        assert!(stand.record(request).await.asked.iter().all(|asked| asked.decision.is_none()), "{why:?}");
    }
}

#[tokio::test]
async fn an_admins_own_verdict_and_somebodys_decision_close_links_too() {
    let browser = Browser::new().await;
    let (stand, admin) = (&browser.stand, admin_of(&browser).await);
    let bo = stand.link_less_admin().await;
    let (request, id) = asked(stand, &bo, "ana@x.org").await;
    stand.portal.overrule(&admin, request, Some(Verdict::Reject), "No budget.").await.expect("overruled");
    assert_eq!(link(stand, id).await.state, LinkState::Revoked(Invalid::NotNeeded));
    assert!(matches!(answered(stand, request, id).await, DecideOutcome::AlreadyDecidedBy { who: Some(_), .. }));

    let (request, id) = asked(stand, &bo, "ben@x.org").await;
    assert!(matches!(answered(stand, request, id).await, DecideOutcome::Recorded(_)));
    assert_eq!(link(stand, id).await.state, LinkState::Used);
    let no = stand.no(request).await;
    let again = stand.portal.decide_by_link(&Actor::Link(id), no).await.expect("an answer");
    assert!(matches!(again, DecideOutcome::SameAgain(receipt) if receipt.verdict == Verdict::Approve));
}

#[tokio::test]
async fn an_authentic_link_says_how_its_question_stands() {
    let browser = Browser::new().await;
    let (stand, admin) = (&browser.stand, admin_of(&browser).await);
    let portal = &stand.portal;
    let says = async |email: &str, words: &str| {
        let text = Holder::of(&browser, email).await.text().await;
        assert!(text.contains(words), "{email}: {words} in {text}");
        assert!(!text.contains("name=\"verdict\"") || words == "asks for your approval", "{email} is asked");
    };

    let (request, id) = asked(stand, &admin, "open@x.org").await;
    says("open@x.org", "asks for your approval").await;
    portal.hold(&admin, request, "Because.").await.expect("held");
    says("open@x.org", "This request is on hold").await;
    portal.resume(&admin, request, "Because.").await.expect("resumed");
    assert!(matches!(answered(stand, request, id).await, DecideOutcome::Recorded(_)));
    says("open@x.org", "You approved this request").await;

    let (request, _) = asked(stand, &admin, "other@x.org").await;
    portal.overrule(&stand.link_less_admin().await, request, Some(Verdict::Approve), "Urgent.").await.expect("decided");
    says("other@x.org", "Already approved").await;

    let pair = stand.submit(&admin, draft(&["asks@x.org", "waits@x.org"], "all")).await;
    stand.open(pair).await;
    let changes = Answer { verdict: Some(Verdict::RequestChanges), ..stand.no(pair).await };
    portal.decide_by_link(&stand.link_actor("asks@x.org").await, changes).await.expect("a decision");
    says("waits@x.org", "Changes were requested").await;

    let (request, _) = asked(stand, &admin, "gone@x.org").await;
    portal.withdraw(&admin, request, "").await.expect("withdrawn");
    says("gone@x.org", "The request was withdrawn.").await;

    let (_, secret) = late_link(&browser).await;
    let answer = browser.get(&format!("/d/{secret}")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "an old link opens its page");
    says("old@x.org", "This link has expired").await;
    says("old@x.org", "Send me a new link").await;
}

#[tokio::test]
async fn whoever_is_shut_out_reads_no_title_however_the_request_goes_on() {
    let browser = Browser::new().await;
    let (stand, admin, bo) = (&browser.stand, admin_of(&browser).await, browser.stand.link_less_admin().await);
    let question = async |request| stand.record(request).await.asked[0].assignment.clone();

    let (request, _) = asked(stand, &bo, "ana@x.org").await;
    let ana = Holder::of(&browser, "ana@x.org").await;
    assert!(ana.text().await.contains("Contract"));
    stand.portal.reassign(&admin, question(request).await.id, "eva@x.org", "Away.").await.expect("reassigned");
    // As if it had been restarted.
    amend(stand, request, |request| request.generation += 1).await;
    let text = ana.text().await;
    assert!(text.contains("Somebody else is asked in your place.") && !text.contains("Contract"), "{text}");

    let (request, _) = asked(stand, &bo, "gil@x.org").await;
    let gil = Holder::of(&browser, "gil@x.org").await;
    assert!(gil.text().await.contains("Contract"));
    stand.portal.disable_user(&admin, question(request).await.user).await.expect("disabled");
    let text = gil.text().await;
    assert!(text.contains("Your address may no longer decide here.") && !text.contains("Contract"), "{text}");
}

/// A link that has expired while its request is open.
async fn late_link(browser: &Browser) -> (LinkId, String) {
    let (stand, admin) = (&browser.stand, admin_of(browser).await);
    let forever = RequestDraft { due: Default::default(), ..draft(&["old@x.org"], "any") };
    let request = stand.submit(&admin, forever).await;
    stand.open(request).await;
    stand.pass(15 * 24 * 60 * MINUTE);
    secret(stand, "old@x.org").await
}
