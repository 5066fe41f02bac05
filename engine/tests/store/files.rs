//! SQLite's files: who may open them, and how safely they are written.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use countersign_engine::clock::{Clock, SystemClock, Timestamp};
use countersign_engine::ids::{ExecutionId, InstanceId};
use countersign_engine::model::{ExecutionStarted, Payload, Tags};
use countersign_engine::store::{Reads, Sqlite, SqliteOptions, Store, StoreError};
use futures::poll;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tempfile::TempDir;

/// An empty folder.
pub(crate) fn folder() -> TempDir {
    TempDir::new().expect("a temporary folder can be made")
}

/// How an instance of that id begins, with an input of about so many bytes.
pub(crate) fn begins(id: &str, bytes: usize) -> ExecutionStarted {
    let execution = SystemClock.new_id();
    ExecutionStarted {
        instance: InstanceId::parse(id).expect("the id is valid"),
        execution: ExecutionId(execution),
        name: "Work".into(),
        version: "".into(),
        input: Payload::encode(&"x".repeat(bytes)).expect("the input is small"),
        parent: None,
        tags: Tags::default(),
        scheduled_at: None,
        seed: execution,
        traceparent: None,
    }
}

/// Creates an instance.
pub(crate) async fn create(store: &Sqlite, started: &ExecutionStarted) -> Result<(), StoreError> {
    let tx = store.begin("create").await?;
    store.create(&tx, started, Timestamp::from_micros(1)).await?;
    store.commit_transaction(tx).await.map(|_| ())
}

async fn open(folder: &Path) -> Arc<Sqlite> {
    Sqlite::open(folder).await.expect("the folder is free")
}

/// What the writing connection answers to a pragma.
async fn pragma<T: sea_orm::TryGetable>(store: &Sqlite, name: &str) -> T {
    let tx = store.begin("pragma").await.expect("the writer is free");
    let statement = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {name}"));
    let row = tx.connection().query_one_raw(statement).await.expect("the pragma is known");
    row.and_then(|row| row.try_get_by_index(0).ok()).expect("the pragma has a value")
}

#[tokio::test]
async fn every_commit_is_on_the_disk_before_it_is_acknowledged() {
    let folder = folder();
    let store = open(folder.path()).await;
    assert_eq!(pragma::<i32>(&store, "synchronous").await, 2);
    assert_eq!(pragma::<String>(&store, "journal_mode").await, "wal");
    assert_eq!(pragma::<i32>(&store, "foreign_keys").await, 1);
}

#[tokio::test]
async fn a_second_server_is_refused_until_the_first_has_gone() {
    let folder = folder();
    let first = open(folder.path()).await;
    let refused = Sqlite::open(folder.path()).await;
    let Err(StoreError::InUse { place }) = refused else { panic!("two servers had one folder") };
    assert_eq!(place, folder.path().display().to_string());
    drop(first);
    open(folder.path()).await;
}

#[tokio::test]
async fn each_file_of_a_folder_has_one_server() {
    let folder = folder();
    let (orders, letters) = (folder.path().join("orders.db"), folder.path().join("letters.db"));
    let first = Sqlite::open_file(&orders).await.expect("the file is free");
    let _other = Sqlite::open_file(&letters).await.expect("another file has another server");
    create(&first, &begins("order", 1)).await.expect("it is created");
    let refused = Sqlite::open_file(&orders).await;
    let Err(StoreError::InUse { place }) = refused else { panic!("two servers had one file") };
    assert_eq!(place, orders.display().to_string());
    drop(first);
    let again = Sqlite::open_file(&orders).await.expect("the file is free again");
    let kept = again.find(None, &InstanceId::parse("order").expect("the id is valid")).await;
    assert!(kept.expect("the store answers").is_some());
}

