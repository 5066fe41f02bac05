//! The engine, driven by hand: it does what is ready, time passes to what is due next, and so on.

use std::sync::Arc;

use countersign_engine::runtime::{Limits, Node, Wake};
use countersign_engine::store::Store;
use countersign_engine::{Registry, StoreError, Timestamp};

use super::clock::DemoClock;
use crate::portal::Time;

/// A node of the engine without its loops. One step comes after the other, so that each run of the demo is like the one before.
pub struct Works {
    node: Node,
    clock: DemoClock,
}

impl Works {
    /// A node on `store` that runs the code of `registry` by `clock`. `wake` is the one of the client that starts its
    /// instances.
    pub async fn start(
        store: Arc<dyn Store>,
        registry: Registry,
        clock: DemoClock,
        wake: Wake,
    ) -> Result<Self, StoreError> {
        let node = Node::new(store, registry, Arc::new(clock.clone()), wake, Limits::default());
        node.start().await?;
        Ok(Self { node, clock })
    }

    /// The clock.
    pub(super) fn clock(&self) -> &DemoClock {
        &self.clock
    }

    /// Lets time pass to `moment` and does everything when it is due.
    pub(super) async fn run_until(&self, moment: Time) -> Result<(), StoreError> {
        while let Some(next) = self.settle().await?.filter(|next| next.as_micros() <= moment.micros()) {
            self.clock.advance_to(Time(next.as_micros()));
        }
        self.clock.advance_to(moment);
        self.settle().await.map(|_| ())
    }

    /// Does everything that is ready or due, until nothing is; gives the moment of the next timer.
    pub(super) async fn settle(&self) -> Result<Option<Timestamp>, StoreError> {
        loop {
            let next = self.node.fire_timers().await?;
            if self.node.wake().has_schedule_change() {
                self.node.fire_schedules().await?;
            }
            if self.node.wake().is_idle() {
                return Ok(next);
            }
            self.turns().await?;
            self.activities().await?;
        }
    }

    async fn turns(&self) -> Result<(), StoreError> {
        while let Some(key) = self.node.wake().next_instance() {
            self.node.turn(key).await?;
            self.node.wake().turn_ended(key);
            self.clock.spend(2..=9);
        }
        Ok(())
    }

    async fn activities(&self) -> Result<(), StoreError> {
        while let Some(task) = self.node.wake().next_task() {
            self.clock.spend(15..=180);
            if let Some(answer) = self.node.run_task(&task).await? {
                self.node.complete_task(&task, &answer).await?;
            }
            self.node.wake().task_ended(task.id);
        }
        Ok(())
    }

    /// Gives up what is left in the node's hands, so that the server that comes next counts no recovery.
    pub(super) async fn stop(&self) -> Result<(), StoreError> {
        self.node.release().await
    }
}
