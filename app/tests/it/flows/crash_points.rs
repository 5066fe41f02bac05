//! A portal that dies at its first store call, at its second, and so on, before the call takes effect and after, while one
//! request is approved and another runs through its whole ladder. On the next start every acknowledged act is there, each
//! request has one verdict, and no mail was sent more than once more than needed.

use std::collections::HashMap;
use std::sync::Arc;

use countersign::auth::Keys;
use countersign::db::{Database, DbReads, DbUnits};
use countersign::drawing::ChildDrawer;
use countersign::email::{MailSettings, Mailer, MemoryMails, Transport};
use countersign::flows;
use countersign::portal::error::PortalError;
use countersign::portal::mail::MailState;
use countersign::portal::policy::Verdict;
use countersign::portal::ports::Outbound;
use countersign::portal::request::{EventKind, RequestState};
use countersign::portal::{
    AccountDraft, Actor, Answer, Clock, Nudges, Parts, Portal, Reads, RequestDraft, RequestId, SpanDraft, Time,
};
use countersign_engine::runtime::Wake;
use countersign_engine::store::Store;
use countersign_engine::testing::{CrashAt, CrashingStore, ManualClock, Stepper, crash_at_every_call};
use countersign_engine::{Client, Clock as EngineClock};

use crate::portal::stand::{PlainPasswords, addresses, to_this_machine};
use crate::support::database::{Place, is_on_a_server};

/// The portal's clock and the engine's are one.
#[derive(Debug)]
struct OneClock(ManualClock);

impl Clock for OneClock {
    fn now(&self) -> Time {
        Time(self.0.now().as_micros())
    }
    fn new_id(&self) -> uuid::Uuid {
        self.0.new_id()
    }
    fn random(&self) -> [u8; 16] {
        uuid::Uuid::new_v5(&self.0.new_id(), b"random").into_bytes()
    }
}

/// What outlives a crash: the database, the keys, the time, and what the mail server has received.
pub(crate) struct World {
    pub(crate) database: Database,
    keys: Arc<Keys>,
    pub(crate) clock: ManualClock,
    mails: MemoryMails,
    pub(crate) place: Place,
}

/// One process on that world.
pub(crate) struct Process {
    pub(crate) portal: Portal,
    pub(crate) node: Stepper,
    pub(crate) reads: DbReads,
}

impl World {
    pub(crate) async fn new() -> Self {
        let place = Place::new().await;
        let database = place.open().await;
        let keys = Arc::new(Keys::random().expect("randomness"));
        Self { database, keys, clock: ManualClock::default(), mails: MemoryMails::default(), place }
    }

    /// Starts a process that sees the database through `store`.
    pub(crate) async fn process(&self, store: Arc<dyn Store>) -> Option<Process> {
        self.process_behind(store, to_this_machine()).await
    }

    /// The same with another way out.
    pub(crate) async fn process_behind(&self, store: Arc<dyn Store>, outbound: Arc<dyn Outbound>) -> Option<Process> {
        let wake = Wake::default();
        let client = Client::new(Arc::clone(&store), Arc::new(self.clock.clone()), wake.clone());
        let nudges = Nudges::default();
        let portal = Portal::new(Parts {
            units: Arc::new(DbUnits::new(client, nudges.clone())),
            reads: Arc::new(DbReads::new(self.database.read().clone())),
            clock: Arc::new(OneClock(self.clock.clone())),
            passwords: Arc::new(PlainPasswords),
            keys: self.keys.clone(),
            outbound: outbound.clone(),
            drawer: Arc::new(ChildDrawer::new(env!("CARGO_BIN_EXE_countersign"))),
            addresses: addresses(),
            catalogue: Arc::new(flows::catalogue()),
            nudges,
            max_file_bytes: 2_000_000,
        });
        let settings = MailSettings {
            transport: Transport::Memory(self.mails.clone()),
            from: "Countersign <sign@example.org>",
            base_url: "http://portal.example.org",
            host: "portal.example.org",
        };
        let mailer = Mailer::new(settings, self.keys.clone()).expect("a mailer");
        let registry = flows::registry(&portal, &mailer, &outbound).expect("a registry");
        let node = Stepper::start_with(store, registry, self.clock.clone(), wake).await.ok()?;
        Some(Process { portal, node, reads: DbReads::new(self.database.read().clone()) })
    }
}

/// What a caller was told.
#[derive(Default)]
struct Acknowledged {
    admin: Option<Actor>,
    submitted: Vec<RequestId>,
    decided: bool,
}

fn span(number: u32) -> SpanDraft {
    SpanDraft { number: number.to_string(), unit: "minutes".into() }
}

fn draft() -> RequestDraft {
    RequestDraft {
        title: "Contract".into(),
        text: "Please read.".into(),
        approvers: vec!["ana@x.org".into(), "ben@x.org".into()],
        rule: "any".into(),
        due: span(60),
        remind: span(20),
        escalate_to: "boss@x.org".into(),
        escalate: span(30),
        final_rule: "reject".into(),
        ..RequestDraft::default()
    }
}

impl Process {
    /// Does whatever has not been acknowledged yet, in order, and gives up at the first error: like people whose portal died.
    async fn scenario(&self, done: &mut Acknowledged) -> Result<(), PortalError> {
        let admin = self.admin(done).await?;
        while done.submitted.len() < 2 {
            done.submitted.push(self.portal.submit(&admin, draft()).await?);
        }
        self.run().await?;
        if !done.decided {
            self.decide(&admin, done.submitted[0]).await?;
            done.decided = true;
        }
        let end = self.node.run_to_the_end().await;
        end.map_err(|error| PortalError::Internal(error.to_string()))
    }

