//! How long a link works, which key signs it, and where its secret comes from.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use axum::http::StatusCode;
use countersign::auth::{Keys, NonceFor};
use countersign::portal::link::{Binding, KeyId, LinkClaims, Purpose};
use countersign::portal::policy::{StaleRule, Verdict};
use countersign::portal::ports::KeyRing;
use countersign::portal::request::RequestState;
use countersign::portal::{
    Actor, DecideOutcome, LinkId, LinkPage, NewLinkOutcome, PortalError, RequestDraft, RequestId, RevisionDraft, Time,
};

use super::super::browser::Browser;
use super::scene::{APPROVER, Holder, admin_of, amend, join, link, upload};
use crate::portal::stand::{Stand, draft};
use crate::support::database::Place;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// How long the link to a question works whose request is due and whose policy is as given.
async fn life(due: Option<Duration>, policy: Option<Duration>) -> Duration {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let hurried = draft(&["ana@x.org"], "any");
    let request = match due {
        Some(due) => {
            let mut typed = hurried.due.clone();
            typed.number = (due.as_secs() / 60).to_string();
            RequestDraft { due: typed, ..hurried }
        }
        None => RequestDraft { due: Default::default(), ..hurried },
    };
    let request = stand.submit(&admin, request).await;
    amend(&stand, request, move |request| request.policy.max_link_life = policy).await;
    stand.open(request).await;
    let row = link(&stand, stand.link_of("ana@x.org").await).await;
    let life = row.expires_at.since(row.created_at);

    // It is the end in truth: a moment before it the question is open, and after it no answer counts.
    let ana = stand.link_actor("ana@x.org").await;
    stand.pass(life - Duration::from_secs(1));
    assert!(matches!(stand.portal.link_page(&ana).await, Ok(LinkPage::Open(_))), "{due:?} {policy:?}");
    stand.pass(Duration::from_secs(1));
    let late = stand.portal.decide_by_link(&ana, stand.yes(request).await).await;
    assert!(matches!(late, Ok(DecideOutcome::Expired { .. })), "{late:?}");
    life
}

#[tokio::test]
async fn a_link_ends_with_the_first_of_due_time_policy_and_fourteen_days() {
    let expected = [
        // The due time is the first.
        (Some(HOUR), None, HOUR),
        (Some(HOUR), Some(DAY), HOUR),
        // The policy's longest life is.
        (Some(DAY), Some(HOUR), HOUR),
        (None, Some(HOUR), HOUR),
        // Fourteen days are, whatever a policy would allow.
        (None, None, 14 * DAY),
        (None, Some(30 * DAY), 14 * DAY),
        (Some(30 * DAY), None, 14 * DAY),
    ];
    for (due, policy, expected) in expected {
        // A link ends on a whole second, not before its time.
        let life = life(due, policy).await;
        assert!(life >= expected && life < expected + Duration::from_secs(1), "{due:?} {policy:?}: {life:?}");
    }
}

#[tokio::test]
async fn an_answer_is_changed_only_where_the_policy_lets_it_and_in_time() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let cases = [
        // (what the policy allows, when the other answer comes, whether it counts)
        (None, Duration::ZERO, false),
        (Some(600), Duration::from_secs(599), true),
        (Some(600), Duration::from_secs(600), false),
    ];
    for (within, later, counts) in cases {
        let request = stand.submit(&admin, draft(&["ana@x.org", "ben@x.org"], "all")).await;
        amend(&stand, request, move |request| request.policy.reconsider_within = within.map(Duration::from_secs)).await;
        stand.open(request).await;
        let ana = stand.link_actor("ana@x.org").await;
        stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("a decision");
        stand.pass(later);
        let outcome = stand.portal.decide_by_link(&ana, stand.no(request).await).await.expect("an answer");
        let (recorded, receipt) = match outcome {
            DecideOutcome::Recorded(receipt) => (true, receipt),
            DecideOutcome::SameAgain(receipt) => (false, receipt),
            other => panic!("{other:?}"),
        };
        assert_eq!(recorded, counts, "{within:?} {later:?}");
        assert_eq!(receipt.verdict, if counts { Verdict::Reject } else { Verdict::Approve });
        let state = if counts { RequestState::Rejected } else { RequestState::Waiting };
        assert_eq!(stand.record(request).await.request.state(), state, "{within:?} {later:?}");
    }
}

/// Whether the page behind a link offers another answer, and until when.
async fn offered(stand: &Stand, link: &Actor) -> Option<Time> {
    match stand.portal.link_page(link).await.expect("a page") {
        LinkPage::Closed { outcome: DecideOutcome::SameAgain(_), reconsider, .. } => {
            reconsider.map(|again| again.until)
        }
        other => panic!("{other:?}"),
    }
}

