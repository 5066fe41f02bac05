//! Decisions: the one way in for links, sessions and rules.

use countersign::portal::link::Invalid;
use countersign::portal::mail::MailKind;
use countersign::portal::policy::{Ruling, Verdict};
use countersign::portal::request::{AssignmentState, EventKind, RequestState};
use countersign::portal::{AccountDraft, Actor, Answer, DecideOutcome, LinkPage, PortalError, Reads, RequestDraft};

use super::stand::{MINUTE, Stand, draft};
use crate::flows::crash_points::{Process, World};

#[tokio::test]
async fn one_yes_of_any_closes_the_request_and_the_other_is_told() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, draft(&["ana@x.org", "ben@x.org"], "any")).await;
    stand.open(request).await;
    let (ana, ben) = (stand.link_actor("ana@x.org").await, stand.link_actor("ben@x.org").await);
    assert!(matches!(stand.portal.link_page(&ana).await, Ok(LinkPage::Open(_))));

    let outcome = stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("a decision");
    let DecideOutcome::Recorded(receipt) = outcome else { panic!("not recorded: {outcome:?}") };
    assert_eq!((receipt.verdict, receipt.request_state), (Verdict::Approve, RequestState::Approved));

    let late = stand.portal.decide_by_link(&ben, stand.no(request).await).await.expect("an answer");
    let DecideOutcome::AlreadyDecidedBy { who, ruling, at } = late else { panic!("{late:?}") };
    assert_eq!((who.map(|who| who.email).as_deref(), ruling, at), (Some("ana@x.org"), Ruling::Approved, receipt.at));

    let record = stand.record(request).await;
    let states: Vec<_> = record.asked.iter().map(|asked| asked.assignment.state).collect();
    assert_eq!(states, [AssignmentState::Answered(Verdict::Approve), AssignmentState::NotNeeded]);
}

#[tokio::test]
async fn a_repeated_answer_gets_the_first_one_back() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, draft(&["ana@x.org", "ben@x.org"], "all")).await;
    stand.open(request).await;
    let ana = stand.link_actor("ana@x.org").await;
    stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("a decision");
    let again = stand.portal.decide_by_link(&ana, stand.no(request).await).await.expect("an answer");
    assert!(matches!(again, DecideOutcome::SameAgain(receipt) if receipt.verdict == Verdict::Approve));
    let page = stand.portal.link_page(&ana).await.expect("a page");
    assert!(matches!(page, LinkPage::Closed { outcome: DecideOutcome::SameAgain(_), .. }));
    assert_eq!(stand.record(request).await.request.state(), RequestState::Waiting);
}

#[tokio::test]
async fn of_two_answers_at_the_same_instant_one_decides() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    for _ in 0..5 {
        let request = stand.submit(&admin, draft(&["ana@x.org", "ben@x.org"], "any")).await;
        stand.open(request).await;
        let (ana, ben) = (stand.link_actor("ana@x.org").await, stand.link_actor("ben@x.org").await);
        let (yes, no) = (stand.yes(request).await, stand.yes(request).await);
        let (one, other) = tokio::join!(stand.portal.decide_by_link(&ana, yes), stand.portal.decide_by_link(&ben, no));
        let outcomes = [one.expect("an answer"), other.expect("an answer")];
        assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, DecideOutcome::Recorded(_))).count(), 1);
        let told =
            outcomes.iter().filter(|outcome| matches!(outcome, DecideOutcome::AlreadyDecidedBy { who: Some(_), .. }));
        assert_eq!(told.count(), 1);
        let events = stand.record(request).await.events;
        assert_eq!(events.iter().filter(|event| matches!(event.kind, EventKind::Closed(_))).count(), 1);
    }
}

#[tokio::test]
async fn a_no_needs_a_reason_and_nothing_chosen_is_no_answer() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    stand.open(request).await;
    let ana = stand.link_actor("ana@x.org").await;
    let field = |result: Result<DecideOutcome, PortalError>| match result {
        Err(PortalError::Invalid(errors)) => errors[0].field.clone(),
        other => panic!("{other:?}"),
    };
    let nothing = Answer { verdict: None, ..stand.yes(request).await };
    assert_eq!(field(stand.portal.decide_by_link(&ana, nothing).await), "verdict");
    let silent = Answer { reason: "  ".into(), ..stand.no(request).await };
    assert_eq!(field(stand.portal.decide_by_link(&ana, silent).await), "reason");
    let endless = Answer { reason: "x".repeat(2_001), ..stand.no(request).await };
    assert_eq!(field(stand.portal.decide_by_link(&ana, endless).await), "reason");
    assert_eq!(stand.record(request).await.request.state(), RequestState::Waiting);
}

