//! Entities on a node: told, called, locked, read, cleaned up.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use countersign_engine::ids::NodeId;
use countersign_engine::model::{ActionLink, BlockedKind, EntityLock, EntityState};
use countersign_engine::registry::RegistryError;
use countersign_engine::store::{EntityChange, TurnCommit};
use countersign_engine::testing::{Fate, FatedStore, Stepper};
use countersign_engine::{
    Client, Clock, EngineError, Entity, EntityContext, EntityQuery, Failure, IfExists, Operation, Orchestration,
    OrchestrationContext, Registry, RuntimeStatus, StoreError,
};
use serde::{Deserialize, Serialize};

use crate::support::{SUM, World, id, record};

const COUNTER: Entity<i64> = Entity::named("Counter");
const ADD: Operation<i64, i64, i64> = COUNTER.operation("Add");
const FAIL: Operation<i64, i64, i64> = COUNTER.operation("Fail");
const FORWARD: Operation<i64, String, ()> = COUNTER.operation("Forward");
/// Registered by nobody.
const UNKNOWN: Operation<i64, (), i64> = COUNTER.operation("Unknown");

const CALLS: Orchestration<(), Vec<Result<i64, String>>> = Orchestration::named("Calls");
const SIGNALS: Orchestration<(), ()> = Orchestration::named("Signals");
const HOLD: Orchestration<Hold, u32> = Orchestration::named("Hold");

/// What an orchestration that holds a lock does inside of its section.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Hold {
    WaitForEvent,
    Fail,
    ContinueAsNew,
}

fn registry() -> Result<Registry, RegistryError> {
    crate::support::registry()?
        .operation(ADD, add)?
        .operation(FAIL, |counter: EntityContext<i64>, amount: i64| async move {
            counter.update(|n| *n += amount);
            counter.signal(ADD, "other", &1)?;
            if amount < 0 { panic!("no negative numbers") } else { Err(Failure::new("Refused", "as asked")) }
        })?
        .operation(FORWARD, |counter: EntityContext<i64>, to: String| async move {
            counter.signal(ADD, &to, &counter.get())?;
            counter.signal_at(counter.now() + Duration::from_secs(60), ADD, &to, &1000)?;
            counter.start_as(id(&format!("sum-of-{}", counter.key())), SUM, &vec![1, 2])?;
            Ok(())
        })?
        .orchestration(CALLS, calls)?
        .orchestration(SIGNALS, signals)?
        .orchestration(HOLD, hold)
}

async fn add(counter: EntityContext<i64>, amount: i64) -> Result<i64, Failure> {
    Ok(counter.update(|n| {
        *n += amount;
        *n
    }))
}

async fn calls(ctx: OrchestrationContext, (): ()) -> Result<Vec<Result<i64, String>>, Failure> {
    let results = [
        ctx.call_entity(ADD, "a", &5).await,
        ctx.call_entity(FAIL, "a", &7).await,
        ctx.call_entity(FAIL, "a", &-7).await,
        ctx.call_entity(UNKNOWN, "a", &()).await,
        ctx.call_entity(ADD, "a", &1).await,
    ];
    Ok(results.into_iter().map(|result| result.map_err(|failure| failure.kind)).collect())
}

async fn signals(ctx: OrchestrationContext, (): ()) -> Result<(), Failure> {
    for amount in [1, 2, 3] {
        ctx.signal_entity(ADD, "a", &amount)?;
    }
    ctx.signal_entity_at(ctx.now() + Duration::from_secs(60), ADD, "a", &100)
}

/// Enters a section, counts itself in the entity `a`, and gives its number.
async fn hold(ctx: OrchestrationContext, what: Hold) -> Result<u32, Failure> {
    let _guard = ctx.lock([COUNTER.id("b")?, COUNTER.id("a")?]).await?;
    let number = ctx.call_entity(ADD, "a", &1).await?;
    ctx.set_custom_status(&number)?;
    match what {
        Hold::WaitForEvent => ctx.external_event::<()>("go").await?,
        Hold::Fail => return Err(Failure::new("Broken", "inside of the section")),
        Hold::ContinueAsNew => return ctx.continue_as_new(&Hold::WaitForEvent).await,
    }
    Ok(u32::try_from(number).unwrap_or(0))
}

