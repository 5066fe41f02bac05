//! Where a request stands, as people see it.

use super::clock::Time;
use super::policy::Ruling;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By the answers or by the final rule.
    Ruled(Ruling),
    /// By an admin.
    Terminated,
    /// By its requester, or by an admin in their place: no answer is wanted any more.
    Withdrawn,
}

/// Where a request stands, as people see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// Open: approvers are being waited for.
    Waiting,
    /// Open: the due time has passed once and the escalation person is asked too.
    Escalated,
    /// Open, but suspended: the clock stands still.
    OnHold,
    /// Open, but its requester is to submit another revision first: the clock stands still.
    ChangesRequested,
    /// Closed.
    Approved,
    /// Closed.
    Rejected,
    /// Closed: nobody decided in time.
    Expired,
    /// Closed by an admin.
    Terminated,
    /// Closed by its requester, or by an admin in their place.
    Withdrawn,
}

impl RequestState {
    /// Whether somebody may still decide, now or after a resume.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Escalated | Self::OnHold | Self::ChangesRequested)
    }
}

/// What of a request says where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// How it ended.
    pub ending: Option<Ending>,
    /// Since when it is on hold.
    pub held_at: Option<Time>,
    /// Since when it waits for another revision.
    pub changes_requested_at: Option<Time>,
    /// When its open stage was escalated last.
    pub escalated_at: Option<Time>,
}

impl From<Marks> for RequestState {
    fn from(marks: Marks) -> Self {
        match marks.ending {
            Some(Ending::Ruled(Ruling::Approved)) => Self::Approved,
            Some(Ending::Ruled(Ruling::Rejected)) => Self::Rejected,
            Some(Ending::Ruled(Ruling::Expired)) => Self::Expired,
            Some(Ending::Terminated) => Self::Terminated,
            Some(Ending::Withdrawn) => Self::Withdrawn,
            None if marks.held_at.is_some() => Self::OnHold,
            None if marks.changes_requested_at.is_some() => Self::ChangesRequested,
            None if marks.escalated_at.is_some() => Self::Escalated,
            None => Self::Waiting,
        }
    }
}
