//! The list of requests: keyset paging, and a constant number of queries whatever the list's length.

use async_trait::async_trait;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};

use super::inbox_filter::narrowed;
use super::reads::DbReads;
use super::tables::{assignment, request};
use super::words::{Row, Word};
use super::{policy, users};
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::{RequestId, UserId};
use crate::portal::inbox::{AskedAbout, InboxReads};
use crate::portal::policy::{Ruling, Tally, Verdict};
use crate::portal::reads::{InboxCounts, InboxQuery, InboxRow, InboxTab};
use crate::portal::request::{AssignmentState, Ending, RequestState};
use crate::portal::user::Person;

/// What the list needs of a request: everything but its text.
#[derive(FromQueryResult)]
struct Head {
    id: String,
    title: String,
    requester_id: String,
    generation: i64,
    policy: String,
    submitted_at: i64,
    due_at: Option<i64>,
    escalated_at: Option<i64>,
    held_at: Option<i64>,
    ending: Option<String>,
}

pub(super) async fn count(db: &impl ConnectionTrait, user: UserId) -> Result<InboxCounts> {
    Ok(InboxCounts {
        waiting: waiting(user).count(db).await?,
        mine: mine(user).count(db).await?,
        all: request::Entity::find().count(db).await?,
    })
}

pub(super) async fn list(db: &impl ConnectionTrait, query: &InboxQuery) -> Result<Vec<InboxRow>> {
    let select = rows_of(db, query);
    let mut select = match query.tab {
        InboxTab::Waiting => select.order_by_asc(due()).order_by_asc(request::Column::Id),
        InboxTab::Mine | InboxTab::All => select.order_by_desc(request::Column::Id),
    };
    if let Some(after) = query.after {
        let id = after.id.to_string();
        select = select.filter(match query.tab {
            InboxTab::Waiting => due().gt(after.due).or(due().eq(after.due).and(Expr::col(request::Column::Id).gt(id))),
            InboxTab::Mine | InboxTab::All => Expr::col(request::Column::Id).lt(id),
        });
    }
    let heads: Vec<Head> = select
        .select_only()
        .columns([
            request::Column::Id,
            request::Column::Title,
            request::Column::RequesterId,
            request::Column::Generation,
            request::Column::Policy,
            request::Column::SubmittedAt,
            request::Column::DueAt,
            request::Column::EscalatedAt,
            request::Column::HeldAt,
            request::Column::Ending,
        ])
        .limit(query.limit)
        .into_model::<Head>()
        .all(db)
        .await?;
    rows(db, heads).await
}

/// The rows of a list on all its pages, in no order.
fn rows_of(db: &impl ConnectionTrait, query: &InboxQuery) -> Select<request::Entity> {
    let select = match query.tab {
        InboxTab::Waiting => waiting(query.user),
        InboxTab::Mine => mine(query.user),
        InboxTab::All => request::Entity::find(),
    };
    narrowed(select, query, db.get_database_backend())
}

fn due() -> SimpleExpr {
    Expr::col(request::Column::DueAt).if_null(i64::MAX)
}

/// Open requests with an unanswered question to `user`: only those of the present round are pending.
fn waiting(user: UserId) -> Select<request::Entity> {
    let asked = Query::select()
        .column(assignment::Column::RequestId)
        .from(assignment::Entity)
        .and_where(assignment::Column::UserId.eq(user.to_string()))
        .and_where(assignment::Column::State.eq(AssignmentState::Pending.word()))
        .to_owned();
    request::Entity::find().filter(request::Column::Id.in_subquery(asked)).filter(request::Column::Ending.is_null())
}

fn mine(user: UserId) -> Select<request::Entity> {
    request::Entity::find().filter(request::Column::RequesterId.eq(user.to_string()))
}

