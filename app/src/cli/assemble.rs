//! What every command puts together: the database, the keys, the portal, and an engine that is not running yet.

use std::sync::Arc;

use countersign_engine::runtime::EngineBuilder;
use countersign_engine::store::{Postgres, Sqlite, SqliteOptions};
use countersign_engine::{Client, Engine, Registry, StoreError};

use super::Failure;
use super::patience::patiently;
use crate::auth::{Argon2Passwords, Keys, SystemClock};
use crate::config::Config;
use crate::db::{Database, DbReads, DbSessions, DbUnits};
use crate::drawing::ChildDrawer;
use crate::flows;
use crate::outbound::GuardedClient;
use crate::portal::file::DEFAULT_MAX_FILE_BYTES;
use crate::portal::ports::Outbound;
use crate::portal::{Clock, Nudges, Parts, Portal};

/// SQLite's pages have 4096 bytes.
const PAGES_PER_MB: u32 = 244;

/// The parts of the program.
pub(super) struct Assembled {
    /// The database.
    pub(super) database: Database,
    /// The engine, without code to run and not started.
    pub(super) engine: EngineBuilder,
    /// The client of that engine.
    pub(super) client: Client,
    /// The signing keys.
    pub(super) keys: Arc<Keys>,
    /// The rules.
    pub(super) portal: Portal,
    /// The way out to servers whose addresses people typed.
    pub(super) outbound: Arc<dyn Outbound>,
    /// Where sessions are kept.
    pub(super) sessions: DbSessions,
}

impl Assembled {
    /// For the one process that serves the database. The one before it may be about to end; for a PostgreSQL database the
    /// store itself waits for that.
    pub(super) async fn for_serving(config: &Config) -> Result<Self, Failure> {
        Self::on(open_for_serving(config).await?, config).await
    }

    /// For a command that reads or writes a little, while a server may run.
    pub(super) async fn beside_a_server(config: &Config) -> Result<Self, Failure> {
        let database = match &config.database_url {
            Some(url) => Database::Postgres(Postgres::open_shared(url.reveal()).await?),
            None => Database::Sqlite(Sqlite::open_shared(&config.data).await?),
        };
        Self::on(database, config).await
    }

    /// The same for a command that is about the keys that are there: a new one would call everything forged.
    pub(super) async fn with_its_keys(config: &Config) -> Result<Self, Failure> {
        let file = &config.secret_key_file;
        if !file.exists() {
            let problem = format!("there is no key file {}, and nothing else can check a signature", file.display());
            return Err(problem.into());
        }
        Self::beside_a_server(config).await
    }

    async fn on(database: Database, config: &Config) -> Result<Self, Failure> {
        database.migrate().await?;
        let keys = Arc::new(Keys::load_or_create(&config.secret_key_file)?);
        let engine = Engine::builder(database.store(), Registry::new());
        let client = engine.client();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let outbound: Arc<dyn Outbound> = Arc::new(GuardedClient::new(config.allow_addresses.clone()));
        let portal = Portal::new(parts(&database, config, &keys, client.clone(), clock.clone(), &outbound)?);
        portal.chain_old_audit().await?;
        let sessions = DbSessions::new(database.read().clone(), client.clone(), clock);
        Ok(Self { database, engine, client, keys, portal, outbound, sessions })
    }
}

/// The database for whoever serves it, alone. The one before may be about to end; for a PostgreSQL database the store itself
/// waits for that.
pub(super) async fn open_for_serving(config: &Config) -> Result<Database, Failure> {
    Ok(match &config.database_url {
        Some(url) => Database::Postgres(Postgres::open(url.reveal()).await?),
        None => {
            let is_taken = |error: &StoreError| matches!(error, StoreError::InUse { .. });
            Database::Sqlite(patiently(is_taken, || Sqlite::open_with(&config.data, options(config))).await?)
        }
    })
}

/// What a portal on this database is made of, with this time and this way out.
pub(super) fn parts(
    database: &Database,
    config: &Config,
    keys: &Arc<Keys>,
    client: Client,
    clock: Arc<dyn Clock>,
    outbound: &Arc<dyn Outbound>,
) -> Result<Parts, Failure> {
    let nudges = Nudges::default();
    Ok(Parts {
        units: Arc::new(DbUnits::new(client, nudges.clone())),
        reads: Arc::new(DbReads::new(database.read().clone())),
        clock,
        passwords: Arc::new(Argon2Passwords::default()),
        keys: keys.clone(),
        outbound: outbound.clone(),
        drawer: Arc::new(ChildDrawer::of_this_program()?),
        addresses: Arc::new(config.base_url.clone()),
        catalogue: Arc::new(flows::catalogue()),
        nudges,
        max_file_bytes: DEFAULT_MAX_FILE_BYTES,
    })
}

/// What the configuration says about the file.
fn options(config: &Config) -> SqliteOptions {
    let max_page_count = config.max_database_mb.map(|megabytes| megabytes.saturating_mul(PAGES_PER_MB));
    SqliteOptions { max_page_count, ..SqliteOptions::default() }
}
