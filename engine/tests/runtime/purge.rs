//! The removal of instances.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use countersign_engine::testing::{CrashAt, CrashingStore, Fate, FatedStore, Stepper, crash_at_every_call};
use countersign_engine::{
    Between, Client, EngineError, InstanceFilter, InstanceQuery, RuntimeStatus, StoreError, Within,
};

use crate::retention::rows;
use crate::support::{APPROVAL, COUNTDOWN, FAMILY, PARENT, SUM, World, id, record, registry};

async fn ids(client: &Client) -> Vec<String> {
    let query = InstanceQuery { limit: 1_000, ..InstanceQuery::default() };
    let all = client.query(&query).await.expect("a page");
    all.into_iter().map(|record| record.id.to_string()).collect()
}

#[tokio::test]
async fn what_has_ended_can_be_purged_and_what_runs_cannot() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(APPROVAL, &5).id(id("a")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let refused = client.purge(&id("a")).await;
    let running = RuntimeStatus::Running;
    assert!(
        matches!(refused, Err(EngineError::Store(StoreError::WrongState { status, verb: "purged", .. })) if status == running),
        "{refused:?}"
    );
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(client.purge(&id("a")).await.expect("it has ended"), 1);
    assert!(client.status(&id("a")).await.expect("the store answers").is_none());
    let missing = client.purge(&id("a")).await;
    assert!(matches!(missing, Err(EngineError::Store(StoreError::NotFound(_)))), "{missing:?}");
    client.start(SUM, &vec![1]).id(id("a")).await.expect("the id is free");
}

#[tokio::test]
async fn a_filter_purges_what_has_ended_and_leaves_the_rest() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    for n in 0..120 {
        client.start(SUM, &vec![1]).id(id(&format!("sum-{n}"))).await.expect("started");
    }
    node.run_until_idle().await.expect("it runs");
    let before = node.now();
    world.clock.advance(Duration::from_secs(60));
    client.start(SUM, &vec![1]).id(id("young")).await.expect("started");
    client.start(APPROVAL, &5).id(id("running")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let until = Some(before + Duration::from_secs(1));
    let old = InstanceFilter { completed: Between { from: None, until }, ..InstanceFilter::default() };
    assert_eq!(client.purge_all(&old).await.expect("purged"), 120);
    assert_eq!(ids(&client).await, ["running", "young"]);
    assert_eq!(client.purge_all(&InstanceFilter::default()).await.expect("purged"), 1);
    assert_eq!(ids(&client).await, ["running"]);
    let running = InstanceFilter { statuses: vec![RuntimeStatus::Running], ..InstanceFilter::default() };
    let refused = client.purge_all(&running).await;
    assert!(matches!(refused, Err(EngineError::NotFinal(RuntimeStatus::Running))), "{refused:?}");
}

