//! duroxide on an SQLite file, tuned: short polls, more workers, and every commit on the disk before it is acknowledged.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use duroxide::providers::Provider;
use duroxide::providers::sqlite::SqliteProvider;
use duroxide::runtime::registry::ActivityRegistry;
use duroxide::runtime::{Runtime, RuntimeOptions};
use duroxide::{
    ActivityContext, Client, ClientError, OrchestrationContext, OrchestrationRegistry, OrchestrationStatus,
};
use sqlx::Sqlite;
use sqlx::pool::PoolConnection;

use crate::Error;

/// The connections of its pool.
const CONNECTIONS: usize = 5;

/// Those that it may use. Its transactions begin as readers and become writers; with two of them at a time one is refused as
/// soon as commits are slow enough to meet, and at full durability it gives instances up ("Database locked").
const USED: usize = 1;

/// `PRAGMA synchronous` as a number: every commit is on the disk before it is acknowledged.
const FULL: i64 = 2;

/// Longer than any instance takes that has not been lost.
const PATIENCE: Duration = Duration::from_secs(60);

/// The deadline of [`APPROVAL`].
const FAR: Duration = Duration::from_secs(3_600);

pub const CHAIN: &str = "Chain";
pub const FAN_OUT: &str = "FanOut";
pub const APPROVAL: &str = "Approval";
pub const DECISION: &str = "decision";
const ADD_ONE: &str = "AddOne";

/// A running duroxide.
pub struct Peer {
    pub client: Arc<Client>,
    runtime: Arc<Runtime>,
    /// Kept away from it.
    _unused: Vec<PoolConnection<Sqlite>>,
}

impl Peer {
    pub async fn start(folder: &Path) -> Result<Self, Error> {
        let url = format!("sqlite:{}?mode=rwc", folder.join("duroxide.db").display());
        let store = SqliteProvider::new(&url, None).await?;
        let unused = make_durable(&store).await?;
        let store: Arc<dyn Provider> = Arc::new(store);
        let options = RuntimeOptions {
            dispatcher_min_poll_interval: Duration::from_millis(5),
            orchestration_concurrency: 4,
            worker_concurrency: 8,
            ..Default::default()
        };
        let runtime = Runtime::start_with_options(Arc::clone(&store), activities(), orchestrations(), options).await;
        Ok(Self { client: Arc::new(Client::new(store)), runtime, _unused: unused })
    }

    pub async fn stop(self) {
        self.runtime.shutdown(None).await;
    }

    /// Starts an instance and waits for its end; whether that is a success.
    pub async fn complete(client: Arc<Client>, id: String, orchestration: &str, input: String) -> Result<bool, Error> {
        client.start_orchestration(&id, orchestration, input).await.map_err(said)?;
        Self::completed(&client, &id).await
    }

    /// Waits for the end of an instance. Those that duroxide gave up or left lying are counted, and their time with them.
    pub async fn completed(client: &Client, id: &str) -> Result<bool, Error> {
        match client.wait_for_orchestration(id, PATIENCE).await {
            Ok(status) => Ok(matches!(status, OrchestrationStatus::Completed { .. })),
            Err(ClientError::Timeout) => Ok(false),
            Err(error) => Err(said(error)),
        }
    }
}

pub fn said(error: impl std::fmt::Debug) -> Error {
    format!("{error:?}").into()
}

/// duroxide asks for `synchronous = WAL`, which SQLite takes for NORMAL. It is set right on all connections of the pool, which
/// are held at once so that none is met twice. Gives those that are to stay unused.
async fn make_durable(store: &SqliteProvider) -> Result<Vec<PoolConnection<Sqlite>>, Error> {
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut connection = store.get_pool().acquire().await?;
        sqlx::query("PRAGMA synchronous = FULL").execute(&mut *connection).await?;
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *connection).await?;
        if synchronous != FULL {
            return Err(format!("duroxide would not be durable: synchronous={synchronous}").into());
        }
        connections.push(connection);
    }
    connections.truncate(CONNECTIONS - USED);
    Ok(connections)
}

fn activities() -> ActivityRegistry {
    let add_one = |_: ActivityContext, n: String| async move {
        let n: u32 = n.parse().map_err(|_| "no number".to_owned())?;
        Ok((n + 1).to_string())
    };
    ActivityRegistry::builder().register(ADD_ONE, add_one).build()
}

fn orchestrations() -> OrchestrationRegistry {
    let chain = |ctx: OrchestrationContext, mut n: String| async move {
        for _ in 0..3 {
            n = ctx.schedule_activity(ADD_ONE, n).await?;
        }
        Ok(n)
    };
    let fan_out = |ctx: OrchestrationContext, calls: String| async move {
        let calls: u32 = calls.parse().map_err(|_| "no number".to_owned())?;
        let calls = (0..calls).map(|n| ctx.schedule_activity(ADD_ONE, n.to_string())).collect();
        let results = ctx.join(calls).await.into_iter().collect::<Result<Vec<String>, String>>()?;
        Ok(results.len().to_string())
    };
    let approval = |ctx: OrchestrationContext, _: String| async move {
        let (decision, deadline) = (ctx.schedule_wait(DECISION), ctx.schedule_timer(FAR));
        Ok(ctx.select2(decision, deadline).await.is_first().to_string())
    };
    OrchestrationRegistry::builder()
        .register(CHAIN, chain)
        .register(FAN_OUT, fan_out)
        .register(APPROVAL, approval)
        .build()
}
