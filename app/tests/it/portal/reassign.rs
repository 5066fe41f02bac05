//! A question passes from one person to another, or one more person is asked.

use countersign::portal::link::Invalid;
use countersign::portal::mail::MailKind;
use countersign::portal::policy::Verdict;
use countersign::portal::request::{AssignmentState, EventKind, RequestState, StandInReason};
use countersign::portal::{Actor, DecideOutcome, PortalError, RequestDraft, RequestVerb, RevisionDraft};

use super::scene::{Scene, field, is_conflict, is_forbidden};
use super::stand::draft;

const REASSIGNED: DecideOutcome = DecideOutcome::NoLongerValid(Invalid::Reassigned);

impl Scene {
    /// Passes the newest question of `from` on to `to`.
    async fn pass_on(&self, by: &Actor, from: &str, to: &str, reason: &str) -> Result<(), PortalError> {
        let question = self.question(from).await;
        self.stand.portal.reassign(by, question, to, reason).await
    }

    async fn add(&self, by: &Actor, address: &str) -> Result<(), PortalError> {
        self.stand.portal.add_approver(by, self.request, address).await
    }
}

#[tokio::test]
async fn the_person_asked_passes_their_question_on_and_owes_no_reason() {
    let scene = Scene::new().await;
    let old = scene.stand.link_actor("otto@x.org").await;
    scene.pass_on(&scene.otto, "otto@x.org", "Nina@X.org", "").await.expect("passed on");

    assert_eq!(scene.states("otto@x.org").await, [AssignmentState::Reassigned]);
    let nina = scene.questions("nina@x.org").await.remove(0);
    let stands_in = nina.assignment.stands_in.expect("a reason why she is asked");
    assert_eq!((Some(stands_in.for_user), stands_in.why), (scene.otto.user_id(), StandInReason::Delegated));
    let approvers = scene.record().await.request.open_stage().approvers.clone();
    assert!(approvers.contains(&nina.assignment.user) && !approvers.contains(&stands_in.for_user));
    assert_eq!((scene.count(EventKind::Reassigned).await, scene.count(EventKind::StandsIn).await), (1, 1));
    assert!(scene.mailed(MailKind::Reassigned).await.is_empty(), "he did it himself");
    assert_eq!(scene.say_by(&old, Verdict::Approve).await, Ok(REASSIGNED));

    scene.stand.open(scene.request).await;
    let outcome = scene.say("nina@x.org", Verdict::Approve).await;
    assert!(matches!(outcome, Ok(DecideOutcome::Recorded(_))), "{outcome:?}");
    scene.say("guest@x.org", Verdict::Approve).await.expect("an answer");
    assert_eq!(scene.record().await.request.state(), RequestState::Approved);
}

#[tokio::test]
async fn an_admin_passes_on_any_question_says_why_and_the_person_before_is_told() {
    let scene = Scene::new().await;
    assert_eq!(field(scene.pass_on(&scene.admin, "guest@x.org", "nina@x.org", " ").await), "reason");
    scene.pass_on(&scene.admin, "guest@x.org", "nina@x.org", "On leave").await.expect("passed on");
    let stands_in = scene.questions("nina@x.org").await[0].assignment.stands_in.expect("a reason");
    assert_eq!(stands_in.why, StandInReason::Reassigned);
    let event = scene.record().await.events.into_iter().find(|event| event.kind == EventKind::Reassigned);
    assert_eq!(event.expect("an event").note, "On leave");
    assert_eq!(scene.mailed(MailKind::Reassigned).await, ["guest@x.org"]);
}

#[tokio::test]
async fn whoever_cannot_be_asked_is_an_error_of_the_address() {
    let scene = Scene::new().await;
    let dan = scene.stand.member(&scene.admin, "dan@x.org", super::scene::REQUESTER).await;
    scene.stand.portal.disable_user(&scene.admin, dan.user_id().expect("a person")).await.expect("disabled");
    for to in ["nobody", "rita@x.org", "guest@x.org", "otto@x.org", "dan@x.org"] {
        assert_eq!(field(scene.pass_on(&scene.otto, "otto@x.org", to, "").await), "to", "{to}");
        assert_eq!(field(scene.add(&scene.rita, to).await), "approver", "{to}");
    }
    assert_eq!(scene.record().await.asked.len(), 2);
}

#[tokio::test]
async fn only_the_person_asked_and_admins_pass_on() {
    let scene = Scene::new().await;
    let (link, token) = (scene.stand.link_actor("otto@x.org").await, Scene::token_of(&scene.otto));
    let by = async |actor: &Actor| scene.pass_on(actor, "otto@x.org", "nina@x.org", "because").await;
    assert!(is_forbidden(&by(&scene.rita).await));
    assert!(is_forbidden(&by(&token).await));
    assert!(is_forbidden(&scene.pass_on(&scene.otto, "guest@x.org", "nina@x.org", "because").await));
    assert_eq!(by(&scene.eve).await, Err(PortalError::NotFound));
    assert_eq!(by(&link).await, Err(PortalError::NotSignedIn));
    assert_eq!(scene.states("otto@x.org").await, [AssignmentState::Pending]);
}

