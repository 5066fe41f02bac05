//! A node and its steps. The loops only call these, so a simulator can too.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::Span;

use super::blocked::LeftBlocked;
use super::cache::Cache;
use super::gate::Gate;
use super::limits::Limits;
use super::wake::Wake;
use crate::clock::{Clock, Timestamp};
use crate::ids::NodeId;
use crate::model::{EntityState, SpanId, Traceparent};
use crate::observe::names::field;
use crate::observe::{Tracer, count_recovered, count_timers, place_span};
use crate::registry::Registry;
use crate::replay::Live;
use crate::store::{Store, StoreError};

/// A process that runs turns and activities on a store.
pub struct Node {
    pub(super) id: NodeId,
    pub(super) store: Arc<dyn Store>,
    pub(super) registry: Registry,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) wake: Wake,
    pub(super) limits: Limits,
    tracer: Option<Tracer>,
    pub(super) gate: Gate,
    pub(super) left_blocked: LeftBlocked,
    cache: Mutex<Cache<Live>>,
    entities: Mutex<Cache<EntityState>>,
}

impl Node {
    /// A node with a fresh id and nothing in memory. Call [`Node::start`] before any other step.
    pub fn new(store: Arc<dyn Store>, registry: Registry, clock: Arc<dyn Clock>, wake: Wake, limits: Limits) -> Self {
        let id = NodeId(clock.new_id());
        let cache = Mutex::new(Cache::new(limits.cached_bytes));
        let entities = Mutex::new(Cache::new(limits.cached_entity_bytes));
        Self {
            id,
            store,
            registry,
            clock,
            wake,
            limits,
            tracer: None,
            gate: Gate::default(),
            left_blocked: LeftBlocked::default(),
            cache,
            entities,
        }
    }

    /// Hands each new span to `tracer`.
    #[must_use]
    pub fn traced_by(mut self, tracer: Option<Tracer>) -> Self {
        self.tracer = tracer;
        self
    }

    /// Makes the node known and takes over all work that no living node holds.
    pub async fn start(&self) -> Result<(), StoreError> {
        self.store.register(self.id, self.clock.now()).await?;
        self.wake.runs(self.id);
        self.recover().await
    }

    async fn recover(&self) -> Result<(), StoreError> {
        let recovered = self.store.recover(self.id).await?;
        count_recovered(recovered.tasks.len());
        tracing::info!(
            { field::INSTANCES } = recovered.instances.len(),
            { field::TASKS } = recovered.tasks.len(),
            "recovered work"
        );
        self.wake.tasks(recovered.tasks);
        self.wake.instances(recovered.instances);
        self.release_orphan_locks().await
    }

    /// Gives up what is left in the node's hands. It may do nothing any more after this.
    pub async fn release(&self) -> Result<(), StoreError> {
        let recorded = self.record_all(self.wake.take_answers()).await;
        // An activity whose answer could not be recorded runs again elsewhere.
        self.store.release(self.id).await.and(recorded)
    }

    /// Looks for what a commit led to of which this node never heard: the tasks, messages and timers of a turn whose
    /// commit took effect although the store could not say so, and whatever clients and schedules wait for. Nothing
    /// happens without a [`Wake::doubt`]. After an error the doubt remains.
    pub async fn clear_doubt(&self) -> Result<(), StoreError> {
        if !self.wake.take_doubt() {
            return Ok(());
        }
        self.recover().await.inspect_err(|_| self.wake.doubt())?;
        self.wake.timer(self.clock.now());
        // Nobody knows which instance or which schedule it was, so all who wait look again.
        self.wake.schedules();
        self.wake.change_all();
        Ok(())
    }

    /// Remembers to look for what a commit led to, if it may have taken effect unheard.
    pub(super) fn heard<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        result.inspect_err(|error| {
            if matches!(error, StoreError::Unknown(_)) {
                self.wake.doubt();
            }
        })
    }

    /// Fires all timers that are due; gives the moment of the next one.
    pub async fn fire_timers(&self) -> Result<Option<Timestamp>, StoreError> {
        loop {
            let now = self.clock.now();
            let fired = self.heard(self.store.fire_timers(now, self.limits.timers_per_commit).await)?;
            count_timers(&fired.moments, now);
            self.wake.instances(fired.touched);
            match fired.next {
                Some(next) if next <= now => {}
                next => return Ok(next),
            }
        }
    }

    /// The node's id, new for each start.
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// The ready work of this node.
    pub fn wake(&self) -> &Wake {
        &self.wake
    }

    /// The limits of this node.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The clock of this node.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The place in the trace of `span`, which continues `continued`.
    pub(super) fn place(&self, span: &Span, continued: Option<Traceparent>) -> Option<Traceparent> {
        let own = match &self.tracer {
            Some(tracer) => tracer(span, continued),
            None => continued.map(|parent| parent.child(SpanId::of(self.clock.new_id()))),
        };
        place_span(span, continued, own);
        own
    }

    pub(super) fn cache(&self) -> MutexGuard<'_, Cache<Live>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn entities(&self) -> MutexGuard<'_, Cache<EntityState>> {
        self.entities.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
