//! What state an instance is in.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// The eight states of the Durable Task framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RuntimeStatus {
    /// Accepted, no turn has run yet.
    Pending,
    /// At least one turn has run.
    Running,
    /// Takes messages but runs no turn until it is resumed.
    Suspended,
    /// Ended with an output.
    Completed,
    /// Ended with a failure.
    Failed,
    /// Ended by a client or by its parent.
    Terminated,
    /// Reserved by the protocol; this engine never gives it.
    Canceled,
    /// The state of an execution (never of an instance) that was followed by another.
    ContinuedAsNew,
}

impl RuntimeStatus {
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

    /// The name that is stored and that clients of Durable Functions know.
    pub fn as_str(self) -> &'static str {
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

    /// The state of that name, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str().eq_ignore_ascii_case(name))
    }

    /// Whether nothing will change it any more but restart, rewind and purge.
    pub fn is_finished(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Terminated | Self::Canceled)
    }
}

/// Why an instance makes no progress, as a whole or with one of its activities, although its status says nothing of it. The
/// next start of a node tries again, except for poison; [`crate::Client::redrive`] tries again at once. Nothing loops: what
/// comes for a blocked instance meanwhile waits in its inbox and is no reason to try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// What kind of obstacle.
    pub kind: BlockedKind,
    /// A sentence for people, with what was expected and what was found.
    pub message: String,
    /// Since when. It does not move when a later try meets the same obstacle.
    pub since: Timestamp,
}

impl Blocked {
    /// This obstacle as it was met `before`, if that was the same one: it has been there since then.
    pub(crate) fn met_before(self, before: Option<&Self>) -> Self {
        match before {
            Some(before) if before.kind == self.kind && before.message == self.message => before.clone(),
            _ => self,
        }
    }
}

/// The obstacles that [`Blocked`] names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlockedKind {
    /// The code does something else than the history says it did, or awaits what the engine does not know.
    NonDeterminism,
    /// No orchestration or activity of this name and version is registered.
    UnknownCode,
    /// A turn or an activity killed its node (or died with it) so often that it was set aside: only a re-drive tries again.
    Poison,
    /// A turn went beyond one of the engine's bounds ([`crate::limits`]). It was not committed; a node with another bound, or
    /// changed code, goes on.
    LimitExceeded,
}

impl BlockedKind {
    /// The name that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NonDeterminism => "NonDeterminism",
            Self::UnknownCode => "UnknownCode",
            Self::Poison => "Poison",
            Self::LimitExceeded => "LimitExceeded",
        }
    }

    /// The obstacle of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::NonDeterminism, Self::UnknownCode, Self::Poison, Self::LimitExceeded]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}
