//! The engine inside a caller's own transaction.

use std::time::Duration;

use countersign_engine::ids::ScheduleId;
use countersign_engine::model::{Recurrence, Schedule};
use countersign_engine::{
    Client, EngineError, EntityId, EntityQuery, InstanceQuery, Payload, RuntimeStatus, StoreError, Within,
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::support::{APPROVAL, SUM, World, id, record};

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

fn counter() -> EntityId {
    EntityId::new("Counter", "a").expect("a valid id")
}

fn report() -> ScheduleId {
    ScheduleId::parse("report").expect("a valid id")
}

fn pages() -> (InstanceQuery, EntityQuery) {
    let entities = EntityQuery { include_empty: true, limit: 10, ..EntityQuery::default() };
    (InstanceQuery { limit: 10, ..InstanceQuery::default() }, entities)
}

/// Starts, suspends, tells and schedules, and finds each of that done.
async fn change_and_look(within: Within<'_>) -> Result<(), EngineError> {
    let (instances, entities) = pages();
    within.start(SUM, &vec![1]).id(id("o1")).await?;
    assert!(within.history(&id("o1"), None).await?.is_empty());
    assert!(within.list_tasks(&id("o1")).await?.is_empty());
    within.restart_as(&id("o1"), id("o2"), None).await?;
    within.suspend(&id("o2"), "").await?;
    let copy = within.status(&id("o2")).await?.expect("it is started");
    assert_eq!((&*copy.name, copy.status), ("Sum", RuntimeStatus::Suspended));
    assert_eq!(within.query(&instances).await?.len(), 2);
    let counts = within.count_by_status().await?;
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), 2);
    within.send_operation(&counter(), "add", Payload::null(), None).await?;
    assert!(within.find_entity(&counter()).await?.is_some());
    assert_eq!(within.list_entities(&entities).await?.len(), 1);
    assert!(within.release_orphan_locks().await?.is_empty());
    let hourly = Schedule::new(SUM, &vec![1], Recurrence::every(Duration::from_secs(3_600)))?;
    within.create_schedule(&report(), &hourly).await?;
    within.pause_schedule(&report(), "").await?;
    assert!(within.schedule(&report()).await?.expect("it is created").state.paused.is_some());
    assert_eq!(within.schedules(None, 10).await?.len(), 1);
    Ok(())
}

/// How many instances, entities and schedules there are.
async fn counted(client: &Client) -> [usize; 3] {
    let (instances, entities) = pages();
    [
        client.query(&instances).await.expect("a page").len(),
        client.list_entities(&entities).await.expect("a page").len(),
        client.schedules(None, 10).await.expect("a page").len(),
    ]
}

#[tokio::test]
async fn what_a_transaction_has_done_is_seen_by_its_own_reads() {
    let world = World::new().await;
    let client = world.node().await.client();
    let inner = client.clone();
    let undone = client.transaction("undone", move |tx| {
        Box::pin(async move {
            change_and_look(inner.within(tx)).await?;
            Err::<(), _>(EngineError::TimedOut)
        })
    });
    let undone = undone.await;
    assert!(matches!(undone, Err(EngineError::TimedOut)), "{undone:?}");
    assert_eq!(counted(&client).await, [0, 0, 0]);
    let inner = client.clone();
    let done = client.transaction("done", move |tx| Box::pin(async move { change_and_look(inner.within(tx)).await }));
    done.await.expect("committed");
    assert_eq!(counted(&client).await, [2, 1, 1]);
}

#[tokio::test]
async fn a_transaction_reads_what_a_node_has_done_and_tells_what_is_missing() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(APPROVAL, &5).id(id("a")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let history = client.history(&id("a"), None).await.expect("a history");
    let inner = client.clone();
    let seen = client.transaction("look", move |tx| {
        Box::pin(async move {
            let missing = inner.within(tx).history(&id("nobody"), None).await;
            assert!(matches!(missing, Err(EngineError::Store(StoreError::NotFound(_)))), "{missing:?}");
            inner.within(tx).history(&id("a"), None).await
        })
    });
    assert_eq!(seen.await.expect("a history"), history);
}
