//! What an operation's code sees of its entity: keys and ids that stay when it runs again, whether there is a state,
//! and orchestrations that it starts.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use countersign_engine::registry::RegistryError;
use countersign_engine::testing::{Fate, FatedStore, Stepper};
use countersign_engine::{
    Client, Entity, EntityContext, Failure, InstanceId, InstanceQuery, InstanceRecord, Operation, Orchestration,
    OrchestrationContext, Registry, RuntimeStatus, StoreError,
};
use uuid::Uuid;

use crate::support::{World, id, record};

const PROBE: Entity<u32> = Entity::named("Probe");
/// Notes outside what it may use there.
const DRAW: Operation<u32, (), ()> = PROBE.operation("Draw");
/// Whether there is a state before and after it is set.
const SET: Operation<u32, u32, (bool, bool)> = PROBE.operation("Set");
/// The same before and after it is taken away.
const END: Operation<u32, (), (bool, bool)> = PROBE.operation("End");
const START: Operation<u32, u32, ()> = PROBE.operation("Start");
const ECHO: Orchestration<u32, u32> = Orchestration::named("Echo");
const ASK: Orchestration<(), Vec<(bool, bool)>> = Orchestration::named("Ask");

/// What one run of an operation drew: its idempotency key, two ids, and the id of what it started.
type Drawn = (String, Uuid, Uuid, InstanceId);

/// What all runs drew, in their order. Clones share it.
#[derive(Clone, Default)]
struct Ledger(Arc<Mutex<Vec<Drawn>>>);

impl Ledger {
    fn note(&self, drawn: Drawn) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(drawn);
    }

    fn all(&self) -> Vec<Drawn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A node that dies when it commits.
struct DiesAtCommit;

#[async_trait]
impl Fate for DiesAtCommit {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        if call == "commit" { Err(StoreError::Unknown("the node has died".to_owned())) } else { Ok(()) }
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }
}

fn registry(ledger: &Ledger) -> Result<Registry, RegistryError> {
    let ledger = ledger.clone();
    Registry::new()
        .operation(DRAW, move |probe: EntityContext<u32>, ()| {
            let ledger = ledger.clone();
            async move {
                let started = probe.start(ECHO, &probe.get())?;
                ledger.note((probe.idempotency_key(), probe.new_uuid(), probe.new_uuid(), started));
                probe.update(|draws| *draws += 1);
                Ok(())
            }
        })?
        .operation(SET, |probe: EntityContext<u32>, value: u32| async move {
            let before = probe.exists();
            probe.set(value);
            Ok((before, probe.exists()))
        })?
        .operation(END, |probe: EntityContext<u32>, ()| async move {
            let before = probe.exists();
            probe.delete();
            Ok((before, probe.exists()))
        })?
        .operation(
            START,
            |probe: EntityContext<u32>, input: u32| async move { probe.start_as(id("job"), ECHO, &input) },
        )?
        .orchestration(ECHO, |_, n: u32| async move { Ok(n) })?
        .orchestration(ASK, ask)
}

async fn ask(ctx: OrchestrationContext, (): ()) -> Result<Vec<(bool, bool)>, Failure> {
    Ok(vec![
        ctx.call_entity(SET, "a", &0).await?,
        ctx.call_entity(SET, "a", &1).await?,
        ctx.call_entity(END, "a", &()).await?,
        ctx.call_entity(SET, "a", &2).await?,
    ])
}

async fn started(world: &World) -> (Stepper, Client) {
    let node = world.node_with(registry(&Ledger::default()).expect("the names differ")).await;
    let client = node.client();
    (node, client)
}

async fn instances(client: &Client) -> Vec<InstanceRecord> {
    client.query(&InstanceQuery { limit: 10, ..InstanceQuery::default() }).await.expect("a page")
}

#[tokio::test]
async fn an_operation_that_runs_again_after_a_crash_has_the_same_key_and_the_same_ids() {
    let (world, ledger) = (World::new().await, Ledger::default());
    let names = || registry(&ledger).expect("the names differ");
    let dying = Arc::new(FatedStore::under(Arc::clone(&world.store), DiesAtCommit));
    let node = Stepper::start(dying, names(), world.clock.clone()).await.expect("the node starts");
    for _ in 0..2 {
        node.client().signal_entity(DRAW, "a", &()).await.expect("signalled");
    }
    node.run_until_idle().await.expect_err("it dies after both operations");
    drop(node);
    let node = world.node_with(names()).await;
    node.run_until_idle().await.expect("it runs");
    let client = node.client();
    assert_eq!(client.read_entity(PROBE, "a").await.expect("the store answers"), Some(2), "each counts once");
    let drawn = ledger.all();
    assert_eq!(drawn.len(), 4, "both ran twice");
    assert_eq!(drawn[..2], drawn[2..], "and drew the same");
    assert_ne!(drawn[0].0, drawn[1].0, "the key is one operation's");
    let ids = BTreeSet::from([drawn[0].1, drawn[0].2, drawn[1].1, drawn[1].2]);
    assert_eq!(ids.len(), 4, "an id is drawn once");
    let expected = BTreeSet::from([drawn[0].3.to_string(), drawn[1].3.to_string()]);
    let found: BTreeSet<_> = instances(&client).await.into_iter().map(|instance| instance.id.to_string()).collect();
    assert_eq!(found, expected, "each started one orchestration");
}

#[tokio::test]
async fn an_entity_exists_while_it_has_a_state() {
    let world = World::new().await;
    let (node, client) = started(&world).await;
    client.start(ASK, &()).id(id("ask")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let answers: Vec<(bool, bool)> = record(&client, "ask").await.output.expect("completed").decode().expect("pairs");
    assert_eq!(answers, [(false, true), (true, true), (true, false), (false, true)]);
    node.check().await.expect("checked");
}

#[tokio::test]
async fn an_orchestration_that_an_entity_starts_under_an_id_is_nobodys_child_and_starts_once() {
    let world = World::new().await;
    let (node, client) = started(&world).await;
    for input in [3, 4] {
        client.signal_entity(START, "a", &input).await.expect("signalled");
        node.run_until_idle().await.expect("it runs");
    }
    let job = record(&client, "job").await;
    assert_eq!((job.status, job.parent, job.ordinal), (RuntimeStatus::Completed, None, 1));
    assert_eq!(job.output.expect("completed").as_str(), "3", "the id was taken when the second one came");
    assert_eq!(instances(&client).await.len(), 1);
    node.check().await.expect("checked");
}
