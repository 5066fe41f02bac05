//! Deciding several requests at once.

use super::decision::{link_state, too_late};
use super::{Seen, due, moment};
use crate::portal::policy::Ruling;
use crate::portal::{AskedAbout, BulkOutcome, DecideOutcome, PortalError, Receipt};
use crate::view::{BulkFate, BulkResultRow, BulkRow, Verdict};

/// A request on the page that confirms the answer. `chosen` is the value that it is posted with.
pub(crate) fn row(about: &AskedAbout, chosen: String, seen: Seen) -> BulkRow {
    BulkRow {
        id: about.id.0,
        title: about.title.clone(),
        requester: about.requester.clone().into(),
        revision: about.revision,
        due: about.due_at.map(|at| due(at, seen)),
        chosen,
    }
}

/// What became of the answer to one request.
pub(crate) fn result(done: BulkOutcome, about: &[AskedAbout], seen: Seen) -> BulkResultRow {
    let title = about.iter().find(|about| about.id == done.request).map(|about| about.title.clone());
    let (fate, text) = fate(done.outcome, seen);
    BulkResultRow { id: done.request.0, title: title.unwrap_or_default(), fate, text }
}

fn fate(outcome: Result<DecideOutcome, PortalError>, seen: Seen) -> (BulkFate, String) {
    match outcome {
        Ok(DecideOutcome::Recorded(receipt)) => {
            (BulkFate::Recorded, format!("You {} revision {}.", past(&receipt), receipt.revision))
        }
        Ok(DecideOutcome::SameAgain(receipt)) => {
            let at = moment(receipt.at, seen).text;
            (BulkFate::Answered, format!("You {} this request on {at}. That answer stands.", past(&receipt)))
        }
        Ok(outcome) => (fate_of(&outcome), too_late(&link_state(outcome, seen.now))),
        Err(PortalError::Conflict(why)) => (BulkFate::Changed, why),
        Err(PortalError::NotFound) => (BulkFate::Ended, String::from("You are not asked about this request any more.")),
        Err(PortalError::Unavailable(why)) => (BulkFate::NotRecorded, why),
        Err(_) => {
            (BulkFate::NotRecorded, String::from("Something went wrong here. Please try again on the request's page."))
        }
    }
}

/// What became of an answer that was not taken.
const fn fate_of(outcome: &DecideOutcome) -> BulkFate {
    match outcome {
        DecideOutcome::AlreadyDecidedBy { ruling: Ruling::Approved | Ruling::Rejected, .. } => BulkFate::DecidedAlready,
        DecideOutcome::OnHold { .. } | DecideOutcome::AwaitsRevision { .. } => BulkFate::OnHold,
        _ => BulkFate::Ended,
    }
}

fn past(receipt: &Receipt) -> &'static str {
    Verdict::from(receipt.verdict).past()
}
