//! Absences as instances and entities: what happens when one begins and ends, when somebody plans two at once, and when the
//! portal dies in between.

use std::sync::Arc;
use std::time::Duration;

use countersign::flows::absence_state::{AbsenceStatus, StoredAbsences};
use countersign::flows::names::ABSENCE;
use countersign::portal::absence::{AbsenceDraft, Absences, day_of, instance_of_absence};
use countersign::portal::ids::AbsenceId;
use countersign::portal::request::{Assignment, AssignmentState, StandInReason};
use countersign::portal::zone::Zone;
use countersign::portal::{
    AccountDraft, Actor, Email, Owner, PortalError, Reads, RequestDraft, RequestId, SpanDraft, Time, UserId, Verb,
    owner_of,
};
use countersign_engine::ids::InstanceId;
use countersign_engine::testing::{CrashAt, CrashingStore};

use super::crash_points::{Process, World, crash_at_calls};

const DAY: Duration = Duration::from_secs(86_400);

/// A portal with Ada, who asks, another admin, who plans for others, and people who are known by their addresses.
struct Scene {
    world: World,
    process: Process,
    ada: Actor,
    admin: Actor,
}

async fn admin(process: &Process, email: &str) -> Result<Actor, PortalError> {
    let account = AccountDraft { name: "Admin".into(), email: email.into(), password: "correct horse".into() };
    match process.portal.create_admin(&Actor::Cli, account).await {
        Ok(admin) => Ok(Actor::User(admin)),
        // It was made before.
        Err(PortalError::Conflict(_) | PortalError::Invalid(_)) => {
            Ok(Actor::User(process.portal.sign_in(email, "correct horse").await?))
        }
        Err(error) => Err(error),
    }
}

fn request(approvers: &[&str]) -> RequestDraft {
    RequestDraft {
        title: "Contract".into(),
        approvers: approvers.iter().map(|email| (*email).to_owned()).collect(),
        rule: "all".into(),
        due: SpanDraft { number: "60".into(), unit: "days".into() },
        final_rule: "expire".into(),
        ..RequestDraft::default()
    }
}

/// The day so many days after `now`, as people type it.
fn day(now: Time, ahead: u32) -> String {
    day_of(now + DAY * ahead, Zone::UTC).expect("a day").to_string()
}

/// An absence from the first of these days, counted from today, to the second.
fn away(now: Time, from: u32, to: Option<u32>, substitute: &str) -> AbsenceDraft {
    let to = to.map(|to| day(now, to)).unwrap_or_default();
    AbsenceDraft { from: day(now, from), to, substitute: substitute.into(), note: String::new() }
}

