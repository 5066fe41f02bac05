//! How much memory a run takes between its turns: an estimate that is kept while the run goes on, so that asking for it
//! costs nothing.
//!
//! It counts
//! - the future of the code, whose size is that of its type;
//! - the state that the run shares with its context, and how the execution began;
//! - each open action, with the future of the call that waits for it somewhere in the code's own;
//! - each name of an external event that was waited for or raised;
//! - the texts of all values that the code was given in this execution, its input, results and events: it may have kept each of
//!   them, and nobody can see whether it has. Decoded, a value may take a few times the memory of its text, or less.
//!
//! What the code makes itself and keeps, such as a list that it fills, is not counted, nor is what is small and rare: patches
//! and locks.

use std::sync::Mutex;

use super::actions::{ActivityCall, EventQueue};
use super::live::Live;
use super::open::Open;
use super::state::State;
use crate::ids::EventId;
use crate::model::{EventKind, ExecutionStarted, Failure};

/// What every run has: its state, and a dozen small things that are allocated one by one.
const FIXED: usize = size_of::<Mutex<State>>() + 12 * 32;

/// A call that waits beside others: its future, in a box and with its place in a combinator.
const CALL: usize = size_of::<ActivityCall<()>>() + 128;

/// A tag beside its two texts.
const TAG: usize = 2 * size_of::<(String, String)>();

/// The entries for which a node of a `BTreeMap` has room. Nodes are taken whole, and are half full when entries come in order.
const NODE: usize = 11;

/// What a `BTreeMap` takes that has so many entries of so many bytes.
fn map(entries: usize, bytes: usize) -> usize {
    match entries {
        0 => 0,
        some => NODE.max(2 * some) * bytes,
    }
}

/// What the code is given by an event.
pub(super) fn given_by(event: &EventKind) -> usize {
    match event {
        EventKind::ExecutionStarted(started) => started.input.as_str().len(),
        EventKind::EventRaised(raised) => raised.input.as_str().len(),
        EventKind::TaskCompleted { result, .. }
        | EventKind::SubOrchestrationInstanceCompleted { result, .. }
        | EventKind::EntityOperationCompleted { result, .. } => result.as_str().len(),
        EventKind::TaskFailed { failure, .. }
        | EventKind::SubOrchestrationInstanceFailed { failure, .. }
        | EventKind::EntityOperationFailed { failure, .. } => of_failure(failure),
        _ => 0,
    }
}

fn of_failure(failure: &Failure) -> usize {
    let last_words = failure.last_heartbeat.as_ref().map_or(0, |details| details.as_str().len());
    let cause = failure.cause.as_deref().map_or(0, of_failure);
    size_of::<Failure>() + failure.kind.len() + failure.message.len() + last_words + cause
}

/// What is kept of how an execution began.
pub(super) fn of_start(started: &ExecutionStarted) -> usize {
    let parent = started.parent.as_ref().map_or(0, |parent| parent.instance.as_str().len());
    let tags: usize = started.tags.iter().map(|(name, value)| TAG + name.len() + value.len()).sum();
    let names = started.instance.as_str().len() + started.name.len() + started.version.len();
    started.input.as_str().len() + names + parent + tags
}

impl Live {
    /// About how many bytes of memory the run holds beyond itself. Takes the same time however much that is.
    pub fn bytes(&self) -> usize {
        let state = self.shared.lock();
        let (open, events) = (state.open.len(), state.events.len());
        // The call that a run waits for alone is part of its future.
        let calls = open.saturating_sub(1) * CALL;
        let actions = map(open, size_of::<(EventId, Open)>()) + calls;
        let events = map(events, size_of::<(String, EventQueue)>()) + events * EventQueue::BYTES;
        FIXED + state.begun_with + state.future + state.given + actions + events
    }
}
