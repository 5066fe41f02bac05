//! Failed instances that are taken back to before their failure.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_engine::testing::{CrashAt, CrashingStore, Stepper, crash_at_every_call};
use countersign_engine::{
    Activity, Client, EngineError, Entity, EventKind, Failure, Operation, Orchestration, OrchestrationContext,
    Registry, RetryPolicy, RuntimeStatus, StoreError,
};
use futures::FutureExt;
use futures::future::{join_all, try_join, try_join_all};

use crate::support::{World, id, record};

/// Gives its input back, unless that is broken.
const WORK: Activity<u32, u32> = Activity::named("Work");
/// The same, but it fails the first time that it gets an input.
const SHAKY: Activity<u32, u32> = Activity::named("Shaky");
const FAN: Orchestration<Vec<u32>, Vec<u32>> = Orchestration::named("Fan");
const RETRY: Orchestration<u32, u32> = Orchestration::named("Retry");
const STEPS: Orchestration<Vec<u32>, u32> = Orchestration::named("Steps");
const TREE: Orchestration<u32, u32> = Orchestration::named("Tree");
const ASK: Orchestration<(), u32> = Orchestration::named("Ask");
const SLOW: Orchestration<u32, u32> = Orchestration::named("Slow");
const CLUMSY: Orchestration<u32, u32> = Orchestration::named("Clumsy");
const TRIED: Orchestration<Vec<u32>, u32> = Orchestration::named("Tried");
const HOUR: Orchestration<u32, u32> = Orchestration::named("Hour");
const CALLING: Orchestration<u32, u32> = Orchestration::named("Calling");
const LOCKING: Orchestration<(u32, u32), u32> = Orchestration::named("Locking");
const HOLD: Orchestration<(), ()> = Orchestration::named("Hold");

const COUNTER: Entity<u32> = Entity::named("Counter");
/// Counts, and gives its input back.
const ADD: Operation<u32, u32, u32> = COUNTER.operation("Add");

/// What is broken, and how often each input was worked on.
#[derive(Clone, Default)]
struct Workshop(Arc<Mutex<Shop>>);

#[derive(Default)]
struct Shop {
    broken: Vec<u32>,
    worked: BTreeMap<u32, u32>,
}

impl Workshop {
    fn broken(inputs: &[u32]) -> Self {
        Self(Arc::new(Mutex::new(Shop { broken: inputs.to_vec(), worked: BTreeMap::new() })))
    }

    fn repair(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).broken.clear();
    }

    fn worked(&self, input: u32) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).worked.get(&input).copied().unwrap_or(0)
    }

    fn work(&self, input: u32) -> Result<u32, Failure> {
        let mut shop = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *shop.worked.entry(input).or_default() += 1;
        if shop.broken.contains(&input) { Err(Failure::new("Broken", format!("{input} is broken"))) } else { Ok(input) }
    }

    fn work_at_second_try(&self, input: u32) -> Result<u32, Failure> {
        let worked = self.work(input)?;
        if self.worked(input) > 1 { Ok(worked) } else { Err(Failure::new("Shaky", "it slipped")) }
    }

    fn registry(&self) -> Registry {
        let (shop, shaky) = (self.clone(), self.clone());
        let registry = Registry::new().activity(WORK, move |_, n| {
            let shop = shop.clone();
            async move { shop.work(n) }
        });
        let registry = registry.and_then(|all| {
            all.activity(SHAKY, move |_, n| {
                let shop = shaky.clone();
                async move { shop.work_at_second_try(n) }
            })
        });
        registry
            .and_then(|all| {
                all.operation(ADD, |counter, amount| async move {
                    counter.update(|sum| *sum += amount);
                    Ok(amount)
                })
            })
            .and_then(|all| all.orchestration(CLUMSY, |ctx, n| async move { ctx.call(SHAKY, &n).await }))
            .and_then(|all| all.orchestration(TRIED, tried))
            .and_then(|all| all.orchestration(HOUR, hour))
            .and_then(|all| all.orchestration(CALLING, calling))
            .and_then(|all| all.orchestration(LOCKING, locking))
            .and_then(|all| all.orchestration(HOLD, hold))
            .and_then(|all| all.orchestration(FAN, fan))
            .and_then(|all| all.orchestration(RETRY, retry))
            .and_then(|all| all.orchestration(STEPS, steps))
            .and_then(|all| all.orchestration(TREE, tree))
            .and_then(|all| all.orchestration(SLOW, slow))
            .and_then(|all| {
                all.orchestration(ASK, |ctx, ()| async move {
                    let answer: u32 = ctx.external_event("answer").await?;
                    ctx.call(WORK, &answer).await
                })
            })
            .expect("the names differ")
    }
}

