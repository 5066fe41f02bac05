//! Requests as the API shows them.

use serde::Serialize;
use utoipa::ToSchema;

use super::words::{EventWord, FinalRuleWord, QuestionWord, RequestWord, RuleWord};
use crate::http::api::people::PersonName;
use crate::http::api::time::rfc3339;
use crate::portal::RequestPage;
use crate::portal::file::RequestFile;
use crate::portal::policy::PolicySource;
use crate::portal::reads::{Asked, EventRecord, InboxRow};

/// A request in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RequestEntry {
    #[schema(format = "uuid")]
    id: String,
    title: String,
    requester: PersonName,
    state: RequestWord,
    /// The open stage, from 1; the last one that was, once closed.
    stage: u32,
    /// How many stages there are.
    stages: u32,
    /// Approvals in that stage so far.
    approved: u32,
    /// Approvals that it needs.
    needed: u32,
    /// By when, while it is open.
    #[schema(format = "date-time")]
    due_at: Option<String>,
    #[schema(format = "date-time")]
    submitted_at: String,
}

impl From<InboxRow> for RequestEntry {
    fn from(row: InboxRow) -> Self {
        Self {
            id: row.id.to_string(),
            title: row.title,
            requester: row.requester.into(),
            state: row.state.into(),
            stage: row.stage,
            stages: row.stages,
            approved: row.approved,
            needed: row.needed,
            due_at: row.due_at.filter(|_| row.state.is_open()).map(rfc3339),
            submitted_at: rfc3339(row.submitted_at),
        }
    }
}

/// A part of a list of requests.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RequestList {
    pub(super) items: Vec<RequestEntry>,
    /// The cursor of the next part; null on the last one.
    pub(super) next: Option<String>,
}

/// A request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RequestDetails {
    #[schema(format = "uuid")]
    id: String,
    title: String,
    /// Markdown, as it was typed.
    text: String,
    requester: PersonName,
    state: RequestWord,
    /// From 1; each restart begins another one.
    round: u32,
    /// What answers are bound to: the SHA-256 of title, text and files.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    revision: String,
    /// Which revision that is, from 1.
    revision_number: u32,
    /// The policy that it was submitted with; null where the requester chose everything.
    policy: Option<PolicyVersion>,
    /// The open stage, from 1; the last one that was, once closed.
    stage: u32,
    /// How many stages there are.
    stages: u32,
    /// The rule of that stage.
    rule: RuleWord,
    /// Approvals that it needs.
    needed: u32,
    approved: u32,
    rejected: u32,
    /// How the stage ends when nobody decides in time; null where it does not.
    final_rule: Option<FinalRuleWord>,
    #[schema(format = "date-time")]
    submitted_at: String,
    #[schema(format = "date-time")]
    updated_at: String,
    #[schema(format = "date-time")]
    due_at: Option<String>,
    /// Since when it is on hold.
    #[schema(format = "date-time")]
    held_at: Option<String>,
    #[schema(format = "date-time")]
    closed_at: Option<String>,
    /// Null while it is open, and when it ended by rule.
    closed_by: Option<PersonName>,
    files: Vec<AttachedFile>,
    /// The questions of the present round, by stage, in the order of asking.
    asked: Vec<QuestionEntry>,
    /// Who sees it without being asked.
    observers: Vec<PersonName>,
    /// The number of the newest event.
    last_event: i64,
}

impl From<RequestPage> for RequestDetails {
    fn from(page: RequestPage) -> Self {
        let (record, tally) = (page.record, page.tally);
        let request = record.request;
        Self {
            id: request.id.to_string(),
            state: request.state().into(),
            round: request.generation,
            revision: request.revision_hash.to_string(),
            revision_number: request.revision,
            policy: request.policy.source.as_ref().map(PolicyVersion::from),
            stage: request.stage,
            stages: request.policy.stage_count(),
            rule: request.open_stage().rule.into(),
            needed: tally.needed(),
            approved: tally.approved,
            rejected: tally.rejected,
            final_rule: request.open_stage().final_rule().map(FinalRuleWord::from),
            submitted_at: rfc3339(request.submitted_at),
            updated_at: rfc3339(request.updated_at),
            due_at: request.deadline.due_at.map(rfc3339),
            held_at: request.held_at.map(rfc3339),
            closed_at: request.closed.as_ref().map(|closed| rfc3339(closed.at)),
            closed_by: record.closed_by.map(PersonName::from),
            requester: record.requester.into(),
            files: record.files.into_iter().map(AttachedFile::from).collect(),
            asked: record.asked.into_iter().map(QuestionEntry::from).collect(),
            observers: record.observers.into_iter().map(PersonName::from).collect(),
            last_event: record.events.last().map_or(0, |event| event.seq),
            title: request.title,
            text: request.text,
        }
    }
}

/// The version of a policy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PolicyVersion {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    version: u32,
}

impl From<&PolicySource> for PolicyVersion {
    fn from(of: &PolicySource) -> Self {
        Self { id: of.id.to_string(), name: of.name.clone(), version: of.version }
    }
}

/// A file of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AttachedFile {
    /// From 1.
    number: u32,
    name: String,
    /// In bytes.
    size: u64,
    media_type: String,
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sha256: String,
}

impl From<RequestFile> for AttachedFile {
    fn from(file: RequestFile) -> Self {
        Self {
            number: file.number,
            name: file.name,
            size: file.size,
            media_type: file.kind.media_type().to_owned(),
            sha256: file.id.to_string(),
        }
    }
}

/// One person's question.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct QuestionEntry {
    #[schema(format = "uuid")]
    id: String,
    /// Of which stage, from 1.
    stage: u32,
    person: PersonName,
    /// In whose place this person is asked.
    stands_in_for: Option<PersonName>,
    state: QuestionWord,
    /// Whether this answer decides alone, because the due time had passed.
    escalation: bool,
    #[schema(format = "date-time")]
    decided_at: Option<String>,
    /// The reason given; empty when none.
    reason: String,
}

impl From<Asked> for QuestionEntry {
    fn from(asked: Asked) -> Self {
        Self {
            id: asked.assignment.id.to_string(),
            stage: asked.assignment.stage,
            stands_in_for: asked.stands_in_for.map(PersonName::from),
            person: asked.person.into(),
            state: asked.assignment.state.into(),
            escalation: asked.assignment.escalation,
            decided_at: asked.decision.as_ref().map(|decision| rfc3339(decision.at)),
            reason: asked.decision.map(|decision| decision.reason).unwrap_or_default(),
        }
    }
}

/// Something that happened to a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EventEntry {
    /// From 1, in the order in which it happened.
    number: i64,
    #[schema(format = "date-time")]
    at: String,
    kind: EventWord,
    /// Who did it; null when it happened by rule.
    by: Option<PersonName>,
    /// Whom it concerns.
    about: Option<PersonName>,
    /// What they wrote; empty when nothing.
    note: String,
}

impl From<EventRecord> for EventEntry {
    fn from(event: EventRecord) -> Self {
        Self {
            number: event.seq,
            at: rfc3339(event.at),
            kind: event.kind.into(),
            by: event.actor.map(PersonName::from),
            about: event.subject.map(PersonName::from),
            note: event.note,
        }
    }
}

/// Events of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EventList {
    pub(super) items: Vec<EventEntry>,
}
