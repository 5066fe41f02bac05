//! Every bound of a node, with its reason.

use std::time::Duration;

use crate::limits::{MAX_EVENTS_PER_TURN, MAX_HISTORY_EVENTS, MAX_OPEN_ACTIONS, WARN_HISTORY_EVENTS};
use crate::model::Retention;
use crate::replay::{Live, Outcome, Strictness};

/// How much a node does at a time and keeps in memory.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Turns that may run at a time: more than processors, because a turn mostly waits for its commit.
    pub turns: usize,
    /// Activities that may run at a time: they mostly wait for other services.
    pub activities: usize,
    /// Bytes for executions that are kept in memory between turns, as [`Live::bytes`] estimates them. One that is not kept is
    /// rebuilt from its history. Of those that are larger than this only the last one is kept, beside it, as long as no others
    /// lack room; two of them at a time are rebuilt for each of their turns. There should be room for all that run at a time;
    /// those that wait for long need none. Zero keeps nothing.
    pub cached_bytes: usize,
    /// Bytes for entities that are kept in memory between turns. One that is not costs a read.
    pub cached_entity_bytes: usize,
    /// How long an entity's turn goes on to further operations before it commits what it has done: what a crash repeats,
    /// and what those wait for who called the first of them.
    pub entity_turn: Duration,
    /// Messages that one turn reads at the most, and as many answers of activities that it is handed in memory, so that a flooded
    /// instance does not hold up the others.
    pub messages_per_turn: u32,
    /// Timers fired in one commit.
    pub timers_per_commit: u32,
    /// Executions of an instance that continues as new whose histories stay.
    pub kept_executions: u32,
    /// How long finished instances are kept. The usual is for ever, because only their owner knows what may go.
    pub retention: Retention,
    /// The pause between two removals of finished instances, so that they go in chunks and not one by one.
    pub retention_pause: Duration,
    /// The pause after the store failed, before the same work is tried again.
    pub store_pause: Duration,
    /// How long a stopping node waits for activities and operations of entities that run before it asks them to stop.
    pub grace: Duration,
    /// How long an activity that was asked to stop may go on before it is dropped. It keeps its place meanwhile.
    pub wind_up: Duration,
    /// So many deaths of a node with a turn or an activity in its hands set it aside. The first two may be somebody else's fault;
    /// in those after them it ran alone. The first turn of an instance on the node that started it is not counted: nothing is
    /// written before its commit, so one that kills its node does so once more.
    pub recoveries: u32,
    /// How long a suspect, which may have killed its node, waits for the others to end and then keeps them from beginning. Zero:
    /// it never runs alone.
    pub alone: Duration,
    /// How often the heartbeat of one activity is written at the most, so that a busy one does not keep the writer busy.
    pub heartbeat_interval: Duration,
    /// Actions that an execution may have open; see [`crate::limits::MAX_OPEN_ACTIONS`].
    pub open_actions: usize,
    /// Events that one turn may record; see [`crate::limits::MAX_EVENTS_PER_TURN`].
    pub events_per_turn: usize,
    /// The length of a history that a warning tells of; see [`crate::limits::WARN_HISTORY_EVENTS`].
    pub long_history: u32,
    /// Events that the history of an execution may have; see [`crate::limits::MAX_HISTORY_EVENTS`].
    pub history_events: u32,
    /// Whether a replay takes another input of an action for a mismatch, which blocks the instance, or only warns. The usual
    /// is to warn: adding an optional field must not strand what is in flight. Tests want to know.
    pub strictness: Strictness,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            turns: 64,
            activities: 64,
            cached_bytes: 64 * 1024 * 1024,
            cached_entity_bytes: 8 * 1024 * 1024,
            entity_turn: Duration::from_secs(1),
            messages_per_turn: 1_000,
            timers_per_commit: 500,
            kept_executions: 20,
            retention: Retention::for_ever(),
            retention_pause: Duration::from_secs(60),
            store_pause: Duration::from_millis(250),
            grace: Duration::from_secs(5),
            wind_up: Duration::from_secs(2),
            recoveries: 5,
            alone: Duration::from_secs(10),
            heartbeat_interval: Duration::from_secs(5),
            open_actions: MAX_OPEN_ACTIONS,
            events_per_turn: MAX_EVENTS_PER_TURN,
            long_history: WARN_HISTORY_EVENTS,
            history_events: MAX_HISTORY_EVENTS,
            strictness: Strictness::Lenient,
        }
    }
}

impl Limits {
    /// Why a turn that led to `outcome` cannot be committed. An end always can: it makes everything smaller.
    pub(super) fn exceeded_by(&self, live: &Live, outcome: &Outcome) -> Option<String> {
        if outcome.end.is_some() {
            return None;
        }
        let (open, events, history) = (live.open_actions(), outcome.events.len(), live.history_len());
        if open > self.open_actions {
            return Some(format!("the execution has {open} open actions, the limit is {}", self.open_actions));
        }
        if events > self.events_per_turn {
            return Some(format!("the turn records {events} events, the limit is {}", self.events_per_turn));
        }
        (history > self.history_events).then(|| {
            let limit = self.history_events;
            format!("the history has {history} events, the limit is {limit}: the code should continue as new before")
        })
    }

    /// What the orchestration's log says when the turn made the history pass another length that is worth a warning.
    pub(super) fn warning_of(&self, live: &Live, outcome: &Outcome) -> Option<String> {
        let (now, recorded) = (live.history_len(), u32::try_from(outcome.events.len()).unwrap_or(u32::MAX));
        let long = self.long_history.max(1);
        let passed = now / long > now.saturating_sub(recorded) / long;
        let text = || format!("the history has {now} events, at most {} may be: continue as new", self.history_events);
        (passed && outcome.end.is_none()).then(text)
    }
}
