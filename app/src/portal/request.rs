//! A request, its stage, its questions and its decisions, as the rows say.

use std::time::Duration;

use super::clock::Time;
pub use super::event::{EventKind, NewEvent};
use super::ids::{AssignmentId, DecisionId, RequestId, RevisionHash, UserId};
use super::ladder::Deadline;
use super::policy::{FinalRule, Policy, Rule, Stage, Tally, Verdict};
pub use super::revision::revision_hash;
pub use super::state::{Ending, Marks, RequestState};

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
    /// The open stage, from 1; the last one that was open, once closed.
    pub stage: u32,
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
    /// Since when it waits for another revision.
    pub changes_requested_at: Option<Time>,
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
        RequestState::from(Marks {
            ending: self.closed.as_ref().map(|closed| closed.ending),
            held_at: self.held_at,
            changes_requested_at: self.changes_requested_at,
            escalated_at: self.deadline.escalated_at,
        })
    }

    /// The engine's instance that carries it through its life.
    pub fn instance(&self) -> String {
        instance_of_request(self.id)
    }

    /// The open stage; the last one that was open, once closed.
    pub fn open_stage(&self) -> &Stage {
        // A policy has a stage at least, and only stages that it has are opened; the rows are checked when they are read.
        self.policy.stage(self.stage).unwrap_or(&self.policy.stages[0])
    }

    /// The open stage, to change whom it asks.
    pub fn open_stage_mut(&mut self) -> &mut Stage {
        let last = self.policy.stages.len() - 1;
        let place = usize::try_from(self.stage).map_or(last, |stage| stage.saturating_sub(1).min(last));
        &mut self.policy.stages[place]
    }

    /// Whether its clock runs: it is open, not on hold, and not waiting for another revision.
    pub fn is_running(&self) -> bool {
        self.closed.is_none() && self.held_at.is_none() && self.changes_requested_at.is_none()
    }

    /// Opens a stage at `now` and begins its clock.
    pub fn enter_stage(&mut self, stage: u32, now: Time) {
        self.stage = stage;
        self.deadline = self.open_stage().deadline(now);
    }

    /// Ends the hold: what was due is due later by the time on hold.
    pub fn resume_clock(&mut self, now: Time) {
        if let Some(held_at) = self.held_at.take() {
            self.deadline = self.open_stage().later(self.deadline, now.since(held_at));
        }
    }
}

/// The id of the engine's instance of a request.
pub fn instance_of_request(id: RequestId) -> String {
    format!("request-{id}")
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
    /// Void by a revision, or by a change of mind: whoever still counts was asked anew.
    Stale,
    /// Somebody else has it now.
    Reassigned,
}

impl AssignmentState {
    /// Whether the question has its place in its stage; those that were made void or passed on have not.
    pub const fn is_current(self) -> bool {
        !matches!(self, Self::Stale | Self::Reassigned)
    }

    /// Whether whoever has the question takes part in its request: until somebody else has it. One that was made void does,
    /// because they are asked again; see [`Assignment::was_left`].
    pub const fn gives_part(self) -> bool {
        !matches!(self, Self::Reassigned)
    }
}

/// In whose place somebody is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// Whose question it was.
    pub for_user: UserId,
    /// Why.
    pub why: StandInReason,
}

/// Why somebody is asked in another's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandInReason {
    /// They are absent, and this is their substitute.
    Absent,
    /// They passed it on.
    Delegated,
    /// An admin passed it on.
    Reassigned,
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
    /// How often they were asked in this stage and round, from 1: a revision asks anew, and so does a change of mind.
    pub attempt: u32,
    /// About which revision they were asked.
    pub revision: u32,
    /// In whose place they are asked.
    pub stands_in: Option<StandIn>,
    /// Who added them to those whom the policy asks.
    pub added_by: Option<UserId>,
    /// Where it stands.
    pub state: AssignmentState,
    /// Reminders sent.
    pub reminders: u32,
    /// When it was asked.
    pub created_at: Time,
    /// When it was answered or closed.
    pub settled_at: Option<Time>,
}

impl Assignment {
    /// Everybody it names.
    pub fn people(&self) -> impl Iterator<Item = UserId> {
        [Some(self.user), self.stands_in.map(|stands_in| stands_in.for_user), self.added_by].into_iter().flatten()
    }

