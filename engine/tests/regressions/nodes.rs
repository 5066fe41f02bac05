//! Nodes that start, stop, race and find what is not theirs.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use countersign_engine::clock::{Clock, SystemClock};
use countersign_engine::testing::FatedStore;
use countersign_engine::{Activity, Engine, Failure, Orchestration, OrchestrationContext, Registry, RuntimeStatus};
use tokio::sync::Notify;

use crate::support::{Counted, World, id, output, record};

const FIRST: Orchestration<(), String> = Orchestration::named("Pinned").version("1");
const SECOND: Orchestration<(), String> = Orchestration::named("Pinned").version("2");
const SLOW: Activity<(), ()> = Activity::named("Slow");
const PATIENT: Orchestration<(), ()> = Orchestration::named("Patient");
const WAIT: Orchestration<(), ()> = Orchestration::named("Wait");
const QUICK: Orchestration<(), ()> = Orchestration::named("Quick");
const SHOUT: Orchestration<(), ()> = Orchestration::named("Shout");

async fn wait(ctx: OrchestrationContext, (): ()) -> Result<(), Failure> {
    ctx.external_event::<()>("go").await
}

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

/// The cure: work is claimed by name and not as "the next", and a claim that is refused leads on to the next ready instance.
#[tokio::test]
async fn a_lost_claim_does_not_hide_other_work() {
    let registry = Registry::new()
        .orchestration(WAIT, wait)
        .and_then(|names| names.orchestration(QUICK, |_, ()| async { Ok(()) }))
        .expect("the names differ");
    let world = World::new().await;
    let loser = world.node(&registry).await;
    loser.client().start(WAIT, &()).id(id("contested")).await.expect("started");
    let winner = world.node(&registry).await;
    winner.run_until_idle().await.expect("it runs");
    loser.client().start(QUICK, &()).id(id("free")).await.expect("started");
    loser.run_until_idle().await.expect("a lost claim is no error");
    assert_eq!(record(&loser.client(), "free").await.status, RuntimeStatus::Completed);
    winner.client().raise_event(&id("contested"), "go", &()).await.expect("raised");
    winner.run_until_idle().await.expect("it runs");
    assert_eq!(record(&loser.client(), "contested").await.status, RuntimeStatus::Completed);
}

/// The cure: a lease is a node's UUIDv7 and an epoch that every change of hands raises; neither is made of a time or a process id.
#[test]
fn nodes_that_start_at_the_same_moment_have_different_ids() {
    let threads: Vec<_> =
        (0..4).map(|_| std::thread::spawn(|| (0..5_000).map(|_| SystemClock.new_id()).collect::<Vec<_>>())).collect();
    let ids: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().expect("it does not panic")).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}
