//! What the page of a request offers to whom.

use countersign::portal::policy::Verdict;
use countersign::portal::{Actor, May, RequestVerb as Verb};

use super::scene::Scene;

impl Scene {
    async fn may(&self, actor: &Actor) -> May {
        self.record().await.may(actor.signed_in().expect("a session"), self.stand.portal.now())
    }

    /// What the requester, somebody asked and an admin may do.
    async fn verbs(&self) -> [Vec<Verb>; 3] {
        [self.may(&self.rita).await.verbs, self.may(&self.otto).await.verbs, self.may(&self.admin).await.verbs]
    }
}

#[tokio::test]
async fn everybody_is_offered_what_is_theirs_while_it_waits() {
    let scene = Scene::new().await;
    let [rita, otto, admin] = scene.verbs().await;
    assert_eq!(rita, [Verb::Withdraw, Verb::Revise, Verb::Remind, Verb::AddApprover, Verb::Observe]);
    assert_eq!(otto, [Verb::AddApprover, Verb::Observe]);
    assert_eq!(admin, [Verb::Withdraw, Verb::Remind, Verb::AddApprover, Verb::Observe, Verb::Overrule]);
    assert_eq!(scene.may(&scene.eve).await, May::default());
    let (own, guests) = (scene.question("otto@x.org").await, scene.question("guest@x.org").await);
    assert!(scene.may(&scene.rita).await.pass_on.is_empty());
    assert_eq!(scene.may(&scene.otto).await.pass_on, [own]);
    assert_eq!(scene.may(&scene.admin).await.pass_on, [own, guests]);
}

#[tokio::test]
async fn a_reminder_is_not_offered_again_for_an_hour() {
    let scene = Scene::new().await;
    scene.stand.portal.remind(&scene.rita, scene.request).await.expect("reminded");
    assert!(!scene.may(&scene.rita).await.can(Verb::Remind) && !scene.may(&scene.admin).await.can(Verb::Remind));
}

#[tokio::test]
async fn what_waits_for_nobody_offers_less() {
    let scene = Scene::new().await;
    let portal = &scene.stand.portal;
    portal.hold(&scene.admin, scene.request, "a moment").await.expect("held");
    let [rita, otto, admin] = scene.verbs().await;
    assert_eq!(rita, [Verb::Withdraw, Verb::Observe]);
    assert_eq!((otto, admin), (vec![Verb::Observe], vec![Verb::Withdraw, Verb::Observe]));
    portal.resume(&scene.admin, scene.request, "go on").await.expect("resumed");
    scene.say("guest@x.org", Verdict::RequestChanges).await.expect("an answer");
    let [rita, otto, admin] = scene.verbs().await;
    assert_eq!(rita, [Verb::Withdraw, Verb::Revise, Verb::Observe]);
    assert_eq!((otto, admin), (vec![Verb::Observe], vec![Verb::Withdraw, Verb::Observe, Verb::Overrule]));
    assert!(scene.may(&scene.admin).await.pass_on.is_empty());
    portal.withdraw(&scene.rita, scene.request, "").await.expect("withdrawn");
    let [rita, otto, admin] = scene.verbs().await;
    assert_eq!((rita, otto, admin), (vec![Verb::Observe], vec![Verb::Observe], vec![Verb::Observe]));
}

#[tokio::test]
async fn observers_are_taken_off_by_themselves_the_requester_and_admins() {
    let scene = Scene::new().await;
    scene.stand.portal.observe(&scene.otto, scene.request, "eve@x.org").await.expect("observing");
    let eve = scene.eve.user_id().expect("a person");
    for actor in [&scene.rita, &scene.admin, &scene.eve] {
        assert_eq!(scene.may(actor).await.unobserve, [eve]);
    }
    assert!(scene.may(&scene.otto).await.unobserve.is_empty());
    assert!(scene.may(&scene.eve).await.verbs.is_empty(), "to observe is to see, no more");
}