fn sorted(mut addresses: Vec<String>) -> Vec<String> {
    addresses.sort();
    addresses
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        let process = world.process(world.database.store()).await.expect("a process");
        let ada = admin(&process, "ada@x.org").await.expect("Ada");
        let admin = admin(&process, "admin@x.org").await.expect("an admin");
        Self { world, process, ada, admin }
    }

    fn now(&self) -> Time {
        self.process.portal.now()
    }

    async fn run(&self) {
        self.process.node.run_until_idle().await.expect("a database");
    }

    async fn pass(&self, time: Duration) {
        self.world.clock.advance(time);
        self.run().await;
    }

    /// Ada submits a request to these people.
    async fn ask(&self, approvers: &[&str]) -> RequestId {
        self.ask_by(&self.ada, approvers).await
    }

    async fn ask_by(&self, requester: &Actor, approvers: &[&str]) -> RequestId {
        let id = self.process.portal.submit(requester, request(approvers)).await.expect("a request");
        self.run().await;
        id
    }

    async fn user(&self, email: &str) -> UserId {
        let email = Email::parse(email).expect("an address");
        self.process.reads.find_user_by_email(&email).await.expect("readable").expect("somebody").id
    }

    async fn plan(&self, email: &str, draft: AbsenceDraft) -> AbsenceId {
        self.plan_by(&self.admin, email, draft).await
    }

    async fn plan_by(&self, planner: &Actor, email: &str, draft: AbsenceDraft) -> AbsenceId {
        let of = self.user(email).await;
        let id = self.process.portal.plan_absence(planner, of, draft).await.expect("planned");
        self.run().await;
        id
    }

    async fn back_up_by(&self, admin: &Actor, email: &str, backup: &str) {
        let of = self.user(email).await;
        self.process.portal.set_backup(admin, of, backup).await.expect("named");
        self.run().await;
    }

    async fn absences(&self, email: &str) -> Absences {
        let key = self.user(email).await.to_string();
        let stored: Option<StoredAbsences> =
            self.process.node.client().read_entity(ABSENCE, key).await.expect("readable");
        stored.map(Absences::from).unwrap_or_default()
    }

    async fn status(&self, id: AbsenceId) -> AbsenceStatus {
        let id = InstanceId::parse(&instance_of_absence(id)).expect("an id");
        let record = self.process.node.client().status(&id).await.expect("readable").expect("the instance");
        record.custom_status.expect("a custom status").decode().expect("a status")
    }

    /// Those who are waited for, by address.
    async fn asked(&self, request: RequestId) -> Vec<String> {
        let record = self.process.reads.find_request(request).await.expect("readable").expect("the request");
        let pending = |asked: &Assignment| asked.state == AssignmentState::Pending;
        let asked = record.asked.into_iter().filter(|asked| pending(&asked.assignment));
        asked.map(|asked| asked.person.email).collect()
    }
}

#[tokio::test]
async fn when_an_absence_begins_open_questions_and_new_ones_go_to_the_substitute_until_it_ends() {
    let scene = Scene::new().await;
    let before = scene.ask(&["ben@x.org"]).await;
    let id = scene.plan("ben@x.org", away(scene.now(), 2, Some(3), "cleo@x.org")).await;
    assert_eq!(scene.status(id).await, AbsenceStatus::Planned);
    assert_eq!(scene.asked(before).await, ["ben@x.org"], "it has not begun");

    scene.pass(2 * DAY).await;
    assert_eq!(scene.asked(before).await, ["cleo@x.org"]);
    assert_eq!(scene.status(id).await, AbsenceStatus::Begun { moved: 1, kept: 0 });
    let record = scene.process.reads.find_request(before).await.expect("readable").expect("the request");
    let cleos = record.asked.iter().find(|asked| asked.person.email == "cleo@x.org").expect("she is asked");
    let stands_in = cleos.assignment.stands_in.expect("in another's place");
    assert_eq!((stands_in.for_user, stands_in.why), (scene.user("ben@x.org").await, StandInReason::Absent));
    let during = scene.ask(&["ben@x.org"]).await;
    assert_eq!(scene.asked(during).await, ["cleo@x.org"]);

    scene.pass(2 * DAY).await;
    assert_eq!(scene.status(id).await, AbsenceStatus::Over);
    assert!(scene.absences("ben@x.org").await.is_empty(), "what is over is forgotten");
    assert_eq!(scene.asked(before).await, ["cleo@x.org"], "what she has not answered stays with her");
    let after = scene.ask(&["ben@x.org"]).await;
    assert_eq!(scene.asked(after).await, ["ben@x.org"]);
    scene.process.node.check().await.expect("checked");
}

