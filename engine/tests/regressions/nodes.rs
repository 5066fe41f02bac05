//! Nodes that start, stop, race and find what is not theirs.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use countersign_engine::clock::{Clock, SystemClock};
use countersign_engine::testing::{Fate, FatedStore};
use countersign_engine::{
    Activity, Engine, Failure, Orchestration, OrchestrationContext, Registry, RuntimeStatus, StoreError,
};
use tokio::sync::Notify;

use crate::support::{Counted, World, id, output, record};

const FIRST: Orchestration<(), String> = Orchestration::named("Pinned").version("1");
const SECOND: Orchestration<(), String> = Orchestration::named("Pinned").version("2");
const SLOW: Activity<(), ()> = Activity::named("Slow");
const PATIENT: Orchestration<(), ()> = Orchestration::named("Patient");
const QUICK: Orchestration<(), ()> = Orchestration::named("Quick");
const SHOUT: Orchestration<(), ()> = Orchestration::named("Shout");

/// The cure: the version stands in the instance's row and in its history, and code is looked up by it on every turn.
#[tokio::test]
async fn an_instance_keeps_its_version_on_turns_that_only_complete_something() {
    async fn answer(ctx: OrchestrationContext) -> Result<String, Failure> {
        ctx.external_event::<()>("go").await?;
        Ok(ctx.version())
    }
    let old = Registry::new().orchestration(FIRST, |ctx, ()| answer(ctx)).expect("one name");
    let both = old.clone().orchestration(SECOND, |_, ()| async { Ok("the newest".to_owned()) }).expect("two versions");
    let world = World::new().await;
    let node = world.node(&old).await;
    node.client().start(FIRST, &()).id(id("pinned")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let node = world.node(&both).await;
    node.client().raise_event(&id("pinned"), "go", &()).await.expect("raised");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(output::<String>(&node.client(), "pinned").await, "1");
}

/// The cure: the loops stop taking work first, and the lease and the store stay until what runs has been recorded.
#[tokio::test]
async fn a_stopping_node_records_the_activities_that_still_run() {
    let world = World::new().await;
    let (begun, released, calls) = (Arc::new(Notify::new()), Arc::new(Notify::new()), Arc::new(AtomicU32::new(0)));
    let (begin, release, count) = (Arc::clone(&begun), Arc::clone(&released), Arc::clone(&calls));
    let registry = Registry::new()
        .orchestration(PATIENT, |ctx, ()| async move { ctx.call(SLOW, &()).await })
        .and_then(|names| {
            names.activity(SLOW, move |_, ()| {
                let (begin, release) = (Arc::clone(&begin), Arc::clone(&release));
                count.fetch_add(1, Ordering::SeqCst);
                async move {
                    begin.notify_one();
                    release.notified().await;
                    Ok(())
                }
            })
        })
        .expect("the names differ");
    let engine = Engine::builder(Arc::clone(&world.store), registry.clone()).start().await.expect("it starts");
    engine.client().start(PATIENT, &()).id(id("patient")).await.expect("started");
    begun.notified().await;
    // In this order: the engine is told to stop before the activity may end.
    tokio::join!(engine.shutdown(), async { released.notify_one() });
    let node = world.node(&registry).await;
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&node.client(), "patient").await.status, RuntimeStatus::Completed);
    assert_eq!(calls.load(Ordering::SeqCst), 1, "its result was recorded, so it did not run again");
}

/// The cure: a message to nobody is dropped in the commit that sends it, so that nothing is left to be woken for.
#[tokio::test]
async fn messages_to_nobody_leave_the_node_idle() {
    let registry = Registry::new()
        .orchestration(SHOUT, |ctx, ()| async move {
            ctx.send_event(&id("nobody"), "hello", &1)?;
            ctx.send_event(&id("ended"), "hello", &1)
        })
        .and_then(|names| names.orchestration(QUICK, |_, ()| async { Ok(()) }))
        .expect("the names differ");
    let world = World::new().await;
    let counted = Arc::new(FatedStore::under(Arc::clone(&world.store), Counted::default()));
    let node = world.node_on(counted.clone(), &registry).await;
    let client = node.client();
    client.start(QUICK, &()).id(id("ended")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    client.start(SHOUT, &()).id(id("shout")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, "shout").await.status, RuntimeStatus::Completed);
    let calls = counted.fate().calls();
    node.run_until_idle().await.expect("it runs");
    assert!(counted.fate().calls() <= calls + 1, "an idle node asks for due timers and for nothing else");
}

/// Lets another node win the race for the first instance that commits.
#[derive(Default)]
struct Lost(AtomicBool);

#[async_trait]
impl Fate for Lost {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        let loses = call == "commit" && !self.0.swap(true, Ordering::SeqCst);
        if loses { Err(StoreError::LeaseLost) } else { Ok(()) }
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }
}

/// The cure: work is claimed by name and not as "the next"; who loses one goes on with the next, and asks again for the lost one.
#[tokio::test]
async fn a_lost_race_for_one_instance_leads_on_to_the_others() {
    let registry = Registry::new().orchestration(QUICK, |_, ()| async { Ok(()) }).expect("one name");
    let world = World::new().await;
    let lost = Arc::new(FatedStore::under(Arc::clone(&world.store), Lost::default()));
    let node = world.node_on(lost, &registry).await;
    for name in ["contested", "free"] {
        node.client().start(QUICK, &()).id(id(name)).await.expect("started");
    }
    node.run_until_idle().await.expect("a lost race is no error");
    for name in ["contested", "free"] {
        assert_eq!(record(&node.client(), name).await.status, RuntimeStatus::Completed, "{name}");
    }
}

/// The cure: a node that is not among the living is refused every claim.
#[tokio::test]
async fn a_node_that_was_taken_for_dead_stops_trying() {
    let registry = Registry::new().orchestration(QUICK, |_, ()| async { Ok(()) }).expect("one name");
    let world = World::new().await;
    let counted = Arc::new(FatedStore::under(Arc::clone(&world.store), Counted::default()));
    let deposed = world.node_on(counted.clone(), &registry).await;
    let successor = world.node(&registry).await;
    deposed.client().start(QUICK, &()).id(id("late")).await.expect("started");
    deposed.run_until_idle().await.expect("it becomes idle");
    assert!(counted.fate().calls() < 20, "it made {} calls", counted.fate().calls());
    assert_eq!(record(&successor.client(), "late").await.status, RuntimeStatus::Pending);
}

/// The cure: a lease is a node's UUIDv7 and an epoch that every change of hands raises; neither is made of a time or a process id.
#[test]
fn nodes_that_start_at_the_same_moment_have_different_ids() {
    let threads: Vec<_> =
        (0..4).map(|_| std::thread::spawn(|| (0..5_000).map(|_| SystemClock.new_id()).collect::<Vec<_>>())).collect();
    let ids: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().expect("it does not panic")).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}
