//! Instances of the engine: all of them for admins, and to everybody the runs of workflows that they started.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::form::FormErrors;
use super::moment::Moment;
use super::state::InstanceState;
use super::verb::VerbForm;

/// `GET /instances`: everything for admins, for everybody else the runs that they started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instances {
    /// How many instances are in each state, over everything that the reader sees.
    pub counts: Vec<(InstanceState, u64)>,
    /// The chosen state.
    pub status: Option<InstanceState>,
    /// The chosen orchestration name; empty for all.
    pub name: String,
    /// The names to choose from.
    pub names: Vec<String>,
    /// What was searched for: the beginning of an id, or empty.
    pub query: String,
    /// The rows of this page, newest first.
    pub rows: Vec<InstanceRow>,
    /// Whether this is not the first page.
    pub paged: bool,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// One instance in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceRow {
    /// Its id.
    pub id: String,
    /// Its orchestration.
    pub name: String,
    /// Where it stands.
    pub state: InstanceState,
    /// When it was started.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// `GET /instances/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceDetail {
    /// Its id.
    pub id: String,
    /// Its orchestration.
    pub name: String,
    /// The version it is pinned to; empty when unversioned.
    pub version: String,
    /// Where it stands.
    pub state: InstanceState,
    /// What it belongs to.
    pub owner: Owner,
    /// Whether its orchestration is in the catalogue and the reader may start workflows.
    pub in_catalogue: bool,
    /// When it was started.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// When it finished.
    pub finished_at: Option<Moment>,
    /// Its input as pretty-printed JSON.
    pub input: Option<String>,
    /// Its output as pretty-printed JSON.
    pub output: Option<String>,
    /// Its custom status as pretty-printed JSON.
    pub custom_status: Option<String>,
    /// Why it failed, or why it was terminated or suspended.
    pub failure: Option<InstanceFailure>,
    /// The history of its current execution, oldest first.
    pub history: Vec<HistoryLine>,
    /// How many older events are not shown.
    pub history_left_out: u64,
    /// The id of its parent.
    pub parent: Option<String>,
    /// The ids of its children.
    pub children: Vec<String>,
    /// One form per verb, in the order shown.
    pub verbs: Vec<VerbForm>,
    /// The form for raising an event; `None` where events cannot be raised by hand, or not any more.
    pub raise: Option<RaiseForm>,
    /// The decision that it waits for.
    pub question: Option<Question>,
}

/// `POST /instances/{id}/raise`. Fields: `event`, `value`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaiseForm {
    /// The name that was typed.
    pub event: String,
    /// The JSON that was typed.
    pub value: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// A decision that a run waits for by an external event: two buttons that raise it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Who was asked, as the run says it.
    pub asked: String,
    /// The event's name.
    pub event: String,
    /// Its value for yes, as JSON.
    pub yes: String,
    /// Its value for no, as JSON.
    pub no: String,
}

/// What an instance belongs to, which decides what its verbs mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owner {
    /// A request.
    Request {
        /// Its id.
        id: Uuid,
        /// Its title.
        title: String,
    },
    /// A mail.
    Mail {
        /// Its id.
        id: Uuid,
        /// Its subject.
        subject: String,
    },
    /// A webhook's delivery.
    Delivery {
        /// Its id.
        id: Uuid,
        /// What is told.
        event: String,
    },
    /// A monitor.
    Monitor {
        /// Its id.
        id: Uuid,
        /// Its name.
        name: String,
    },
    /// The preview of a file.
    Preview {
        /// The SHA-256 of the file in hexadecimal.
        sha256: String,
    },
    /// Somebody's daily digests.
    Digests {
        /// Whose.
        person: Uuid,
    },
    /// Somebody's absence, or the naming of their backup.
    Absence {
        /// Whose.
        person: Uuid,
    },
    /// Nothing of the portal's.
    None,
}

/// Why an instance did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceFailure {
    /// The failure's kind; empty for a termination or a suspension.
    pub kind: String,
    /// Its message, or the reason that was given.
    pub message: String,
}

/// One event of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// Its number.
    pub seq: i64,
    /// When it was recorded.
    pub at: Moment,
    /// Its kind, in the engine's vocabulary: `TaskScheduled`.
    pub event: String,
    /// The name it carries: the activity, the external event, the child; empty when none.
    pub name: String,
    /// Its data as JSON or text; empty when none.
    pub detail: String,
}
