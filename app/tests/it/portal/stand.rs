//! A portal on a database of its own, with a clock that moves only when told. The engine does not run unless a test starts
//! it: then nothing happens by itself, and each step of an instance can be called by hand.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use countersign::auth::{Keys, SystemClock};
use countersign::config::BaseUrl;
use countersign::db::{Database, DbReads, DbUnits};
use countersign::drawing::ChildDrawer;
use countersign::email::{MailSettings, Mailer, MemoryMails, Transport};
use countersign::flows;
use countersign::outbound::{GuardedClient, allowed_networks};
use countersign::portal::error::Result;
use countersign::portal::policy::Verdict;
use countersign::portal::ports::{Addresses, Outbound, Passwords};
use countersign::portal::reads::RequestRecord;
use countersign::portal::{
    AccountDraft, Actor, Answer, Clock, InviteDraft, LinkId, Nudges, Parts, Portal, RequestDraft, RequestId, Roles,
    Round, SpanDraft, Time,
};
use countersign_engine::client::Client;
use countersign_engine::registry::Registry;
use countersign_engine::runtime::{Engine, EngineBuilder};
use countersign_engine::store::SqliteOptions;

use crate::support::database::Place;

/// A clock that moves only when told.
#[derive(Debug)]
pub(crate) struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
    fn new_id(&self) -> uuid::Uuid {
        SystemClock.new_id()
    }
    fn random(&self) -> [u8; 16] {
        SystemClock.random()
    }
}

/// Passwords without the time that real hashing takes.
pub(crate) struct PlainPasswords;

#[async_trait]
impl Passwords for PlainPasswords {
    async fn hash(&self, password: String) -> Result<String> {
        Ok(format!("plain:{password}"))
    }
    async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        Ok(hash == Some(format!("plain:{password}")))
    }
}

/// A portal and what it stands on.
pub(crate) struct Stand {
    pub(crate) portal: Portal,
    pub(crate) client: Client,
    pub(crate) store: Database,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) mails: MemoryMails,
    pub(crate) mailer: Mailer,
    pub(crate) keys: Arc<Keys>,
    pub(crate) outbound: Arc<dyn Outbound>,
    builder: Mutex<Option<EngineBuilder>>,
    place: Place,
}

pub(crate) const MINUTE: Duration = Duration::from_secs(60);

impl Stand {
    /// A new portal with an empty database.
    pub(crate) async fn new() -> Self {
        let place = Place::new().await;
        let database = place.open().await;
        Self::on(place, database)
    }

    /// The same on an SQLite database with these options.
    pub(crate) async fn with(options: SqliteOptions) -> Self {
        let place = Place::new().await;
        let database = place.open_sqlite(options).await;
        Self::on(place, database)
    }

    fn on(place: Place, store: Database) -> Self {
        let builder = Engine::builder(store.store(), Registry::new());
        let (client, keys, nudges) =
            (builder.client(), Arc::new(Keys::random().expect("randomness")), Nudges::default());
        let outbound = to_this_machine();
        let clock = Arc::new(HandClock(AtomicI64::new(SystemClock.now().micros())));
        let portal = Portal::new(Parts {
            units: Arc::new(DbUnits::new(client.clone(), nudges.clone())),
            reads: Arc::new(DbReads::new(store.read().clone())),
            clock: clock.clone(),
            passwords: Arc::new(PlainPasswords),
            keys: keys.clone(),
            outbound: outbound.clone(),
            drawer: Arc::new(ChildDrawer::new(env!("CARGO_BIN_EXE_countersign"))),
            addresses: addresses(),
            catalogue: Arc::new(flows::catalogue()),
            nudges,
            max_file_bytes: 2_000_000,
        });
        let mails = MemoryMails::default();
        let settings = MailSettings {
            transport: Transport::Memory(mails.clone()),
            from: "Countersign <sign@example.org>",
            base_url: "http://portal.example.org",
            host: "portal.example.org",
        };
        let mailer = Mailer::new(settings, keys.clone()).expect("a mailer");
        Self { portal, client, store, clock, mails, mailer, keys, outbound, builder: Mutex::new(Some(builder)), place }
    }

    /// Starts the engine: from now on instances run by themselves.
    pub(crate) async fn run(&self) -> Engine {
        let builder = self.builder.lock().expect("no poison").take().expect("not started before");
        let registry = flows::registry(&self.portal, &self.mailer, &self.outbound).expect("a registry");
        builder.registry(registry).start().await.expect("an engine")
    }