#[tokio::test]
async fn missing_folders_are_made() {
    let folder = folder();
    let deeper = folder.path().join("data").join("countersign");
    create(&*open(&deeper).await, &begins("order-1", 10)).await.expect("there is space");
    assert!(deeper.join("countersign.db").is_file());
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = folder();
    let file = folder.path().join("file");
    std::fs::write(&file, "no folder").expect("the file can be written");
    let refused = Sqlite::open(&file.join("data")).await.expect_err("a file is no folder");
    assert!(matches!(&refused, StoreError::Unavailable(reason) if reason.contains("data")), "{refused}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = folder();
    std::fs::write(folder.path().join("countersign.db"), "x".repeat(10_000)).expect("the file can be written");
    let refused = Sqlite::open(folder.path()).await.expect_err("it is no database");
    assert!(matches!(refused, StoreError::Database(_)), "{refused}");
}

#[tokio::test]
async fn a_command_works_beside_the_server() {
    let folder = folder();
    let server = open(folder.path()).await;
    let command = Sqlite::open_shared(folder.path()).await.expect("the tables are the same");
    create(&command, &begins("by-command", 10)).await.expect("the writer is free");
    create(&server, &begins("by-server", 10)).await.expect("the writer is free");
    for id in ["by-command", "by-server"] {
        let id = InstanceId::parse(id).expect("the id is valid");
        assert!(command.find(None, &id).await.expect("the store answers").is_some());
        assert!(server.find(None, &id).await.expect("the store answers").is_some());
    }
}

#[tokio::test]
async fn a_command_makes_the_tables_where_no_server_has_been() {
    let folder = folder();
    let command = Sqlite::open_shared(folder.path()).await.expect("nobody has the folder");
    create(&command, &begins("order-1", 10)).await.expect("the writer is free");
    // It does not keep the folder from a server.
    open(folder.path()).await;
}

#[tokio::test]
async fn servers_and_commands_that_start_at_once_do_not_hinder_each_other() {
    let folder = folder();
    let data = folder.path().join("data");
    let (server, first, second) =
        tokio::join!(Sqlite::open(&data), Sqlite::open_shared(&data), Sqlite::open_shared(&data));
    for (store, id) in [(server, "a"), (first, "b"), (second, "c")] {
        create(&store.expect("the tables are made once"), &begins(id, 10)).await.expect("the writer is free");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_reads_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let data = folder.path().join("data");
    let _store = open(&data).await;
    let mode = std::fs::metadata(&data).expect("the folder exists").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn a_write_beside_an_endless_write_says_that_the_database_is_busy() {
    let folder = folder();
    let options = SqliteOptions { busy_timeout: Duration::from_millis(5), ..SqliteOptions::default() };
    let server = Sqlite::open_with(folder.path(), options).await.expect("the folder is free");
    let command = Sqlite::open_shared(folder.path()).await.expect("the tables are the same");
    let held = command.begin("endless").await.expect("the writer is free");
    let refused = create(&server, &begins("order-1", 10)).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    drop(held);
    command.close().await;
    create(&server, &begins("order-1", 10)).await.expect("the writer is free again");
}

#[tokio::test]
async fn the_connections_for_reading_do_not_write() {
    let folder = folder();
    let store = open(folder.path()).await;
    let refused = store.read().execute_unprepared("DELETE FROM instances").await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn a_closed_database_says_that_it_is_unavailable() {
    let folder = folder();
    let store = open(folder.path()).await;
    store.close().await;
    let refused = create(&store, &begins("order-1", 10)).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_named() {
    let folder = folder();
    let store = open(folder.path()).await;
    create(&store, &begins("order-1", 10)).await.expect("the writer is free");
    let tx = store.begin("break").await.expect("the writer is free");
    tx.connection().execute_unprepared("UPDATE instances SET status = 'Lost'").await.expect("the row exists");
    store.commit_transaction(tx).await.expect("the transaction is short");
    let id = InstanceId::parse("order-1").expect("the id is valid");
    let refused = store.find(None, &id).await.expect_err("the row is broken");
    let expected = "table instances, column status, row 1 cannot be read: \"Lost\" is no status";
    assert_eq!(refused.to_string(), expected);
}

#[tokio::test]
async fn writers_take_turns_in_the_order_of_asking() {
    let folder = folder();
    let store = open(folder.path()).await;
    let held = store.begin("first").await.expect("the writer is free");
    let mut second = pin!(store.begin("second"));
    let mut third = pin!(store.begin("third"));
    assert!(poll!(second.as_mut()).is_pending());
    assert!(poll!(third.as_mut()).is_pending());
    drop(held);
    let held = second.await.expect("its turn has come");
    assert!(poll!(third.as_mut()).is_pending());
    store.commit_transaction(held).await.expect("the transaction is short");
    third.await.expect("its turn has come");
}
