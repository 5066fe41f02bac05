//! The audit log.

use super::{Seen, moment};
use crate::portal::audit::{AuditLine, Checkpoint};
use crate::view;
use crate::view::Moment;

/// One row.
pub(crate) fn row(line: AuditLine, seen: Seen) -> view::AuditRow {
    let entry = line.row.entry;
    let actor = if entry.actor.is_empty() { entry.actor_kind.clone() } else { entry.actor.clone() };
    let (who, which) = match line.person {
        Some(person) => (person.label().to_owned(), person.email),
        None => (kind(&entry.actor_kind).to_owned(), entry.actor),
    };
    view::AuditRow {
        seq: line.row.seq,
        at: moment(entry.at, seen),
        who,
        which,
        actor,
        action: entry.action,
        object: entry.object,
        detail: entry.detail,
        hash: line.row.hash,
    }
}

/// The newest checkpoint: its row and its moment.
pub(crate) fn checkpoint(checkpoint: &Checkpoint, seen: Seen) -> (i64, Moment) {
    (checkpoint.seq, moment(checkpoint.at, seen))
}

/// The kind of actor in words.
fn kind(kind: &str) -> &str {
    match kind {
        "user" => "Person",
        "token" => "API token",
        "rpc" => "Program on this machine",
        "link" => "Holder of a link",
        "system" => "Rule",
        "cli" => "Command line",
        other => other,
    }
}