async fn rows(db: &impl ConnectionTrait, heads: Vec<Head>) -> Result<Vec<InboxRow>> {
    let requesters =
        heads.iter().map(|head| head.row().id("requester_id", &head.requester_id)).collect::<Result<Vec<UserId>>>()?;
    let people = users::list(db, &requesters).await?;
    let approvals = approvals(db, &heads).await?;
    heads
        .into_iter()
        .zip(requesters)
        .map(|(head, requester)| {
            let row = head.row();
            let policy = policy::from_json(row, &head.policy)?;
            let asked = u32::try_from(policy.approvers.len()).unwrap_or(u32::MAX);
            let tally = Tally { rule: policy.rule, asked, approved: 0, rejected: 0, escalation: None };
            let own =
                approvals.iter().filter(|(id, generation)| *id == head.id && *generation == head.generation).count();
            let state = head.state()?;
            Ok(InboxRow {
                id: row.id("id", &head.id)?,
                requester: super::person_of(&people, requester, "requests")?,
                state,
                approved: u32::try_from(own).unwrap_or(u32::MAX),
                needed: tally.needed(),
                due_at: head.due_at.map(Time).filter(|_| state.is_open()),
                submitted_at: Time(head.submitted_at),
                title: head.title,
            })
        })
        .collect()
}

/// Which request and round each approval that counts belongs to.
async fn approvals(db: &impl ConnectionTrait, heads: &[Head]) -> Result<Vec<(String, i64)>> {
    let approved = AssignmentState::Answered(Verdict::Approve).word();
    Ok(assignment::Entity::find()
        .select_only()
        .columns([assignment::Column::RequestId, assignment::Column::Generation])
        .filter(assignment::Column::RequestId.is_in(heads.iter().map(|head| head.id.clone())))
        .filter(assignment::Column::State.eq(approved))
        .filter(assignment::Column::Escalation.eq(false))
        .into_tuple()
        .all(db)
        .await?)
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
        .into_tuple()
        .all(db)
        .await?;
    let mut requesters = Vec::with_capacity(questions.len());
    for question in &questions {
        requesters.push(Row { table: "requests", id: &question.id }.id("requester_id", &question.requester_id)?);
    }
    let people = users::list(db, &requesters).await?;
    let mut found = Vec::with_capacity(questions.len());
    for (question, requester) in questions.into_iter().zip(requesters) {
        let own = asked.iter().find(|(id, round, _)| *id == question.id && *round == question.generation);
        let Some((_, _, state)) = own else { continue };
        found.push(question.asked(super::person_of(&people, requester, "requests")?, state)?);
    }
    found.sort_by_key(|about| ids.iter().position(|id| *id == about.id));
    Ok(found)
}

impl Question {
    /// The request, where the question to the reader stands as `state` says.
    fn asked(self, requester: Person, state: &str) -> Result<AskedAbout> {
        let row = Row { table: "requests", id: &self.id };
        let pending = state == AssignmentState::Pending.word();
        Ok(AskedAbout {
            id: row.id("id", &self.id)?,
            revision: row.number("revision", self.revision)?,
            revision_hash: row.id("revision_hash", &self.revision_hash)?,
            due_at: self.due_at.map(Time),
            waits: pending && self.ending.is_none() && self.held_at.is_none(),
            requester,
            title: self.title,
        })
    }
}

#[async_trait]
impl InboxReads for DbReads {
    async fn inbox_has_more_than(&self, query: &InboxQuery, rows: u64) -> Result<bool> {
        let beyond = rows_of(self.pool(), query).select_only().column(request::Column::Id).offset(rows).limit(1);
        Ok(beyond.into_tuple::<String>().one(self.pool()).await?.is_some())
    }

    async fn list_asked_about(&self, user: UserId, ids: &[RequestId]) -> Result<Vec<AskedAbout>> {
        list_asked_about(self.pool(), user, ids).await
    }
}

impl Head {
    fn row(&self) -> Row<'_> {
        Row { table: "requests", id: &self.id }
    }

    fn state(&self) -> Result<RequestState> {
        Ok(match self.row().maybe_word("ending", self.ending.as_deref())? {
            Some(Ending::Ruled(Ruling::Approved)) => RequestState::Approved,
            Some(Ending::Ruled(Ruling::Rejected)) => RequestState::Rejected,
            Some(Ending::Ruled(Ruling::Expired)) => RequestState::Expired,
            Some(Ending::Terminated) => RequestState::Terminated,
            Some(Ending::Withdrawn) => RequestState::Withdrawn,
            None if self.held_at.is_some() => RequestState::OnHold,
            None if self.escalated_at.is_some() => RequestState::Escalated,
            None => RequestState::Waiting,
        })
    }
}
