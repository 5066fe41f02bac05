//! A request, its stage, its questions and its decisions, as the rows say.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::clock::Time;
pub use super::event::{EventKind, NewEvent};
use super::file::RequestFile;
use super::ids::{AssignmentId, DecisionId, RequestId, RevisionHash, UserId};
use super::policy::{Deadline, Policy, Ruling, Tally, Verdict};

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
        matches!(self, Self::Waiting | Self::Escalated | Self::OnHold)
    }
}

/// A request for approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who it is.
    pub id: RequestId,
    /// One line.
    pub title: String,
    /// Markdown, as typed.
    pub text: String,
    /// Who submitted it.
    pub requester: UserId,
    /// What it was submitted with.
    pub policy: Policy,
    /// Which round: increased by every restart. Assignments, links and events of other rounds are void.
    pub generation: u32,
    /// Which revision, from 1.
    pub revision: u32,
    /// The hash of that revision.
    pub revision_hash: RevisionHash,
    /// When it was submitted.
    pub submitted_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// Since when it is on hold.
    pub held_at: Option<Time>,
    /// How it ended.
    pub closed: Option<Closed>,
    /// The open stage's deadline; of the last stage once closed.
    pub deadline: Deadline,
}

/// How, when and by whom a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// How.
    pub ending: Ending,
    /// When.
    pub at: Time,
    /// By whom; nobody when it ended by rule.
    pub by: Option<UserId>,
    /// The reason given; empty when none.
    pub reason: String,
}

impl Request {
    /// Where it stands.
    pub fn state(&self) -> RequestState {
        match &self.closed {
            Some(closed) => match closed.ending {
                Ending::Ruled(Ruling::Approved) => RequestState::Approved,
                Ending::Ruled(Ruling::Rejected) => RequestState::Rejected,
                Ending::Ruled(Ruling::Expired) => RequestState::Expired,
                Ending::Terminated => RequestState::Terminated,
                Ending::Withdrawn => RequestState::Withdrawn,
            },
            None if self.held_at.is_some() => RequestState::OnHold,
            None if self.deadline.escalated_at.is_some() => RequestState::Escalated,
            None => RequestState::Waiting,
        }
    }

    /// The engine's instance that carries it through its life.
    pub fn instance(&self) -> String {
        instance_of_request(self.id)
    }

    /// Begins the clock of a new round at `now`.
    pub fn start_clock(&mut self, now: Time) {
        self.deadline =
            Deadline { due_at: self.policy.due_in.map(|due_in| now + due_in), reminded_at: None, escalated_at: None };
    }

    /// Ends the hold: what was due is due later by the time on hold.
    pub fn resume_clock(&mut self, now: Time) {
        if let Some(held_at) = self.held_at.take() {
            let held_for = now.since(held_at);
            self.deadline.due_at = self.deadline.due_at.map(|due_at| due_at + held_for);
        }
    }
}

/// The id of the engine's instance of a request.
pub fn instance_of_request(id: RequestId) -> String {
    format!("request-{id}")
}

/// The hash that approvals are bound to: over title, text and files, each with its length in front, so that no two
/// revisions look alike.
pub fn revision_hash(title: &str, text: &str, files: &[RequestFile]) -> RevisionHash {
    let mut hasher = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hasher.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(bytes);
    };
    part(title.as_bytes());
    part(text.as_bytes());
    for file in files {
        part(file.name.as_bytes());
        part(&file.id.0);
    }
    RevisionHash(hasher.finalize().into())
}

/// Where one person's question stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignmentState {
    /// Not answered.
    Pending,
    /// Answered.
    Answered(Verdict),
    /// The request ended without this answer.
    NotNeeded,
    /// The round is void: the request was withdrawn, restarted or terminated.
    Withdrawn,
}

/// One person's question within one round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Who it is.
    pub id: AssignmentId,
    /// The request.
    pub request: RequestId,
    /// The round.
    pub generation: u32,
    /// The stage, from 1.
    pub stage: u32,
    /// Who is asked.
    pub user: UserId,
    /// The place in the order of asking, from 0.
    pub position: u32,
    /// Whether they were asked by escalation, so that their answer decides alone.
    pub escalation: bool,
    /// Where it stands.
    pub state: AssignmentState,
    /// Reminders sent.
    pub reminders: u32,
    /// When it was asked.
    pub created_at: Time,
    /// When it was answered or closed.
    pub settled_at: Option<Time>,
}

/// A recorded decision. Never changed, never deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Who it is.
    pub id: DecisionId,
    /// The request.
    pub request: RequestId,
    /// The round.
    pub generation: u32,
    /// The stage.
    pub stage: u32,
    /// The question that it answers; none when it was made by rule.
    pub assignment: Option<AssignmentId>,
    /// Who decided; nobody when it was made by rule.
    pub by: Option<UserId>,
    /// What.
    pub ruling: Ruling,
    /// The reason given; empty when none.
    pub reason: String,
    /// How sure it is who decided: `link`, `session`, `token` or `rule`.
    pub strength: Strength,
    /// What was shown to them.
    pub revision_hash: RevisionHash,
    /// When.
    pub at: Time,
}

/// By what the decider was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// A signed link from a mail.
    Link,
    /// A session.
    Session,
    /// An API token of theirs.
    Token,
    /// Nobody decided: a rule did.
    Rule,
}

/// Counts the answers of one round.
pub fn tally(policy: &Policy, assignments: &[Assignment]) -> Tally {
    let count = |verdict| {
        let matching =
            assignments.iter().filter(|a| !a.escalation && a.state == AssignmentState::Answered(verdict)).count();
        u32::try_from(matching).unwrap_or(u32::MAX)
    };
    let escalation = assignments.iter().find_map(|a| match a.state {
        AssignmentState::Answered(verdict) if a.escalation => Some(verdict),
        _ => None,
    });
    Tally {
        rule: policy.rule,
        asked: u32::try_from(policy.approvers.len()).unwrap_or(u32::MAX),
        approved: count(Verdict::Approve),
        rejected: count(Verdict::Reject),
        escalation,
    }
}

/// The longest that a link works, whatever the due time.
pub const MAX_LINK_LIFE: Duration = Duration::from_secs(14 * 86_400);
