//! Digests as instances: who gets one when, what it lists, and what a crash leaves of it. The clock begins on 2026-01-01.

use std::sync::Arc;
use std::time::Duration;

use countersign::db::DbReads;
use countersign::portal::digests::{DigestAbout, Turn};
use countersign::portal::mail::{MailFacts, MailKind, MailState};
use countersign::portal::policy::{Ruling, Verdict};
use countersign::portal::request::Ending;
use countersign::portal::{
    AccountDraft, Actor, Answer, Digest, Language, PortalError, Reads, RequestDraft, RequestId, SettingsDraft,
    SpanDraft, Time, UserId,
};
use countersign_engine::clock::Timestamp;
use countersign_engine::ids::InstanceId;
use countersign_engine::testing::{CrashAt, CrashingStore};

use super::crash_points::{Process, World, crash_at_calls};

/// 2026-01-01 00:00 UTC.
const BEGINNING: Timestamp = Timestamp::from_micros(1_767_225_600_000_000);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const PASSWORD: &str = "correct horse";

/// A moment so many days and hours, of UTC, after the beginning.
fn at(day: u32, hour: u32) -> Timestamp {
    BEGINNING + HOUR * (24 * day + hour)
}

/// A portal where Rita asks Ada.
struct Scene {
    world: World,
    process: Process,
    ada: Actor,
    rita: Actor,
}

/// Somebody with every role; made once, and signed in after that.
async fn person(process: &Process, name: &str) -> Result<Actor, PortalError> {
    let email = format!("{}@x.org", name.to_lowercase());
    let account = AccountDraft { name: name.into(), email: email.clone(), password: PASSWORD.into() };
    match process.portal.sign_in(&email, PASSWORD).await {
        Ok(known) => Ok(Actor::User(known)),
        Err(PortalError::Invalid(_)) => Ok(Actor::User(process.portal.create_admin(&Actor::Cli, account).await?)),
        Err(error) => Err(error),
    }
}

async fn settings(process: &Process, of: &Actor, zone: &str, digest: Digest) -> Result<(), PortalError> {
    let draft = SettingsDraft { name: "Somebody".into(), language: "de".into(), zone: zone.into(), digest };
    process.portal.save_settings(of, &draft).await
}

/// A request to Ada, who has twenty days.
fn question(title: &str) -> RequestDraft {
    RequestDraft {
        title: title.into(),
        text: "Please read.".into(),
        approvers: vec!["ada@x.org".into()],
        rule: "any".into(),
        due: SpanDraft { number: "20".into(), unit: "days".into() },
        final_rule: "reject".into(),
        ..RequestDraft::default()
    }
}

fn id_of(actor: &Actor) -> UserId {
    actor.user_id().expect("a person")
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        let process = world.process(world.database.store()).await.expect("a process");
        let (ada, rita) = (person(&process, "Ada").await.expect("Ada"), person(&process, "Rita").await.expect("Rita"));
        Self { world, process, ada, rita }
    }

    async fn sets(&self, of: &Actor, zone: &str, digest: Digest) {
        settings(&self.process, of, zone, digest).await.expect("settings");
        self.run().await;
    }

    async fn run(&self) {
        self.process.node.run_until_idle().await.expect("a database");
    }

    async fn comes(&self, moment: Timestamp) {
        self.world.clock.advance_to(moment);
        self.run().await;
    }

    async fn asked(&self, title: &str) -> RequestId {
        let request = self.process.portal.submit(&self.rita, question(title)).await.expect("a request");
        self.run().await;
        request
    }

    /// The digests of somebody, oldest first.
    async fn digests(&self, of: &Actor) -> Vec<MailFacts> {
        digests(&self.process, &self.ada, id_of(of)).await
    }

    /// The moments of somebody's digests, as hours since the beginning.
    async fn hours(&self, of: &Actor) -> Vec<i64> {
        let since = |facts: &MailFacts| (facts.mail.created_at.micros() - BEGINNING.as_micros()) / 3_600_000_000;
        self.digests(of).await.iter().map(since).collect()
    }

    async fn approve(&self, facts: &MailFacts, request: RequestId) {
        let lines = &facts.digest.as_ref().expect("a digest").lines;
        let link =
            lines.iter().find(|line| line.request == request).and_then(|line| line.link.clone()).expect("a link");
        let reads = DbReads::new(self.world.database.read().clone());
        let shown = reads.find_request(request).await.expect("readable").expect("a request").request.revision_hash;
        let answer = Answer { verdict: Some(Verdict::Approve), reason: String::new(), shown };
        self.process.portal.decide_by_link(&Actor::Link(link.id), answer).await.expect("decided");
        self.run().await;
    }
}