    /// Whether it is of the present round of its request, and was neither made void nor passed on.
    pub fn counts_in(&self, request: &Request) -> bool {
        self.generation == request.generation && self.state.is_current()
    }

    /// Whether it was made void, and whoever had it was asked anew in its stage and has that question no more. Then it is not
    /// theirs either, unless they have answered it. `round` are the questions of its round.
    pub fn was_left<'a>(&self, round: impl IntoIterator<Item = &'a Self>) -> bool {
        let taken = |other: &&Self| other.state == AssignmentState::Reassigned && other.attempt > self.attempt;
        let mut taken = round.into_iter().filter(taken);
        self.state == AssignmentState::Stale && taken.any(|other| other.stage == self.stage && other.user == self.user)
    }

    /// Whether it is put to somebody in that person's place.
    pub fn is_for(&self, user: UserId) -> bool {
        self.stands_in.is_some_and(|stands_in| stands_in.for_user == user)
    }
}

/// The question put to a person among those of a round: the one that was asked last and still counts, wherever there is one.
pub fn question_of<'a>(user: UserId, assignments: impl IntoIterator<Item = &'a Assignment>) -> Option<&'a Assignment> {
    let own = assignments.into_iter().filter(|assignment| assignment.user == user);
    own.max_by_key(|assignment| (assignment.state.is_current(), assignment.stage, assignment.attempt))
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
    /// Which answer to its question it is, from 1: a policy may allow to change one's mind, and the last answer counts.
    pub number: u32,
    /// On which revision.
    pub revision: u32,
    /// The question that it answers; none when it was made by rule, or by an admin over everybody's head.
    pub assignment: Option<AssignmentId>,
    /// Who decided; nobody when it was made by rule.
    pub by: Option<UserId>,
    /// What.
    pub said: Said,
    /// The reason given; empty when none.
    pub reason: String,
    /// How sure it is who decided.
    pub strength: Strength,
    /// What was shown to them.
    pub revision_hash: RevisionHash,
    /// When.
    pub at: Time,
}

/// What a decision says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Yes.
    Approved,
    /// No.
    Rejected,
    /// Not like this.
    ChangesRequested,
    /// Nobody decided in time; only a rule says so.
    Expired,
}

impl From<Verdict> for Said {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Approve => Self::Approved,
            Verdict::Reject => Self::Rejected,
            Verdict::RequestChanges => Self::ChangesRequested,
        }
    }
}

impl From<FinalRule> for Said {
    fn from(rule: FinalRule) -> Self {
        match rule {
            FinalRule::Approve => Self::Approved,
            FinalRule::Reject => Self::Rejected,
            FinalRule::Expire => Self::Expired,
        }
    }
}

impl Said {
    /// What a person answered with it; none for what only a rule says.
    pub const fn verdict(self) -> Option<Verdict> {
        match self {
            Self::Approved => Some(Verdict::Approve),
            Self::Rejected => Some(Verdict::Reject),
            Self::ChangesRequested => Some(Verdict::RequestChanges),
            Self::Expired => None,
        }
    }
}

/// By what the decider was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// A signed link from a mail.
    Link,
    /// A signed link from a mail, and a code from another.
    LinkAndCode,
    /// A session.
    Session,
    /// An API token of theirs.
    Token,
    /// Nobody decided: a rule did.
    Rule,
}

/// Counts the answers of a stage, of the questions of one round.
pub fn tally(rule: Rule, stage: u32, assignments: &[Assignment]) -> Tally {
    let of_stage = || assignments.iter().filter(move |a| a.stage == stage && a.state.is_current());
    let counted = || of_stage().filter(|a| !a.escalation);
    let count = |verdict| number(counted().filter(|a| a.state == AssignmentState::Answered(verdict)).count());
    let escalation = of_stage().find_map(|a| match a.state {
        AssignmentState::Answered(verdict) if a.escalation => Some(verdict),
        _ => None,
    });
    Tally {
        rule,
        asked: number(counted().count()),
        approved: count(Verdict::Approve),
        rejected: count(Verdict::Reject),
        escalation,
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The longest that a link works, whatever the due time.
pub const MAX_LINK_LIFE: Duration = Duration::from_secs(14 * 86_400);