async fn started(world: &World) -> (Stepper, Client) {
    let node = world.node_with(registry().expect("the names differ")).await;
    let client = node.client();
    (node, client)
}

async fn count(client: &Client, key: &str) -> Option<i64> {
    client.read_entity(COUNTER, key).await.expect("the store answers")
}

async fn is_locked(client: &Client, key: &str) -> bool {
    let counter = COUNTER.id(key).expect("a valid key");
    let record = client.find_entity(&counter).await.expect("the store answers");
    record.is_some_and(|record| record.lock.is_some())
}

/// Counts the calls to a store by their names.
#[derive(Default)]
struct Counts(Mutex<BTreeMap<&'static str, usize>>);

impl Counts {
    fn take(&self) -> BTreeMap<&'static str, usize> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Fate for Counts {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(call).or_default() += 1;
        Ok(())
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }
}

#[tokio::test]
async fn signals_of_a_client_are_carried_out_in_their_order() {
    let world = World::new().await;
    let (node, client) = started(&world).await;
    assert_eq!(count(&client, "a").await, None);
    for amount in [5, 7] {
        client.signal_entity(ADD, "a", &amount).await.expect("signalled");
    }
    node.run_until_idle().await.expect("it runs");
    assert_eq!(count(&client, "a").await, Some(12));
    let later = node.now() + Duration::from_secs(60);
    client.signal_entity_at(later, ADD, "a", &1).await.expect("signalled");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(count(&client, "a").await, Some(12), "not early");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!((count(&client, "a").await, node.now()), (Some(13), later));
}

#[tokio::test]
async fn a_call_gives_the_result_and_a_failed_operation_changes_and_sends_nothing() {
    let world = World::new().await;
    let (node, client) = started(&world).await;
    client.start(CALLS, &()).id(id("calls")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let output = record(&client, "calls").await.output.expect("completed");
    let results: Vec<Result<i64, String>> = output.decode().expect("the results");
    let kinds = ["Refused", Failure::PANIC, Failure::UNKNOWN_OPERATION].map(|kind| Err(kind.to_owned()));
    assert_eq!(results[0], Ok(5));
    assert_eq!(results[1..4], kinds);
    assert_eq!(results[4], Ok(6));
    assert_eq!(count(&client, "other").await, None);
    node.check().await.expect("checked");
}

#[tokio::test]
async fn signals_of_an_orchestration_outlive_it() {
    let world = World::new().await;
    let (node, client) = started(&world).await;
    client.start(SIGNALS, &()).id(id("signals")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, "signals").await.status, RuntimeStatus::Completed);
    assert_eq!(count(&client, "a").await, Some(6));
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(count(&client, "a").await, Some(106));
}

#[tokio::test]
async fn an_entity_signals_others_and_starts_orchestrations() {
    let world = World::new().await;
    let (node, client) = started(&world).await;
    client.signal_entity(ADD, "a", &5).await.expect("signalled");
    client.signal_entity(FORWARD, "a", &"b".to_owned()).await.expect("signalled");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(count(&client, "b").await, Some(5));
    assert_eq!(record(&client, "sum-of-a").await.output.expect("completed").as_str(), "6");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(count(&client, "b").await, Some(1005));
}

#[tokio::test]
async fn all_waiting_operations_are_one_commit_and_an_entity_in_memory_is_not_read_again() {
    let world = World::new().await;
    let store = Arc::new(FatedStore::under(Arc::clone(&world.store), Counts::default()));
    let names = registry().expect("the names differ");
    let node = Stepper::start(store.clone(), names, world.clock.clone()).await.expect("the node starts");
    let client = node.client();
    for round in 1..=3 {
        for _ in 0..50 {
            client.signal_entity(ADD, "a", &1).await.expect("signalled");
        }
        store.fate().take();
        node.run_until_idle().await.expect("it runs");
        let calls = store.fate().take();
        assert_eq!(calls.get("commit"), Some(&1), "{calls:?}");
        assert_eq!(calls.contains_key("load_entity"), round == 1, "{calls:?}");
        assert_eq!(count(&client, "a").await, Some(round * 50));
    }
}

