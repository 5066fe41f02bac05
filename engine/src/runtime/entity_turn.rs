//! The step that runs a turn of an entity.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use tracing::Instrument;

use super::cache::Held;
use super::node::Node;
use crate::clock::Timestamp;
use crate::entity::{EntityOutcome, EntityTurn, OperationDone, OperationError, OperationRun, StartOrchestration};
use crate::ids::{ExecutionId, InstanceId, InstanceKey, MessageId};
use crate::model::{BlockedKind, EntityState, ExecutionStarted, Failure, Message, Payload, Tags, ToEntity};
use crate::observe;
use crate::observe::names::field;
use crate::store::{Claim, EntityChange, Later, Outgoing, StoreError, TurnCommit};

/// The operation that every entity has.
const DELETE: &str = "delete";

type Messages = Vec<(MessageId, Message)>;

impl Node {
    /// Runs a turn of an entity that is in memory over its unread messages and commits it.
    pub(super) async fn entity_turn(&self, key: InstanceKey, held: Held<EntityState>) -> Result<(), StoreError> {
        observe::count_lookup(true);
        let messages = self.store.inbox(key, MessageId(0), self.limits.messages_per_turn).await?;
        if messages.is_empty() {
            self.keep_entity(key, held);
            return Ok(());
        }
        self.read_messages_of(held, messages).await
    }

    /// The same for an entity that has to be loaded.
    pub(super) async fn first_entity_turn(&self, claim: Claim, messages: Messages) -> Result<(), StoreError> {
        let live = self.store.load_entity(&claim).await?;
        self.read_messages_of(Held { live, claim }, messages).await
    }

    async fn read_messages_of(&self, held: Held<EntityState>, messages: Messages) -> Result<(), StoreError> {
        let span = observe::entity_span(&held.claim, messages.len());
        self.read_entity_messages(held, messages).instrument(span).await
    }

    async fn read_entity_messages(&self, held: Held<EntityState>, messages: Messages) -> Result<(), StoreError> {
        let Held { live: state, claim } = held;
        let entity = claim.instance.as_entity().ok_or_else(|| not_an_entity(&claim))?;
        if !self.registry.knows_entity(entity.name()) {
            let message = format!("no operation of the entity {} is registered", entity.name());
            return self.block(&claim, BlockedKind::UnknownCode, message).await;
        }
        let full_batch = messages.len() >= self.limits.messages_per_turn as usize;
        let contenders = EntityTurn::contenders(&state, &messages);
        let living = if contenders.is_empty() { HashSet::new() } else { self.store.find_living(&contenders).await? };
        let now = self.clock.now();
        let mut turn = EntityTurn::new(entity, claim.execution, state, messages, living, now);
        let (unreadable, cut) = self.run_operations(&mut turn, now).await;
        let (state, outcome) = turn.conclude();
        let key = claim.key;
        let progress = !outcome.consumed.is_empty();
        match self.commit_entity(Held { live: state, claim: claim.clone() }, outcome, now).await {
            // Another node, or a cleaning: what is in memory is void, and a fresh claim decides whose turn it is.
            Err(StoreError::LeaseLost) => {
                self.wake.instances([key]);
                return Ok(());
            }
            Err(error) => return Err(error),
            Ok(()) if (full_batch || cut) && progress => self.wake.instances([key]),
            Ok(()) => {}
        }
        match unreadable {
            Some(failure) => self.block(&claim, BlockedKind::UnknownCode, unreadable_state(&failure)).await,
            None => Ok(()),
        }
    }

    /// Runs the turn's operations one after the other; gives why the state cannot be read, if it cannot, and whether the time
    /// of a turn was over before the end.
    async fn run_operations(&self, turn: &mut EntityTurn, began: Timestamp) -> (Option<Failure>, bool) {
        while let Some(run) = turn.next_operation() {
            let result = match self.run_operation(run).await {
                Ok(done) => Ok(done),
                Err(OperationError::Failed(failure)) => Err(failure),
                Err(OperationError::UnreadableState(failure)) => return (Some(failure), false),
            };
            turn.finish_operation(result);
            if self.clock.now().since(began) >= self.limits.entity_turn {
                return (None, true);
            }
        }
        (None, false)
    }

