//! The step that runs a turn.

use std::collections::BTreeSet;

use tracing::{Instrument, Span};

use super::cache::Held;
use super::node::Node;
use crate::ids::{InstanceKey, MessageId};
use crate::model::{Blocked, BlockedKind, EventKind, ExecutionStarted, Message, Traceparent};
use crate::observe;
use crate::observe::names::field;
use crate::replay::{Live, Mismatch, Outcome};
use crate::store::{Claim, Committed, Ending, StoreError, TurnCommit};

pub(super) type Messages = Vec<(MessageId, Message)>;

impl Node {
    /// Runs a turn of the instance over its unread messages and commits it. Nothing happens when it has none, when another
    /// node holds it or when it has ended. After an error the same call may be made again.
    pub async fn turn(&self, key: InstanceKey) -> Result<(), StoreError> {
        let entity = self.entities().take(key);
        if let Some(held) = entity {
            return self.entity_turn(key, held).await;
        }
        let held = self.cache().take(key);
        let was_suspended = held.as_ref().is_some_and(|held| held.live.is_suspended());
        let mut limit = self.batch(was_suspended);
        let mut messages = self.store.inbox(key, MessageId(0), limit).await?;
        if messages.is_empty() {
            self.keep(key, held);
            return Ok(());
        }
        observe::count_lookup(held.is_some());
        let held = match held {
            Some(held) => held,
            None => {
                let Some(claim) = self.store.claim(self.id, key).await? else { return Ok(()) };
                if claim.instance.as_entity().is_some() {
                    return self.first_entity_turn(claim, messages).await;
                }
                let Some(held) = self.loaded(claim, &messages).await? else { return Ok(()) };
                held
            }
        };
        if held.live.is_suspended() && !was_suspended {
            limit = self.batch(true);
            messages = self.store.inbox(key, MessageId(0), limit).await?;
        }
        let full_batch = messages.len() >= limit as usize;
        match self.run_turn(held, messages).await {
            Err(StoreError::LeaseLost) => {
                // A restart, or another node: the run was dropped, and a fresh claim decides whose turn it is.
                self.wake.instances([key]);
                Ok(())
            }
            Ok(()) if full_batch => {
                self.wake.instances([key]);
                Ok(())
            }
            other => other,
        }
    }

    /// A suspended instance reads its whole inbox, because the resume may stand behind any number of other messages.
    fn batch(&self, suspended: bool) -> u32 {
        if suspended { u32::MAX } else { self.limits.messages_per_turn }
    }

    async fn run_turn(&self, held: Held<Live>, messages: Messages) -> Result<(), StoreError> {
        let started = held.live.started();
        let span = observe::turn_span(&started, &held.claim, messages.len());
        let traceparent = self.place(&span, started.traceparent);
        let began = self.clock.now();
        let ran = self.advance(&started, held, messages, traceparent).instrument(span).await;
        observe::count_turn(&started.name, self.clock.now().since(began));
        ran
    }

    /// The turn itself, inside its span `traceparent`.
    async fn advance(
        &self,
        started: &ExecutionStarted,
        held: Held<Live>,
        messages: Messages,
        traceparent: Option<Traceparent>,
    ) -> Result<(), StoreError> {
        let Held { mut live, claim } = held;
        let mut outcome = match live.advance(self.clock.now(), messages) {
            Ok(outcome) => outcome,
            Err(mismatch) => return self.block_by(&claim, &mismatch).await,
        };
        let key = claim.key;
        if outcome.consumed.is_empty() {
            self.keep(key, Some(Held { live, claim }));
            return Ok(());
        }
        if outcome.dropped > 0 {
            observe::count_dropped(outcome.dropped);
            tracing::debug!({ field::DROPPED } = outcome.dropped, "messages for what is gone were dropped");
        }
        Span::current().record(field::EVENTS, outcome.events.len());
        let next_timer = earliest_timer(&outcome);
        let log = std::mem::take(&mut outcome.log);
        let (finished, execution) = (outcome.end.is_some(), claim.execution);
        let cancelled = outcome.cancelled_tasks.clone();
        let turn = self.commit_of(started, claim, outcome, traceparent);
        let committed = self.commit(started, turn).await?;
        log.iter().for_each(|(level, message)| observe::log_line(*level, message));
        if finished {
            self.wake.execution_ended(key, None);
        } else {
            self.wake.cancel_tasks(key, execution, &cancelled);
        }
        if !finished && let Some(claim) = committed.claim.clone() {
            self.keep(key, Some(Held { live, claim }));
        }
        self.after_commit(committed, next_timer);
        Ok(())
    }

    async fn commit(&self, started: &ExecutionStarted, turn: TurnCommit) -> Result<Committed, StoreError> {
        let ended = match &turn.ending {
            Ending::Finished { status, .. } => Some(*status),
            Ending::Waiting | Ending::ContinuedAsNew { .. } => None,
        };
        let began = self.clock.now();
        let committed = self.heard(self.store.commit(turn).await);
        observe::count_commit(&committed, self.clock.now().since(began), 1);
        if let (Ok(_), Some(status)) = (&committed, ended) {
            if crate::schedule::is_run(&started.instance) {
                self.wake.schedules();
            }
            observe::count_end(&started.name, status);
        }
        committed
    }

    /// Everything that leaves the node does so here, after the commit is durable.
    pub(super) fn after_commit(&self, committed: Committed, next_timer: Option<crate::clock::Timestamp>) {
        self.wake.tasks(committed.tasks);
        self.wake.instances(committed.touched);
        for moment in next_timer.into_iter().chain(committed.due) {
            self.wake.timer(moment);
        }
        self.wake.change();
    }

    pub(super) async fn block_by(&self, claim: &Claim, mismatch: &Mismatch) -> Result<(), StoreError> {
        self.block(claim, BlockedKind::NonDeterminism, mismatch.to_string()).await
    }

    pub(super) async fn block(&self, claim: &Claim, kind: BlockedKind, message: String) -> Result<(), StoreError> {
        observe::count_blocked(kind);
        tracing::error!(
            { field::INSTANCE_ID } = %claim.instance,
            { field::BLOCKED_KIND } = kind.as_str(),
            { field::BLOCKED_MESSAGE } = message,
            "instance is blocked"
        );
        let blocked = Blocked { kind, message, since: self.clock.now() };
        self.store.block(claim, blocked).await?;
        self.wake.change();
        Ok(())
    }

    fn keep(&self, key: InstanceKey, held: Option<Held<Live>>) {
        let evicted = held.and_then(|held| self.cache().put(key, held));
        if evicted.is_some() {
            observe::count_eviction();
        }
        // Dropped here, outside of the lock: a run may own anything.
        drop(evicted);
    }
}

/// The earliest timer that the turn set and did not cancel.
fn earliest_timer(outcome: &Outcome) -> Option<crate::clock::Timestamp> {
    let cancelled: BTreeSet<_> = outcome.cancelled_timers.iter().collect();
    let set = outcome.events.iter().filter_map(|event| match &event.kind {
        EventKind::TimerCreated { event_id, fire_at } if !cancelled.contains(event_id) => Some(*fire_at),
        _ => None,
    });
    set.min()
}
