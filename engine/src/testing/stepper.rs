//! A node driven by hand, one step after the other.

use std::sync::{Arc, Mutex, PoisonError};

use super::check::{check_instance, check_turn};
use super::clock::ManualClock;
use super::crash::aside;
use crate::client::Client;
use crate::clock::{Clock, Timestamp};
use crate::ids::{InstanceId, InstanceKey};
use crate::registry::Registry;
use crate::replay::Strictness;
use crate::runtime::{Limits, Node, Wake};
use crate::store::{Store, StoreError};

/// A node without loops: it does what is ready when told, in a fixed order, and after each turn of an instance replays
/// the stored history to see that it leads where the live run is. That is no part of what is tested: the calls have no
/// [`Fate`](super::Fate).
pub struct Stepper {
    node: Node,
    store: Arc<dyn Store>,
    registry: Registry,
    clock: ManualClock,
    client: Client,
    /// When the next schedule is due, as of the last look.
    next_schedule: Mutex<Option<Timestamp>>,
}

impl Stepper {
    /// A node that has just started on `store` and recovered the work that waits there.
    pub async fn start(store: Arc<dyn Store>, registry: Registry, clock: ManualClock) -> Result<Self, StoreError> {
        let wake = Wake::default();
        Self::start_with(store, registry, clock, wake).await
    }

    /// The same with a wake-up that others hold already.
    pub async fn start_with(
        store: Arc<dyn Store>,
        registry: Registry,
        clock: ManualClock,
        wake: Wake,
    ) -> Result<Self, StoreError> {
        let limits = Limits { strictness: Strictness::Strict, ..Limits::default() };
        Self::start_as(store, registry, clock, wake, limits).await
    }

    /// The same with other limits than the usual ones, under which another input is a mismatch.
    pub async fn start_as(
        store: Arc<dyn Store>,
        registry: Registry,
        clock: ManualClock,
        wake: Wake,
        limits: Limits,
    ) -> Result<Self, StoreError> {
        let client = Client::new(Arc::clone(&store), Arc::new(clock.clone()), wake.clone());
        let node = Node::new(Arc::clone(&store), registry.clone(), Arc::new(clock.clone()), wake, limits);
        node.start().await?;
        let next_schedule = Mutex::new(node.fire_schedules().await?);
        Ok(Self { node, store, registry, clock, client, next_schedule })
    }

    /// A client of this node.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Stops in order: what is still in the node's hands counts as no recovery.
    pub async fn stop(self) -> Result<(), StoreError> {
        self.node.release().await
    }

    /// Does everything that is ready and due, until nothing is. Fails as soon as the store does, as a node that crashes.
    pub async fn run_until_idle(&self) -> Result<(), StoreError> {
        loop {
            let mut ran = false;
            self.node.fire_timers().await?;
            self.fire_schedules().await?;
            while let Some(key) = self.node.wake().next_instance() {
                ran = true;
                let turns = self.instance_of(key).await?;
                self.node.turn(key).await?;
                self.node.wake().turn_ended(key);
                self.check_turn(turns).await?;
            }
            while let Some(task) = self.node.wake().next_task() {
                ran = true;
                if let Some(answer) = self.node.run_task(&task).await? {
                    self.node.complete_task(&task, &answer).await?;
                }
                self.node.wake().task_ended(task.id);
            }
            // A turn may have set a timer that is due already, so whatever ran is followed by another look.
            if !ran && self.node.wake().is_idle() {
                return Ok(());
            }
        }
    }

    /// The instance of that key. `None` for an entity, which has no history, and for what has ended, which has no turn.
    async fn instance_of(&self, key: InstanceKey) -> Result<Option<InstanceId>, StoreError> {
        let vitals = unless_away(aside(self.store.vitals(key)).await)?.flatten();
        Ok(vitals.and_then(|vitals| InstanceId::parse(&vitals.id).ok()))
    }

    async fn check_turn(&self, instance: Option<InstanceId>) -> Result<(), StoreError> {
        let Some(id) = instance else { return Ok(()) };
        unless_away(aside(check_turn(&*self.store, &self.registry, &id)).await)?;
        Ok(())
    }

    async fn fire_schedules(&self) -> Result<(), StoreError> {
        let known = *self.next_schedule.lock().unwrap_or_else(PoisonError::into_inner);
        let due = known.is_some_and(|moment| moment <= self.clock.now());
        if self.node.wake().has_schedule_change() || due {
            let next = self.node.fire_schedules().await?;
            *self.next_schedule.lock().unwrap_or_else(PoisonError::into_inner) = next;
        }
        Ok(())
    }

    /// Does everything that is ready, and lets time pass to the next timer, again and again until there is none.
    pub async fn run_to_the_end(&self) -> Result<(), StoreError> {
        loop {
            self.run_until_idle().await?;
            match self.node.fire_timers().await? {
                Some(next) => self.clock.advance_to(next),
                None if self.node.wake().is_idle() => return Ok(()),
                // The last timers were due already and have just been fired.
                None => {}
            }
        }
    }

    /// When the next timer is due, after those that are due have fired.
    pub async fn next_timer(&self) -> Result<Option<crate::clock::Timestamp>, StoreError> {
        self.node.fire_timers().await
    }

    /// Replays every stored history against the registered code and compares; panics with what differs.
    pub async fn check(&self) -> Result<(), StoreError> {
        super::check::check_all(&*self.store, &self.registry).await
    }

    /// The present moment.
    pub fn now(&self) -> crate::clock::Timestamp {
        self.clock.now()
    }

    /// Like [`Stepper::check`] for one instance.
    pub async fn check_one(&self, id: &crate::ids::InstanceId) -> Result<(), StoreError> {
        let record = self.store.find(None, id).await?.unwrap_or_else(|| panic!("{id} is missing"));
        check_instance(&*self.store, &self.registry, &record).await
    }
}

/// A store that cannot be reached is no failed check: `None` for what it did not answer.
fn unless_away<T>(answer: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(StoreError::Unavailable(_) | StoreError::Unknown(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