#[tokio::test]
async fn the_session_of_somebody_asked_decides_too_and_closes_the_link() {
    let stand = Stand::new().await;
    let (admin, other) = (stand.admin().await, stand.link_less_admin().await);
    let request = stand.submit(&other, draft(&["ada@example.org"], "any")).await;
    stand.open(request).await;
    let link = stand.link_actor("ada@example.org").await;
    let stranger = stand.portal.decide_in_session(&other, request, stand.yes(request).await).await;
    assert_eq!(stranger, Err(PortalError::NotFound));
    let outcome = stand.portal.decide_in_session(&admin, request, stand.no(request).await).await.expect("a decision");
    assert!(matches!(outcome, DecideOutcome::Recorded(_)));
    let by_link = stand.portal.decide_by_link(&link, stand.yes(request).await).await.expect("an answer");
    assert!(matches!(by_link, DecideOutcome::SameAgain(receipt) if receipt.verdict == Verdict::Reject));
    assert_eq!(stand.record(request).await.request.state(), RequestState::Rejected);
}

#[tokio::test]
async fn an_answer_to_something_else_than_was_shown_is_refused() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    stand.open(request).await;
    let ana = stand.link_actor("ana@x.org").await;
    let answer = Answer { shown: countersign::portal::RevisionHash([0; 32]), ..stand.yes(request).await };
    assert!(matches!(stand.portal.decide_by_link(&ana, answer).await, Err(PortalError::Conflict(_))));
}

#[tokio::test]
async fn a_disabled_persons_link_says_so() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    stand.open(request).await;
    let ana = stand.link_actor("ana@x.org").await;
    let user = stand.record(request).await.asked[0].assignment.user;
    stand.portal.disable_user(&admin, user).await.expect("disabled");
    let outcome = stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("an answer");
    assert_eq!(outcome, DecideOutcome::NoLongerValid(Invalid::Disabled));
}

#[tokio::test]
async fn an_expired_link_is_renewed_by_mail_a_few_times_and_the_old_one_stays_closed() {
    use countersign::portal::NewLinkOutcome;
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let forever = countersign::portal::RequestDraft { due: Default::default(), ..draft(&["ana@x.org"], "any") };
    let request = stand.submit(&admin, forever).await;
    stand.open(request).await;
    let old = stand.link_actor("ana@x.org").await;
    assert_eq!(stand.portal.request_new_link(&old).await, Ok(NewLinkOutcome::StillOpen));
    stand.pass(15 * 24 * 60 * MINUTE);
    let outcome = stand.portal.decide_by_link(&old, stand.yes(request).await).await.expect("an answer");
    assert!(matches!(outcome, DecideOutcome::Expired { .. }));
    assert_eq!(stand.portal.request_new_link(&old).await, Ok(NewLinkOutcome::Sent));
    let new = stand.link_actor("ana@x.org").await;
    assert_ne!(new, old);
    let closed = stand.portal.decide_by_link(&old, stand.yes(request).await).await.expect("an answer");
    assert_eq!(closed, DecideOutcome::NoLongerValid(Invalid::Superseded));
    let outcome = stand.portal.decide_by_link(&new, stand.yes(request).await).await.expect("a decision");
    assert!(matches!(outcome, DecideOutcome::Recorded(_)));
}

#[tokio::test]
async fn a_change_of_mind_that_decides_is_told_at_once() {
    let world = World::new().await;
    let Process { portal, node, reads } = world.process(world.database.store()).await.expect("a process");
    let account = AccountDraft { name: "Ada".into(), email: "ada@x.org".into(), password: "correct horse".into() };
    let admin = Actor::User(portal.create_admin(&Actor::Cli, account).await.expect("an admin"));
    let policy = "name = \"Contracts\"\nreconsider_within = \"1 day\"\n\
                  [[stage]]\naddresses = [\"ana@x.org\", \"ben@x.org\"]\nrule = \"all\"\ndue_in = \"3 days\"\n\
                  [[stage.ladder]]\nat = \"due\"\ndo = \"reject\"\n";
    let policy = portal.import_policy(&admin, policy).await.expect("a policy");
    let asking = RequestDraft { policy: Some(policy), ..draft(&[], "any") };
    let request = portal.submit(&admin, asking).await.expect("a request");
    node.run_until_idle().await.expect("a database");

    let shown = reads.find_request(request).await.expect("readable").expect("the request").request.revision_hash;
    let rows = portal.outbox(&admin, None, None).await.expect("mails").rows;
    let asked = rows.iter().find(|row| row.to.email == "ana@x.org").expect("a mail");
    let ana = Actor::Link(asked.mail.link.expect("a link"));
    for verdict in [Verdict::Approve, Verdict::Reject] {
        let answer = Answer { verdict: Some(verdict), reason: "The price is wrong.".into(), shown };
        let outcome = portal.decide_by_link(&ana, answer).await.expect("an answer");
        assert!(matches!(outcome, DecideOutcome::Recorded(_)), "{outcome:?}");
        node.run_until_idle().await.expect("a database");
    }
    let rows = portal.outbox(&admin, None, None).await.expect("mails").rows;
    let told = rows.iter().filter(|row| row.mail.kind == MailKind::Decided);
    assert_eq!(told.count(), 3, "the requester and both who were asked");
}