/// Waits for all before it fails, and fails in words of its own.
async fn fan(ctx: OrchestrationContext, inputs: Vec<u32>) -> Result<Vec<u32>, Failure> {
    let results = join_all(inputs.iter().map(|n| ctx.call(WORK, n))).await;
    let results: Result<Vec<u32>, Failure> = results.into_iter().collect();
    results.map_err(|failure| Failure::new("FanFailed", failure.message))
}

async fn retry(ctx: OrchestrationContext, input: u32) -> Result<u32, Failure> {
    ctx.call(WORK, &input).retry(RetryPolicy::exponential(Duration::from_secs(1), 3)).await
}

async fn steps(ctx: OrchestrationContext, inputs: Vec<u32>) -> Result<u32, Failure> {
    let mut sum = 0;
    for input in &inputs {
        ctx.set_custom_status(&sum)?;
        sum += ctx.call(WORK, input).await?;
    }
    Ok(sum)
}

/// Two children below each, down to those that work.
async fn tree(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    if n >= 4 {
        return ctx.call(WORK, &n).await;
    }
    let children = [2 * n, 2 * n + 1].map(|child| ctx.child(TREE, &child).id(id(&format!("tree-{child}"))));
    Ok(try_join_all(children).await?.into_iter().sum())
}

/// A child that takes an hour, beside work.
async fn slow(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    if n == 0 {
        ctx.timer(Duration::from_secs(3_600)).await;
        return Ok(7);
    }
    let child = ctx.child(SLOW, &0).id(id("slow-child"));
    let (child, work) = futures::future::try_join(child, ctx.call(WORK, &n)).await?;
    Ok(child + work)
}

/// A child that works at its second try, then one activity after the other.
async fn tried(ctx: OrchestrationContext, inputs: Vec<u32>) -> Result<u32, Failure> {
    let mut sum = ctx.child(CLUMSY, &9).retry(RetryPolicy::fixed(Duration::from_secs(1), 2)).await?;
    for input in &inputs {
        sum += ctx.call(WORK, input).await?;
    }
    Ok(sum)
}

/// Work, and an hour that passes meanwhile.
async fn hour(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    let hour = ctx.timer(Duration::from_secs(3_600)).map(Ok::<(), Failure>);
    let (work, ()) = try_join(ctx.call(WORK, &n), hour).await?;
    Ok(work)
}

/// Work, and an operation that the entity carries out meanwhile.
async fn calling(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    let (work, added) = try_join(ctx.call(WORK, &n), ctx.call_entity(ADD, "a", &10)).await?;
    Ok(work + added)
}

/// Work before a critical section, and work inside of it.
async fn locking(ctx: OrchestrationContext, (before, within): (u32, u32)) -> Result<u32, Failure> {
    let before = ctx.call(WORK, &before).await?;
    let _guard = ctx.lock([COUNTER.id("a")?]).await?;
    let added = ctx.call_entity(ADD, "a", &10).await?;
    let within = ctx.call(WORK, &within).await?;
    Ok(before + added + within)
}

/// Keeps the entity locked until it is told to go.
async fn hold(ctx: OrchestrationContext, (): ()) -> Result<(), Failure> {
    let _guard = ctx.lock([COUNTER.id("a")?]).await?;
    ctx.external_event("go").await
}

