//! The same worlds on SQLite and on PostgreSQL: whatever a client can see of them is the same.

use std::sync::Arc;

use countersign_engine::ids::InstanceKey;
use countersign_engine::store::{Postgres, PostgresOptions, Store};
use countersign_engine::testing::ScratchDatabase;
use countersign_engine::{InstanceFilter, InstanceOrder, InstanceQuery, InstanceRecord, RuntimeStatus};

use crate::database::Database;
use crate::seeds::{TRIES, assert_all_live, live};
use crate::tally;
use crate::world::{Statistics, World};

#[test]
fn both_databases_show_the_same_worlds() {
    assert_all_live(4, Shared::new, async |seed, postgres| {
        for _ in 0..TRIES {
            let sqlite = Database::new().await;
            let one = Life::of(seed, sqlite.store()).await;
            postgres.database.empty().await;
            let other = Life::of(seed, postgres.store.clone()).await;
            if !one.late && !other.late {
                for (one, other) in one.seen.iter().zip(&other.seen) {
                    assert_eq!(one, other, "SQLite shows the first, PostgreSQL the second");
                }
                assert_eq!(one.seen.len(), other.seen.len());
                return one.statistics;
            }
        }
        panic!("the machine is too slow");
    });
}

/// A database on PostgreSQL, for one world after the other: it takes longer to make one than to empty it.
struct Shared {
    store: Arc<Postgres>,
    database: ScratchDatabase,
}

impl Shared {
    async fn new() -> Self {
        let database = ScratchDatabase::with_tables().await;
        let options = PostgresOptions { shared_by_nodes: true, writers: 2, readers: 1, ..PostgresOptions::default() };
        let store = Postgres::open_with(database.url(), options).await.expect("nobody serves the database");
        Self { store, database }
    }
}

/// A world that has ended, as a client sees it.
struct Life {
    seen: Vec<String>,
    statistics: Statistics,
    late: bool,
}

impl Life {
    async fn of(seed: u64, store: Arc<dyn Store>) -> Self {
        let world = live(seed, store).await;
        Self { seen: seen(&world).await, statistics: world.statistics, late: world.ledger.was_late() }
    }
}

/// All records with the histories of all executions, pages of several queries, and counts.
async fn seen(world: &World) -> Vec<String> {
    let mut seen = Vec::new();
    for record in world.records().await {
        for ordinal in 1..=record.ordinal {
            let history = world.store.history(None, &record.id, Some(ordinal)).await.expect("the store works");
            seen.push(serde_json::to_string(&history).expect("events have a JSON form"));
        }
        // Keys grow in the same order, but a database may leave some out.
        seen.push(format!("{:?}", InstanceRecord { key: InstanceKey(0), ..record }));
    }
    let status = |status| InstanceFilter { statuses: vec![status], ..InstanceFilter::default() };
    let roots = InstanceFilter { id_prefix: Some("root-".to_owned()), ..InstanceFilter::default() };
    let text = InstanceFilter { text: Some("PROGRAM".to_owned()), ..InstanceFilter::default() };
    let filters =
        [InstanceFilter::default(), status(RuntimeStatus::Completed), status(RuntimeStatus::Failed), roots, text];
    seen.push(format!("{:?}", tally::all(world).await));
    for filter in filters {
        seen.push(format!("{:?}", world.store.count_by_status(None, &filter).await.expect("the store works")));
        for order in [InstanceOrder::NewestFirst, InstanceOrder::OldestFirst, InstanceOrder::ById, InstanceOrder::ByEnd]
        {
            let query = InstanceQuery { filter: filter.clone(), order, limit: 2, ..InstanceQuery::default() };
            seen.push(pages(world, query).await);
        }
    }
    seen
}

/// The ids of all pages of a query.
async fn pages(world: &World, mut query: InstanceQuery) -> String {
    let mut pages = Vec::new();
    loop {
        let page = world.store.query(None, &query).await.expect("the store works");
        let Some(last) = page.last() else { return format!("{pages:?}") };
        query.after = Some(last.cursor());
        pages.push(page.into_iter().map(|record| record.id).collect::<Vec<_>>());
    }
}
