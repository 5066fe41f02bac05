//! A request with its instance running, and what admins do to both at once.

use std::time::Duration;

use countersign::portal::link::Invalid;
use countersign::portal::mail::{MailKind, MailState};
use countersign::portal::request::{EventKind, RequestState};
use countersign::portal::{DecideOutcome, PortalError, RequestId, Verb};
use countersign_engine::ids::InstanceId;
use countersign_engine::model::RuntimeStatus;

use super::stand::{Stand, draft};

const SOON: Duration = Duration::from_secs(20);

fn instance(request: RequestId) -> InstanceId {
    InstanceId::parse(&format!("request-{request}")).expect("an id")
}

async fn ended(stand: &Stand, id: &InstanceId) -> RuntimeStatus {
    stand.client.wait_for_completion(id, SOON).await.expect("an end").status
}

/// Waits until all mails that are queued have been sent.
async fn all_mailed(stand: &Stand) {
    let admin = stand.admin().await;
    for line in stand.portal.outbox(&admin, None, None).await.expect("mails").rows {
        ended(stand, &InstanceId::parse(&line.mail.instance()).expect("an id")).await;
    }
}

/// Waits until the request has an event of this kind.
async fn happened(stand: &Stand, request: RequestId, kind: EventKind) {
    let mut nudges = stand.portal.nudges().watch();
    while !stand.record(request).await.events.iter().any(|event| event.kind == kind) {
        let _ = tokio::time::timeout(SOON, nudges.recv()).await.expect("a nudge in time");
    }
}

#[tokio::test]
async fn a_request_is_approved_from_submission_to_the_last_mail() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let engine = stand.run().await;
    let request = stand.submit(&admin, draft(&["ana@x.org", "ben@x.org"], "any")).await;
    happened(&stand, request, EventKind::Mailed).await;
    let ana = stand.link_actor("ana@x.org").await;
    stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("a decision");
    assert_eq!(ended(&stand, &instance(request)).await, RuntimeStatus::Completed);
    all_mailed(&stand).await;
    assert_eq!(stand.record(request).await.request.state(), RequestState::Approved);
    assert_eq!(stand.mails.all().len(), 5, "two questions and three answers");
    engine.shutdown().await;
}

#[tokio::test]
async fn the_instance_follows_each_answer_until_all_have_answered() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let engine = stand.run().await;
    let request = stand.submit(&admin, draft(&["ana@x.org", "ben@x.org", "cem@x.org"], "all")).await;
    for email in ["ana@x.org", "ben@x.org", "cem@x.org"] {
        happened(&stand, request, EventKind::Mailed).await;
        all_mailed(&stand).await;
        let actor = stand.link_actor(email).await;
        let outcome = stand.portal.decide_by_link(&actor, stand.yes(request).await).await.expect("a decision");
        assert!(matches!(outcome, DecideOutcome::Recorded(_)), "{email}");
    }
    assert_eq!(ended(&stand, &instance(request)).await, RuntimeStatus::Completed);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_restart_asks_again_and_voids_the_old_links() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let engine = stand.run().await;
    let request = stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    happened(&stand, request, EventKind::Mailed).await;
    let early = stand.portal.restart(&admin, request, "again").await;
    assert!(matches!(early, Err(PortalError::Conflict(_))), "{early:?}");
    assert_eq!(stand.record(request).await.request.generation, 1, "a refused restart changes nothing");
    let old = stand.link_actor("ana@x.org").await;
    stand.portal.decide_by_link(&old, stand.no(request).await).await.expect("a decision");
    ended(&stand, &instance(request)).await;

    stand.portal.restart(&admin, request, "new price").await.expect("restarted");
    let record = stand.record(request).await;
    assert_eq!((record.request.generation, record.request.state()), (2, RequestState::Waiting));
    let outcome = stand.portal.decide_by_link(&old, stand.yes(request).await).await.expect("an answer");
    assert_eq!(outcome, DecideOutcome::NoLongerValid(Invalid::Restarted));
    happened(&stand, request, EventKind::Restarted).await;
    // The engine asks anew; only the new link decides.
    let new = loop {
        let link = stand.link_actor("ana@x.org").await;
        if link != old {
            break link;
        }
        tokio::task::yield_now().await;
    };
    let outcome = stand.portal.decide_by_link(&new, stand.yes(request).await).await.expect("a decision");
    assert!(matches!(outcome, DecideOutcome::Recorded(_)));
    assert_eq!(ended(&stand, &instance(request)).await, RuntimeStatus::Completed);
    assert_eq!(stand.record(request).await.request.state(), RequestState::Approved);
    engine.shutdown().await;
}

#[tokio::test]
async fn terminating_tells_everybody_and_closes_the_links() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let engine = stand.run().await;
    let request = stand.submit(&admin, draft(&["ana@x.org", "ben@x.org"], "all")).await;
    happened(&stand, request, EventKind::Mailed).await;
    all_mailed(&stand).await;
    let ana = stand.link_actor("ana@x.org").await;
    stand
        .portal
        .steer_instance(&admin, instance(request).as_str(), Verb::Terminate, "not needed")
        .await
        .expect("ended");
    assert_eq!(ended(&stand, &instance(request)).await, RuntimeStatus::Terminated);
    let outcome = stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("an answer");
    assert_eq!(outcome, DecideOutcome::NoLongerValid(Invalid::Terminated));
    all_mailed(&stand).await;
    let rows = stand.portal.outbox(&admin, Some(MailState::Sent), None).await.expect("mails").rows;
    assert_eq!(rows.iter().filter(|line| line.mail.kind == MailKind::Terminated).count(), 3);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_held_request_goes_on_after_it_is_resumed() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let engine = stand.run().await;
    let request = stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    happened(&stand, request, EventKind::Mailed).await;
    stand.portal.hold(&admin, request, "wait").await.expect("held");
    assert!(matches!(stand.portal.hold(&admin, request, "wait").await, Err(PortalError::Conflict(_))));
    stand.portal.resume(&admin, request, "go").await.expect("resumed");
    assert!(matches!(stand.portal.resume(&admin, request, "go").await, Err(PortalError::Conflict(_))));
    let ana = stand.link_actor("ana@x.org").await;
    stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("a decision");
    assert_eq!(ended(&stand, &instance(request)).await, RuntimeStatus::Completed);
    engine.shutdown().await;
}

#[tokio::test]
async fn verbs_need_an_admin_and_a_reason() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    stand.open(request).await;
    let (ana, id) = (stand.link_actor("ana@x.org").await, instance(request));
    for verb in [Verb::Suspend, Verb::Resume, Verb::Restart, Verb::Terminate] {
        assert_eq!(stand.portal.steer_instance(&ana, id.as_str(), verb, "x").await, Err(PortalError::NotSignedIn));
        assert!(matches!(
            stand.portal.steer_instance(&admin, id.as_str(), verb, " ").await,
            Err(PortalError::Invalid(_))
        ));
    }
    assert_eq!(stand.record(request).await.request.state(), RequestState::Waiting);
}