#[tokio::test]
async fn a_question_that_is_not_open_stays_with_whoever_has_it() {
    let scene = Scene::new().await;
    let (portal, request) = (&scene.stand.portal, scene.request);
    let pass_on = async |from: &str| scene.pass_on(&scene.admin, from, "nina@x.org", "because").await;
    portal.hold(&scene.admin, request, "a moment").await.expect("held");
    assert!(is_conflict(&pass_on("otto@x.org").await) && is_conflict(&scene.add(&scene.rita, "nina@x.org").await));
    portal.resume(&scene.admin, request, "go on").await.expect("resumed");
    scene.say("otto@x.org", Verdict::Approve).await.expect("an answer");
    assert!(is_conflict(&pass_on("otto@x.org").await), "answered");
    scene.say("guest@x.org", Verdict::RequestChanges).await.expect("an answer");
    assert!(is_conflict(&pass_on("guest@x.org").await) && is_conflict(&scene.add(&scene.rita, "nina@x.org").await));
    portal.withdraw(&scene.rita, request, "").await.expect("withdrawn");
    assert!(is_conflict(&pass_on("guest@x.org").await) && is_conflict(&scene.add(&scene.rita, "nina@x.org").await));
    assert!(scene.questions("nina@x.org").await.is_empty());
}

#[tokio::test]
async fn a_revision_asks_whoever_has_the_question_now() {
    let scene = Scene::new().await;
    scene.pass_on(&scene.otto, "otto@x.org", "nina@x.org", "").await.expect("passed on");
    let draft = RevisionDraft { title: "Contract, mended".into(), ..RevisionDraft::default() };
    scene.stand.portal.revise(&scene.rita, scene.request, draft).await.expect("revised");
    assert_eq!(scene.states("otto@x.org").await, [AssignmentState::Reassigned]);
    assert_eq!(scene.states("nina@x.org").await, [AssignmentState::Stale, AssignmentState::Pending]);
}

#[tokio::test]
async fn one_more_person_counts_like_those_whom_the_policy_asks() {
    let scene = Scene::new().await;
    scene.add(&scene.otto, "nina@x.org").await.expect("added");
    let nina = scene.questions("nina@x.org").await.remove(0).assignment;
    assert_eq!((nina.added_by, nina.position, nina.escalation), (scene.otto.user_id(), 2, false));
    assert_eq!(scene.count(EventKind::Added).await, 1);
    scene.stand.open(scene.request).await;
    for email in ["otto@x.org", "guest@x.org"] {
        scene.say(email, Verdict::Approve).await.expect("an answer");
    }
    assert_eq!(scene.record().await.request.state(), RequestState::Waiting, "all of three");
    scene.say("nina@x.org", Verdict::Approve).await.expect("an answer");
    assert_eq!(scene.record().await.request.state(), RequestState::Approved);
}

#[tokio::test]
async fn a_stage_asks_fifty_people_at_most() {
    let scene = Scene::new().await;
    for number in 2..50 {
        assert_eq!(scene.add(&scene.rita, &format!("a{number}@x.org")).await, Ok(()));
    }
    assert_eq!(field(scene.add(&scene.rita, "one.more@x.org").await), "approver");
    assert_eq!(scene.record().await.asked.len(), 50);
}

#[tokio::test]
async fn everybody_with_a_part_in_the_request_adds_approvers_and_nobody_else() {
    let scene = Scene::new().await;
    for (number, actor) in [&scene.rita, &scene.otto, &scene.admin].into_iter().enumerate() {
        assert_eq!(scene.add(actor, &format!("nina{number}@x.org")).await, Ok(()));
    }
    assert_eq!(scene.add(&scene.eve, "nina@x.org").await, Err(PortalError::NotFound));
    assert!(is_forbidden(&scene.add(&Scene::token_of(&scene.rita), "nina@x.org").await));
    assert_eq!(scene.record().await.asked.len(), 5);
}

#[tokio::test]
async fn nobody_but_admins_adds_to_the_people_of_a_policy_some_of_whom_are_enough() {
    let scene = Scene::new().await;
    for (rule, name, may) in [("any", "Some", false), ("all", "Everybody", true)] {
        let policy = format!(
            "name = \"{name}\"\n[[stage]]\naddresses = [\"otto@x.org\", \"guest@x.org\"]\nrule = \"{rule}\"\n\
             due_in = \"3 days\"\n[[stage.ladder]]\nat = \"due\"\ndo = \"reject\"\n"
        );
        let policy = scene.stand.portal.import_policy(&scene.admin, &policy).await.expect("a policy");
        let typed = RequestDraft { policy: Some(policy), ..draft(&[], "any") };
        let request = scene.stand.submit(&scene.rita, typed).await;
        for (number, actor) in [&scene.rita, &scene.otto].into_iter().enumerate() {
            let added = scene.stand.portal.add_approver(actor, request, &format!("rita{number}@y.org")).await;
            assert_eq!((added.is_ok(), is_forbidden(&added)), (may, !may), "{rule}: {added:?}");
            let page = scene.stand.portal.request_page(actor, request).await.expect("their page");
            let user = actor.signed_in().expect("a session");
            let offered = page.record.may(user, scene.stand.portal.now()).can(RequestVerb::AddApprover);
            assert_eq!(offered, may, "{rule}");
        }
        assert_eq!(scene.stand.portal.add_approver(&scene.admin, request, "nina@x.org").await, Ok(()), "{rule}");
    }
}

#[tokio::test]
async fn the_instance_mails_whoever_is_asked_later() {
    let scene = Scene::new().await;
    let engine = scene.stand.run().await;
    for email in ["otto@x.org", "guest@x.org"] {
        scene.until_mailed(email, 1).await;
    }
    scene.pass_on(&scene.otto, "otto@x.org", "nina@x.org", "").await.expect("passed on");
    scene.add(&scene.rita, "olga@x.org").await.expect("added");
    for email in ["nina@x.org", "olga@x.org"] {
        scene.until_mailed(email, 1).await;
        let outcome = scene.say(email, Verdict::Approve).await;
        assert!(matches!(outcome, Ok(DecideOutcome::Recorded(_))), "{email}: {outcome:?}");
    }
    engine.shutdown().await;
}
