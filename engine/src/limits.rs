//! Every bound on what the engine takes, with its reason. Beyond a bound there is a clear error and never a silent loss.
//!
//! How much a node does at a time and keeps in memory is in [`crate::runtime::Limits`], as are those of the bounds below
//! that a program may move.

pub use crate::ids::{MAX_INSTANCE_ID_CHARS, MAX_SCHEDULE_ID_CHARS};
use crate::model::Failure;

/// The largest value, in bytes of JSON text: inputs, outputs, events, custom status. A value is held in memory whole by
/// whoever reads it, and a replay reads all of its execution's; larger things belong in the caller's own storage, with a
/// reference here. Beyond it: a failure of kind [`Failure::INVALID_PAYLOAD`] where the value was given.
pub const MAX_PAYLOAD_BYTES: usize = 16 * 1024 * 1024;

/// Values of more bytes of JSON text than this are stored once for each instance, beside the rows that mention them: hot
/// tables stay small, and a value that is handed on from step to step is written once.
pub const LARGE_PAYLOAD_BYTES: usize = 256 * 1024;

/// The longest name, in characters, of an orchestration, activity, event, patch, and of a version. Names are in
/// every history, in indexes and in log lines, so they are not empty and hold no control characters either (PostgreSQL
/// keeps no character zero). Beyond it: an error where the name is registered, or a failure of kind
/// [`Failure::INVALID_NAME`] where it is used.
pub const MAX_NAME_CHARS: usize = 256;

/// The most tags that an instance may have. Each is a row of an index, so they are for finding and not for storing. Beyond
/// it: a failure of kind [`Failure::INVALID_PAYLOAD`] where the tag is given.
pub const MAX_TAGS: usize = 32;

/// The longest name or value of a tag, in characters: what databases keep in an index without overflow. Beyond it: the same.
pub const MAX_TAG_CHARS: usize = 256;

/// Actions that an execution may have open at a time (activities, timers and children without an answer). Each costs about
/// a kilobyte wherever the execution is in memory, and of those that are larger than
/// [`cached_bytes`](crate::runtime::Limits::cached_bytes) only one stays there between its turns. Beyond it the turn is not
/// committed and the instance is blocked.
pub const MAX_OPEN_ACTIONS: usize = 100_000;

/// Events that one turn may record. A turn is one transaction, which others wait for. Beyond it the turn is not committed
/// and the instance is blocked.
pub const MAX_EVENTS_PER_TURN: usize = 200_000;

/// Events of an execution's history from which on each turn that passes another multiple of it logs a warning: replaying
/// them takes a tenth of a second and more. An orchestration without an end should continue as new before.
pub const WARN_HISTORY_EVENTS: u32 = 50_000;

/// The most events that the history of one execution may have; it is read whole into memory whenever the execution is. A
/// turn beyond it is not committed and the instance is blocked, unless the turn ends the execution.
pub const MAX_HISTORY_EVENTS: u32 = 500_000;

/// Unread messages from which on an instance takes no more external events from clients; it suspends the sender and not the
/// engine, whose own messages (results, timers, events from orchestrations) and a client's verbs always get through. Beyond
/// it: [`crate::StoreError::InboxFull`].
pub const MAX_INBOX_MESSAGES: u32 = 10_000;

/// Says whether `name`, which is the name of a `what`, may be used.
pub(crate) fn check_name(what: &str, name: &str) -> Result<(), Failure> {
    let reason = if name.is_empty() {
        "is empty".to_owned()
    } else if name.len() > MAX_NAME_CHARS && name.chars().count() > MAX_NAME_CHARS {
        format!("has more than {MAX_NAME_CHARS} characters")
    } else if name.chars().any(char::is_control) {
        "holds a control character".to_owned()
    } else {
        return Ok(());
    };
    Err(Failure::new(Failure::INVALID_NAME, format!("the name of {what} {reason}")).non_retriable())
}

/// The same for a version, which may be empty.
pub(crate) fn check_version(version: &str) -> Result<(), Failure> {
    if version.is_empty() { Ok(()) } else { check_name("a version", version) }
}
