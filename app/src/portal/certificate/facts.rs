//! The facts, as plain data.

use super::reads::LinkMail;
use crate::portal::audit::{ChainHead, Checkpoint};
use crate::portal::clock::Time;
use crate::portal::file::RequestFile;
use crate::portal::ids::{DecisionId, RequestId, RevisionHash};
use crate::portal::link::LinkState;
use crate::portal::policy::{PolicySource, Rule};
use crate::portal::reads::{EventRecord, Revision};
use crate::portal::request::{AssignmentState, RequestState, Said, StandInReason, Strength};
use crate::portal::user::Person;

/// Everything that a certificate says. It holds no link and no other secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The request.
    pub request: RequestId,
    /// Its title, in the revision that was decided on.
    pub title: String,
    /// Who asked.
    pub requester: Person,
    /// When it was first submitted.
    pub submitted_at: Time,
    /// The policy that it was submitted with; none where the requester chose everything.
    pub policy: Option<PolicySource>,
    /// How it ended.
    pub end: CertifiedEnd,
    /// Every revision, oldest first.
    pub revisions: Vec<CertifiedRevision>,
    /// Every round, oldest first. Only the last one counts.
    pub rounds: Vec<CertifiedRound>,
    /// Every link that was made for a question, oldest first.
    pub links: Vec<CertifiedLink>,
    /// Who watched.
    pub observers: Vec<Person>,
    /// Where in the audit log the end of the request stands; none when the log has lost it.
    pub place: Option<ChainPlace>,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedEnd {
    /// As what: a state of a request that is closed.
    pub state: RequestState,
    /// When.
    pub at: Time,
    /// The person whose answer or word ended it.
    pub by: Option<Person>,
    /// The reason given; empty when none.
    pub reason: String,
    /// By what.
    pub how: HowEnded,
}

/// What ended a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HowEnded {
    /// The answers of those who were asked.
    Answers,
    /// The rule of its deadline, because nobody decided in time.
    Automatic,
    /// An admin, over the heads of those who were asked.
    Overridden,
    /// Its requester, or an admin in their place, who wanted no answer any more.
    Withdrawn,
    /// An admin, who ended it undecided.
    Terminated,
}

/// A revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedRevision {
    /// Its number, from 1.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// Its hash, to which answers are bound.
    pub hash: RevisionHash,
    /// When it was submitted.
    pub at: Time,
    /// By whom.
    pub by: Person,
    /// What they said about it; empty when nothing.
    pub note: String,
    /// Its files, by number.
    pub files: Vec<RequestFile>,
}

/// One round: a restart begins another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedRound {
    /// Its number, from 1.
    pub number: u32,
    /// The stages of the policy, in their order.
    pub stages: Vec<CertifiedStage>,
}

/// One stage of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedStage {
    /// Its number, from 1.
    pub number: u32,
    /// Its name; may be empty.
    pub name: String,
    /// How many had to approve.
    pub rule: Rule,
    /// Whom the policy names.
    pub approvers: Vec<Person>,
    /// The questions that were put, in the order of asking; none when the stage was never opened.
    pub asked: Vec<CertifiedQuestion>,
    /// What was decided here without a question: by rule, or over everybody's head.
    pub unasked: Vec<CertifiedDecision>,
}

/// A question that was put to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedQuestion {
    /// To whom.
    pub person: Person,
    /// Whether because time had run out, so that their answer decides alone.
    pub escalation: bool,
    /// In whose place, and why.
    pub stands_in: Option<(Person, StandInReason)>,
    /// Who added them to those whom the policy names.
    pub added_by: Option<Person>,
    /// When.
    pub asked_at: Time,
    /// About which revision.
    pub revision: u32,
    /// What became of it.
    pub state: AssignmentState,
    /// Their answers, oldest first; the last one counts.
    pub answers: Vec<CertifiedDecision>,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedDecision {
    /// What people quote it by.
    pub reference: DecisionId,
    /// Who decided; nobody when a rule did.
    pub by: Option<Person>,
    /// What.
    pub said: Said,
    /// When.
    pub at: Time,
    /// By what the person was known.
    pub strength: Strength,
    /// On which revision.
    pub revision: u32,
    /// What they were shown.
    pub revision_hash: RevisionHash,
    /// The reason they gave; empty when none.
    pub reason: String,
}

/// What happened to one link. Neither its text nor its id is told: whoever reads a certificate has no use for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedLink {
    /// For whom.
    pub person: Person,
    /// In which round.
    pub round: u32,
    /// For which stage.
    pub stage: u32,
    /// When it was made.
    pub minted_at: Time,
    /// Until when it worked at the longest.
    pub expires_at: Time,
    /// The mails that carried it, oldest first.
    pub mails: Vec<LinkMail>,
    /// What became of it.
    pub state: LinkState,
    /// When that happened, where the rows tell.
    pub settled_at: Option<Time>,
}

/// Where the end of a request stands in the audit log, and what bears witness to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainPlace {
    /// The row: the head of the chain when the request had ended. Whatever is in this certificate was written before it or
    /// with it.
    pub head: ChainHead,
    /// When the row was written.
    pub at: Time,
    /// The oldest checkpoint that covers the row; none until one has been signed.
    pub checkpoint: Option<Checkpoint>,
}

/// Everything that an archive holds, but for the content of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveFacts {
    /// What the certificate says.
    pub certificate: CertificateFacts,
    /// What was submitted, oldest first.
    pub revisions: Vec<Revision>,
    /// Their texts, Markdown as typed, in the same order.
    pub texts: Vec<String>,
    /// What happened, oldest first.
    pub events: Vec<EventRecord>,
}
