//! The list of requests: keyset paging, and a constant number of queries whatever the list's length.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};

use super::tables::{assignment, request};
use super::words::{Row, Word};
use super::{policy, users};
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::UserId;
use crate::portal::policy::{Ruling, Tally, Verdict};
use crate::portal::reads::{InboxCounts, InboxQuery, InboxRow, InboxTab};
use crate::portal::request::{AssignmentState, Ending, RequestState};

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
    let mut select = match query.tab {
        InboxTab::Waiting => waiting(query.user).order_by_asc(due()).order_by_asc(request::Column::Id),
        InboxTab::Mine => mine(query.user).order_by_desc(request::Column::Id),
        InboxTab::All => request::Entity::find().order_by_desc(request::Column::Id),
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
            None if self.held_at.is_some() => RequestState::OnHold,
            None if self.escalated_at.is_some() => RequestState::Escalated,
            None => RequestState::Waiting,
        })
    }
}
