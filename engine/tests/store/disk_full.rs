//! A full disk, by a limit on the pages of the file.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::clock::Timestamp;
use countersign_engine::store::{InstanceFilter, Reads, Sqlite, SqliteOptions, Store, StoreError};
use sea_orm::ConnectionTrait;

use crate::files::{begins, create, folder};

/// Creates instances until the disk is full, and says how many there was space for.
async fn fill(store: &Sqlite) -> usize {
    for n in 0..10_000 {
        match create(store, &begins(&format!("order-{n}"), 50_000)).await {
            Ok(()) => {}
            Err(StoreError::Full) => return n,
            Err(other) => panic!("a full disk says {other}"),
        }
    }
    panic!("the disk has no limit")
}

async fn small(folder: &std::path::Path) -> Arc<Sqlite> {
    let options = SqliteOptions { max_page_count: Some(200), ..SqliteOptions::default() };
    Sqlite::open_with(folder, options).await.expect("the folder is free")
}

#[tokio::test]
async fn a_full_disk_is_said_to_be_full_and_loses_nothing() {
    let folder = folder();
    let store = small(folder.path()).await;
    let kept = fill(&store).await;
    assert!(kept > 0);
    // Again and again, and reads go on.
    for _ in 0..3 {
        let refused = create(&store, &begins("one-more", 50_000)).await;
        assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
        assert_eq!(
            store.count_by_status(None, &InstanceFilter::default()).await.expect("reads go on")[0].1,
            kept as u64
        );
    }
}

#[tokio::test]
async fn everything_works_again_once_there_is_space() {
    let folder = folder();
    let store = small(folder.path()).await;
    let kept = fill(&store).await;
    let tx = store.begin("make space").await.expect("the writer is free");
    tx.connection().execute_unprepared("DELETE FROM inbox").await.expect("deleting needs no space");
    store.commit_transaction(tx).await.expect("deleting needs no space");
    create(&store, &begins("one-more", 50_000)).await.expect("there is space");
    drop(store);
    let store = Sqlite::open(folder.path()).await.expect("the folder is free");
    assert_eq!(
        store.count_by_status(None, &InstanceFilter::default()).await.expect("the store answers")[0].1,
        kept as u64 + 1
    );
    create(&store, &begins("and-more", 500_000)).await.expect("there is no limit any more");
}

#[tokio::test]
async fn a_caller_who_ignores_a_full_disk_cannot_commit_a_half() {
    let folder = folder();
    let store = small(folder.path()).await;
    let kept = fill(&store).await;
    let tx = store.begin("stubborn").await.expect("the writer is free");
    let mut refused = 0;
    for n in 0..5 {
        let begins = begins(&format!("half-{n}"), 50_000);
        refused += usize::from(store.create(&tx, &begins, Timestamp::from_micros(1)).await.is_err());
    }
    assert!(refused > 0);
    let ended = store.commit_transaction(tx).await;
    let count = store.count_by_status(None, &InstanceFilter::default()).await.expect("the store answers")[0].1;
    assert!(ended.is_err() || count == (kept + 5 - refused) as u64, "{ended:?}, {count} instances");
    let next = store.begin("next").await.expect("the writer is free again");
    drop(next);
}

#[tokio::test]
async fn a_transaction_that_the_database_itself_rolled_back_stops_nobody() {
    let folder = folder();
    let options = SqliteOptions { busy_timeout: Duration::from_millis(5), ..SqliteOptions::default() };
    let store = Sqlite::open_with(folder.path(), options).await.expect("the folder is free");
    let tx = store.begin("rolled back").await.expect("the writer is free");
    store.create(&tx, &begins("order-1", 10), Timestamp::from_micros(1)).await.expect("there is space");
    // What SQLite may do when it meets a full disk in the middle of a commit.
    tx.connection().execute_unprepared("ROLLBACK").await.expect("the transaction is open");
    let refused = store.commit_transaction(tx).await;
    assert!(matches!(refused, Err(StoreError::Unknown(_))), "{refused:?}");
    create(&store, &begins("order-1", 10)).await.expect("the next writer goes on");
    // And it still takes the lock for writing from its first moment on.
    let command = Sqlite::open_shared(folder.path()).await.expect("the tables are the same");
    let held = command.begin("held").await.expect("the writer is free");
    assert!(matches!(store.begin("later").await, Err(StoreError::Unavailable(_))));
    drop(held);
}