    /// Moves the clock.
    pub(crate) fn pass(&self, time: Duration) {
        self.clock.0.fetch_add(i64::try_from(time.as_micros()).expect("not that long"), Ordering::SeqCst);
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> &Path {
        self.place.folder()
    }

    /// An admin with a session.
    pub(crate) async fn admin(&self) -> Actor {
        let draft =
            AccountDraft { name: "Ada".into(), email: "ada@example.org".into(), password: "correct horse".into() };
        Actor::User(self.portal.create_admin(&Actor::Cli, draft).await.expect("an admin"))
    }

    /// Submits a request to these people.
    pub(crate) async fn submit(&self, by: &Actor, draft: RequestDraft) -> RequestId {
        self.portal.submit(by, draft).await.expect("a request")
    }

    /// Asks the people of the present round by mail, as the instance would.
    pub(crate) async fn open(&self, request: RequestId) {
        let generation = self.record(request).await.request.generation;
        self.portal.open_stage(Round { request, generation }).await.expect("an open stage");
    }

    /// The request's rows.
    pub(crate) async fn record(&self, request: RequestId) -> RequestRecord {
        use countersign::portal::Reads;
        let reads = DbReads::new(self.store.read().clone());
        reads.find_request(request).await.expect("readable rows").expect("the request")
    }

    /// The newest link that was mailed to this address.
    pub(crate) async fn link_of(&self, email: &str) -> LinkId {
        let admin = Actor::User(countersign::portal::SignedIn {
            id: countersign::portal::UserId(uuid::Uuid::nil()),
            name: String::new(),
            email: String::new(),
            roles: countersign::portal::Roles::ALL,
            zone: countersign::portal::Zone::UTC,
            shortcuts: true,
        });
        let page = self.portal.outbox(&admin, None, None).await.expect("the outbox");
        let with_link = page.rows.iter().find(|line| line.to.email == email && line.mail.link.is_some());
        with_link.and_then(|line| line.mail.link).expect("a mail with a link")
    }

    /// The answer of whoever holds the newest link mailed to this address.
    pub(crate) async fn link_actor(&self, email: &str) -> Actor {
        Actor::Link(self.link_of(email).await)
    }

    /// Somebody with an account, these roles and a session.
    pub(crate) async fn member(&self, admin: &Actor, email: &str, roles: Roles) -> Actor {
        let draft = InviteDraft { name: String::new(), email: email.into(), roles };
        self.portal.invite(admin, draft).await.expect("invited");
        let mail = self.portal.outbox(admin, None, None).await.expect("mails").rows[0].mail.id;
        let claims = self.portal.mail(admin, mail).await.expect("a mail").link.expect("a link").claims();
        Actor::User(self.portal.accept_invitation(claims, "Somebody", "open sesame now").await.expect("accepted"))
    }

    /// A yes to the present revision.
    pub(crate) async fn yes(&self, request: RequestId) -> Answer {
        let shown = self.record(request).await.request.revision_hash;
        Answer { verdict: Some(Verdict::Approve), reason: String::new(), shown }
    }

    /// A no to the present revision.
    pub(crate) async fn no(&self, request: RequestId) -> Answer {
        Answer { verdict: Some(Verdict::Reject), reason: "The price is wrong.".into(), ..self.yes(request).await }
    }
}

/// The real way out, to servers that tests start on this machine: all of 127.0.0.0/8 is allowed, and nothing else beside what
/// is public.
pub(crate) fn to_this_machine() -> Arc<dyn Outbound> {
    Arc::new(GuardedClient::new(allowed_networks("127.0.0.0/8").expect("a network")))
}

/// The addresses of pages on the portal of the tests.
pub(crate) fn addresses() -> Arc<dyn Addresses> {
    Arc::new(BaseUrl::parse("http://portal.example.org").expect("an origin"))
}

/// A draft to these people, who have an hour.
pub(crate) fn draft(approvers: &[&str], rule: &str) -> RequestDraft {
    RequestDraft {
        title: "Contract".into(),
        text: "Please **read**.".into(),
        approvers: approvers.iter().map(|email| (*email).to_owned()).collect(),
        rule: rule.into(),
        due: SpanDraft { number: "60".into(), unit: "minutes".into() },
        final_rule: "reject".into(),
        ..RequestDraft::default()
    }
}

impl Stand {
    /// Another admin, for requests that the first one is asked about.
    pub(crate) async fn link_less_admin(&self) -> Actor {
        let draft =
            AccountDraft { name: "Bo".into(), email: "bo@example.org".into(), password: "battery staple".into() };
        Actor::User(self.portal.create_admin(&Actor::Cli, draft).await.expect("an admin"))
    }
}
