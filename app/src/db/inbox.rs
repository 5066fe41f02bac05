//! The list of requests: keyset paging, and a constant number of queries whatever the list's length.

use async_trait::async_trait;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};

use super::inbox_tabs::{self, VOID};
use super::reads::DbReads;
use super::tables::{assignment, request};
use super::words::{Row, Word};
use super::{policy, users};
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::{RequestId, UserId};
use crate::portal::inbox::{AskedAbout, InboxReads};
use crate::portal::policy::{Policy, Tally, Verdict};
use crate::portal::reads::{InboxCounts, InboxQuery, InboxRow};
use crate::portal::request::{AssignmentState, Marks, RequestState};
use crate::portal::user::{Person, User};

/// What the list needs of a request: everything but its text.
#[derive(FromQueryResult)]
struct Head {
    id: String,
    title: String,
    requester_id: String,
    generation: i64,
    stage: i64,
    policy: String,
    submitted_at: i64,
    due_at: Option<i64>,
    escalated_at: Option<i64>,
    changes_requested_at: Option<i64>,
    held_at: Option<i64>,
    ending: Option<String>,
}

pub(super) async fn count(db: &impl ConnectionTrait, user: UserId) -> Result<InboxCounts> {
    inbox_tabs::count(db, user).await
}

pub(super) async fn list(db: &impl ConnectionTrait, query: &InboxQuery) -> Result<Vec<InboxRow>> {
    let ids = inbox_tabs::ids(db, query, 0).await?;
    let mut heads: Vec<Head> = request::Entity::find()
        .select_only()
        .columns([
            request::Column::Id,
            request::Column::Title,
            request::Column::RequesterId,
            request::Column::Generation,
            request::Column::Stage,
            request::Column::Policy,
            request::Column::SubmittedAt,
            request::Column::DueAt,
            request::Column::EscalatedAt,
            request::Column::ChangesRequestedAt,
            request::Column::HeldAt,
            request::Column::Ending,
        ])
        .filter(request::Column::Id.is_in(ids.iter().map(String::as_str)))
        .into_model::<Head>()
        .all(db)
        .await?;
    heads.sort_by_key(|head| ids.iter().position(|id| *id == head.id));
    rows(db, heads).await
}

async fn rows(db: &impl ConnectionTrait, heads: Vec<Head>) -> Result<Vec<InboxRow>> {
    let requesters =
        heads.iter().map(|head| head.row().id("requester_id", &head.requester_id)).collect::<Result<Vec<UserId>>>()?;
    let people = users::list(db, &requesters).await?;
    let questions = stage_questions(db, &heads).await?;
    heads.into_iter().zip(requesters).map(|(head, requester)| head.list_row(requester, &people, &questions)).collect()
}

/// A question that counts: of which request, round and stage, and whether it was answered with yes.
#[derive(FromQueryResult)]
struct StageQuestion {
    request_id: String,
    generation: i64,
    stage: i64,
    state: String,
}

/// The questions of these requests that have their place in a stage, but those put by escalation.
async fn stage_questions(db: &impl ConnectionTrait, heads: &[Head]) -> Result<Vec<StageQuestion>> {
    Ok(assignment::Entity::find()
        .select_only()
        .columns([
            assignment::Column::RequestId,
            assignment::Column::Generation,
            assignment::Column::Stage,
            assignment::Column::State,
        ])
        .filter(assignment::Column::RequestId.is_in(heads.iter().map(|head| head.id.as_str())))
        .filter(assignment::Column::State.is_not_in(VOID.map(Word::word)))
        .filter(assignment::Column::Escalation.eq(false))
        .into_model::<StageQuestion>()
        .all(db)
        .await?)
}

impl Head {
    fn row(&self) -> Row<'_> {
        Row { table: "requests", id: &self.id }
    }

    fn list_row(self, requester: UserId, people: &[User], questions: &[StageQuestion]) -> Result<InboxRow> {
        let row = self.row();
        let policy = policy::from_json(row, &self.policy)?;
        let stage = row.number("stage", self.stage)?;
        let tally = self.tally(&policy, stage, questions)?;
        let state = self.state()?;
        Ok(InboxRow {
            id: row.id("id", &self.id)?,
            requester: super::person_of(people, requester, "requests")?,
            state,
            stage,
            stages: policy.stage_count(),
            approved: tally.approved,
            needed: tally.needed(),
            due_at: self.due_at.map(Time).filter(|_| state.is_open()),
            submitted_at: Time(self.submitted_at),
            title: self.title,
        })
    }

    /// How the open stage stands; the last one that was open, once closed.
    fn tally(&self, policy: &Policy, stage: u32, questions: &[StageQuestion]) -> Result<Tally> {
        let of_stage = || {
            questions.iter().filter(|question| {
                (question.generation, question.stage) == (self.generation, self.stage) && question.request_id == self.id
            })
        };
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let approval = AssignmentState::Answered(Verdict::Approve).word();
        let stage = policy.stage(stage).ok_or_else(|| super::error::unreadable("requests", "stage", &self.id))?;
        Ok(Tally {
            rule: stage.rule,
            asked: number(of_stage().count()),
            approved: number(of_stage().filter(|question| question.state == approval).count()),
            rejected: 0,
            escalation: None,
        })
    }

    fn state(&self) -> Result<RequestState> {
        Ok(RequestState::from(Marks {
            ending: self.row().maybe_word("ending", self.ending.as_deref())?,
            held_at: self.held_at.map(Time),
            changes_requested_at: self.changes_requested_at.map(Time),
            escalated_at: self.escalated_at.map(Time),
        }))
    }
}

