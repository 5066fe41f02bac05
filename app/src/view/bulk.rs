//! Deciding several requests at once: the page that confirms it, and what became of each.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::decision::DecisionForm;
use super::frame::Person;
use super::mark::{Icon, Mark, Tone};
use super::moment::Due;

/// `GET` and `POST /requests/decide`: what was chosen, and the one answer to all of it. The form has a hidden `chosen` for each
/// request beside `verdict` and `reason`; its own nonce is not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkDecision {
    /// The requests that wait for the reader, in the order of the list.
    pub rows: Vec<BulkRow>,
    /// How many more were chosen that do not wait for the reader.
    pub left_out: usize,
    /// The answer.
    pub form: DecisionForm,
}

/// A chosen request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkRow {
    /// Its id.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// Who submitted it.
    pub requester: Person,
    /// Which revision is decided on.
    pub revision: u32,
    /// By when.
    pub due: Option<Due>,
    /// The value of `chosen`: the request, and what ties the answer to that revision.
    pub chosen: String,
}

/// What became of each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkResult {
    /// In the order of the list.
    pub rows: Vec<BulkResultRow>,
}

impl BulkResult {
    /// How many answers were recorded.
    #[must_use]
    pub fn recorded(&self) -> usize {
        self.rows.iter().filter(|row| row.fate == BulkFate::Recorded).count()
    }
}

/// What became of the answer to one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkResultRow {
    /// Its id.
    pub id: Uuid,
    /// Its title; empty when the reader may not know it any more.
    pub title: String,
    /// What became of it.
    pub fate: BulkFate,
    /// The same as a sentence.
    pub text: String,
}

/// What becomes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BulkFate {
    /// It is recorded.
    Recorded,
    /// The reader has answered before.
    Answered,
    /// Somebody else, or a rule, was faster.
    DecidedAlready,
    /// Another revision was shown.
    Changed,
    /// Somebody holds the request.
    OnHold,
    /// No decision is needed any more.
    Ended,
    /// It could not be recorded.
    NotRecorded,
}

impl BulkFate {
    /// Word, colour and icon.
    #[must_use]
    pub const fn mark(self) -> Mark {
        match self {
            Self::Recorded => Mark { word: "Recorded", tone: Tone::Good, icon: Icon::Check },
            Self::Answered => Mark { word: "Answered before", tone: Tone::Gone, icon: Icon::Minus },
            Self::DecidedAlready => Mark { word: "Decided already", tone: Tone::Gone, icon: Icon::Minus },
            Self::Changed => Mark { word: "Changed since", tone: Tone::Escalated, icon: Icon::Pen },
            Self::OnHold => Mark { word: "On hold", tone: Tone::Held, icon: Icon::Pause },
            Self::Ended => Mark { word: "Ended", tone: Tone::Gone, icon: Icon::Stop },
            Self::NotRecorded => Mark { word: "Not recorded", tone: Tone::Bad, icon: Icon::Warning },
        }
    }
}