async fn digests(process: &Process, admin: &Actor, of: UserId) -> Vec<MailFacts> {
    let mut rows = process.portal.outbox(admin, None, None).await.expect("mails").rows;
    rows.retain(|line| line.mail.kind == MailKind::Digest && line.mail.to == of);
    let mut facts = Vec::new();
    for row in rows.iter().rev() {
        facts.push(process.portal.mail(admin, row.mail.id).await.expect("a mail"));
    }
    facts
}

#[tokio::test]
async fn a_digest_comes_at_eight_of_its_reader_on_days_when_something_waits() {
    let scene = Scene::new().await;
    let (ada, rita) = (&scene.ada, &scene.rita);
    scene.sets(ada, "Europe/Berlin", Digest::Daily).await;
    scene.sets(rita, "America/New_York", Digest::Daily).await;
    scene.comes(at(0, 7)).await;
    scene.comes(at(0, 12)).await;
    assert!(scene.digests(ada).await.is_empty(), "nothing waited");
    let request = scene.asked("Lease").await;
    scene.comes(at(1, 7) - MINUTE).await;
    assert!(scene.digests(ada).await.is_empty());
    scene.comes(at(1, 7)).await;
    let told = scene.digests(ada).await;
    let [digest] = told.as_slice() else { panic!("{} digests", told.len()) };
    assert_eq!((digest.language, digest.zone.name()), (Language::De, "Europe/Berlin"));
    assert_eq!(digest.mail.state, MailState::Sent);
    let lines: Vec<_> = digest.digest.iter().flat_map(|digest| &digest.lines).collect();
    assert_eq!(lines.len(), 1);
    assert_eq!((lines[0].about, lines[0].title.as_str()), (DigestAbout::Waiting, "Lease"));
    scene.approve(digest, request).await;
    scene.comes(at(1, 13)).await;
    let told = scene.digests(rita).await;
    let [news] = told.as_slice() else { panic!("{} digests", told.len()) };
    let lines: Vec<_> = news.digest.iter().flat_map(|digest| &digest.lines).collect();
    assert_eq!(lines.len(), 1);
    assert_eq!((lines[0].about, lines[0].ending), (DigestAbout::Decided, Some(Ending::Ruled(Ruling::Approved))));
    for day in 2..4 {
        scene.comes(at(day, 7)).await;
        scene.comes(at(day, 13)).await;
    }
    assert_eq!((scene.hours(ada).await, scene.hours(rita).await), (vec![31], vec![37]), "each is told once");
}

#[tokio::test]
async fn it_stays_eight_in_the_morning_when_clocks_are_set() {
    let scene = Scene::new().await;
    // The clocks of Berlin go forward on 2026-03-29, which is day 87.
    scene.comes(at(85, 12)).await;
    scene.sets(&scene.ada, "Europe/Berlin", Digest::Daily).await;
    scene.asked("Lease").await;
    for moment in [at(86, 6), at(86, 7), at(87, 6) - MINUTE, at(87, 6), at(87, 7), at(88, 6)] {
        scene.comes(moment).await;
    }
    assert_eq!(scene.hours(&scene.ada).await, [86 * 24 + 7, 87 * 24 + 6, 88 * 24 + 6]);
}

#[tokio::test]
async fn a_change_of_settings_wakes_the_instance() {
    let scene = Scene::new().await;
    let ada = &scene.ada;
    scene.sets(ada, "UTC", Digest::Never).await;
    scene.asked("Lease").await;
    scene.comes(at(0, 8)).await;
    scene.comes(at(0, 9)).await;
    scene.sets(ada, "UTC", Digest::Daily).await;
    assert!(scene.digests(ada).await.is_empty(), "this morning is over");
    scene.comes(at(1, 8)).await;
    scene.sets(ada, "Asia/Tokyo", Digest::Daily).await;
    scene.comes(at(1, 23)).await;
    assert_eq!(scene.hours(ada).await, [32, 47], "eight in the morning of Tokyo");
    scene.sets(ada, "Asia/Tokyo", Digest::Never).await;
    scene.comes(at(2, 23)).await;
    scene.comes(at(3, 0)).await;
    scene.sets(ada, "Asia/Tokyo", Digest::Daily).await;
    assert_eq!(scene.hours(ada).await.len(), 2);
    scene.comes(at(3, 23)).await;
    assert_eq!(scene.hours(ada).await, [32, 47, 95]);
    let id = InstanceId::parse(&format!("digest-{}", id_of(ada))).expect("an id");
    let events = scene.process.node.client().history(&id, None).await.expect("a history").len();
    assert!(events <= 12, "{events} events in one execution");
    scene.process.node.check().await.expect("checked");
}

