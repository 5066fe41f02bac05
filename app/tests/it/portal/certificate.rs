//! The facts of a certificate: who may have them, what they say, and that they stay as they are.

use countersign::portal::certificate::{CertificateFacts, CertifiedQuestion, HowEnded};
use countersign::portal::link::{Invalid, LinkState};
use countersign::portal::request::{AssignmentState, RequestState, Said, Strength};
use countersign::portal::{Actor, PortalError, RequestId, Roles};

use super::stand::{MINUTE, Stand, draft};

const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };
const APPROVER: Roles = Roles { requester: false, approver: true, admin: false };

/// A request of Rita's to Ana and Ben, approved by Ana with her link.
async fn approved(stand: &Stand, rita: &Actor) -> RequestId {
    let request = stand.submit(rita, draft(&["ana@x.org", "ben@x.org"], "any")).await;
    stand.open(request).await;
    stand.pass(MINUTE);
    let ana = stand.link_actor("ana@x.org").await;
    stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("a decision");
    request
}

async fn people(stand: &Stand) -> (Actor, Actor) {
    let admin = stand.admin().await;
    let rita = stand.member(&admin, "rita@x.org", REQUESTER).await;
    (admin, rita)
}

fn asked<'a>(facts: &'a CertificateFacts, email: &str) -> &'a CertifiedQuestion {
    let asked = &facts.rounds[0].stages[0].asked;
    asked.iter().find(|question| question.person.email == email).expect("a question")
}

#[tokio::test]
async fn whoever_may_see_the_request_may_have_its_certificate_and_nobody_else() {
    let stand = Stand::new().await;
    let (admin, rita) = people(&stand).await;
    let eve = stand.member(&admin, "eve@x.org", APPROVER).await;
    let ben = stand.member(&admin, "ben@x.org", APPROVER).await;
    let request = approved(&stand, &rita).await;
    for actor in [&admin, &rita, &ben] {
        assert!(stand.portal.certificate(actor, request).await.is_ok(), "{actor:?}");
        assert!(stand.portal.archive(actor, request).await.is_ok(), "{actor:?}");
    }
    assert_eq!(stand.portal.certificate(&eve, request).await, Err(PortalError::NotFound));
    assert_eq!(stand.portal.archive(&eve, request).await, Err(PortalError::NotFound));
    let link = stand.link_actor("ana@x.org").await;
    for nobody in [link, Actor::Cli, Actor::LocalRpc] {
        assert!(stand.portal.certificate(&nobody, request).await.is_err(), "{nobody:?}");
    }
}

#[tokio::test]
async fn a_request_that_is_open_has_no_certificate() {
    let stand = Stand::new().await;
    let (_, rita) = people(&stand).await;
    let request = stand.submit(&rita, draft(&["ana@x.org"], "any")).await;
    assert!(matches!(stand.portal.certificate(&rita, request).await, Err(PortalError::Conflict(_))));
    assert!(matches!(stand.portal.archive(&rita, request).await, Err(PortalError::Conflict(_))));
}

#[tokio::test]
async fn the_facts_are_what_happened() {
    let stand = Stand::new().await;
    let (admin, rita) = people(&stand).await;
    let request = approved(&stand, &rita).await;
    let facts = stand.portal.certificate(&admin, request).await.expect("facts");
    let record = stand.record(request).await;
    assert_eq!((facts.end.state, facts.end.how), (RequestState::Approved, HowEnded::Answers));
    assert_eq!(facts.end.by.as_ref().map(|person| person.email.as_str()), Some("ana@x.org"));
    assert_eq!(
        facts.revisions.iter().map(|revision| revision.hash).collect::<Vec<_>>(),
        [record.request.revision_hash]
    );
    let answer = &asked(&facts, "ana@x.org").answers[0];
    assert_eq!((answer.said, answer.strength), (Said::Approved, Strength::Link));
    assert_eq!((answer.at, answer.revision_hash), (facts.end.at, record.request.revision_hash));
    assert_eq!(asked(&facts, "ben@x.org").state, AssignmentState::NotNeeded);
    let used: Vec<_> = facts.links.iter().filter(|link| link.state == LinkState::Used).collect();
    assert_eq!(used.len(), 1);
    assert_eq!((used[0].person.email.as_str(), used[0].settled_at), ("ana@x.org", Some(facts.end.at)));
}

#[tokio::test]
async fn the_certificate_names_a_row_that_the_log_has_and_stays_the_same() {
    use countersign::portal::audit::AuditReads;

    let stand = Stand::new().await;
    let (admin, rita) = people(&stand).await;
    let request = approved(&stand, &rita).await;
    let first = stand.portal.certificate(&rita, request).await.expect("facts");
    let place = first.place.clone().expect("a place in the log");
    let reads = countersign::db::DbReads::new(stand.store.read().clone());
    let row = reads.list_chained(place.head.seq - 1, place.head.seq, 1).await.expect("a row").remove(0);
    assert_eq!((row.hash, row.entry.object), (place.head.hash.to_string(), request.to_string()));

    stand.pass(MINUTE);
    let other = stand.submit(&rita, draft(&["ana@x.org"], "any")).await;
    stand.portal.comment(&rita, request, "Thank you.").await.expect("a comment");
    stand.portal.withdraw(&rita, other, "").await.expect("withdrawn");
    let again = stand.portal.certificate(&admin, request).await.expect("facts");
    assert_eq!(again, first);

    stand.portal.sweep_audit().await.expect("a checkpoint");
    let covered = stand.portal.certificate(&admin, request).await.expect("facts").place.expect("a place");
    assert!(covered.checkpoint.is_some_and(|checkpoint| checkpoint.seq >= place.head.seq));
}

#[tokio::test]
async fn a_withdrawn_request_has_a_certificate_of_that() {
    let stand = Stand::new().await;
    let (_, rita) = people(&stand).await;
    let request = stand.submit(&rita, draft(&["ana@x.org"], "any")).await;
    stand.open(request).await;
    stand.portal.withdraw(&rita, request, "Not needed any more.").await.expect("withdrawn");
    let facts = stand.portal.certificate(&rita, request).await.expect("facts");
    assert_eq!((facts.end.state, facts.end.how), (RequestState::Withdrawn, HowEnded::Withdrawn));
    assert_eq!(facts.end.reason, "Not needed any more.");
    let states: Vec<_> = facts.links.iter().map(|link| (link.state, link.settled_at)).collect();
    assert_eq!(states, [(LinkState::Revoked(Invalid::Withdrawn), Some(facts.end.at))]);
}
