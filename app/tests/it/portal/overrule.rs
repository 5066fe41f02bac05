//! An admin decides over the heads of those who are asked.

use std::time::Duration;

use countersign::portal::mail::MailKind;
use countersign::portal::policy::{Ruling, Verdict};
use countersign::portal::request::{AssignmentState, Ending, EventKind, RequestState};
use countersign::portal::{Actor, DecideOutcome, PortalError, Round};
use countersign_engine::ids::InstanceId;
use countersign_engine::model::RuntimeStatus;

use super::scene::{Scene, field, is_conflict, is_forbidden};
use super::stand::draft;

impl Scene {
    async fn overrule(&self, by: &Actor, verdict: Verdict) -> Result<(), PortalError> {
        self.stand.portal.overrule(by, self.request, Some(verdict), "The board has decided.").await
    }
}

#[tokio::test]
async fn the_request_ends_at_once_everybody_is_told_and_late_answers_hear_by_whom() {
    let scene = Scene::new().await;
    let guest = scene.stand.link_actor("guest@x.org").await;
    scene.overrule(&scene.admin, Verdict::Approve).await.expect("overruled");
    let record = scene.record().await;
    let closed = record.closed().expect("an end").clone();
    assert_eq!((closed.ending, closed.by), (Ending::Ruled(Ruling::Approved), scene.admin.user_id()));
    assert_eq!(closed.reason, "The board has decided.");
    assert!(record.asked.iter().all(|asked| asked.assignment.state == AssignmentState::NotNeeded));
    let event = record.events.iter().find(|event| event.kind == EventKind::Overruled(Verdict::Approve));
    assert_eq!(event.expect("an event").note, "The board has decided.");
    let late = scene.say_by(&guest, Verdict::Reject).await;
    let Ok(DecideOutcome::AlreadyDecidedBy { who: Some(who), ruling, .. }) = late else { panic!("{late:?}") };
    assert_eq!((Some(who.id), ruling), (scene.admin.user_id(), Ruling::Approved));
    scene.stand.portal.conclude(Round { request: scene.request, generation: 1 }).await.expect("told");
    assert_eq!(scene.mailed(MailKind::Decided).await, ["guest@x.org", "otto@x.org", "rita@x.org"]);
}

#[tokio::test]
async fn a_request_that_waits_for_another_revision_can_be_rejected_too() {
    let scene = Scene::new().await;
    scene.say("guest@x.org", Verdict::RequestChanges).await.expect("an answer");
    scene.overrule(&scene.admin, Verdict::Reject).await.expect("overruled");
    let request = scene.record().await.request;
    assert_eq!((request.state(), request.changes_requested_at), (RequestState::Rejected, None));
}

#[tokio::test]
async fn it_takes_a_verdict_and_a_reason() {
    let scene = Scene::new().await;
    let overrule = async |verdict: Option<Verdict>, reason: &str| {
        field(scene.stand.portal.overrule(&scene.admin, scene.request, verdict, reason).await)
    };
    assert_eq!(overrule(None, "because").await, "verdict");
    assert_eq!(overrule(Some(Verdict::RequestChanges), "because").await, "verdict");
    assert_eq!(overrule(Some(Verdict::Approve), " ").await, "reason");
    assert_eq!(overrule(Some(Verdict::Approve), &"x".repeat(501)).await, "reason");
    assert!(scene.record().await.closed().is_none());
}

#[tokio::test]
async fn only_admins_may_in_person_and_never_on_their_own_request() {
    let scene = Scene::new().await;
    for actor in [&scene.rita, &scene.otto, &scene.eve, &Scene::token_of(&scene.admin)] {
        assert!(is_forbidden(&scene.overrule(actor, Verdict::Approve).await));
    }
    let link = scene.stand.link_actor("guest@x.org").await;
    assert_eq!(scene.overrule(&link, Verdict::Approve).await, Err(PortalError::NotSignedIn));
    let own = scene.stand.submit(&scene.admin, draft(&["otto@x.org"], "any")).await;
    let refused = scene.stand.portal.overrule(&scene.admin, own, Some(Verdict::Approve), "because").await;
    assert!(is_forbidden(&refused));
    assert!(scene.stand.record(own).await.closed().is_none() && scene.record().await.closed().is_none());
}

#[tokio::test]
async fn what_is_on_hold_is_resumed_first_and_what_has_ended_stays_so() {
    let scene = Scene::new().await;
    scene.stand.portal.hold(&scene.admin, scene.request, "a moment").await.expect("held");
    assert!(is_conflict(&scene.overrule(&scene.admin, Verdict::Approve).await));
    scene.stand.portal.resume(&scene.admin, scene.request, "go on").await.expect("resumed");
    scene.say("guest@x.org", Verdict::Reject).await.expect("an answer");
    assert!(is_conflict(&scene.overrule(&scene.admin, Verdict::Approve).await));
    assert_eq!(scene.record().await.request.state(), RequestState::Rejected);
}

#[tokio::test]
async fn of_a_last_answer_and_an_admin_at_the_same_instant_one_decides() {
    for _ in 0..4 {
        let scene = Scene::with(draft(&["guest@x.org"], "any")).await;
        let guest = scene.stand.link_actor("guest@x.org").await;
        let (ruled, answered) =
            tokio::join!(scene.overrule(&scene.admin, Verdict::Approve), scene.say_by(&guest, Verdict::Reject));
        let state = scene.record().await.request.state();
        match ruled {
            Ok(()) => {
                assert!(matches!(answered, Ok(DecideOutcome::AlreadyDecidedBy { .. })), "{answered:?}");
                assert_eq!(state, RequestState::Approved);
            }
            refused => {
                assert!(is_conflict(&refused), "{refused:?}");
                assert_eq!(state, RequestState::Rejected);
            }
        }
    }
}

#[tokio::test]
async fn its_instance_ends_too() {
    let scene = Scene::new().await;
    let engine = scene.stand.run().await;
    scene.until_mailed("guest@x.org", 1).await;
    scene.overrule(&scene.admin, Verdict::Reject).await.expect("overruled");
    let id = InstanceId::parse(&format!("request-{}", scene.request)).expect("an id");
    let end = scene.stand.client.wait_for_completion(&id, Duration::from_secs(20)).await.expect("an end");
    assert_eq!(end.status, RuntimeStatus::Completed);
    assert_eq!(scene.mailed(MailKind::Decided).await.len(), 3);
    engine.shutdown().await;
}
