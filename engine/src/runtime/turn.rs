//! The step that runs a turn.

use std::collections::{BTreeSet, HashSet};
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use tracing::{Instrument, Level, Span};

use super::blocked::Prospect;
use super::cache::Held;
use super::gate::Pass;
use super::news::{Answers, News};
use super::node::Node;
use crate::ids::{InstanceId, InstanceKey, MessageId};
use crate::model::{BlockedKind, EventKind, ExecutionStarted, Failure, Message, Traceparent};
use crate::observe;
use crate::observe::names::field;
use crate::replay::{Live, Outcome};
use crate::store::{Begun, Claim, Committed, Ending, StoreError, TurnCommit};

pub(super) type Messages = Vec<(MessageId, Message)>;

impl Node {
    /// Runs a turn of the instance over its unread messages and commits it. Nothing happens when it has none, when another
    /// node holds it, when it has ended, or when this node has blocked it and nobody had it tried again or ended it since.
    /// After an error the same call may be made again.
    pub async fn turn(&self, key: InstanceKey) -> Result<(), StoreError> {
        let mut news = self.wake.take_news(key, self.limits.messages_per_turn as usize);
        // Code of the host's, such as a tracer, may panic; the instance must not be lost by it, nor what was handed over.
        let turned = AssertUnwindSafe(self.turn_over(key, &mut news)).catch_unwind().await;
        let turned = turned.unwrap_or_else(|panic| {
            Err(StoreError::Unavailable(format!("a turn panicked: {}", Failure::from_panic(&*panic))))
        });
        // What no turn has read takes the way through the inbox.
        let recorded = self.record_all(news.answers.take()).await;
        turned.and(recorded)
    }

    /// The same over `news`, of which remain the answers that no commit has recorded.
    async fn turn_over(&self, key: InstanceKey, news: &mut News) -> Result<(), StoreError> {
        if let Some(begun) = news.begun.take()
            && !news.inbox
            && let Some((held, messages)) = self.begin(begun)
        {
            let pass = self.pass(false).await;
            observe::count_lookup(false);
            return self.turn_of(held, messages, pass, news).await;
        }
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
        let mut messages = match (left, &held) {
            (Some(left), _) => self.inbox_of_suspended(key, left).await?,
            (None, Some(_)) if !news.inbox && !news.answers.is_empty() => Vec::new(),
            (None, _) => self.store.inbox(key, MessageId(0), limit).await?,
        };
        if messages.is_empty() && news.answers.is_empty() {
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
        let turned = self.turn_of(held, messages, pass, news).await;
        if turned.is_ok() && full_batch {
            self.wake.instances([key]);
        }
        turned
    }

    async fn turn_of(
        &self,
        held: Held<Live>,
        mut messages: Messages,
        pass: Pass,
        news: &mut News,
    ) -> Result<(), StoreError> {
        let key = held.claim.key;
        // What a suspended execution does not read, and what a start or a rewind leaves behind, stays in the inbox.
        let fits = !held.live.is_suspended() && !messages.first().is_some_and(|(_, message)| message.comes_first());
        let unfit = if fits { Vec::new() } else { news.answers.take() };
        self.record_all(unfit).await?;
        messages.splice(0..0, news.answers.messages());
        if messages.is_empty() {
            self.keep(key, Some(held));
            return Ok(());
        }
        match self.under(pass, self.run_turn(held, messages, &mut news.answers)).await {
            Err(StoreError::LeaseLost) => {
                // A restart, or another node: the run was dropped, and a fresh claim decides whose turn it is.
                self.wake.instances([key]);
                Ok(())
            }
            other => other,
        }
    }

    /// An instance that begins here; `None` where something stands in the way that is to be seen.
    fn begin(&self, begun: Begun) -> Option<(Held<Live>, Messages)> {
        let Begun { claim, message, started } = begun;
        let live = self.load(&claim, &started, Vec::new()).ok()?;
        let messages = vec![(message, Message::Start { started, carried: Vec::new() })];
        Some((Held { live, claim }, messages))
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

    async fn run_turn(&self, held: Held<Live>, messages: Messages, answers: &mut Answers) -> Result<(), StoreError> {
        let started = held.live.started();
        let span = observe::turn_span(&started, &held.claim, messages.len());
        let traceparent = self.place(&span, started.traceparent);
        let began = self.clock.now();
        let ran = self.advance(&started, held, messages, answers, traceparent).instrument(span).await;
        observe::count_turn(&started.name, self.clock.now().since(began));
        ran
    }

    /// The turn itself, inside its span `traceparent`. Takes the answers that its commit records out of `answers`.
    async fn advance(
        &self,
        started: &ExecutionStarted,
        held: Held<Live>,
        messages: Messages,
        answers: &mut Answers,
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
        let answered = answers.among(&mut outcome.consumed);
        let turn = self.commit_of(started, claim, outcome, live.continues(), traceparent);
        let turn = TurnCommit { answered, ..turn };
        let committed = self.commit(started, turn).await?;
        self.wake.answered(answers.take().iter().map(|(task, _)| task.id));
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
        observe::count_commit(&committed, self.clock.now().since(began));
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
        let goes_on = committed.claim.is_some();
        self.wake.tasks(committed.tasks);
        let begin_here: HashSet<InstanceKey> = committed.begun.iter().map(|begun| begun.claim.key).collect();
        self.wake.instances(committed.touched.into_iter().filter(|key| !begin_here.contains(key)));
        self.wake.begin(committed.begun);
        for moment in next_timer.into_iter().chain(committed.due) {
            self.wake.timer(moment);
        }
        if goes_on {
            self.wake.progress(id);
        } else {
            self.wake.change(id);
        }
    }

    fn keep(&self, key: InstanceKey, held: Option<Held<Live>>) {
        let Some(held) = held else { return };
        let (bytes, cost) = (held.live.bytes(), held.live.history_len());
        let (gone, taken) = {
            let mut cache = self.cache();
            (cache.put(key, held, bytes, cost), cache.bytes())
        };
        observe::count_evictions(gone.len());
        observe::gauge_cache(taken);
        // Dropped here, outside of the lock: a run may own anything.
        drop(gone);
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
