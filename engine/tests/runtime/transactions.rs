//! The engine inside a caller's own transaction.

use countersign_engine::{EngineError, StoreError};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::support::{SUM, World, id, record};

async fn run(connection: &impl ConnectionTrait, sql: &str) {
    connection.execute_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.expect("valid SQL");
}

#[tokio::test]
async fn a_start_and_the_callers_row_are_committed_together() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    let inner = client.clone();
    let result: Result<(), EngineError> = client
        .transaction("order", move |tx| {
            Box::pin(async move {
                run(tx.connection(), "CREATE TABLE orders (id TEXT)").await;
                run(tx.connection(), "INSERT INTO orders VALUES ('o1')").await;
                inner.within(tx).start(SUM, &vec![1]).id(id("o1")).await?;
                Ok(())
            })
        })
        .await;
    result.expect("committed");
    node.run_until_idle().await.expect("it runs");
    assert!(record(&client, "o1").await.status.is_finished());
}

#[tokio::test]
async fn an_error_takes_back_the_start_too() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    let inner = client.clone();
    let result: Result<(), EngineError> = client
        .transaction("order", move |tx| {
            Box::pin(async move {
                inner.within(tx).start(SUM, &vec![1]).id(id("o1")).await?;
                Err(EngineError::TimedOut)
            })
        })
        .await;
    assert!(matches!(result, Err(EngineError::TimedOut)));
    assert!(client.status(&id("o1")).await.expect("the store answers").is_none());
    node.run_until_idle().await.expect("the writer is free");
}

#[tokio::test]
async fn a_call_that_bypasses_the_open_transaction_fails_at_once() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    let inner = client.clone();
    let result: Result<(), EngineError> = client
        .transaction("order", move |_| {
            Box::pin(async move { inner.start(SUM, &vec![1]).id(id("o1")).await.map(|_| ()) })
        })
        .await;
    assert!(matches!(result, Err(EngineError::Store(StoreError::WriterHeld { .. }))), "{result:?}");
}

#[tokio::test]
async fn a_caller_who_goes_away_does_not_stop_the_transaction() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    let (entered, wait_entered) = tokio::sync::oneshot::channel();
    let (go, wait_go) = tokio::sync::oneshot::channel::<()>();
    let (done, wait_done) = tokio::sync::oneshot::channel();
    let inner = client.clone();
    let caller = tokio::spawn(async move {
        let working = inner.clone();
        inner
            .transaction::<(), EngineError, _>("order", move |tx| {
                Box::pin(async move {
                    let _ = entered.send(());
                    let _ = wait_go.await;
                    working.within(tx).start(SUM, &vec![1]).id(id("o1")).await?;
                    tx.after_commit(move || {
                        let _ = done.send(());
                    });
                    Ok(())
                })
            })
            .await
    });
    wait_entered.await.expect("the transaction began");
    caller.abort();
    let _ = caller.await;
    go.send(()).expect("the transaction still runs");
    wait_done.await.expect("it was committed");
    assert!(client.status(&id("o1")).await.expect("the store answers").is_some());
}

#[tokio::test]
async fn a_transaction_that_never_ends_gives_the_writer_back_and_names_its_caller() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    let stuck: Result<(), EngineError> = client.transaction("stuck", |_| Box::pin(std::future::pending())).await;
    assert!(matches!(stuck, Err(EngineError::Store(StoreError::Budget { caller: "stuck", .. }))), "{stuck:?}");
    client.start(SUM, &vec![1]).id(id("o1")).await.expect("the writer is free");
}