#[tokio::test]
async fn a_lock_keeps_others_waiting_and_goes_to_them_in_their_order() {
    let world = World::new().await;
    let (node, client) = started(&world).await;
    for name in ["first", "second", "third"] {
        client.start(HOLD, &Hold::WaitForEvent).id(id(name)).await.expect("started");
        node.run_until_idle().await.expect("it runs");
    }
    client.signal_entity(ADD, "a", &1000).await.expect("signalled");
    for (number, name) in ["first", "second", "third"].iter().enumerate() {
        let holders = count(&client, "a").await;
        assert_eq!(holders, Some(i64::try_from(number + 1).expect("small")), "only {name} is inside");
        client.raise_event(&id(name), "go", &()).await.expect("raised");
        node.run_until_idle().await.expect("it runs");
        assert_eq!(record(&client, name).await.status, RuntimeStatus::Completed);
    }
    assert_eq!(count(&client, "a").await, Some(1003), "the signal came behind the requests");
    assert!(!is_locked(&client, "a").await && !is_locked(&client, "b").await);
    node.check().await.expect("checked");
}

#[tokio::test]
async fn every_end_of_an_execution_releases_its_locks() {
    let world = World::new().await;
    let (node, client) = started(&world).await;
    client.start(HOLD, &Hold::Fail).id(id("fails")).await.expect("started");
    client.start(HOLD, &Hold::ContinueAsNew).id(id("goes on")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, "fails").await.status, RuntimeStatus::Failed);
    assert_eq!(record(&client, "goes on").await.ordinal, 2);
    assert!(is_locked(&client, "a").await, "by the next execution of the second");
    client.start(HOLD, &Hold::WaitForEvent).id(id("waits")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    client.terminate(&id("waits"), "while it waits").await.expect("terminated");
    client.terminate(&id("goes on"), "while it holds").await.expect("terminated");
    node.run_until_idle().await.expect("it runs");
    assert!(!is_locked(&client, "a").await && !is_locked(&client, "b").await);
    assert!(client.find_orphan_locks().await.expect("the store answers").is_empty());
    node.check().await.expect("checked");
}

#[tokio::test]
async fn what_is_replaced_lets_go_of_its_locks_and_of_its_place_among_those_who_wait() {
    let world = World::new().await;
    let (node, client) = started(&world).await;
    for name in ["holds", "gives up", "waits"] {
        client.start(HOLD, &Hold::WaitForEvent).id(id(name)).await.expect("started");
        node.run_until_idle().await.expect("it runs");
    }
    for name in ["gives up", "holds"] {
        let other = client.start(SUM, &vec![3]).id(id(name)).if_exists(IfExists::TerminateAndReplace);
        other.await.expect("replaced");
    }
    node.run_until_idle().await.expect("it runs");
    assert_eq!(count(&client, "a").await, Some(2), "who waited is inside");
    client.raise_event(&id("waits"), "go", &()).await.expect("raised");
    node.run_until_idle().await.expect("it runs");
    for name in ["holds", "gives up", "waits"] {
        assert_eq!(record(&client, name).await.status, RuntimeStatus::Completed, "{name}");
    }
    assert!(!is_locked(&client, "a").await && !is_locked(&client, "b").await);
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_starting_node_releases_locks_that_outlived_their_holders() {
    let world = World::new().await;
    let (node, client) = started(&world).await;
    client.signal_entity(ADD, "a", &1).await.expect("signalled");
    node.run_until_idle().await.expect("it runs");
    let counter = COUNTER.id("a").expect("a valid key");
    let key = client.find_entity(&counter).await.expect("the store answers").expect("it is there").key;
    let stranger = NodeId(world.clock.new_id());
    world.store.register(stranger, node.now()).await.expect("it starts");
    let claim = world.store.claim(stranger, key).await.expect("the store answers").expect("it is free");
    let section = ActionLink {
        instance: id("nobody"),
        execution: countersign_engine::ExecutionId(world.clock.new_id()),
        event_id: countersign_engine::ids::EventId(0),
    };
    let lock = Some(EntityLock { section, since: node.now() });
    let change = EntityChange { state: EntityState { value: None, lock }, changed: false };
    world.store.commit(entity_turn(claim, change, &node)).await.expect("committed");
    assert!(is_locked(&client, "a").await);
    let (node, client) = started(&world).await;
    node.run_until_idle().await.expect("it runs");
    assert!(!is_locked(&client, "a").await);
    assert_eq!(count(&client, "a").await, Some(1));
}

fn entity_turn(claim: countersign_engine::store::Claim, change: EntityChange, node: &Stepper) -> TurnCommit {
    let entity = Some(change);
    TurnCommit { awaits_outside: true, entity, ..TurnCommit::new(claim, node.now()) }
}

#[tokio::test]
async fn an_entity_that_no_code_knows_is_blocked_until_a_build_knows_it() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.signal_entity(ADD, "a", &5).await.expect("signalled");
    node.run_until_idle().await.expect("it runs");
    let query = EntityQuery { include_empty: true, limit: 10, ..EntityQuery::default() };
    let listed = client.list_entities(&query).await.expect("the store answers");
    assert_eq!(listed[0].blocked.as_ref().map(|blocked| blocked.kind), Some(BlockedKind::UnknownCode));
    let (node, client) = started(&world).await;
    node.run_until_idle().await.expect("it runs");
    assert_eq!(count(&client, "a").await, Some(5));
    let counter = COUNTER.id("a").expect("a valid key");
    let record = client.find_entity(&counter).await.expect("the store answers").expect("it is there");
    assert_eq!(record.blocked, None);
}