#[tokio::test]
async fn a_family_goes_whole_or_not_at_all() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(FAMILY, &2).id(id("family")).await.expect("started");
    client.start(SUM, &vec![1]).id(id("stranger")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(client.purge(&id("family")).recursive().await.expect("all have ended"), 3);
    assert_eq!(ids(&client).await, ["stranger"]);
    client.start(PARENT, &"child".to_owned()).id(id("parent")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    client.terminate(&id("parent"), "alone").await.expect("it runs");
    node.run_until_idle().await.expect("it runs");
    let refused = client.purge(&id("parent")).recursive().await;
    assert!(
        matches!(&refused, Err(EngineError::Store(StoreError::WrongState { id: child, .. })) if *child == id("child")),
        "{refused:?}"
    );
    let all = InstanceFilter::default();
    assert_eq!(client.purge_all(&all).recursive().await.expect("purged"), 2);
    assert_eq!(ids(&client).await, ["child"]);
}

#[tokio::test]
async fn a_family_is_terminated_together() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(PARENT, &"child".to_owned()).id(id("parent")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    client.terminate_recursively(&id("parent"), "enough").await.expect("it runs");
    node.run_until_idle().await.expect("it ends");
    for name in ["parent", "child"] {
        assert_eq!(record(&client, name).await.status, RuntimeStatus::Terminated);
    }
    node.check().await.expect("checked");
}

/// Counts the transactions that remove something.
#[derive(Clone, Default)]
pub(crate) struct Removals(Arc<AtomicUsize>);

impl Removals {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Fate for Removals {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        self.0.fetch_add(usize::from(matches!(call, "purge" | "expire" | "sweep")), Ordering::Relaxed);
        Ok(())
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A client whose removals are counted.
pub(crate) async fn counting(world: &World) -> (Client, Removals) {
    let removals = Removals::default();
    let store = Arc::new(FatedStore::under(Arc::clone(&world.store), removals.clone()));
    let names = registry().expect("the names differ");
    let node = Stepper::start(store, names, world.clock.clone()).await.expect("the node starts");
    (node.client(), removals)
}

#[tokio::test]
async fn many_instances_go_in_short_transactions() {
    let world = World::new().await;
    let node = world.node().await;
    for number in 0..250 {
        node.client().start(SUM, &vec![]).id(id(&format!("sum-{number}"))).await.expect("started");
    }
    node.run_until_idle().await.expect("it runs");
    let (client, removals) = counting(&world).await;
    assert_eq!(client.purge_all(&InstanceFilter::default()).await.expect("all have ended"), 250);
    let transactions = removals.count();
    assert!((6..20).contains(&transactions), "{transactions} transactions");
    assert!(ids(&client).await.is_empty());
}

/// An instance that has ended and left 2,500 messages unread.
pub(crate) async fn unread(node: &Stepper) {
    let client = node.client();
    // What ends before its start reads nothing.
    let later = node.now() + Duration::from_secs(3_600);
    client.start(COUNTDOWN, &1).id(id("c")).at(later).await.expect("started");
    for _ in 0..25 {
        let caller = client.clone();
        let raised = client.transaction("raise", move |tx| {
            Box::pin(async move {
                for number in 0..100 {
                    caller.within(tx).raise_event(&id("c"), "step", &number).await?;
                }
                Ok::<_, EngineError>(())
            })
        });
        raised.await.expect("raised");
    }
    client.terminate(&id("c"), "enough").await.expect("it runs");
    node.run_until_idle().await.expect("it ends");
}

#[tokio::test]
async fn what_one_instance_leaves_behind_goes_in_short_transactions() {
    let world = World::new().await;
    unread(&world.node().await).await;
    let (client, removals) = counting(&world).await;
    assert_eq!(client.purge(&id("c")).await.expect("it has ended"), 1);
    let transactions = removals.count();
    assert!((4..10).contains(&transactions), "{transactions} transactions");
}

#[tokio::test]
async fn within_a_transaction_a_purge_is_one_with_the_callers_rows() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(SUM, &vec![1]).id(id("sum")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let inside = client.clone();
    let purged = client.transaction("undone", move |tx| {
        Box::pin(async move {
            inside.within(tx).purge(&id("sum")).await?;
            Err::<(), _>(EngineError::TimedOut)
        })
    });
    assert!(matches!(purged.await, Err(EngineError::TimedOut)));
    assert_eq!(record(&client, "sum").await.status, RuntimeStatus::Completed);
    let inside = client.clone();
    let purged =
        client.transaction("done", move |tx| Box::pin(async move { inside.within(tx).purge(&id("sum")).await }));
    purged.await.expect("it has ended");
    assert!(client.status(&id("sum")).await.expect("the store answers").is_none());
}

/// Removes a family of three by its parent, and what else has ended by a filter: two.
async fn remove_all(within: Within<'_>) -> Result<(), EngineError> {
    assert_eq!(within.purge(&id("family")).recursive().await?, 3);
    assert!(within.status(&id("family")).await?.is_none());
    assert_eq!(within.purge_all(&InstanceFilter::default()).await?, 2);
    assert_eq!(within.purge_all(&InstanceFilter::default()).await?, 0);
    let refused = within.purge(&id("running")).await;
    assert!(matches!(refused, Err(EngineError::Store(StoreError::WrongState { .. }))), "{refused:?}");
    Ok(())
}

#[tokio::test]
async fn within_a_transaction_families_and_lists_are_purged_with_the_callers_rows_or_stay() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(FAMILY, &2).id(id("family")).await.expect("started");
    for name in ["sum-1", "sum-2"] {
        client.start(SUM, &vec![1]).id(id(name)).await.expect("started");
    }
    client.start(APPROVAL, &5).id(id("running")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let inside = client.clone();
    let undone = client.transaction("undone", move |tx| {
        Box::pin(async move {
            remove_all(inside.within(tx)).await?;
            Err::<(), _>(EngineError::TimedOut)
        })
    });
    let undone = undone.await;
    assert!(matches!(undone, Err(EngineError::TimedOut)), "{undone:?}");
    assert_eq!(ids(&client).await.len(), 6);
    let history = rows(&world, "history").await;
    let inside = client.clone();
    let done = client.transaction("done", move |tx| Box::pin(async move { remove_all(inside.within(tx)).await }));
    done.await.expect("committed");
    assert_eq!(ids(&client).await, ["running"]);
    assert!(rows(&world, "history").await < history, "the space is given back");
    assert_eq!(rows(&world, "purged").await, 0);
}

#[tokio::test]
async fn what_a_callers_own_purge_leaves_behind_goes_after_it_in_short_transactions() {
    let world = World::new().await;
    unread(&world.node().await).await;
    let (client, removals) = counting(&world).await;
    let inside = client.clone();
    let purged =
        client.transaction("purge", move |tx| Box::pin(async move { inside.within(tx).purge(&id("c")).await }));
    assert_eq!(purged.await.expect("it has ended"), 1);
    let transactions = removals.count();
    assert!((4..10).contains(&transactions), "{transactions} transactions");
    assert_eq!(rows(&world, "inbox").await, 0);
}

/// Refuses to sweep, the first time.
#[derive(Default)]
struct NoSweep(AtomicBool);

#[async_trait]
impl Fate for NoSweep {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        if call == "sweep" && !self.0.swap(true, Ordering::Relaxed) { Err(StoreError::Full) } else { Ok(()) }
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_sweep_that_fails_is_made_up_for_by_the_next_purge() {
    let world = World::new().await;
    let node = world.node().await;
    node.client().start(SUM, &vec![1]).id(id("sum")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let store = Arc::new(FatedStore::under(Arc::clone(&world.store), NoSweep::default()));
    let names = registry().expect("the names differ");
    let client = Stepper::start(store, names, world.clock.clone()).await.expect("the node starts").client();
    let inside = client.clone();
    let purged =
        client.transaction("purge", move |tx| Box::pin(async move { inside.within(tx).purge(&id("sum")).await }));
    assert_eq!(purged.await.expect("the purge itself is committed"), 1);
    assert_eq!(rows(&world, "purged").await, 1);
    assert_eq!(client.purge_all(&InstanceFilter::default()).await.expect("nothing is left"), 0);
    assert_eq!((rows(&world, "purged").await, rows(&world, "history").await), (0, 0));
}

#[tokio::test]
async fn whoever_waits_for_a_purged_instance_hears_of_it() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(SUM, &vec![1]).id(id("sum")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let (instance, seen) = (id("sum"), record(&client, "sum").await.seen());
    let wait = client.wait_for_change(&instance, &seen, Duration::from_secs(60));
    let purge = async { client.purge(&id("sum")).await.expect("it has ended") };
    let (gone, _) = tokio::join!(wait, purge);
    assert!(matches!(gone, Err(EngineError::Store(StoreError::NotFound(_)))), "{gone:?}");
}

async fn scenario(client: &Client) -> Result<(), EngineError> {
    client.purge(&id("family")).recursive().await?;
    client.purge_all(&InstanceFilter::default()).await?;
    Ok(())
}

async fn survives(at: CrashAt) -> bool {
    let world = World::new().await;
    let node = world.node().await;
    node.client().start(FAMILY, &2).id(id("family")).await.expect("started");
    node.client().start(SUM, &vec![1]).id(id("sum")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let crashing = Arc::new(CrashingStore::new(Arc::clone(&world.store), at));
    let names = registry().expect("the names differ");
    if let Ok(node) = Stepper::start(crashing.clone(), names, world.clock.clone()).await {
        let _ = scenario(&node.client()).await;
    }
    let client = world.node().await.client();
    match client.purge(&id("family")).recursive().await {
        Ok(_) | Err(EngineError::Store(StoreError::NotFound(_))) => {}
        Err(error) => panic!("{error}"),
    }
    client.purge_all(&InstanceFilter::default()).await.expect("the second node lives");
    assert!(ids(&client).await.is_empty(), "{at:?}");
    crashing.has_crashed()
}

#[tokio::test]
async fn every_crash_around_a_purge_is_survived() {
    for crash in [CrashAt::Before, CrashAt::After] {
        let calls = crash_at_every_call(crash, survives).await;
        assert!(calls >= 10, "the scenario makes only {calls} calls");
    }
}
