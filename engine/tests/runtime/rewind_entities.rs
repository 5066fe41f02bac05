//! Rewound instances and entities: an operation that failed is asked for again, and nothing else is carried out twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use countersign_engine::testing::{CrashAt, CrashingStore, Stepper, crash_at_every_call};
use countersign_engine::{
    Activity, Client, EngineError, Entity, Failure, Operation, Orchestration, OrchestrationContext, Registry,
    RetryPolicy, RuntimeStatus, StoreError,
};
use futures::future::try_join;

use crate::support::{World, id, record};

const COUNTER: Entity<u32> = Entity::named("Counter");
/// Counts, and gives its input back, unless it is broken.
const ADD: Operation<u32, u32, u32> = COUNTER.operation("Add");
const LEDGER: Entity<u32> = Entity::named("Ledger");
/// Counts what it is told.
const NOTE: Operation<u32, u32, ()> = LEDGER.operation("Note");
/// Gives its input back, unless it is broken.
const WORK: Activity<u32, u32> = Activity::named("Work");
/// Fails at its first try, whatever is broken.
const SHAKY: Activity<(), u32> = Activity::named("Shaky");

const PAY: Orchestration<u32, u32> = Orchestration::named("Pay");
const PAY_LOCKED: Orchestration<u32, u32> = Orchestration::named("PayLocked");
const BESIDE: Orchestration<u32, u32> = Orchestration::named("Beside");
const HOLD: Orchestration<(), ()> = Orchestration::named("Hold");
const PAUSING: Orchestration<u32, u32> = Orchestration::named("Pausing");

const MINUTE: Duration = Duration::from_secs(60);

/// Whether things are broken, and how often the shaky activity was tried.
#[derive(Clone, Default)]
struct Bank {
    broken: Arc<AtomicBool>,
    shaken: Arc<AtomicU32>,
}

impl Bank {
    fn broken() -> Self {
        let bank = Self::default();
        bank.broken.store(true, Ordering::SeqCst);
        bank
    }

    fn repair(&self) {
        self.broken.store(false, Ordering::SeqCst);
    }

    fn answer(&self, n: u32) -> Result<u32, Failure> {
        if self.broken.load(Ordering::SeqCst) { Err(Failure::new("Broken", "it is broken")) } else { Ok(n) }
    }

    fn shake(&self) -> Result<u32, Failure> {
        let before = self.shaken.fetch_add(1, Ordering::SeqCst);
        if before == 0 { Err(Failure::new("Shaky", "it slipped")) } else { Ok(before) }
    }

    fn registry(&self) -> Registry {
        let (adding, working, shaking) = (self.clone(), self.clone(), self.clone());
        let registry = Registry::new().operation(ADD, move |counter, amount| {
            let bank = adding.clone();
            async move {
                counter.update(|sum| *sum += amount);
                bank.answer(amount)
            }
        });
        registry
            .and_then(|all| {
                all.operation(NOTE, |ledger, amount| async move {
                    ledger.update(|sum| *sum += amount);
                    Ok(())
                })
            })
            .and_then(|all| {
                all.activity(WORK, move |_, n| {
                    let bank = working.clone();
                    async move { bank.answer(n) }
                })
            })
            .and_then(|all| {
                all.activity(SHAKY, move |_, ()| {
                    let bank = shaking.clone();
                    async move { bank.shake() }
                })
            })
            .and_then(|all| all.orchestration(PAY, pay))
            .and_then(|all| all.orchestration(PAY_LOCKED, pay_locked))
            .and_then(|all| all.orchestration(BESIDE, beside))
            .and_then(|all| all.orchestration(HOLD, hold))
            .and_then(|all| all.orchestration(PAUSING, pausing))
            .expect("the names differ")
    }
}

/// Notes that it pays, and pays.
async fn pay(ctx: OrchestrationContext, amount: u32) -> Result<u32, Failure> {
    ctx.signal_entity(NOTE, "all", &1)?;
    ctx.call_entity(ADD, "a", &amount).await
}

/// The same inside of a critical section.
async fn pay_locked(ctx: OrchestrationContext, amount: u32) -> Result<u32, Failure> {
    ctx.signal_entity(NOTE, "all", &1)?;
    // So that the section begins in a turn of its own.
    ctx.timer(MINUTE).await;
    let _guard = ctx.lock([COUNTER.id("a")?]).await?;
    ctx.call_entity(ADD, "a", &amount).await
}

/// Work, and an operation that is carried out meanwhile.
async fn beside(ctx: OrchestrationContext, amount: u32) -> Result<u32, Failure> {
    let (work, added) = try_join(ctx.call(WORK, &1), ctx.call_entity(ADD, "a", &amount)).await?;
    Ok(work + added)
}

/// Keeps the entity locked until it is told to go.
async fn hold(ctx: OrchestrationContext, (): ()) -> Result<(), Failure> {
    let _guard = ctx.lock([COUNTER.id("a")?]).await?;
    ctx.external_event("go").await
}

