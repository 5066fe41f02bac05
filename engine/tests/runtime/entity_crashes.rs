//! A node that dies at any of its store calls while orchestrations move money between entities under locks: the sum stays,
//! no operation is done twice or lost, and no lock is left.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::registry::RegistryError;
use countersign_engine::testing::{CrashAt, CrashingStore, Stepper, crash_at_every_call};
use countersign_engine::{
    Client, EngineError, Entity, EntityContext, EntityQuery, Failure, Operation, Orchestration, OrchestrationContext,
    Registry, RuntimeStatus,
};
use serde::{Deserialize, Serialize};

use crate::support::{World, id, record, taken_or_done};

const ACCOUNT: Entity<Option<i64>> = Entity::named("account");
/// Gives the account its first money; done twice it does nothing more.
const OPEN: Operation<Option<i64>, i64, ()> = ACCOUNT.operation("open");
const BALANCE: Operation<Option<i64>, (), i64> = ACCOUNT.operation("balance");
const SET: Operation<Option<i64>, i64, ()> = ACCOUNT.operation("set");
const JOURNAL: Entity<Vec<i64>> = Entity::named("journal");
const NOTE: Operation<Vec<i64>, i64, ()> = JOURNAL.operation("note");
const TRANSFER: Orchestration<Transfer, ()> = Orchestration::named("Transfer");
const HOLD: Orchestration<(), ()> = Orchestration::named("Hold");

#[derive(Serialize, Deserialize)]
struct Transfer {
    from: String,
    to: String,
    amount: i64,
}

fn transfer(from: &str, to: &str, amount: i64) -> Transfer {
    Transfer { from: from.to_owned(), to: to.to_owned(), amount }
}

fn registry() -> Result<Registry, RegistryError> {
    Registry::new()
        .operation(OPEN, |account: EntityContext<Option<i64>>, money: i64| async move {
            account.update(|balance| *balance.get_or_insert(money));
            Ok(())
        })?
        .operation(BALANCE, |account: EntityContext<Option<i64>>, ()| async move {
            account.get().ok_or_else(|| Failure::new("NotOpen", "the account has never had money"))
        })?
        .operation(SET, |account: EntityContext<Option<i64>>, balance| async move {
            account.set(Some(balance));
            Ok(())
        })?
        .operation(NOTE, |journal: EntityContext<Vec<i64>>, amount| async move {
            journal.update(|notes| notes.push(amount));
            Ok(())
        })?
        .orchestration(TRANSFER, run_transfer)?
        .orchestration(HOLD, |ctx: OrchestrationContext, ()| async move {
            let _guard = ctx.lock([ACCOUNT.id("bert")?, ACCOUNT.id("anna")?]).await?;
            ctx.external_event::<()>("never").await
        })
}

/// Reads both balances and writes them afterwards: without the locks an update would be lost.
async fn run_transfer(ctx: OrchestrationContext, order: Transfer) -> Result<(), Failure> {
    let guard = ctx.lock([ACCOUNT.id(&order.from)?, ACCOUNT.id(&order.to)?]).await?;
    let from = ctx.call_entity(BALANCE, &order.from, &()).await?;
    let to = ctx.call_entity(BALANCE, &order.to, &()).await?;
    ctx.call_entity(SET, &order.from, &(from - order.amount)).await?;
    ctx.call_entity(SET, &order.to, &(to + order.amount)).await?;
    drop(guard);
    ctx.signal_entity(NOTE, "all", &order.amount)?;
    ctx.signal_entity_at(ctx.now() + Duration::from_secs(60), NOTE, "all", &-order.amount)
}

/// Opens the accounts, lets somebody hold both locks while transfers come in from both sides, and ends the holder.
async fn scenario(node: &Stepper) -> Result<(), EngineError> {
    let client = node.client();
    client.signal_entity(OPEN, "anna", &100).await?;
    client.signal_entity(OPEN, "bert", &100).await?;
    client.start(HOLD, &()).id(id("hold")).await?;
    node.run_until_idle().await?;
    client.start(TRANSFER, &transfer("anna", "bert", 30)).id(id("there")).await?;
    client.start(TRANSFER, &transfer("bert", "anna", 10)).id(id("back")).await?;
    node.run_until_idle().await?;
    client.terminate(&id("hold"), "enough").await?;
    node.run_to_the_end().await?;
    Ok(())
}

/// What the caller does on the next node: repeats what was not acknowledged, and lets everything run to its end.
async fn recover(node: &Stepper) {
    let client = node.client();
    for account in ["anna", "bert"] {
        client.signal_entity(OPEN, account, &100).await.expect("the second node lives");
    }
    taken_or_done(client.start(HOLD, &()).id(id("hold")).await);
    node.run_until_idle().await.expect("the second node lives");
    taken_or_done(client.start(TRANSFER, &transfer("anna", "bert", 30)).id(id("there")).await);
    taken_or_done(client.start(TRANSFER, &transfer("bert", "anna", 10)).id(id("back")).await);
    node.run_until_idle().await.expect("the second node lives");
    if !record(&client, "hold").await.status.is_finished() {
        client.terminate(&id("hold"), "enough").await.expect("the second node lives");
    }
    node.run_to_the_end().await.expect("the second node lives");
}

async fn balance(client: &Client, account: &str) -> i64 {
    let state = client.read_entity(ACCOUNT, account).await.expect("the store answers");
    state.flatten().expect("it is open")
}

async fn survives(at: CrashAt) -> bool {
    let world = World::new().await;
    let crashing = Arc::new(CrashingStore::new(Arc::clone(&world.store), at));
    let names = || registry().expect("the names differ");
    if let Ok(node) = Stepper::start(crashing.clone(), names(), world.clock.clone()).await {
        let _ = scenario(&node).await;
    }
    let node = world.node_with(names()).await;
    recover(&node).await;
    let client = node.client();
    for transfer in ["there", "back"] {
        assert_eq!(record(&client, transfer).await.status, RuntimeStatus::Completed, "{at:?}");
    }
    assert_eq!((balance(&client, "anna").await, balance(&client, "bert").await), (80, 120), "{at:?}");
    let mut notes = client.read_entity(JOURNAL, "all").await.expect("the store answers").expect("it has notes");
    notes.sort_unstable();
    assert_eq!(notes, [-30, -10, 10, 30], "{at:?}");
    let all = EntityQuery { include_empty: true, limit: 100, ..EntityQuery::default() };
    for entity in client.list_entities(&all).await.expect("the store answers") {
        assert_eq!((entity.lock, entity.blocked), (None, None), "{at:?}: {}", entity.id);
    }
    node.check().await.expect("checked");
    crashing.has_crashed()
}

#[tokio::test]
async fn every_crash_before_a_call_takes_effect_leaves_money_and_locks_right() {
    let calls = crash_at_every_call(CrashAt::Before, survives).await;
    assert!(calls >= 80, "the scenario makes only {calls} calls");
}

#[tokio::test]
async fn every_crash_after_a_call_took_effect_leaves_money_and_locks_right() {
    let calls = crash_at_every_call(CrashAt::After, survives).await;
    assert!(calls >= 80, "the scenario makes only {calls} calls");
}