/// Asserts that the link takes no other answer than the yes that was given, and offers none.
async fn assert_final(stand: &Stand, link: &Actor, request: RequestId) {
    assert_eq!(offered(stand, link).await, None);
    let outcome = stand.portal.decide_by_link(link, stand.no(request).await).await.expect("an answer");
    assert!(
        matches!(&outcome, DecideOutcome::SameAgain(receipt) if receipt.verdict == Verdict::Approve),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_link_changes_an_answer_as_long_as_it_works_whatever_the_policy_allows() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let ana = join(&stand, &admin, "ana@x.org", APPROVER).await;
    let typed = RequestDraft { due: Default::default(), ..draft(&["ana@x.org", "ben@x.org"], "all") };
    let request = stand.submit(&admin, typed).await;
    amend(&stand, request, |request| {
        (request.policy.reconsider_within, request.policy.max_link_life) = (Some(DAY), Some(HOUR));
    })
    .await;
    stand.open(request).await;
    let id = stand.link_of("ana@x.org").await;
    let (by_link, end) = (Actor::Link(id), link(&stand, id).await.expires_at);
    stand.portal.decide_by_link(&by_link, stand.yes(request).await).await.expect("a decision");
    assert_eq!(offered(&stand, &by_link).await, Some(end), "not a day");
    assert!(stand.portal.link_changes(&by_link, None, None).await.is_ok());

    stand.pass(end.since(stand.portal.now()));
    assert_final(&stand, &by_link, request).await;
    let unseen = stand.portal.link_changes(&by_link, None, None).await;
    assert_eq!(unseen, Err(PortalError::NotFound), "an old link shows no document");
    let signed_in = stand.portal.decide_in_session(&ana, request, stand.no(request).await).await;
    assert!(matches!(signed_in, Ok(DecideOutcome::Recorded(_))), "{signed_in:?}");
}

#[tokio::test]
async fn an_answer_that_a_revision_left_standing_is_changed_signed_in_and_not_by_its_link() {
    let stand = Stand::new().await;
    let (admin, requester) = (stand.admin().await, stand.link_less_admin().await);
    let ana = join(&stand, &admin, "ana@x.org", APPROVER).await;
    let request = stand.submit(&requester, draft(&["ana@x.org", "ben@x.org"], "all")).await;
    amend(&stand, request, |request| {
        (request.policy.reconsider_within, request.policy.on_revision) = (Some(DAY), StaleRule::Keep);
    })
    .await;
    stand.open(request).await;
    let by_link = stand.link_actor("ana@x.org").await;
    stand.portal.decide_by_link(&by_link, stand.yes(request).await).await.expect("a decision");
    assert!(offered(&stand, &by_link).await.is_some());
    let other = RevisionDraft { title: "Contract".into(), text: "Something else.".into(), ..RevisionDraft::default() };
    stand.portal.revise(&requester, request, other).await.expect("revised");

    assert_final(&stand, &by_link, request).await;
    let signed_in = stand.portal.decide_in_session(&ana, request, stand.no(request).await).await;
    assert!(matches!(signed_in, Ok(DecideOutcome::Recorded(_))), "{signed_in:?}");
    assert_eq!(offered(&stand, &by_link).await, None, "it goes on to say how things stand");
}

#[tokio::test]
async fn an_expired_link_changes_nothing_and_says_only_how_things_stand() {
    let browser = Browser::new().await;
    let (stand, admin) = (&browser.stand, admin_of(&browser).await);
    let files = vec![upload(stand, &admin, "note.txt", b"hello").await];
    let forever = RequestDraft { files, due: Default::default(), ..draft(&["ana@x.org"], "any") };
    let request = stand.submit(&admin, forever).await;
    stand.open(request).await;
    stand.pass(15 * DAY);

    let ana = Holder::of(&browser, "ana@x.org").await;
    let page = ana.text().await;
    assert!(page.contains("This link has expired") && page.contains("Send me a new link"), "{page}");
    for of_document in ["Contract", "<strong>read</strong>", "note.txt", "name=\"nonce\"", "ada@example.org"] {
        assert!(!page.contains(of_document), "{of_document} in {page}");
    }
    for (below, status) in [
        ("/files/1", StatusCode::NOT_FOUND),
        ("/files/1/pages/1", StatusCode::NOT_FOUND),
        ("/revisions/1/files/1", StatusCode::NOT_FOUND),
        ("/changes", StatusCode::SEE_OTHER),
        ("/certificate.pdf", StatusCode::SEE_OTHER),
    ] {
        assert_eq!(ana.get(&format!("{}{below}", ana.page)).await.status, status, "{below}");
    }

    let id = stand.link_of("ana@x.org").await;
    let row = link(stand, id).await;
    let shown = stand.record(request).await.request.revision_hash;
    let nonce = browser.state.keys.form_nonce(NonceFor::Link(id), shown, stand.portal.now());
    let answered = ana.post(&ana.page, &format!("nonce={nonce}&verdict=approve")).await;
    let code = ana.post(&format!("{}/code", ana.page), "").await;
    assert_eq!([answered.status, code.status], [StatusCode::SEE_OTHER; 2], "the page says how things stand");
    assert_eq!(link(stand, id).await, row);
    let record = stand.record(request).await;
    assert!(record.request.closed.is_none() && record.asked[0].decision.is_none());
}

#[tokio::test]
async fn a_link_that_a_newer_one_replaced_neither_changes_an_answer_nor_shows_what_was_answered() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let typed = RequestDraft { due: Default::default(), ..draft(&["ana@x.org", "ben@x.org"], "all") };
    let request = stand.submit(&admin, typed).await;
    amend(&stand, request, |request| request.policy.reconsider_within = Some(DAY)).await;
    stand.open(request).await;
    let old = stand.link_actor("ana@x.org").await;
    stand.pass(15 * DAY);
    assert_eq!(stand.portal.request_new_link(&old).await, Ok(NewLinkOutcome::Sent));
    let new = stand.link_actor("ana@x.org").await;
    let outcome = stand.portal.decide_by_link(&new, stand.yes(request).await).await.expect("an answer");
    assert!(matches!(outcome, DecideOutcome::Recorded(_)), "{outcome:?}");

    let outcome = stand.portal.decide_by_link(&old, stand.no(request).await).await.expect("an answer");
    assert!(matches!(outcome, DecideOutcome::SameAgain(_)), "{outcome:?}");
    let page = stand.portal.link_page(&old).await;
    assert!(matches!(page, Ok(LinkPage::Closed { reconsider: None, .. })), "{page:?}");
    assert_eq!(stand.portal.link_changes(&old, None, None).await, Err(PortalError::NotFound));
    assert!(stand.portal.link_changes(&new, None, None).await.is_ok());

    let asked = stand.record(request).await.asked;
    let ana = asked.iter().find(|asked| asked.person.email == "ana@x.org").expect("she is asked");
    stand.portal.disable_user(&admin, ana.assignment.user).await.expect("disabled");
    assert_eq!(stand.portal.link_changes(&new, None, None).await, Err(PortalError::NotFound), "she is shut out");
}

