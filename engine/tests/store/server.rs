//! What is PostgreSQL's own: who may serve a database, and what happens when connections break.

use std::time::Duration;

use countersign_engine::clock::Timestamp;
use countersign_engine::store::{InstanceFilter, Postgres, PostgresOptions, Reads, Store, StoreError};
use countersign_engine::testing::ScratchDatabase;
use countersign_engine::{Clock, SystemClock};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::files::begins;

/// For a second server, which is refused at once.
const IMPATIENT: Duration = Duration::from_millis(1);

fn impatient() -> PostgresOptions {
    PostgresOptions { patience: IMPATIENT, ..PostgresOptions::default() }
}

async fn create(store: &Postgres, id: &str) -> Result<(), StoreError> {
    let tx = store.begin("create").await?;
    store.create(&tx, &begins(id, 10), Timestamp::from_micros(1)).await?;
    store.commit_transaction(tx).await.map(|_| ())
}

async fn count(store: &Postgres) -> Result<u64, StoreError> {
    Ok(store.count_by_status(None, &InstanceFilter::default()).await?.iter().map(|(_, count)| count).sum())
}

/// Ends all connections to the database, as a server does that is restarted; a command's own connection does it.
async fn cut_off(database: &ScratchDatabase) {
    let command = Postgres::open_shared(database.url()).await.expect("the server is there");
    let tx = command.begin("cut off").await.expect("the server is there");
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    tx.connection().execute_unprepared(cut).await.expect("the user may do that");
}

async fn is_locked(store: &Postgres) -> bool {
    let locks = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let locks = store.read().query_all_raw(Statement::from_string(DbBackend::Postgres, locks)).await;
    locks.is_ok_and(|locks| !locks.is_empty())
}

#[tokio::test]
async fn a_second_server_is_refused_until_the_first_has_gone() {
    let database = ScratchDatabase::create().await;
    let first = Postgres::open(database.url()).await.expect("nobody serves the database");
    let refused = Postgres::open_with(database.url(), impatient()).await;
    let Err(StoreError::InUse { place }) = refused else { panic!("two servers had one database") };
    assert!(place.starts_with("test_"), "{place}");
    drop(first);
    Postgres::open(database.url()).await.expect("the first has gone");
}

#[tokio::test]
async fn servers_and_commands_that_start_at_once_do_not_hinder_each_other() {
    let database = ScratchDatabase::create().await;
    let url = database.url();
    let (server, first, second) =
        tokio::join!(Postgres::open(url), Postgres::open_shared(url), Postgres::open_shared(url));
    for (store, id) in [(server, "a"), (first, "b"), (second, "c")] {
        create(&store.expect("the tables are made once"), id).await.expect("the id is free");
    }
}

#[tokio::test]
async fn every_commit_is_on_the_disk_before_it_is_acknowledged() {
    let database = ScratchDatabase::create().await;
    let careless = format!("{}&options=-csynchronous_commit%3Doff", database.url());
    let store = Postgres::open(&careless).await.expect("nobody serves the database");
    let tx = store.begin("ask").await.expect("the server is there");
    let ask = Statement::from_string(DbBackend::Postgres, "SHOW synchronous_commit");
    let row = tx.connection().query_one_raw(ask).await.expect("the setting is known").expect("it has a value");
    assert_eq!(row.try_get_by_index::<String>(0).expect("it is text"), "on");
}

#[tokio::test]
async fn a_caller_who_passes_over_an_error_cannot_commit() {
    let database = ScratchDatabase::create().await;
    let store = Postgres::open(database.url()).await.expect("nobody serves the database");
    let tx = store.begin("stubborn").await.expect("the server is there");
    store.create(&tx, &begins("order-1", 10), Timestamp::from_micros(1)).await.expect("the id is free");
    tx.connection().execute_unprepared("SELECT nothing").await.expect_err("there is no such column");
    let refused = store.commit_transaction(tx).await;
    assert!(matches!(refused, Err(StoreError::Database(_))), "{refused:?}");
    assert_eq!(count(&store).await.expect("the server is there"), 0);
}

#[tokio::test]
async fn a_server_that_comes_back_is_worked_with_at_once() {
    let database = ScratchDatabase::create().await;
    let store = Postgres::open(database.url()).await.expect("nobody serves the database");
    for round in 1..=3 {
        cut_off(&database).await;
        create(&store, &format!("order-{round}")).await.expect("the server is there again");
        assert_eq!(count(&store).await.expect("the server is there again"), round);
    }
}

#[tokio::test]
async fn a_transaction_that_is_cut_off_leaves_no_trace() {
    let database = ScratchDatabase::create().await;
    let store = Postgres::open(database.url()).await.expect("nobody serves the database");
    let tx = store.begin("cut off").await.expect("the server is there");
    store.create(&tx, &begins("order-1", 10), Timestamp::from_micros(1)).await.expect("the id is free");
    cut_off(&database).await;
    let refused = store.commit_transaction(tx).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_) | StoreError::Unknown(_))), "{refused:?}");
    assert_eq!(count(&store).await.expect("the server is there again"), 0);
}

#[tokio::test]
async fn a_server_whose_connections_were_cut_is_still_the_only_one() {
    let database = ScratchDatabase::create().await;
    let store = Postgres::open(database.url()).await.expect("nobody serves the database");
    cut_off(&database).await;
    // It takes its lock again as soon as it notices.
    let patience = SystemClock.now() + Duration::from_secs(30);
    while !is_locked(&store).await {
        assert!(SystemClock.now() < patience, "the lock was lost");
    }
    let refused = Postgres::open_with(database.url(), impatient()).await;
    assert!(matches!(refused, Err(StoreError::InUse { .. })), "{refused:?}");
    create(&store, "order-1").await.expect("it goes on");
}

#[tokio::test]
async fn the_connections_for_reading_do_not_write() {
    let database = ScratchDatabase::create().await;
    let store = Postgres::open(database.url()).await.expect("nobody serves the database");
    store.read().execute_unprepared("DELETE FROM instances").await.expect_err("it is for reading");
}

#[tokio::test]
async fn a_closed_database_says_that_it_is_unavailable() {
    let database = ScratchDatabase::create().await;
    let store = Postgres::open(database.url()).await.expect("nobody serves the database");
    store.close().await;
    let refused = create(&store, "order-1").await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn no_error_shows_the_password() {
    for url in ["postgres://me:secret@127.0.0.1:1/nowhere", "postgres://me:secret@:x", "secret"] {
        let refused = Postgres::open(url).await.expect_err("there is no such server");
        assert!(!format!("{refused} {refused:?}").contains("secret"), "{refused}");
        let names_it = refused.to_string().contains("nowhere at 127.0.0.1:1");
        assert_eq!(names_it, url.ends_with("/nowhere"), "{refused}");
    }
}
