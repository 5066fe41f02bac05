//! The step that runs a turn.

use std::collections::BTreeSet;

use tracing::{Instrument, Level, Span};

use super::blocked::Prospect;
use super::cache::Held;
use super::node::Node;
use crate::ids::{InstanceId, InstanceKey, MessageId};
use crate::model::{BlockedKind, EventKind, ExecutionStarted, Message, Traceparent};
use crate::observe;
use crate::observe::names::field;
use crate::replay::{Live, Outcome};
use crate::store::{Claim, Committed, Ending, StoreError, TurnCommit};

pub(super) type Messages = Vec<(MessageId, Message)>;

impl Node {
    /// Runs a turn of the instance over its unread messages and commits it. Nothing happens when it has none, when another
    /// node holds it, when it has ended, or when this node has blocked it and nobody had it tried again or ended it since.
    /// After an error the same call may be made again.
    pub async fn turn(&self, key: InstanceKey) -> Result<(), StoreError> {
        let entity = self.entities().take(key);
        if let Some(held) = entity {
            let _pass = self.pass(false).await;
            return self.entity_turn(key, held).await;
        }
        let limit = match self.prospect(key).await? {
            Prospect::Nothing => return Ok(()),
            Prospect::End => u32::MAX,
            Prospect::Turn => self.limits.messages_per_turn,
        };
        let held = self.cache().take(key);
        let left = held.as_ref().filter(|held| held.live.is_suspended()).map(|held| held.live.left_up_to());
        let mut messages = match left {
            Some(left) => self.inbox_of_suspended(key, left).await?,
            None => self.store.inbox(key, MessageId(0), limit).await?,
        };
        if messages.is_empty() {
            self.keep(key, held);
            return Ok(());
        }
        let mut full_batch = left.is_none() && messages.len() >= limit as usize;
        observe::count_lookup(held.is_some());
        let (held, pass) = match held {
            Some(held) => (held, self.pass(false).await),
            None => {
                let Some(claim) = self.store.claim(self.id, key).await? else { return Ok(()) };
                let Some(pass) = self.admit(&claim).await? else { return Ok(()) };
                if claim.instance.as_entity().is_some() {
                    if self.is_poison(&claim) {
                        return self.block_as_poison(&claim).await;
                    }
                    return self.under(pass, self.first_entity_turn(claim, messages)).await;
                }
                let Some(held) = self.loaded(claim, &mut messages).await? else { return Ok(()) };
                (held, pass)
            }
        };
        if full_batch && held.live.is_suspended() {
            messages = self.store.inbox(key, MessageId(0), u32::MAX).await?;
            full_batch = false;
        }
        match self.under(pass, self.run_turn(held, messages)).await {
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

    /// What a suspended run reads that has left its messages up to `left` unread: the news, or all of its inbox once something
    /// came that does not wait for the resume, because that may stand behind any number of other messages. Each message is
    /// read at most twice.
    async fn inbox_of_suspended(&self, key: InstanceKey, left: MessageId) -> Result<Messages, StoreError> {
        let news = self.store.inbox(key, left, u32::MAX).await?;
        if news.iter().all(|(_, message)| message.waits_for_resume()) {
            return Ok(news);
        }
        self.store.inbox(key, MessageId(0), u32::MAX).await
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
        if let Some(message) = self.limits.exceeded_by(&live, &outcome) {
            return self.block(&claim, BlockedKind::LimitExceeded, message).await;
        }
        let key = claim.key;
        if outcome.consumed.is_empty() {
            if claim.recoveries > 0 {
                self.store.survived(&claim).await?;
            }
            self.keep(key, Some(Held { live, claim: Claim { recoveries: 0, ..claim } }));
            return Ok(());
        }
        if outcome.dropped > 0 {
            observe::count_dropped(outcome.dropped);
            tracing::debug!({ field::DROPPED } = outcome.dropped, "messages for what is gone were dropped");
        }
        Span::current().record(field::EVENTS, outcome.events.len());
        let next_timer = earliest_timer(&outcome);
        let mut log = std::mem::take(&mut outcome.log);
        log.extend(self.limits.warning_of(&live, &outcome).map(|warning| (Level::WARN, warning)));
        let (finished, execution) = (outcome.end.is_some(), claim.execution);
        let cancelled = outcome.cancelled_tasks.clone();
        let turn = self.commit_of(started, claim, outcome, live.continues(), traceparent);
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
        self.after_commit(&started.instance, committed, next_timer);
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
    pub(super) fn after_commit(
        &self,
        id: &InstanceId,
        committed: Committed,
        next_timer: Option<crate::clock::Timestamp>,
    ) {
        self.wake.tasks(committed.tasks);
        self.wake.instances(committed.touched);
        for moment in next_timer.into_iter().chain(committed.due) {
            self.wake.timer(moment);
        }
        self.wake.change(id);
    }

    fn keep(&self, key: InstanceKey, held: Option<Held<Live>>) {
        let evicted = held.and_then(|held| {
            let cost = held.live.history_len();
            self.cache().put(key, held, cost)
        });
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
    let kinds = outcome.events.iter().map(|event| &event.kind).chain(&outcome.reopened);
    let set = kinds.filter_map(|kind| match kind {
        EventKind::TimerCreated { event_id, fire_at, .. } if !cancelled.contains(event_id) => Some(*fire_at),
        _ => None,
    });
    set.min()
}
