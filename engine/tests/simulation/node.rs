//! A simulated node: the engine's steps as actors, driven as the loops drive them.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::clock::Timestamp;
use countersign_engine::ids::InstanceKey;
use countersign_engine::model::Task;
use countersign_engine::runtime::{Limits, Node, Wake};
use countersign_engine::store::Store;
use countersign_engine::testing::ManualClock;
use countersign_engine::{Registry, StoreError};
use futures::FutureExt;
use futures::future::BoxFuture;

use crate::random::Random;

/// How an actor ended.
#[derive(Debug)]
pub(crate) enum End {
    Started(Result<(), StoreError>),
    Cleared,
    Turn(InstanceKey, Result<(), StoreError>),
    Activity,
    Timers(Result<Option<Timestamp>, StoreError>),
    /// The client's call with this number.
    Called,
}

/// A node that may die.
pub(crate) struct SimulatedNode {
    pub(crate) node: Arc<Node>,
    /// Whether it runs.
    pub(crate) alive: bool,
    /// Whether it has taken over what dead nodes left.
    pub(crate) ready: bool,
    /// Whether all others believe it dead.
    pub(crate) retired: bool,
}

impl SimulatedNode {
    /// A node with little room, so that runs are often rebuilt from their histories and batches are small.
    pub(crate) fn new(store: Arc<dyn Store>, registry: Registry, clock: &ManualClock, random: &mut Random) -> Self {
        let limits = Limits {
            // For none, or for a few small ones.
            cached_bytes: 12_000 * random.below(4),
            messages_per_turn: random.between(1, 6),
            timers_per_commit: random.between(1, 3),
            // One actor must not wait for another inside of the node: the world would not know whom to let go on.
            alone: Duration::ZERO,
            ..Limits::default()
        };
        let node = Node::new(store, registry, Arc::new(clock.clone()), Wake::default(), limits);
        Self { node: Arc::new(node), alive: true, ready: false, retired: false }
    }

    /// Becomes known and takes over what dead nodes left.
    pub(crate) fn start(&self) -> BoxFuture<'static, End> {
        let node = Arc::clone(&self.node);
        async move { End::Started(node.start().await) }.boxed()
    }

    /// The turn of the instance that has waited longest.
    pub(crate) fn turn(&self) -> Option<BoxFuture<'static, End>> {
        let node = Arc::clone(&self.node);
        let key = node.wake().next_instance()?;
        Some(async move { End::Turn(key, node.turn(key).await) }.boxed())
    }

    /// After [`End::Turn`].
    pub(crate) fn turn_ended(&self, key: InstanceKey, result: &Result<(), StoreError>) {
        self.node.wake().turn_ended(key);
        if result.is_err() {
            self.node.wake().instances([key]);
        }
    }

    /// The task that has waited longest.
    pub(crate) fn activity(&self) -> Option<BoxFuture<'static, End>> {
        let node = Arc::clone(&self.node);
        let task = node.wake().next_task()?;
        Some(async move { perform(&node, &task).await }.boxed())
    }

    /// Looks for what unheard commits led to.
    pub(crate) fn clear_doubt(&self) -> Option<BoxFuture<'static, End>> {
        let node = Arc::clone(&self.node);
        if !node.wake().is_in_doubt() {
            return None;
        }
        let clearing = async move {
            // After an error the doubt remains.
            let _ = node.clear_doubt().await;
            // These worlds have no schedules, but a node is not idle before it has looked.
            if node.wake().has_schedule_change() {
                let _ = node.fire_schedules().await;
            }
            End::Cleared
        };
        Some(clearing.boxed())
    }

    /// Fires what is due.
    pub(crate) fn timers(&self) -> BoxFuture<'static, End> {
        let node = Arc::clone(&self.node);
        async move { End::Timers(node.fire_timers().await) }.boxed()
    }
}

async fn perform(node: &Node, task: &Task) -> End {
    let answer = loop {
        if let Ok(answer) = node.run_task(task).await {
            break answer;
        }
    };
    if let Some(answer) = answer {
        while node.complete_task(task, &answer).await.is_err() {}
    }
    node.wake().task_ended(task.id);
    End::Activity
}
