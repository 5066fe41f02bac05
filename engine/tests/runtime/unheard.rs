//! A store call that takes effect although its caller is told that nobody knows: what it led to is not lost, and no restart
//! of the node is needed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use countersign_engine::testing::{Fate, FatedStore};
use countersign_engine::{Activity, Engine, EngineError, Failure, Limits, Orchestration, Registry, StoreError};

use crate::support::{World, id};

const PATIENCE: Duration = Duration::from_secs(60);
const STEP: Activity<u32, u32> = Activity::named("Step");
const CHILD: Orchestration<u32, u32> = Orchestration::named("Child");
const PARENT: Orchestration<u32, u32> = Orchestration::named("Parent");

/// The first call of this name takes effect unheard.
struct Unheard {
    call: &'static str,
    happened: AtomicBool,
}

#[async_trait]
impl Fate for Unheard {
    async fn before(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }

    async fn after(&self, call: &'static str) -> Result<(), StoreError> {
        if call == self.call && !self.happened.swap(true, Ordering::SeqCst) {
            return Err(StoreError::Unknown("the line broke".to_owned()));
        }
        Ok(())
    }
}

fn registry() -> Registry {
    Registry::new()
        .activity(STEP, |_, n: u32| async move { Ok(n + 1) })
        .and_then(|registry| {
            registry.orchestration(CHILD, |ctx, n: u32| async move {
                ctx.timer(Duration::from_millis(5)).await;
                Ok(n + 1)
            })
        })
        .and_then(|registry| {
            // Its first turn has a task, a timer and a child, all of which the first commit leads to.
            registry.orchestration(PARENT, |ctx, n: u32| async move {
                let timer = async {
                    ctx.timer(Duration::from_millis(5)).await;
                    Ok::<_, Failure>(n)
                };
                let (step, child, n) = futures::join!(ctx.call(STEP, &n), ctx.child(CHILD, &n), timer);
                Ok(step? + child? + n?)
            })
        })
        .expect("the names differ")
}

async fn completes_although_unheard(call: &'static str) {
    let world = World::new().await;
    let unheard = Unheard { call, happened: AtomicBool::new(false) };
    let store = Arc::new(FatedStore::under(Arc::clone(&world.store), unheard));
    let limits = Limits { store_pause: Duration::from_millis(1), ..Limits::default() };
    let engine = Engine::builder(store.clone(), registry()).limits(limits).start().await.expect("it starts");
    let client = engine.client();
    match client.start(PARENT, &1).id(id("parent")).await {
        Ok(_) | Err(EngineError::Store(StoreError::Unknown(_))) => {}
        Err(error) => panic!("{error}"),
    }
    let done = client.wait_for_completion(&id("parent"), PATIENCE).await.expect("it completes");
    assert_eq!(done.output.expect("completed").as_str(), "5");
    assert!(store.fate().happened.load(Ordering::SeqCst), "{call} was never called");
    engine.shutdown().await;
}

#[tokio::test]
async fn an_unheard_turn_leads_to_its_tasks_timers_and_children() {
    completes_although_unheard("commit").await;
}

#[tokio::test]
async fn an_unheard_result_of_an_activity_reaches_its_instance() {
    completes_although_unheard("complete_task").await;
}

#[tokio::test]
async fn timers_that_fired_unheard_reach_their_instances() {
    completes_although_unheard("fire_timers").await;
}

#[tokio::test]
async fn an_unheard_start_runs() {
    completes_although_unheard("commit_transaction").await;
}