/// What is needed of a request to answer it without its page.
#[derive(FromQueryResult)]
struct Question {
    id: String,
    title: String,
    requester_id: String,
    generation: i64,
    revision: i64,
    revision_hash: String,
    due_at: Option<i64>,
    changes_requested_at: Option<i64>,
    held_at: Option<i64>,
    ending: Option<String>,
}

async fn questions(db: &impl ConnectionTrait, ids: &[RequestId]) -> Result<Vec<Question>> {
    Ok(request::Entity::find()
        .select_only()
        .columns([
            request::Column::Id,
            request::Column::Title,
            request::Column::RequesterId,
            request::Column::Generation,
            request::Column::Revision,
            request::Column::RevisionHash,
            request::Column::DueAt,
            request::Column::ChangesRequestedAt,
            request::Column::HeldAt,
            request::Column::Ending,
        ])
        .filter(request::Column::Id.is_in(ids.iter().map(ToString::to_string)))
        .into_model::<Question>()
        .all(db)
        .await?)
}

async fn list_asked_about(db: &impl ConnectionTrait, user: UserId, ids: &[RequestId]) -> Result<Vec<AskedAbout>> {
    let questions = questions(db, ids).await?;
    let asked: Vec<(String, i64, String)> = assignment::Entity::find()
        .select_only()
        .columns([assignment::Column::RequestId, assignment::Column::Generation, assignment::Column::State])
        .filter(assignment::Column::UserId.eq(user.to_string()))
        .filter(assignment::Column::RequestId.is_in(ids.iter().map(ToString::to_string)))
        .filter(assignment::Column::State.is_not_in(VOID.map(Word::word)))
        .into_tuple()
        .all(db)
        .await?;
    let mut requesters = Vec::with_capacity(questions.len());
    for question in &questions {
        requesters.push(Row { table: "requests", id: &question.id }.id("requester_id", &question.requester_id)?);
    }
    let people = users::list(db, &requesters).await?;
    let pending = AssignmentState::Pending.word();
    let mut found = Vec::with_capacity(questions.len());
    for (question, requester) in questions.into_iter().zip(requesters) {
        // Whoever is asked in several stages is asked at most once at a time.
        let mut own = asked.iter().filter(|(id, round, _)| *id == question.id && *round == question.generation);
        let Some((_, _, first)) = own.next() else { continue };
        let is_pending = first == pending || own.any(|(_, _, state)| state == pending);
        found.push(question.asked(super::person_of(&people, requester, "requests")?, is_pending)?);
    }
    found.sort_by_key(|about| ids.iter().position(|id| *id == about.id));
    Ok(found)
}

impl Question {
    /// The request, where the question to the reader is pending or not.
    fn asked(self, requester: Person, is_pending: bool) -> Result<AskedAbout> {
        let row = Row { table: "requests", id: &self.id };
        let is_running = self.ending.is_none() && self.held_at.is_none() && self.changes_requested_at.is_none();
        Ok(AskedAbout {
            id: row.id("id", &self.id)?,
            revision: row.number("revision", self.revision)?,
            revision_hash: row.id("revision_hash", &self.revision_hash)?,
            due_at: self.due_at.map(Time),
            waits: is_pending && is_running,
            requester,
            title: self.title,
        })
    }
}

#[async_trait]
impl InboxReads for DbReads {
    async fn count_waiting(&self, user: UserId) -> Result<u64> {
        inbox_tabs::count_waiting(self.pool(), user).await
    }

    async fn inbox_has_more_than(&self, query: &InboxQuery, rows: u64) -> Result<bool> {
        let one = InboxQuery { limit: 1, ..query.clone() };
        Ok(!inbox_tabs::ids(self.pool(), &one, rows).await?.is_empty())
    }

    async fn list_asked_about(&self, user: UserId, ids: &[RequestId]) -> Result<Vec<AskedAbout>> {
        list_asked_about(self.pool(), user, ids).await
    }
}
