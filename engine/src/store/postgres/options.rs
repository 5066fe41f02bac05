//! What may be chosen when a database is opened, and the connections that follow from it.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sea_orm::sqlx::{self, ConnectOptions, Connection};

use crate::store::sql::TRANSACTION_BUDGET;

/// How long a call waits for a connection of its pool, or for the server to be there: longer than any transaction may last.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection that was not used for this long is tried before it is used: routers and servers drop idle ones.
const TRY_AFTER: Duration = Duration::from_secs(10);

/// How every connection behaves. A lock that is not to be had after ten times the usual budget of a transaction is given
/// up, and a transaction whose process hangs is ended, so that nobody waits for ever.
const SESSION: &str = "SET default_transaction_isolation = 'read committed'; SET lock_timeout = '10s'; \
    SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = 'warning'";

/// What a connection for reading does besides: nobody writes without a transaction of the store by mistake, and every search
/// is planned for the words that it looks for. The plan for any word, which the server takes from the sixth time on, reads
/// everybody's rows to find those of a rare one: 82 ms instead of 12 among 100,000 requests.
const READ_ONLY: &str = "SET default_transaction_read_only = on; SET plan_cache_mode = force_custom_plan";

/// What may be chosen when a database is opened. The defaults are for a server.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// How long a caller's transaction may last.
    pub transaction_budget: Duration,
    /// How many transactions go on at the same time.
    pub writers: u32,
    /// How many reads go on at the same time.
    pub readers: u32,
    /// How long a server waits for the one before it to end, before it is refused. A server that was killed takes a moment
    /// to be noticed.
    pub patience: Duration,
    /// Whether several nodes of this process work on the database at a time, as those of a simulation do. Otherwise a node
    /// that starts declares all others dead.
    pub shared_by_nodes: bool,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            transaction_budget: TRANSACTION_BUDGET,
            writers: 16,
            readers: 8,
            patience: Duration::from_secs(5),
            shared_by_nodes: false,
        }
    }
}

impl PostgresOptions {
    /// The connections that write.
    pub(super) async fn writer(&self, target: &Target, fresh: &Freshness) -> Result<PgPool, sqlx::Error> {
        let pool = pool(self.writers, fresh).after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(SESSION).execute(&mut *connection).await?;
                check_durability(connection).await
            })
        });
        pool.connect_with(target.options.clone()).await
    }

    /// The connections that read. They refuse to write.
    pub(super) async fn reader(&self, target: &Target, fresh: &Freshness) -> Result<PgPool, sqlx::Error> {
        let pool = pool(self.readers, fresh).after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(SESSION).execute(&mut *connection).await?;
                sqlx::raw_sql(READ_ONLY).execute(connection).await?;
                Ok(())
            })
        });
        pool.connect_with(target.options.clone()).await
    }
}

/// Which database on which server.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) options: PgConnectOptions,
}

impl Target {
    /// Takes apart `postgres://user:password@host:port/database?sslmode=…`.
    pub(super) fn parse(url: &str) -> Result<Self, sqlx::Error> {
        // Statements carry people's data, which belongs in no log.
        let options = PgConnectOptions::from_str(url)?.application_name("countersign").disable_statement_logging();
        Ok(Self { options })
    }

    /// The database's name and place, for people: never the user's password.
    pub(super) fn name(&self) -> String {
        let database = self.options.get_database().unwrap_or_else(|| self.options.get_username());
        match self.options.get_socket() {
            Some(socket) => format!("{database} at {}", socket.display()),
            None => format!("{database} at {}:{}", self.options.get_host(), self.options.get_port()),
        }
    }

    /// A pool of one connection, which lives as long as the pool: for locks that belong to a connection.
    pub(super) async fn single(&self) -> Result<PgPool, sqlx::Error> {
        let pool = PgPoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
        pool.acquire_timeout(ACQUIRE_TIMEOUT).test_before_acquire(false).connect_with(self.options.clone()).await
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// Since when connections are good: one that is older has seen its server go, or has plans for tables that have changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Freshness(Arc<Mutex<Option<Instant>>>);

impl Freshness {
    /// All connections that exist are to be replaced before they are used again.
    pub(super) fn replace_all(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn is_good(&self, age: Duration) -> bool {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_none_or(|since| since.elapsed() > age)
    }
}

fn pool(connections: u32, fresh: &Freshness) -> PgPoolOptions {
    let fresh = fresh.clone();
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(move |connection, used| {
            let good = fresh.is_good(used.age);
            Box::pin(async move { Ok(good && (used.idle_for < TRY_AFTER || connection.ping().await.is_ok())) })
        })
}

/// A server may be told to acknowledge commits that are not on its disk yet. What it answers decides, on every connection
/// that writes.
fn check_durability(connection: &mut PgConnection) -> BoxFuture<'_, Result<(), sqlx::Error>> {
    const CHECK: &str =
        "SELECT set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), false)";
    Box::pin(async move {
        let synchronous: String = sqlx::query_scalar(CHECK).fetch_one(connection).await?;
        if synchronous == "off" {
            let found = "the database cannot keep commits safe: synchronous_commit is off";
            return Err(sqlx::Error::Configuration(found.into()));
        }
        Ok(())
    })
}
