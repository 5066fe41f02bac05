//! Databases on a PostgreSQL server, for one test at a time.
//!
//! The server is the one whose URL the environment variable `COUNTERSIGN_TEST_POSTGRES` holds. Without it Countersign's own
//! tests share a temporary server, which `.config/build/postgres` starts and which ends with them.

use std::process::Command;
use std::str::FromStr;
use std::sync::LazyLock;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions, Connection};

use countersign_migrations::engine::{Migrator, MigratorTrait};
use sha2::{Digest, Sha256};

use crate::clock::{Clock, SystemClock};
use crate::store::{Postgres, StoreError};

/// The environment variable with the URL of a server on which tests may make databases.
const SERVER: &str = "COUNTERSIGN_TEST_POSTGRES";

static URL: LazyLock<String> = LazyLock::new(|| std::env::var(SERVER).unwrap_or_else(|_| temporary_server()));

/// Empties every table and begins all numbers anew. Tables of migrations stay as they are.
const EMPTY: &str = "DO $$ DECLARE tables text; BEGIN \
    SELECT string_agg(quote_ident(tablename), ', ') INTO tables \
        FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%migrations'; \
    IF tables IS NOT NULL THEN EXECUTE 'TRUNCATE ' || tables || ' RESTART IDENTITY CASCADE'; END IF; END $$";

/// A database that belongs to this value.
#[derive(Debug)]
pub struct ScratchDatabase {
    name: String,
    url: String,
    owned: Owned,
}

/// What becomes of a database when its value is dropped.
#[derive(Debug)]
enum Owned {
    /// It goes away.
    Whole,
    /// It stays for the next who needs one: its name is free again with the end of this connection.
    Lent(#[expect(dead_code, reason = "it holds a lock until it is dropped")] PgConnection),
}

impl ScratchDatabase {
    /// Makes an empty database, which goes away with this value. Panics with the reason when there is no server.
    pub async fn create() -> Self {
        let name = format!("test_{}", SystemClock.new_id().simple());
        let made = execute(&URL, format!("CREATE DATABASE {name}")).await;
        made.unwrap_or_else(|error| panic!("no database for a test: {error}"));
        Self { url: url(&name), name, owned: Owned::Whole }
    }

    /// A database with the engine's tables and nothing in them. To make one takes long, so it stays on the server, is emptied, and
    /// serves one test after the other; its name tells which migrations made it.
    pub async fn with_tables() -> Self {
        Self::with_tables_of::<Migrator>().await
    }

    /// The same with the tables of another list too, such as those of a program that embeds the engine.
    pub async fn with_tables_of<M: MigratorTrait>() -> Self {
        lend::<M>().await.unwrap_or_else(|error| panic!("no database for a test: {error}"))
    }

    /// Empties its tables.
    pub async fn empty(&self) {
        let emptied = execute(&self.url, EMPTY.to_owned()).await;
        emptied.unwrap_or_else(|error| panic!("the database of a test cannot be emptied: {error}"));
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for ScratchDatabase {
    /// In a thread of its own, because the test's runtime may be one that cannot wait here.
    fn drop(&mut self) {
        if let Owned::Lent(_) = self.owned {
            return;
        }
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(execute(&URL, statement))
        });
        if let Ok(Err(error)) = dropping.join() {
            eprintln!("a test's database stays behind: {error}");
        }
    }
}

/// Tells the lists of migrations apart.
fn kind<M: MigratorTrait>() -> String {
    let mut names = Sha256::new();
    let all = Migrator::migrations().into_iter().chain(M::migrations());
    all.for_each(|migration| names.update(migration.name()));
    names.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// The first database of this kind that nobody has.
async fn lend<M: MigratorTrait>() -> Result<ScratchDatabase, sqlx::Error> {
    const FREE: &str = "SELECT pg_try_advisory_lock(hashtext($1))";
    const EXISTS: &str = "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)";
    const CUT_OFF: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
    let mut lock = PgConnection::connect_with(&server()).await?;
    let (kind, mut number) = (kind::<M>(), 0);
    let name = loop {
        number += 1;
        let name = format!("countersign_test_{kind}_{number}");
        if sqlx::query_scalar(FREE).bind(&name).fetch_one(&mut lock).await? {
            break name;
        }
    };
    let url = url(&name);
    if sqlx::query_scalar(EXISTS).bind(&name).fetch_one(&mut lock).await? {
        // Who had it may not have hung up yet.
        sqlx::query(CUT_OFF).bind(&name).execute(&mut lock).await?;
        execute(&url, EMPTY.to_owned()).await?;
    } else {
        execute(&URL, format!("CREATE DATABASE {name}")).await?;
        make_tables::<M>(&url).await.unwrap_or_else(|error| panic!("no tables for a test: {error}"));
    }
    Ok(ScratchDatabase { url, name, owned: Owned::Lent(lock) })
}

async fn make_tables<M: MigratorTrait>(url: &str) -> Result<(), StoreError> {
    let store = Postgres::open_shared(url).await?;
    store.migrate::<M>().await?;
    store.close().await;
    Ok(())
}

fn url(database: &str) -> String {
    server().database(database).to_url_lossy().to_string()
}

fn server() -> PgConnectOptions {
    PgConnectOptions::from_str(&URL).unwrap_or_else(|error| panic!("{SERVER} is no URL of a database: {error}"))
}

async fn execute(url: &str, statement: String) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
    connection.close().await
}

/// The URL of the server that all tests of this run share. nextest runs each test in a process of its own, so there it is
/// nextest that the server lives as long as.
fn temporary_server() -> String {
    let needed_by =
        if std::env::var_os("NEXTEST").is_some() { std::os::unix::process::parent_id() } else { std::process::id() };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../.config/build/postgres");
    let answer = Command::new(script).args(["url", &needed_by.to_string()]).output();
    let answer = answer.unwrap_or_else(|error| panic!("{SERVER} is not set, and {script} does not run: {error}"));
    let said = String::from_utf8_lossy(&answer.stderr);
    assert!(answer.status.success(), "{SERVER} is not set, and no temporary server could be started: {said}");
    String::from_utf8_lossy(&answer.stdout).trim().to_owned()
}