#[tokio::test]
async fn a_digest_that_was_missed_by_half_a_day_is_left_to_the_next_morning() {
    let scene = Scene::new().await;
    scene.sets(&scene.ada, "UTC", Digest::Daily).await;
    scene.asked("Lease").await;
    scene.comes(at(0, 12)).await;
    assert_eq!(scene.hours(&scene.ada).await, [12], "a portal that was down for hours sends it late");
    scene.comes(at(1, 21)).await;
    assert_eq!(scene.hours(&scene.ada).await, [12]);
    scene.comes(at(2, 8)).await;
    assert_eq!(scene.hours(&scene.ada).await, [12, 56]);
}

#[tokio::test]
async fn a_turn_that_is_taken_twice_writes_one_digest_and_a_disabled_reader_gets_none() {
    let scene = Scene::new().await;
    let (portal, ada) = (&scene.process.portal, id_of(&scene.ada));
    scene.sets(&scene.ada, "UTC", Digest::Daily).await;
    scene.asked("Lease").await;
    let now = Time(scene.process.node.now().as_micros());
    let turn = Some(Turn { at: now, since: now - 24 * HOUR });
    let next = portal.digest_turn(ada, turn).await.expect("taken");
    assert_eq!(portal.digest_turn(ada, turn).await.expect("taken"), next);
    assert_eq!(digests(&scene.process, &scene.rita, ada).await.len(), 1);
    portal.disable_user(&scene.rita, ada).await.expect("disabled");
    let later = next.map(|next| Turn { at: now - HOUR, since: next.since - 24 * HOUR });
    assert!(portal.digest_turn(ada, later).await.expect("taken").is_some(), "they may be let in again");
    assert_eq!(digests(&scene.process, &scene.rita, ada).await.len(), 1);
}

/// Ada wants digests, Rita asks her, and the morning comes. Gives up at the first error.
async fn scenario(world: &World, process: &Process, asked: &mut bool) -> Result<[Actor; 2], PortalError> {
    let run = async || process.node.run_until_idle().await.map_err(|error| PortalError::Internal(error.to_string()));
    let (ada, rita) = (person(process, "Ada").await?, person(process, "Rita").await?);
    settings(process, &ada, "UTC", Digest::Daily).await?;
    if !*asked {
        process.portal.submit(&rita, question("Lease")).await?;
        *asked = true;
    }
    run().await?;
    world.clock.advance_to(at(0, 8));
    run().await?;
    Ok([ada, rita])
}

/// Runs the scenario into a crash, goes on with a second process, and checks what must hold. Whether there was a crash.
async fn survives(crash: CrashAt) -> bool {
    let (world, mut asked) = (World::new().await, false);
    let crashing = Arc::new(CrashingStore::new(world.database.store(), crash));
    if let Some(process) = world.process(crashing.clone()).await {
        let _ = scenario(&world, &process, &mut asked).await;
    }
    let process = world.process(world.database.store()).await.expect("the second process starts");
    let [ada, _] = scenario(&world, &process, &mut asked).await.unwrap_or_else(|error| panic!("{crash:?}: {error}"));
    let told = digests(&process, &ada, id_of(&ada)).await;
    assert_eq!(told.len(), 1, "{crash:?}: one digest");
    assert_eq!(told[0].mail.state, MailState::Sent, "{crash:?}");
    assert!(told[0].digest.as_ref().is_some_and(|digest| !digest.lines.is_empty()), "{crash:?}");
    process.node.check().await.expect("checked");
    crashing.has_crashed()
}

#[tokio::test]
async fn every_crash_before_a_call_takes_effect_leaves_one_digest() {
    let calls = crash_at_calls(CrashAt::Before, survives).await;
    assert!(calls >= 20, "the scenario makes only {calls} calls");
}

#[tokio::test]
async fn every_crash_after_a_call_took_effect_leaves_one_digest() {
    let calls = crash_at_calls(CrashAt::After, survives).await;
    assert!(calls >= 20, "the scenario makes only {calls} calls");
}