    async fn admin(&self, done: &mut Acknowledged) -> Result<Actor, PortalError> {
        if done.admin.is_none() {
            let draft =
                AccountDraft { name: "Admin".into(), email: "admin@x.org".into(), password: "correct horse".into() };
            let made = match self.portal.create_admin(&Actor::Cli, draft).await {
                Ok(admin) => admin,
                // It was made, but nobody was told; now they sign in.
                Err(PortalError::Conflict(_) | PortalError::Invalid(_)) => {
                    self.portal.sign_in("admin@x.org", "correct horse").await?
                }
                Err(error) => return Err(error),
            };
            done.admin = Some(Actor::User(made));
        }
        Ok(done.admin.clone().expect("made above"))
    }

    async fn run(&self) -> Result<(), PortalError> {
        self.node.run_until_idle().await.map_err(|error| PortalError::Internal(error.to_string()))
    }

    /// The first approver says yes by the link in their mail.
    async fn decide(&self, admin: &Actor, request: RequestId) -> Result<(), PortalError> {
        let mails = self.portal.outbox(admin, None, None).await?.rows;
        let to_ana = mails.iter().filter(|line| line.mail.request == Some(request) && line.to.email == "ana@x.org");
        let link = to_ana.filter_map(|line| line.mail.link).next().expect("ana was mailed a link");
        let shown = self.reads.find_request(request).await?.expect("an acknowledged request").request.revision_hash;
        let answer = Answer { verdict: Some(Verdict::Approve), reason: String::new(), shown };
        self.portal.decide_by_link(&Actor::Link(link), answer).await.map(|_| ())
    }
}

/// Runs the scenario into a crash, goes on with a second process, and checks what must hold. Whether there was a crash.
async fn survives(at: CrashAt) -> bool {
    let world = World::new().await;
    let mut done = Acknowledged::default();
    let crashing = Arc::new(CrashingStore::new(world.database.store(), at));
    if let Some(process) = world.process(crashing.clone()).await {
        let _ = process.scenario(&mut done).await;
    }
    let process = world.process(world.database.store()).await.expect("the second process starts");
    process.scenario(&mut done).await.unwrap_or_else(|error| panic!("{at:?}: {error}"));
    check(&world, &process, &done, at).await;
    crashing.has_crashed()
}

async fn check(world: &World, process: &Process, done: &Acknowledged, at: CrashAt) {
    let admin = done.admin.clone().expect("an admin");
    let expected = [RequestState::Approved, RequestState::Rejected];
    for (request, expected) in done.submitted.iter().zip(expected) {
        let record =
            process.reads.find_request(*request).await.expect("readable").expect("an acknowledged request exists");
        assert_eq!(record.request.state(), expected, "{at:?}");
        let closed = record.events.iter().filter(|event| matches!(event.kind, EventKind::Closed(_))).count();
        assert_eq!(closed, 1, "{at:?}: one verdict");
        let decided = record.events.iter().filter(|event| matches!(event.kind, EventKind::Decided(_))).count();
        assert_eq!(decided, usize::from(expected == RequestState::Approved), "{at:?}: each decision counts once");
    }
    let mut page = process.portal.outbox(&admin, None, None).await.expect("the outbox");
    page.rows.retain(|line| line.mail.state != MailState::Sent);
    assert!(page.rows.is_empty(), "{at:?}: {:?} were not sent", page.rows.len());
    let mut copies: HashMap<String, usize> = HashMap::new();
    for mail in world.mails.all() {
        *copies.entry(message_id(&mail)).or_default() += 1;
    }
    // Two requests ask two people each at the same moment, and no turn may have read yet that they were mailed.
    let repeated = copies.values().filter(|copies| **copies > 1).count();
    assert!(repeated <= 4, "{at:?}: one crash repeats {repeated} mails");
    assert!(copies.values().all(|copies| *copies <= 2), "{at:?}");
    process.node.check().await.expect("checked");
}

fn message_id(mail: &[u8]) -> String {
    let text = String::from_utf8_lossy(mail);
    let line = text.lines().find(|line| line.to_ascii_lowercase().starts_with("message-id:"));
    line.expect("every mail has a Message-ID").to_owned()
}

/// Crashes at every call of a scenario, one after the other, and says how many it makes. On a server at every third: each crash
/// takes a database of its own, and SQLite sees them all.
pub(crate) async fn crash_at_calls(at: impl Fn(u64) -> CrashAt, survives: impl AsyncFn(CrashAt) -> bool) -> u64 {
    let stride = if is_on_a_server() { 3 } else { 1 };
    stride * crash_at_every_call(|call| at(call * stride), survives).await
}

async fn every_crash(at: impl Fn(u64) -> CrashAt) {
    let calls = crash_at_calls(at, survives).await;
    assert!(calls >= 100, "the scenario makes only {calls} calls");
}

#[tokio::test]
async fn every_crash_before_a_call_takes_effect_is_survived() {
    every_crash(CrashAt::Before).await;
}

#[tokio::test]
async fn every_crash_after_a_call_took_effect_is_survived() {
    every_crash(CrashAt::After).await;
}