#[test]
fn links_of_an_older_key_go_on_after_a_newer_one_is_made_and_end_with_their_key() {
    let place = Place::untouched_folder();
    let path = place.folder().join("ring.key");
    let keys = Keys::load_or_create(&path).expect("a new ring");
    let claims = LinkClaims {
        purpose: Purpose::Decide,
        key: keys.active_key(),
        id: LinkId(uuid::Uuid::from_u128(7)),
        expires_at: Time(1_000_000),
        binding: Binding::of_nobody(),
    };
    let secret = keys.sign(&claims).expect("the key is there");
    let cookie = keys.link_cookie(claims.id, Time(0));

    let before = fs::read_to_string(&path).expect("the ring");
    fs::write(&path, format!("{before}2 {}\n", "5c".repeat(32))).expect("another key");
    let rotated = Keys::load_or_create(&path).expect("the ring");
    assert_eq!((keys.active_key(), rotated.active_key()), (KeyId(2), KeyId(2)), "whoever signs looks at the file");
    assert_eq!(rotated.verify(secret.expose(), Purpose::Decide), Ok(claims), "the link in somebody's mail");
    assert!(rotated.sign(&claims).is_some_and(|again| again == secret), "a mail that is sent again has the same link");
    assert!(rotated.is_link_cookie(&cookie, claims.id, Time(0)), "a page that is open goes on");
    let of_newer = LinkClaims { key: rotated.active_key(), ..claims };
    let newer = rotated.sign(&of_newer).expect("the key is there");
    assert!(newer != secret);
    assert_eq!(keys.verify(newer.expose(), Purpose::Decide), Ok(of_newer));

    fs::write(&path, format!("2 {}\n", "5c".repeat(32))).expect("the first key is taken away");
    let without = Keys::load_or_create(&path).expect("the ring");
    assert!(without.verify(secret.expose(), Purpose::Decide).is_err());
    assert!(without.verify(newer.expose(), Purpose::Decide).is_ok());
}

#[tokio::test]
async fn the_id_of_a_link_is_the_systems_randomness_and_no_orchestration_makes_one() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let people: Vec<String> = (0..16).map(|number| format!("guest{number}@x.org")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    // Two rounds of the same people at the same instant, on a clock that stands still.
    for _ in 0..2 {
        let request = stand.submit(&admin, draft(&people, "all")).await;
        stand.open(request).await;
    }
    let rows = stand.portal.outbox(&admin, None, None).await.expect("mails").rows;
    let ids: Vec<LinkId> = rows.iter().filter_map(|line| line.mail.link).collect();
    assert_eq!(ids.len(), 32);
    // What is made of the time or of a counter begins alike, or keeps the bits that say so.
    let beginnings: HashSet<_> = ids.iter().map(|id| id.0.as_u128() >> 96).collect();
    assert_eq!(beginnings.len(), ids.len(), "two begin alike");
    for bit in 0..128 {
        let set = ids.iter().filter(|id| (id.0.as_u128() >> bit) & 1 == 1).count();
        assert!(set > 0 && set < ids.len(), "bit {bit} is the same in all of them");
    }

    let flows = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/flows");
    for file in fs::read_dir(flows).expect("the flows") {
        let path = file.expect("a file").path();
        let code = fs::read_to_string(&path).expect("code");
        for word in [".random()", "getrandom", "LinkClaims", "SignedLink", "insert_link"] {
            assert!(!code.contains(word), "{word} in {}", path.display());
        }
    }
}
