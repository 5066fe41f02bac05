//! Observers: who lets whom see a request, and what they are told.

use countersign::portal::mail::MailKind;
use countersign::portal::policy::Verdict;
use countersign::portal::request::EventKind;
use countersign::portal::{Actor, PortalError, Round};

use super::scene::{REQUESTER, Scene, field, is_forbidden};

impl Scene {
    async fn observe(&self, by: &Actor, address: &str) -> Result<(), PortalError> {
        self.stand.portal.observe(by, self.request, address).await
    }

    async fn sees(&self, actor: &Actor) -> bool {
        self.stand.portal.request_page(actor, self.request).await.is_ok()
    }
}

#[tokio::test]
async fn an_observer_is_mailed_once_sees_the_request_and_hears_how_it_ends() {
    let scene = Scene::new().await;
    let nina = scene.stand.member(&scene.admin, "nina@x.org", REQUESTER).await;
    assert!(!scene.sees(&nina).await);
    for _ in 0..2 {
        scene.observe(&scene.otto, "Nina@X.org").await.expect("observing");
    }
    assert!(scene.sees(&nina).await);
    assert_eq!(scene.mailed(MailKind::Observing).await, ["nina@x.org"]);
    assert_eq!(scene.count(EventKind::Observing).await, 1);
    for email in ["otto@x.org", "guest@x.org"] {
        scene.say(email, Verdict::Approve).await.expect("an answer");
    }
    scene.stand.portal.conclude(Round { request: scene.request, generation: 1 }).await.expect("told");
    assert_eq!(scene.mailed(MailKind::Decided).await, ["guest@x.org", "nina@x.org", "otto@x.org", "rita@x.org"]);
}

#[tokio::test]
async fn who_cannot_observe_is_an_error_of_the_address() {
    let scene = Scene::new().await;
    assert_eq!(field(scene.observe(&scene.otto, "nobody").await), "observer");
    assert_eq!(field(scene.observe(&scene.otto, "rita@x.org").await), "observer", "she sees it anyway");
    assert!(scene.record().await.observers.is_empty());
}

#[tokio::test]
async fn a_request_has_a_hundred_observers_at_most() {
    let scene = Scene::new().await;
    for number in 0..100 {
        assert_eq!(scene.observe(&scene.rita, &format!("o{number}@x.org")).await, Ok(()));
    }
    assert_eq!(field(scene.observe(&scene.rita, "one.more@x.org").await), "observer");
    assert_eq!(scene.observe(&scene.rita, "o7@x.org").await, Ok(()), "who does already is no error");
    assert_eq!(scene.record().await.observers.len(), 100);
}

#[tokio::test]
async fn only_those_with_a_part_in_the_request_let_others_observe_it() {
    let scene = Scene::new().await;
    let nina = scene.stand.member(&scene.admin, "nina@x.org", REQUESTER).await;
    for (actor, address) in [(&scene.rita, "nina@x.org"), (&scene.otto, "b@x.org"), (&scene.admin, "c@x.org")] {
        assert_eq!(scene.observe(actor, address).await, Ok(()));
    }
    assert_eq!(scene.observe(&scene.eve, "d@x.org").await, Err(PortalError::NotFound));
    assert_eq!(scene.observe(&nina, "d@x.org").await, Err(PortalError::NotFound), "to observe is to see, no more");
    assert!(is_forbidden(&scene.observe(&Scene::token_of(&scene.rita), "d@x.org").await));
    assert_eq!(scene.record().await.observers.len(), 3);
}

#[tokio::test]
async fn observing_is_ended_by_oneself_the_requester_and_admins() {
    let scene = Scene::new().await;
    let nina = scene.stand.member(&scene.admin, "nina@x.org", REQUESTER).await;
    let id = nina.user_id().expect("a person");
    let end = async |actor: &Actor| scene.stand.portal.unobserve(actor, scene.request, id).await;
    for actor in [&nina, &scene.rita, &scene.admin] {
        scene.observe(&scene.rita, "nina@x.org").await.expect("observing");
        assert!(is_forbidden(&end(&scene.otto).await));
        assert_eq!(end(&scene.eve).await, Err(PortalError::NotFound));
        assert!(scene.sees(&nina).await);
        assert_eq!(end(actor).await, Ok(()));
        assert!(!scene.sees(&nina).await);
    }
    assert_eq!(end(&scene.rita).await, Err(PortalError::NotFound), "she observes it no more");
}