#[tokio::test]
async fn of_two_absences_planned_at_the_same_moment_the_entity_refuses_the_second() {
    let scene = Scene::new().await;
    scene.ask(&["ben@x.org"]).await;
    let (of, portal) = (scene.user("ben@x.org").await, &scene.process.portal);
    let now = scene.now();
    // The engine has carried out neither of them when the second one is planned.
    let first = portal.plan_absence(&scene.admin, of, away(now, 2, Some(4), "cleo@x.org")).await.expect("planned");
    let second = portal.plan_absence(&scene.admin, of, away(now, 3, None, "dan@x.org")).await.expect("not seen yet");
    scene.run().await;
    let statuses = [scene.status(first).await, scene.status(second).await];
    assert_eq!(statuses.iter().filter(|status| **status == AbsenceStatus::Planned).count(), 1, "{statuses:?}");
    let refused =
        |status: &&AbsenceStatus| matches!(status, AbsenceStatus::Refused { why } if why.contains("overlaps"));
    assert_eq!(statuses.iter().filter(refused).count(), 1, "{statuses:?}");
    assert_eq!(scene.absences("ben@x.org").await.planned.len(), 1);
    // Now it is seen, and told at once.
    let third = portal.plan_absence(&scene.admin, of, away(now, 3, Some(3), "")).await;
    assert!(matches!(third, Err(PortalError::Invalid(errors)) if errors[0].field == "from"));
}

#[tokio::test]
async fn a_cancelled_absence_ends_at_once_and_gives_nothing_back() {
    let scene = Scene::new().await;
    let open = scene.ask(&["ben@x.org"]).await;
    let id = scene.plan("ben@x.org", away(scene.now(), 0, None, "cleo@x.org")).await;
    assert_eq!(scene.asked(open).await, ["cleo@x.org"], "it begins today");
    let of = scene.user("ben@x.org").await;
    scene.process.portal.cancel_absence(&scene.admin, of, id).await.expect("cancelled");
    scene.run().await;
    assert_eq!(scene.status(id).await, AbsenceStatus::Cancelled);
    assert!(scene.absences("ben@x.org").await.is_empty());
    assert_eq!(scene.asked(open).await, ["cleo@x.org"]);
    let next = scene.ask(&["ben@x.org"]).await;
    assert_eq!(scene.asked(next).await, ["ben@x.org"]);
    let again = scene.process.portal.cancel_absence(&scene.admin, of, id).await;
    assert_eq!(again, Err(PortalError::NotFound));
}

#[tokio::test]
async fn substitutes_who_are_absent_pass_on_and_a_ring_ends_with_the_person_themself() {
    let scene = Scene::new().await;
    scene.ask(&["ben@x.org", "cleo@x.org", "dan@x.org"]).await;
    let now = scene.now();
    scene.plan("ben@x.org", away(now, 1, None, "cleo@x.org")).await;
    scene.plan("cleo@x.org", away(now, 1, Some(3), "dan@x.org")).await;
    let dans = scene.plan("dan@x.org", away(now, 2, None, "ben@x.org")).await;
    scene.pass(DAY).await;
    let passed = scene.ask(&["ben@x.org"]).await;
    assert_eq!(scene.asked(passed).await, ["dan@x.org"]);
    scene.pass(DAY).await;
    assert_eq!(scene.asked(passed).await, ["dan@x.org"], "a ring: nobody else can take it");
    assert_eq!(scene.status(dans).await, AbsenceStatus::Begun { moved: 0, kept: 2 });
    let ring = scene.ask(&["ben@x.org"]).await;
    assert_eq!(scene.asked(ring).await, ["ben@x.org"]);
}

#[tokio::test]
async fn neither_the_requester_nor_somebody_who_is_asked_already_stands_in() {
    let scene = Scene::new().await;
    let both = scene.ask(&["ben@x.org", "cleo@x.org"]).await;
    let now = scene.now();
    let bens = scene.plan("ben@x.org", away(now, 0, None, "cleo@x.org")).await;
    let cleos = scene.plan("cleo@x.org", away(now, 0, None, "ada@x.org")).await;
    assert_eq!(sorted(scene.asked(both).await), ["ben@x.org", "cleo@x.org"]);
    assert_eq!(scene.status(bens).await, AbsenceStatus::Begun { moved: 0, kept: 1 });
    assert_eq!(scene.status(cleos).await, AbsenceStatus::Begun { moved: 0, kept: 1 });
}

