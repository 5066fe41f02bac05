//! Entities of the engine.

use countersign_engine::EntityRecord;

use super::Seen;
use super::instance::{at, pretty};
use crate::view;

/// How much of a state a list shows, in characters.
const EXCERPT: usize = 120;

/// One entity in the list.
pub(crate) fn row(record: &EntityRecord, seen: Seen) -> view::EntityRow {
    let state = record.state.as_ref().map(|state| excerpt(state.as_str())).unwrap_or_default();
    view::EntityRow {
        id: record.id.to_string(),
        state,
        locked: record.lock.is_some(),
        operated_at: at(record.updated_at, seen),
    }
}

/// The page of an entity.
pub(crate) fn detail(record: EntityRecord, form: view::OperationForm, seen: Seen) -> view::EntityDetail {
    view::EntityDetail {
        id: record.id.to_string(),
        name: record.id.name().to_owned(),
        key: record.id.key().to_owned(),
        state: record.state.as_ref().map(pretty),
        lock: record.lock.map(|lock| (lock.section.instance.to_string(), at(lock.since, seen))),
        blocked: record.blocked.map(|blocked| blocked.message),
        created_at: at(record.created_at, seen),
        operated_at: at(record.updated_at, seen),
        form,
    }
}

fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_state_is_cut_between_letters() {
        let cut = excerpt(&"é".repeat(EXCERPT + 1));
        assert_eq!(cut.chars().count(), EXCERPT + 1);
        assert!(cut.ends_with("é…"));
        assert_eq!(excerpt("7"), "7");
    }
}
