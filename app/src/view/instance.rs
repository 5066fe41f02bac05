//! Instances of the engine, for admins.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::form::FormErrors;
use super::moment::Moment;
use super::state::InstanceState;

/// `GET /instances`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instances {
    /// How many instances are in each state, over everything.
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

/// What an admin can do to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verb {
    /// Stop the clock.
    Suspend,
    /// Let it run again.
    Resume,
    /// Run it again from the beginning.
    Restart,
    /// End it.
    Terminate,
}

impl Verb {
    /// Every verb, in the order shown.
    pub const ALL: [Self; 4] = [Self::Suspend, Self::Resume, Self::Restart, Self::Terminate];

    /// The last part of its path.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Restart => "restart",
            Self::Terminate => "terminate",
        }
    }

    /// The verb that [`Self::key`] names.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.key() == key)
    }

    /// Its word on a button.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Suspend => "Suspend",
            Self::Resume => "Resume",
            Self::Restart => "Restart",
            Self::Terminate => "Terminate",
        }
    }

    /// What it means for what the instance belongs to.
    #[must_use]
    pub const fn consequence(self, owner: &Owner) -> &'static str {
        match (self, owner) {
            (Self::Suspend, Owner::Request { .. }) => {
                "Puts the request on hold. The clock stops: no reminder, no escalation, no automatic verdict. Links \
                    stay, but answer \u{201c}on hold\u{201d}."
            }
            (Self::Resume, Owner::Request { .. }) => {
                "Continues the request. Every due time moves by the time it was on hold."
            }
            (Self::Restart, Owner::Request { .. }) => {
                "Asks everybody again and mails new links. The old links stop working; the old decisions stay in \
                    the record, but no longer count."
            }
            (Self::Terminate, Owner::Request { .. }) => {
                "Ends the request without a verdict. All links stop working, and the requester and the approvers \
                    are told, with your reason."
            }
            (Self::Suspend, Owner::Mail { .. }) => "Holds the mail back until it is resumed.",
            (Self::Resume, Owner::Mail { .. }) => "Lets the mail go on where it was held back.",
            (Self::Restart, Owner::Mail { .. }) => "Sends the mail again, with the same message id.",
            (Self::Terminate, Owner::Mail { .. }) => "Gives the mail up. It is not sent any more.",
            (Self::Suspend, Owner::None) => "Stops all turns until it is resumed. Events are kept for it.",
            (Self::Resume, Owner::None) => "Lets it run again, with the events that came in the meantime.",
            (Self::Restart, Owner::None) => "Runs it again from the beginning with the same input.",
            (Self::Terminate, Owner::None) => "Ends it at once. This cannot be undone.",
        }
    }
}

/// One verb's form. Field: `reason`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerbForm {
    /// The verb.
    pub verb: Verb,
    /// Why it is not possible now; `None` when it is.
    pub not_possible: Option<String>,
    /// What was typed.
    pub reason: String,
    /// What is wrong.
    pub errors: FormErrors,
}

impl VerbForm {
    /// The four verbs of an instance in `state`, untouched.
    #[must_use]
    pub fn all(state: InstanceState) -> Vec<Self> {
        Verb::ALL
            .into_iter()
            .map(|verb| Self {
                verb,
                not_possible: not_possible(verb, state),
                reason: String::new(),
                errors: FormErrors::default(),
            })
            .collect()
    }
}

fn not_possible(verb: Verb, state: InstanceState) -> Option<String> {
    let running = matches!(state, InstanceState::Pending | InstanceState::Running);
    let suspended = matches!(state, InstanceState::Suspended);
    let reason = match verb {
        Verb::Suspend if suspended => "It is suspended already.",
        Verb::Suspend if !running => "It has finished.",
        Verb::Resume if !suspended => "It is not suspended.",
        Verb::Restart if running || suspended => "Only what has finished can be restarted. Terminate it first.",
        Verb::Terminate if !running && !suspended => "It has finished.",
        Verb::Suspend | Verb::Resume | Verb::Restart | Verb::Terminate => return None,
    };
    Some(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_allows_the_verbs_that_make_sense() {
        let possible = |state| {
            VerbForm::all(state)
                .into_iter()
                .filter(|form| form.not_possible.is_none())
                .map(|form| form.verb)
                .collect::<Vec<_>>()
        };
        assert_eq!(possible(InstanceState::Running), [Verb::Suspend, Verb::Terminate]);
        assert_eq!(possible(InstanceState::Suspended), [Verb::Resume, Verb::Terminate]);
        assert_eq!(possible(InstanceState::Completed), [Verb::Restart]);
        assert_eq!(possible(InstanceState::Failed), [Verb::Restart]);
    }
}