/// Starts an instance that has locked the entity when this is over.
async fn lock_out(node: &Stepper) {
    node.client().start(HOLD, &()).id(id("holder")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    assert!(is_locked(&node.client()).await);
}

/// Lets go of what [`lock_out`] has locked.
async fn let_in(node: &Stepper) {
    node.client().raise_event(&id("holder"), "go", &()).await.expect("it waits");
    node.run_until_idle().await.expect("it runs");
}

async fn is_locked(client: &Client) -> bool {
    let entity = COUNTER.id("a").expect("a valid key");
    let record = client.find_entity(&entity).await.expect("the store answers");
    record.is_some_and(|record| record.lock.is_some())
}

async fn output(client: &Client, name: &str) -> String {
    let record = record(client, name).await;
    record
        .output
        .unwrap_or_else(|| panic!("{name} is {}: {:?}", record.status.as_str(), record.failure))
        .as_str()
        .to_owned()
}

async fn assert_failed(client: &Client, name: &str) {
    assert_eq!(record(client, name).await.status, RuntimeStatus::Failed, "{name}");
}

/// A world, a workshop and a node.
async fn begin(broken: &[u32]) -> (World, Workshop, Stepper) {
    let (world, shop) = (World::new().await, Workshop::broken(broken));
    let node = world.node_with(shop.registry()).await;
    (world, shop, node)
}

#[tokio::test]
async fn siblings_that_succeeded_are_not_repeated() {
    let (_world, shop, node) = begin(&[2]).await;
    let client = node.client();
    client.start(FAN, &vec![1, 2, 3]).id(id("fan")).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    assert_failed(&client, "fan").await;
    let failed = record(&client, "fan").await;
    shop.repair();
    client.rewind(&id("fan"), "repaired").await.expect("it has failed");
    let pending = record(&client, "fan").await;
    assert_eq!((pending.status, pending.failure, pending.ordinal), (RuntimeStatus::Pending, None, 2));
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(output(&client, "fan").await, "[1,2,3]");
    assert_eq!([1, 2, 3].map(|n| shop.worked(n)), [1, 2, 1]);
    let history = client.history(&id("fan"), None).await.expect("history");
    let rewound = history.iter().find_map(|event| match &event.kind {
        EventKind::ExecutionRewound { reason, continues } => Some((reason.clone(), continues[0].execution)),
        _ => None,
    });
    assert_eq!(rewound, Some((Some("repaired".to_owned()), failed.execution)));
    assert!(!client.history(&id("fan"), Some(1)).await.expect("history").is_empty(), "the old history stays");
    node.check().await.expect("checked");
}

#[tokio::test]
async fn retries_begin_anew_and_their_old_timers_are_gone() {
    let (_world, shop, node) = begin(&[5]).await;
    let client = node.client();
    client.start(RETRY, &5).id(id("retry")).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    assert_failed(&client, "retry").await;
    assert_eq!(shop.worked(5), 3);
    client.rewind(&id("retry"), "once more").await.expect("it has failed");
    node.run_to_the_end().await.expect("it runs");
    assert_failed(&client, "retry").await;
    assert_eq!(shop.worked(5), 6);
    shop.repair();
    client.rewind(&id("retry"), "repaired").await.expect("it has failed again");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!((output(&client, "retry").await.as_str(), shop.worked(5)), ("5", 7));
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_child_that_succeeded_at_a_later_try_is_not_repeated() {
    let (_world, shop, node) = begin(&[2]).await;
    let client = node.client();
    client.start(TRIED, &vec![1, 2]).id(id("tried")).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    assert_failed(&client, "tried").await;
    assert_eq!([9, 1, 2].map(|n| shop.worked(n)), [2, 1, 1]);
    shop.repair();
    client.rewind(&id("tried"), "repaired").await.expect("it has failed");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(output(&client, "tried").await, "12");
    assert_eq!([9, 1, 2].map(|n| shop.worked(n)), [2, 1, 2]);
    node.check().await.expect("checked");
}

#[tokio::test]
async fn what_came_before_the_failure_stays_with_its_custom_status() {
    let (_world, shop, node) = begin(&[3]).await;
    let client = node.client();
    client.start(STEPS, &vec![1, 2, 3, 4]).id(id("steps")).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    assert_failed(&client, "steps").await;
    client.rewind(&id("steps"), "").await.expect("it has failed");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(record(&client, "steps").await.custom_status.expect("set").as_str(), "3");
    shop.repair();
    client.rewind(&id("steps"), "").await.expect("it has failed");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(output(&client, "steps").await, "10");
    assert_eq!([1, 2, 3, 4].map(|n| shop.worked(n)), [1, 1, 3, 1]);
    node.check().await.expect("checked");
}

#[tokio::test]
async fn failed_children_are_rewound_down_to_the_leaf() {
    let (_world, shop, node) = begin(&[6]).await;
    let client = node.client();
    client.start(TREE, &1).id(id("tree-1")).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    for name in ["tree-1", "tree-3", "tree-6"] {
        assert_failed(&client, name).await;
    }
    shop.repair();
    client.rewind(&id("tree-1"), "repaired").await.expect("it has failed");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(output(&client, "tree-1").await, "22");
    assert_eq!([4, 5, 6, 7].map(|n| shop.worked(n)), [1, 1, 2, 1]);
    for (name, ordinal) in [("tree-1", 2), ("tree-2", 1), ("tree-3", 2), ("tree-6", 2), ("tree-7", 1)] {
        assert_eq!(record(&client, name).await.ordinal, ordinal, "{name}");
    }
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_child_that_is_gone_starts_again() {
    let (_world, shop, node) = begin(&[6]).await;
    let client = node.client();
    client.start(TREE, &3).id(id("tree-3")).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    client.purge(&id("tree-6")).await.expect("it has ended");
    shop.repair();
    client.rewind(&id("tree-3"), "repaired").await.expect("it has failed");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!((output(&client, "tree-3").await.as_str(), record(&client, "tree-6").await.ordinal), ("13", 1));
}

#[tokio::test]
async fn a_child_that_runs_on_answers_the_execution_that_continues() {
    for rewind_late in [false, true] {
        let (world, shop, node) = begin(&[2]).await;
        let client = node.client();
        client.start(SLOW, &2).id(id("slow")).await.expect("started");
        node.run_until_idle().await.expect("it runs");
        assert_failed(&client, "slow").await;
        shop.repair();
        if rewind_late {
            world.clock.advance(Duration::from_secs(7_200));
            node.run_until_idle().await.expect("the child ends");
        }
        client.rewind(&id("slow"), "repaired").await.expect("it has failed");
        node.run_to_the_end().await.expect("it runs");
        assert_eq!(output(&client, "slow").await, "9", "rewound after the child's end: {rewind_late}");
        assert_eq!(record(&client, "slow-child").await.ordinal, 1);
        node.check().await.expect("checked");
    }
}

#[tokio::test]
async fn a_timer_that_was_open_fires_at_its_moment_and_not_before() {
    let (world, shop, node) = begin(&[2]).await;
    let client = node.client();
    client.start(HOUR, &2).id(id("hour")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    assert_failed(&client, "hour").await;
    assert_eq!(node.next_timer().await.expect("the store answers"), None, "what has ended waits for no timer");
    world.clock.advance(Duration::from_secs(1_800));
    shop.repair();
    client.rewind(&id("hour"), "repaired").await.expect("it has failed");
    for seconds in [0, 1_799] {
        world.clock.advance(Duration::from_secs(seconds));
        node.run_until_idle().await.expect("it runs");
        assert_eq!(record(&client, "hour").await.status, RuntimeStatus::Running, "the hour is not over");
    }
    assert_eq!(shop.worked(2), 2);
    world.clock.advance(Duration::from_secs(1));
    node.run_until_idle().await.expect("it runs");
    assert_eq!(output(&client, "hour").await, "2");
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_call_of_an_entity_that_had_no_answer_is_carried_out_once() {
    for carried_out_before in [false, true] {
        let (_world, shop, node) = begin(&[2]).await;
        let client = node.client();
        lock_out(&node).await;
        client.start(CALLING, &2).id(id("calling")).await.expect("started");
        node.run_until_idle().await.expect("it runs");
        assert_failed(&client, "calling").await;
        if carried_out_before {
            // The answer finds nobody who reads it, and stays.
            let_in(&node).await;
        }
        shop.repair();
        client.rewind(&id("calling"), "repaired").await.expect("it has failed");
        node.run_until_idle().await.expect("it runs");
        if !carried_out_before {
            assert_eq!(record(&client, "calling").await.status, RuntimeStatus::Running, "the entity is locked");
            let_in(&node).await;
        }
        assert_eq!(output(&client, "calling").await, "12", "carried out before: {carried_out_before}");
        assert_eq!(client.read_entity(COUNTER, "a").await.expect("the store answers"), Some(10));
        assert_eq!(shop.worked(2), 2);
        node.check().await.expect("checked");
    }
}

#[tokio::test]
async fn a_critical_section_that_was_open_is_entered_again() {
    let (_world, shop, node) = begin(&[2]).await;
    let client = node.client();
    client.start(LOCKING, &(1, 2)).id(id("first")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    assert_failed(&client, "first").await;
    assert!(!is_locked(&client).await, "the lock went with the execution");
    lock_out(&node).await;
    shop.repair();
    client.rewind(&id("first"), "repaired").await.expect("it has failed");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&client, "first").await.status, RuntimeStatus::Running, "it waits for the lock");
    assert_eq!(shop.worked(2), 1, "nothing of the section is done without the lock");
    let_in(&node).await;
    assert_eq!(output(&client, "first").await, "13");
    assert_eq!([1, 2].map(|n| shop.worked(n)), [1, 2]);
    assert!(!is_locked(&client).await);
    client.start(LOCKING, &(3, 4)).id(id("second")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(output(&client, "second").await, "17", "the lock is free for others");
    node.check().await.expect("checked");
}

#[tokio::test]
async fn when_the_code_failed_only_its_last_turn_is_repeated() {
    let (world, shop, node) = begin(&[]).await;
    let panics = Registry::new().orchestration(ASK, |ctx, ()| async move {
        let answer: u32 = ctx.external_event("answer").await?;
        if answer > 0 { panic!("out of paper") } else { Ok(0) }
    });
    let old = world.node_with(panics.expect("one name")).await;
    let client = old.client();
    client.start(ASK, &()).id(id("ask")).await.expect("started");
    old.run_until_idle().await.expect("it runs");
    client.raise_event(&id("ask"), "answer", &8).await.expect("it waits");
    old.run_until_idle().await.expect("it runs");
    assert_failed(&client, "ask").await;
    drop(node);
    let fixed = world.node_with(shop.registry()).await;
    fixed.client().rewind(&id("ask"), "fixed").await.expect("it has failed");
    fixed.run_to_the_end().await.expect("it runs");
    assert_eq!((output(&fixed.client(), "ask").await.as_str(), shop.worked(8)), ("8", 1));
    fixed.check().await.expect("checked");
}

#[tokio::test]
async fn only_what_has_failed_can_be_rewound() {
    let (_world, _shop, node) = begin(&[]).await;
    let client = node.client();
    client.start(STEPS, &vec![1]).id(id("steps")).await.expect("started");
    for _ in 0..2 {
        let refused = client.rewind(&id("steps"), "").await;
        assert!(
            matches!(refused, Err(EngineError::Store(StoreError::WrongState { verb: "rewound", .. }))),
            "{refused:?}"
        );
        node.run_to_the_end().await.expect("it runs");
    }
    let missing = client.rewind(&id("nobody"), "").await;
    assert!(matches!(missing, Err(EngineError::Store(StoreError::NotFound(_)))), "{missing:?}");
}

#[tokio::test]
async fn what_is_terminated_before_it_is_taken_up_again_runs_no_code() {
    let (_world, shop, node) = begin(&[2]).await;
    let client = node.client();
    client.start(FAN, &vec![1, 2]).id(id("fan")).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    client.rewind(&id("fan"), "").await.expect("it has failed");
    client.terminate(&id("fan"), "on second thought").await.expect("it is pending");
    node.run_to_the_end().await.expect("it ends");
    assert_eq!(record(&client, "fan").await.status, RuntimeStatus::Terminated);
    assert_eq!(shop.worked(2), 1);
    node.check().await.expect("checked");
}

async fn survives(at: CrashAt) -> bool {
    let (world, shop, node) = begin(&[6]).await;
    node.client().start(TREE, &1).id(id("tree-1")).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    shop.repair();
    let crashing = Arc::new(CrashingStore::new(Arc::clone(&world.store), at));
    if let Ok(node) = Stepper::start(crashing.clone(), shop.registry(), world.clock.clone()).await
        && node.client().rewind(&id("tree-1"), "repaired").await.is_ok()
    {
        let _ = node.run_to_the_end().await;
    }
    let node = world.node_with(shop.registry()).await;
    let client = node.client();
    match client.rewind(&id("tree-1"), "repaired").await {
        Ok(()) | Err(EngineError::Store(StoreError::WrongState { .. })) => {}
        Err(error) => panic!("{error}"),
    }
    node.run_to_the_end().await.expect("the second node lives");
    assert_eq!(output(&client, "tree-1").await, "22", "{at:?}");
    node.check().await.expect("checked");
    crashing.has_crashed()
}

#[tokio::test]
async fn every_crash_around_a_rewind_is_survived() {
    for crash in [CrashAt::Before, CrashAt::After] {
        let calls = crash_at_every_call(crash, survives).await;
        assert!(calls >= 20, "the scenario makes only {calls} calls");
    }
}