/// A call that is in its pause while work goes on, which a note follows.
async fn pausing(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    let shaky = ctx.call(SHAKY, &()).retry(RetryPolicy::fixed(60 * MINUTE, 2));
    let steps = async {
        ctx.timer(MINUTE).await;
        ctx.signal_entity(NOTE, "all", &1)?;
        ctx.call(WORK, &n).await
    };
    let (_, worked) = try_join(shaky, steps).await?;
    Ok(worked)
}

async fn count(client: &Client) -> Option<u32> {
    client.read_entity(COUNTER, "a").await.expect("the store answers")
}

async fn noted(client: &Client) -> Option<u32> {
    client.read_entity(LEDGER, "all").await.expect("the store answers")
}

async fn output(client: &Client, name: &str) -> u32 {
    let record = record(client, name).await;
    let output = record.output.unwrap_or_else(|| panic!("{name} is {}: {:?}", record.status.as_str(), record.failure));
    output.decode().expect("a number")
}

#[tokio::test]
async fn a_failed_call_of_an_entity_is_made_again_and_a_signal_is_not() {
    for orchestration in [PAY, PAY_LOCKED] {
        let (world, bank) = (World::new().await, Bank::broken());
        let node = world.node_with(bank.registry()).await;
        let client = node.client();
        client.start(orchestration, &5).id(id("pay")).await.expect("started");
        node.run_to_the_end().await.expect("it runs");
        client.rewind(&id("pay"), "too early").await.expect("it has failed");
        node.run_to_the_end().await.expect("it runs");
        assert_eq!(record(&client, "pay").await.status, RuntimeStatus::Failed, "it is broken still");
        bank.repair();
        client.rewind(&id("pay"), "repaired").await.expect("it has failed");
        node.run_to_the_end().await.expect("it runs");
        assert_eq!(output(&client, "pay").await, 5, "{}", orchestration.name());
        assert_eq!((count(&client).await, noted(&client).await), (Some(5), Some(1)));
        let locked = client.find_entity(&COUNTER.id("a").expect("a valid key")).await.expect("the store answers");
        assert!(locked.is_some_and(|record| record.lock.is_none()), "nothing stays locked");
        node.check().await.expect("checked");
    }
}

#[tokio::test]
async fn a_call_that_pauses_before_its_next_try_takes_nothing_else_back() {
    let (world, bank) = (World::new().await, Bank::broken());
    let node = world.node_with(bank.registry()).await;
    let client = node.client();
    client.start(PAUSING, &3).id(id("pausing")).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(record(&client, "pausing").await.status, RuntimeStatus::Failed);
    bank.repair();
    client.rewind(&id("pausing"), "repaired").await.expect("it has failed");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(output(&client, "pausing").await, 3);
    assert_eq!(noted(&client).await, Some(1), "what was done during the pause is not done again");
    assert_eq!(bank.shaken.load(Ordering::SeqCst), 2, "the second try follows the pause");
    node.check().await.expect("checked");
}

/// Has an instance fail whose call waits for a locked entity; then it is rewound, and the entity is let go of before or after
/// that, by a node that crashes and by the next one. Says whether the node has crashed.
async fn survives(at: CrashAt, carried_out_before: bool) -> bool {
    let (world, bank) = (World::new().await, Bank::broken());
    let node = world.node_with(bank.registry()).await;
    node.client().start(HOLD, &()).id(id("holder")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    node.client().start(BESIDE, &10).id(id("beside")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&node.client(), "beside").await.status, RuntimeStatus::Failed);
    bank.repair();
    let crashing = Arc::new(CrashingStore::new(Arc::clone(&world.store), at));
    if let Ok(node) = Stepper::start(crashing.clone(), bank.registry(), world.clock.clone()).await {
        let _ = rewound_and_let_in(&node, carried_out_before).await;
    }
    let node = world.node_with(bank.registry()).await;
    rewound_and_let_in(&node, carried_out_before).await.expect("the second node lives");
    let client = node.client();
    assert_eq!(output(&client, "beside").await, 11, "{at:?}");
    assert_eq!(count(&client).await, Some(10), "{at:?}: the call is carried out once");
    node.check().await.expect("checked");
    crashing.has_crashed()
}

async fn rewound_and_let_in(node: &Stepper, carried_out_before: bool) -> Result<(), EngineError> {
    if carried_out_before {
        let_in(node).await?;
    }
    match node.client().rewind(&id("beside"), "repaired").await {
        Ok(()) | Err(EngineError::Store(StoreError::WrongState { .. })) => {}
        Err(error) => return Err(error),
    }
    node.run_until_idle().await?;
    let_in(node).await
}

/// Has the holder let go, if it holds still.
async fn let_in(node: &Stepper) -> Result<(), EngineError> {
    match node.client().raise_event(&id("holder"), "go", &()).await {
        Ok(()) | Err(EngineError::Store(StoreError::Finished { .. })) => {}
        Err(error) => return Err(error),
    }
    node.run_to_the_end().await?;
    Ok(())
}

#[tokio::test]
async fn a_call_without_an_answer_is_carried_out_once_wherever_a_node_crashes() {
    for carried_out_before in [false, true] {
        for crash in [CrashAt::Before, CrashAt::After] {
            let calls = crash_at_every_call(crash, async |at| survives(at, carried_out_before).await).await;
            assert!(calls >= 10, "the scenario makes only {calls} calls");
        }
    }
}
