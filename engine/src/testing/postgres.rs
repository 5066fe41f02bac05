//! Databases on a PostgreSQL server, one for each test.
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
use tokio::sync::OnceCell;

use crate::clock::{Clock, SystemClock};
use crate::store::Postgres;

/// The environment variable with the URL of a server on which tests may make databases.
const SERVER: &str = "COUNTERSIGN_TEST_POSTGRES";

static URL: LazyLock<String> = LazyLock::new(|| std::env::var(SERVER).unwrap_or_else(|_| temporary_server()));

/// An empty database, which goes away with this value.
#[derive(Debug)]
pub struct ScratchDatabase {
    name: String,
    url: String,
}

impl ScratchDatabase {
    /// Makes the database. Panics with the reason when there is no server.
    pub async fn create() -> Self {
        Self::like("template1").await
    }

    /// Makes a database with the engine's tables and nothing in them: a copy of one that stays on the server, under a name that
    /// tells which migrations made it.
    pub async fn with_tables() -> Self {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        let template = TEMPLATE.get_or_init(async || {
            let name = template_name();
            let made = make_template(&name).await;
            made.unwrap_or_else(|error| panic!("no template for the databases of tests: {error}"));
            name
        });
        Self::like(template.await).await
    }

    /// Makes another database with everything that is in this one, to which nobody may be connected.
    pub async fn copy(&self) -> Self {
        Self::like(&self.name).await
    }

    async fn like(template: &str) -> Self {
        let name = format!("test_{}", SystemClock.new_id().simple());
        let made = execute(format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        made.unwrap_or_else(|error| panic!("no database for a test: {error}"));
        let url = server().database(&name).to_url_lossy().to_string();
        Self { name, url }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for ScratchDatabase {
    /// In a thread of its own, because the test's runtime may be one that cannot wait here.
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(execute(statement))
        });
        if let Ok(Err(error)) = dropping.join() {
            eprintln!("a test's database stays behind: {error}");
        }
    }
}

fn server() -> PgConnectOptions {
    PgConnectOptions::from_str(&URL).unwrap_or_else(|error| panic!("{SERVER} is no URL of a database: {error}"))
}

fn template_name() -> String {
    let mut names = Sha256::new();
    Migrator::migrations().iter().for_each(|migration| names.update(migration.name()));
    let hash: String = names.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("countersign_template_{hash}")
}

/// Whoever comes first makes it, under another name until it is whole; the others wait.
async fn make_template(name: &str) -> Result<(), sqlx::Error> {
    let mut alone = PgConnection::connect_with(&server()).await?;
    sqlx::query("SELECT pg_advisory_lock(hashtext($1))").bind(name).execute(&mut alone).await?;
    let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(&mut alone)
        .await?;
    if !there {
        let database = ScratchDatabase::create().await;
        let store = Postgres::open_shared(database.url()).await;
        store.unwrap_or_else(|error| panic!("no tables for the databases of tests: {error}")).close().await;
        execute(format!("ALTER DATABASE {} RENAME TO {name}", database.name)).await?;
    }
    alone.close().await
}

async fn execute(statement: String) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect_with(&server()).await?;
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