#[tokio::test]
async fn no_question_is_passed_along_the_requester_to_whom_they_name() {
    let scene = Scene::new().await;
    let open = scene.ask(&["ben@x.org"]).await;
    let now = scene.now();
    scene.plan("ada@x.org", away(now, 0, None, "other-ada@x.org")).await;
    let bens = scene.plan("ben@x.org", away(now, 0, None, "ada@x.org")).await;
    assert_eq!(scene.status(bens).await, AbsenceStatus::Begun { moved: 0, kept: 1 });
    let new = scene.ask(&["ben@x.org"]).await;
    for request in [open, new] {
        assert_eq!(scene.asked(request).await, ["ben@x.org"]);
    }
}

#[tokio::test]
async fn the_backup_stands_in_where_an_absence_names_nobody() {
    let scene = Scene::new().await;
    let open = scene.ask(&["ben@x.org"]).await;
    let of = scene.user("ben@x.org").await;
    scene.back_up_by(&scene.admin, "ben@x.org", "dan@x.org").await;
    assert_eq!(scene.asked(open).await, ["ben@x.org"], "he is there");
    scene.plan("ben@x.org", away(scene.now(), 0, None, "")).await;
    assert_eq!(scene.asked(open).await, ["dan@x.org"]);
    let own = scene.process.portal.set_backup(&scene.admin, of, "ben@x.org").await;
    assert!(matches!(own, Err(PortalError::Invalid(errors)) if errors[0].field == "backup"));
}

#[tokio::test]
async fn nobody_stands_in_as_the_requester_arranged_it_for_others() {
    let scene = Scene::new().await;
    let people = ["ben@x.org", "cleo@x.org", "dan@x.org", "eve@x.org"];
    let open = scene.ask(&people).await;
    scene.ask(&["hal@x.org"]).await;
    let (now, ada) = (scene.now(), &scene.ada);
    // She plans the absence of Ben and sets the backup of Cleo, and does the same to those who would stand in for Dan and Eve.
    let away = |substitute| away(now, 0, None, substitute);
    let bens = scene.plan_by(ada, "ben@x.org", away("b@x.org")).await;
    scene.back_up_by(ada, "cleo@x.org", "c@x.org").await;
    let cleos = scene.plan("cleo@x.org", away("")).await;
    scene.plan_by(ada, "hal@x.org", away("d@x.org")).await;
    let dans = scene.plan("dan@x.org", away("hal@x.org")).await;
    scene.back_up_by(ada, "b@x.org", "e@x.org").await;
    scene.plan("b@x.org", away("")).await;
    let eves = scene.plan("eve@x.org", away("b@x.org")).await;

    let new = scene.ask(&people).await;
    for request in [open, new] {
        assert_eq!(sorted(scene.asked(request).await), people);
    }
    for absence in [bens, cleos, dans, eves] {
        assert_eq!(scene.status(absence).await, AbsenceStatus::Begun { moved: 0, kept: 1 });
    }
    let other = admin(&scene.process, "other@x.org").await.expect("another admin");
    let others = scene.ask_by(&other, &people[..3]).await;
    assert_eq!(sorted(scene.asked(others).await), ["c@x.org", "d@x.org", "e@x.org"], "nothing is arranged by them");

    // Set by somebody else, the same backup stands in.
    scene.back_up_by(&scene.admin, "cleo@x.org", "c@x.org").await;
    let next = scene.ask(&["cleo@x.org"]).await;
    assert_eq!(scene.asked(next).await, ["c@x.org"]);
}