#[tokio::test]
async fn an_operation_that_cannot_read_the_state_loses_no_signal() {
    const RENAMED: Entity<String> = Entity::named("counter");
    const ADD_TEXT: Operation<String, i64, String> = RENAMED.operation("add");
    let world = World::new().await;
    let (node, client) = started(&world).await;
    client.signal_entity(ADD, "a", &5).await.expect("signalled");
    node.run_until_idle().await.expect("it runs");
    let other = Registry::new().operation(ADD_TEXT, |_, _| async { Ok(String::new()) }).expect("one name");
    let node = world.node_with(other).await;
    node.client().signal_entity(ADD, "a", &6).await.expect("signalled");
    node.run_until_idle().await.expect("it runs");
    let counter = COUNTER.id("a").expect("a valid key");
    let record = node.client().find_entity(&counter).await.expect("the store answers").expect("it is there");
    assert!(record.blocked.expect("it is blocked").message.contains("state"));
    let (node, client) = started(&world).await;
    node.run_until_idle().await.expect("it runs");
    assert_eq!(count(&client, "a").await, Some(11));
}

#[tokio::test]
async fn a_deleted_entity_has_no_state_and_is_cleaned_up() {
    let world = World::new().await;
    let (node, client) = started(&world).await;
    for key in ["a", "b"] {
        client.signal_entity(ADD, key, &5).await.expect("signalled");
    }
    client.delete_entity(&COUNTER.id("a").expect("a valid key")).await.expect("told");
    node.run_until_idle().await.expect("it runs");
    assert_eq!((count(&client, "a").await, count(&client, "b").await), (None, Some(5)));
    assert_eq!(client.clean_entities().await.expect("cleaned"), 1);
    let all = EntityQuery { include_empty: true, limit: 10, ..EntityQuery::default() };
    assert_eq!(client.list_entities(&all).await.expect("the store answers").len(), 1);
    client.signal_entity(ADD, "a", &1).await.expect("signalled");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(count(&client, "a").await, Some(1), "it begins anew");
}

#[tokio::test]
async fn a_signal_within_a_transaction_comes_true_with_it() {
    let world = World::new().await;
    let (node, client) = started(&world).await;
    for fails in [true, false] {
        let inner = client.clone();
        let done: Result<(), EngineError> = client
            .transaction("signal", move |tx| {
                Box::pin(async move {
                    inner.within(tx).signal_entity(ADD, "a", &5).await?;
                    if fails { Err(EngineError::TimedOut) } else { Ok(()) }
                })
            })
            .await;
        assert_eq!(done.is_err(), fails);
    }
    node.run_until_idle().await.expect("it runs");
    assert_eq!(count(&client, "a").await, Some(5));
}
