//! Tables that change under a program that runs.

use countersign_engine::store::{Postgres, Reads, Store};
use countersign_engine::testing::{ManualClock, ScratchDatabase, Stepper};
use countersign_engine::{Orchestration, Registry};
use sea_orm::ConnectionTrait;

use crate::support::id;

const QUICK: Orchestration<(), ()> = Orchestration::named("Quick");

/// The cure: "cached plan must not change result type" is told apart from other errors, and the statement is prepared anew.
#[tokio::test]
async fn reads_go_on_when_a_column_changes_its_type() {
    let database = ScratchDatabase::create().await;
    let store = Postgres::open(database.url()).await.expect("a new database");
    let registry = Registry::new().orchestration(QUICK, |_, ()| async { Ok(()) }).expect("one name");
    let node = Stepper::start(store.clone(), registry, ManualClock::default()).await.expect("the node starts");
    node.client().start(QUICK, &()).id(id("quick")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    store.find(None, &id("quick")).await.expect("the statement is prepared");
    let tx = store.begin("alter").await.expect("the server is there");
    let alter = "ALTER TABLE instances ALTER COLUMN name TYPE varchar(300)";
    tx.connection().execute_unprepared(alter).await.expect("the column is changed");
    store.commit_transaction(tx).await.expect("committed");
    for _ in 0..8 {
        let found = store.find(None, &id("quick")).await.expect("the statement is prepared anew");
        assert!(found.is_some(), "the instance is still there");
    }
}