    async fn run_operation(&self, run: OperationRun) -> Result<OperationDone, OperationError> {
        let (entity, operation) = (run.entity.clone(), run.operation.clone());
        let Some(code) = self.registry.find_operation(entity.name(), &operation) else {
            if operation.eq_ignore_ascii_case(DELETE) {
                return Ok(OperationDone { output: Payload::null(), state: None, effects: Vec::new() });
            }
            let message = format!("the entity {} has no operation {operation}", entity.name());
            return Err(OperationError::Failed(Failure::new(Failure::UNKNOWN_OPERATION, message).non_retriable()));
        };
        // Called inside the future, so that a panic before the first await is caught too.
        let began = self.clock.now();
        let running = AssertUnwindSafe(async move { code.run(run).await }).catch_unwind();
        let result = running.await.unwrap_or_else(|panic| Err(OperationError::Failed(Failure::from_panic(&*panic))));
        observe::count_operation(entity.name(), result.is_ok(), self.clock.now().since(began));
        if let Err(OperationError::Failed(failure)) = &result {
            let (id, name) = (&entity, &operation);
            tracing::warn!({ field::ENTITY_ID } = %id, { field::ENTITY_OPERATION } = %name, { field::FAILURE } = %failure, "operation failed");
        }
        result
    }

    async fn commit_entity(
        &self,
        held: Held<EntityState>,
        outcome: EntityOutcome,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Held { live: state, claim } = held;
        let key = claim.key;
        if outcome.consumed.is_empty() {
            if claim.recoveries > 0 {
                self.store.survived(&claim).await?;
            }
            self.keep_entity(key, Held { live: state, claim: Claim { recoveries: 0, ..claim } });
            return Ok(());
        }
        let (id, began) = (claim.instance.clone(), self.clock.now());
        let committed = self.heard(self.store.commit(self.entity_commit(claim, &state, outcome, now)).await);
        observe::count_commit(&committed, self.clock.now().since(began));
        let committed = committed?;
        if let Some(claim) = committed.claim.clone() {
            self.keep_entity(key, Held { live: state, claim });
        }
        self.after_commit(&id, committed, None);
        Ok(())
    }

    fn entity_commit(&self, claim: Claim, state: &EntityState, outcome: EntityOutcome, now: Timestamp) -> TurnCommit {
        let answers = outcome.answers.into_iter().map(|(to, message)| Outgoing { to, message, later: None });
        let sent = answers.chain(outcome.to_entities.into_iter().map(|message| self.outgoing(message))).collect();
        TurnCommit {
            consumed: outcome.consumed,
            children: outcome.starts.into_iter().map(|start| self.started_by_entity(start)).collect(),
            sent,
            awaits_outside: true,
            entity: Some(EntityChange { state: state.clone(), changed: outcome.changed }),
            ..TurnCommit::new(claim, now)
        }
    }

    /// A message to an entity as a store takes it.
    pub(super) fn outgoing(&self, message: ToEntity) -> Outgoing {
        let later = message.at.map(|at| Later { at, id: self.clock.new_id() });
        let to = InstanceId::of_entity(&message.entity);
        Outgoing { to, message: Message::Entity(message.message), later }
    }

    fn started_by_entity(&self, start: StartOrchestration) -> ExecutionStarted {
        ExecutionStarted {
            instance: start.instance,
            execution: ExecutionId(self.clock.new_id()),
            name: start.name.into(),
            version: start.version.into(),
            input: start.input,
            parent: None,
            tags: Tags::default(),
            scheduled_at: None,
            traceparent: None,
            seed: self.clock.new_id(),
        }
    }

    fn keep_entity(&self, key: InstanceKey, held: Held<EntityState>) {
        let bytes = held.live.bytes();
        let gone = self.entities().put(key, held, bytes, 1);
        observe::count_evictions(gone.len());
    }
}

fn not_an_entity(claim: &Claim) -> StoreError {
    StoreError::Inconsistent {
        table: "instances",
        column: "id",
        row: claim.key.to_string(),
        reason: "an entity was expected".to_owned(),
    }
}

fn unreadable_state(failure: &Failure) -> String {
    format!("the registered operations cannot read the entity's state: {failure}")
}
