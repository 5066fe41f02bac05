//! What a list of requests is narrowed to, as SQL of both databases. What is searched for is in [`super::search`].

use sea_orm::{ColumnTrait, Condition};

use super::tables::request;
use super::words::Word;
use crate::portal::clock::Time;
use crate::portal::inbox::{DueFilter, InboxFilter};
use crate::portal::policy::Ruling;
use crate::portal::request::{Ending, RequestState};

/// One day, within which something is due soon.
const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

/// Everything that the filter asks for but its text, in a statement about `requests`.
pub(super) fn conditions(filter: &InboxFilter, now: Time) -> Condition {
    // The text is not for the columns.
    let InboxFilter { state, text: _, due, submitted_from, submitted_before } = filter;
    Condition::all()
        .add_option(state.map(stands))
        .add_option(due.map(|due| is_due(due, now)))
        .add_option(submitted_from.map(|from| request::Column::SubmittedAt.gte(from.micros())))
        .add_option(submitted_before.map(|before| request::Column::SubmittedAt.lt(before.micros())))
}

/// The same states as those that the rows are read to.
fn stands(state: RequestState) -> Condition {
    let ended = |ending: Ending| Condition::all().add(request::Column::Ending.eq(ending.word()));
    match state {
        RequestState::Waiting => running().add(request::Column::EscalatedAt.is_null()),
        RequestState::Escalated => running().add(request::Column::EscalatedAt.is_not_null()),
        RequestState::OnHold => open().add(request::Column::HeldAt.is_not_null()),
        RequestState::ChangesRequested => {
            open().add(request::Column::HeldAt.is_null()).add(request::Column::ChangesRequestedAt.is_not_null())
        }
        RequestState::Approved => ended(Ending::Ruled(Ruling::Approved)),
        RequestState::Rejected => ended(Ending::Ruled(Ruling::Rejected)),
        RequestState::Expired => ended(Ending::Ruled(Ruling::Expired)),
        RequestState::Withdrawn => ended(Ending::Withdrawn),
        RequestState::Terminated => ended(Ending::Terminated),
    }
}

fn open() -> Condition {
    Condition::all().add(request::Column::Ending.is_null())
}

/// Open, and its clock does not stand still.
fn running() -> Condition {
    open().add(request::Column::HeldAt.is_null()).add(request::Column::ChangesRequestedAt.is_null())
}

fn is_due(due: DueFilter, now: Time) -> Condition {
    match due {
        DueFilter::Overdue => running().add(request::Column::DueAt.lte(now.micros())),
        DueFilter::WithinDay => {
            let soon = (now + DAY).micros();
            running().add(request::Column::DueAt.gt(now.micros())).add(request::Column::DueAt.lt(soon))
        }
    }
}