#[tokio::test]
async fn the_instance_of_an_absence_is_steered_on_its_page_only() {
    let scene = Scene::new().await;
    scene.ask(&["ben@x.org"]).await;
    let id = scene.plan("ben@x.org", away(scene.now(), 5, None, "cleo@x.org")).await;
    let instance = instance_of_absence(id);
    assert_eq!(owner_of(&instance), Some(Owner::Absence(id)));
    for verb in [Verb::Suspend, Verb::Resume, Verb::Terminate, Verb::Restart] {
        let refused = scene.process.portal.steer_instance(&scene.admin, &instance, verb, "because").await;
        assert!(matches!(refused, Err(PortalError::Conflict(_))), "{verb:?}: {refused:?}");
    }
    assert_eq!(scene.absences("ben@x.org").await.planned.len(), 1);
}

/// What a caller was told.
#[derive(Default)]
struct Acknowledged {
    request: Option<RequestId>,
    absence: Option<AbsenceId>,
    has_begun: bool,
}

/// A question waits for somebody whose absence begins. Gives up at the first error.
async fn scenario(world: &World, process: &Process, done: &mut Acknowledged) -> Result<(), PortalError> {
    let run = async || process.node.run_until_idle().await.map_err(|error| PortalError::Internal(error.to_string()));
    let ada = admin(process, "ada@x.org").await?;
    if done.request.is_none() {
        done.request = Some(process.portal.submit(&ada, request(&["ben@x.org"])).await?);
    }
    run().await?;
    let email = Email::parse("ben@x.org").expect("an address");
    let ben = process.reads.find_user_by_email(&email).await?.ok_or(PortalError::NotFound)?.id;
    if done.absence.is_none() {
        let admin = admin(process, "admin@x.org").await?;
        let draft = away(process.portal.now(), 1, Some(1), "cleo@x.org");
        done.absence = match process.portal.plan_absence(&admin, ben, draft).await {
            Ok(id) => Some(id),
            // One was planned of which nobody was told.
            Err(PortalError::Invalid(_)) => {
                let stored: Option<StoredAbsences> =
                    process.node.client().read_entity(ABSENCE, ben.to_string()).await?;
                stored.map(Absences::from).and_then(|absences| absences.planned.first().map(|absence| absence.id))
            }
            Err(error) => return Err(error),
        };
    }
    run().await?;
    if !done.has_begun {
        world.clock.advance(DAY);
        done.has_begun = true;
    }
    run().await
}

/// Runs the scenario into a crash, goes on with a second process, and checks what must hold. Whether there was a crash.
async fn survives(at: CrashAt) -> bool {
    let (world, mut done) = (World::new().await, Acknowledged::default());
    let crashing = Arc::new(CrashingStore::new(world.database.store(), at));
    if let Some(process) = world.process(crashing.clone()).await {
        let _ = scenario(&world, &process, &mut done).await;
    }
    let process = world.process(world.database.store()).await.expect("the second process starts");
    scenario(&world, &process, &mut done).await.unwrap_or_else(|error| panic!("{at:?}: {error}"));
    let request = done.request.expect("acknowledged");
    let record = process.reads.find_request(request).await.expect("readable").expect("the request");
    let pending = record.asked.iter().filter(|asked| asked.assignment.state == AssignmentState::Pending);
    let pending: Vec<_> = pending.map(|asked| asked.person.email.as_str()).collect();
    assert_eq!(pending, ["cleo@x.org"], "{at:?}: the question is with the substitute, once");
    let passed = record.asked.iter().filter(|asked| asked.assignment.state == AssignmentState::Reassigned).count();
    assert_eq!(passed, 1, "{at:?}");
    process.node.check().await.expect("checked");
    crashing.has_crashed()
}

#[tokio::test]
async fn every_crash_before_a_call_takes_effect_hands_a_question_over_once() {
    let calls = crash_at_calls(CrashAt::Before, survives).await;
    assert!(calls >= 20, "the scenario makes only {calls} calls");
}

#[tokio::test]
async fn every_crash_after_a_call_took_effect_hands_a_question_over_once() {
    let calls = crash_at_calls(CrashAt::After, survives).await;
    assert!(calls >= 20, "the scenario makes only {calls} calls");
}
