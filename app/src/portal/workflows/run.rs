//! What is asked for: a start, an operation, a verb, a removal.

use serde_json::Value;

use crate::portal::clock::Time;

/// The tag under which every run is filed: the id of the person who started it. A run that nobody signed in for has none.
pub const STARTER: &str = "countersign.starter";

/// A run to start.
#[derive(Clone, Debug, PartialEq)]
pub struct StartWorkflow {
    /// The workflow; the catalogue says which there are.
    pub name: String,
    /// The version, for callers who insist on one; it must be the catalogue's.
    pub version: Option<String>,
    /// The id that the run is to have; a new one without it.
    pub id: Option<String>,
    /// Its input. Whether it fits is for the workflow to say, by failing.
    pub input: Value,
    /// The W3C `traceparent` of the caller, which the run continues. One that is none is ignored.
    pub traceparent: Option<String>,
}

/// An operation for an entity.
#[derive(Clone, Debug, PartialEq)]
pub struct EntitySignal {
    /// The kind of entity.
    pub name: String,
    /// Which one.
    pub key: String,
    /// The operation.
    pub operation: String,
    /// Its input.
    pub input: Value,
}

/// What can be done to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkflowVerb {
    /// Stop it where it stands; it goes on taking events.
    Suspend,
    /// Let it go on.
    Resume,
    /// End it.
    Terminate,
    /// Take a failed one back to before its failure.
    Rewind,
}

/// Which ended runs to remove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurgeRuns {
    /// Started at that moment or later.
    pub created_from: Time,
    /// Started at that moment or before; whenever without it.
    pub created_to: Option<Time>,
    /// In one of these states, which must be ended ones; in any ended one if empty.
    pub statuses: Vec<RunStatus>,
}

/// The states of Durable Functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStatus {
    /// Accepted, not begun.
    Pending,
    /// Under way.
    Running,
    /// Told to wait.
    Suspended,
    /// Ended with an output.
    Completed,
    /// Ended with a failure.
    Failed,
    /// Ended by somebody.
    Terminated,
    /// Known to clients; no run is ever in it.
    Canceled,
    /// Known to clients; no run is ever in it, only earlier executions of one are.
    ContinuedAsNew,
}

impl RunStatus {
    /// Every state, in the order in which pages list them.
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::Running,
        Self::Suspended,
        Self::Completed,
        Self::Failed,
        Self::Terminated,
        Self::Canceled,
        Self::ContinuedAsNew,
    ];

    /// The word that clients of Durable Functions know.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Running => "Running",
            Self::Suspended => "Suspended",
            Self::Completed => "Completed",
            Self::Failed => "Failed",
            Self::Terminated => "Terminated",
            Self::Canceled => "Canceled",
            Self::ContinuedAsNew => "ContinuedAsNew",
        }
    }

    /// The state of that word, whatever the case of its letters.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word().eq_ignore_ascii_case(word))
    }

    /// Whether a run in it has ended.
    pub const fn is_finished(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Terminated | Self::Canceled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_comes_back_from_its_word_in_any_case() {
        for status in RunStatus::ALL {
            assert_eq!(RunStatus::of(&status.word().to_uppercase()), Some(status));
        }
        assert_eq!(RunStatus::of("done"), None);
    }
}
