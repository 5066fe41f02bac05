//! Reminders by hand.

use countersign::portal::mail::MailKind;
use countersign::portal::policy::Verdict;
use countersign::portal::request::EventKind;
use countersign::portal::{Actor, PortalError, RequestDraft, SpanDraft};

use super::scene::{Scene, is_conflict, is_forbidden};
use super::stand::{MINUTE, draft};

/// The scene with a request that nothing is ever due of.
async fn without_end() -> Scene {
    Scene::with(RequestDraft { due: SpanDraft::default(), ..draft(&["otto@x.org", "guest@x.org"], "all") }).await
}

#[tokio::test]
async fn whoever_has_not_answered_is_mailed_with_the_link_they_have() {
    let scene = Scene::new().await;
    let link = scene.stand.link_of("guest@x.org").await;
    scene.say("otto@x.org", Verdict::Approve).await.expect("an answer");
    assert_eq!(scene.stand.portal.remind(&scene.rita, scene.request).await, Ok(1));
    assert_eq!(scene.mailed(MailKind::Reminder).await, ["guest@x.org"]);
    assert_eq!(scene.stand.link_of("guest@x.org").await, link);
    assert_eq!(scene.questions("guest@x.org").await[0].assignment.reminders, 1);
    let event = scene.record().await.events.into_iter().find(|event| event.kind == EventKind::Reminded);
    assert_eq!(event.expect("an event").actor.map(|by| by.id), scene.rita.user_id());
}

#[tokio::test]
async fn once_an_hour_is_enough() {
    let scene = without_end().await;
    assert_eq!(scene.stand.portal.remind(&scene.rita, scene.request).await, Ok(2));
    scene.stand.pass(59 * MINUTE);
    assert!(is_conflict(&scene.stand.portal.remind(&scene.admin, scene.request).await));
    scene.stand.pass(MINUTE);
    assert_eq!(scene.stand.portal.remind(&scene.admin, scene.request).await, Ok(2));
    assert_eq!(scene.mailed(MailKind::Reminder).await.len(), 4);
}

#[tokio::test]
async fn only_the_requester_and_admins_remind() {
    let scene = without_end().await;
    let remind = async |actor: &Actor| scene.stand.portal.remind(actor, scene.request).await;
    assert!(is_forbidden(&remind(&scene.otto).await));
    assert!(is_forbidden(&remind(&Scene::token_of(&scene.rita)).await));
    assert_eq!(remind(&scene.eve).await, Err(PortalError::NotFound));
    assert!(scene.mailed(MailKind::Reminder).await.is_empty());
    assert_eq!(remind(&scene.admin).await, Ok(2));
}

#[tokio::test]
async fn nobody_is_reminded_of_what_does_not_wait_for_them() {
    let scene = without_end().await;
    let (portal, request) = (&scene.stand.portal, scene.request);
    let remind = async || portal.remind(&scene.rita, request).await;
    portal.hold(&scene.admin, request, "a moment").await.expect("held");
    assert!(is_conflict(&remind().await));
    portal.resume(&scene.admin, request, "go on").await.expect("resumed");
    scene.say("otto@x.org", Verdict::RequestChanges).await.expect("an answer");
    assert!(is_conflict(&remind().await), "another revision comes first");
    portal.withdraw(&scene.rita, request, "").await.expect("withdrawn");
    assert!(is_conflict(&remind().await));
    assert!(scene.mailed(MailKind::Reminder).await.is_empty());
}
