//! Questions and the decisions on them.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::tables::{assignment, decision, link};
use super::words::{Row, Word};
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{AssignmentId, RequestId};
use crate::portal::request::{Assignment, AssignmentState, Decision, StandIn};

pub(super) async fn list(db: &impl ConnectionTrait, request: RequestId, generation: u32) -> Result<Vec<Assignment>> {
    let rows = assignment::Entity::find()
        .filter(assignment::Column::RequestId.eq(request.to_string()))
        .filter(assignment::Column::Generation.eq(i64::from(generation)))
        .order_by_asc(assignment::Column::Stage)
        .order_by_asc(assignment::Column::Position)
        .order_by_asc(assignment::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(Assignment::try_from).collect()
}

pub(super) async fn find(db: &impl ConnectionTrait, id: AssignmentId) -> Result<Option<Assignment>> {
    assignment::Entity::find_by_id(id.to_string()).one(db).await?.map(Assignment::try_from).transpose()
}

/// The open questions of a round that have no link.
pub(super) async fn list_unmailed(
    db: &impl ConnectionTrait,
    request: RequestId,
    generation: u32,
) -> Result<Vec<Assignment>> {
    let linked = Query::select()
        .column(link::Column::AssignmentId)
        .from(link::Entity)
        .and_where(link::Column::AssignmentId.is_not_null())
        .and_where(
            Expr::col((link::Entity, link::Column::AssignmentId)).equals((assignment::Entity, assignment::Column::Id)),
        )
        .to_owned();
    let rows = assignment::Entity::find()
        .filter(assignment::Column::RequestId.eq(request.to_string()))
        .filter(assignment::Column::Generation.eq(i64::from(generation)))
        .filter(assignment::Column::State.eq(AssignmentState::Pending.word()))
        .filter(Expr::exists(linked).not())
        .order_by_asc(assignment::Column::Position)
        .order_by_asc(assignment::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(Assignment::try_from).collect()
}

/// `false` when the natural key is taken.
pub(super) async fn insert(db: &impl ConnectionTrait, row: &Assignment) -> Result<bool> {
    use assignment::Column::{Attempt, Generation, RequestId, Stage, UserId};
    let inserted = assignment::Entity::insert(assignment::ActiveModel::from(row))
        .on_conflict(OnConflict::columns([RequestId, Generation, Stage, UserId, Attempt]).do_nothing().to_owned())
        .exec_without_returning(db)
        .await;
    super::error::was_inserted(inserted)
}

/// The update that picks the one winner: `false` when the question is not in the state `from` any more.
pub(super) async fn settle(
    db: &impl ConnectionTrait,
    id: AssignmentId,
    from: AssignmentState,
    to: AssignmentState,
    at: Time,
) -> Result<bool> {
    let changed = assignment::Entity::update_many()
        .col_expr(assignment::Column::State, Expr::value(to.word()))
        .col_expr(assignment::Column::SettledAt, Expr::value(at.micros()))
        .filter(assignment::Column::Id.eq(id.to_string()))
        .filter(assignment::Column::State.eq(from.word()))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

pub(super) async fn settle_pending(
    db: &impl ConnectionTrait,
    request: RequestId,
    generation: u32,
    state: AssignmentState,
    at: Time,
) -> Result<()> {
    assignment::Entity::update_many()
        .col_expr(assignment::Column::State, Expr::value(state.word()))
        .col_expr(assignment::Column::SettledAt, Expr::value(at.micros()))
        .filter(assignment::Column::RequestId.eq(request.to_string()))
        .filter(assignment::Column::Generation.eq(i64::from(generation)))
        .filter(assignment::Column::State.eq(AssignmentState::Pending.word()))
        .exec(db)
        .await?;
    Ok(())
}

pub(super) async fn count_reminder(db: &impl ConnectionTrait, request: RequestId, generation: u32) -> Result<()> {
    assignment::Entity::update_many()
        .col_expr(assignment::Column::Reminders, Expr::col(assignment::Column::Reminders).add(1))
        .filter(assignment::Column::RequestId.eq(request.to_string()))
        .filter(assignment::Column::Generation.eq(i64::from(generation)))
        .filter(assignment::Column::State.eq(AssignmentState::Pending.word()))
        .exec(db)
        .await?;
    Ok(())
}

/// The newest decision on a question.
pub(super) async fn find_decision(db: &impl ConnectionTrait, of: AssignmentId) -> Result<Option<Decision>> {
    let of = decision::Entity::find().filter(decision::Column::AssignmentId.eq(of.to_string()));
    let found = of.order_by_desc(decision::Column::Number).one(db).await?;
    found.map(Decision::try_from).transpose()
}

/// The decisions of one round; of several on one question the newest comes last.
pub(super) async fn list_decisions(
    db: &impl ConnectionTrait,
    request: RequestId,
    generation: u32,
) -> Result<Vec<Decision>> {
    let rows = decision::Entity::find()
        .filter(decision::Column::RequestId.eq(request.to_string()))
        .filter(decision::Column::Generation.eq(i64::from(generation)))
        .order_by_asc(decision::Column::Number)
        .order_by_asc(decision::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(Decision::try_from).collect()
}

pub(super) async fn insert_decision(db: &impl ConnectionTrait, row: &Decision) -> Result<()> {
    let model = decision::ActiveModel {
        id: Set(row.id.to_string()),
        request_id: Set(row.request.to_string()),
        generation: Set(row.generation.into()),
        stage: Set(row.stage.into()),
        number: Set(row.number.into()),
        revision: Set(row.revision.into()),
        assignment_id: Set(row.assignment.map(|id| id.to_string())),
        user_id: Set(row.by.map(|id| id.to_string())),
        ruling: Set(row.said.word().to_owned()),
        reason: Set(row.reason.clone()),
        strength: Set(row.strength.word().to_owned()),
        revision_hash: Set(row.revision_hash.to_string()),
        decided_at: Set(row.at.micros()),
    };
    // Without a target: the question's key or the rule's, whichever is taken.
    let inserted = decision::Entity::insert(model)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(db)
        .await;
    if super::error::was_inserted(inserted)? { Ok(()) } else { Err(PortalError::conflict("This was decided already.")) }
}

impl From<&Assignment> for assignment::ActiveModel {
    fn from(row: &Assignment) -> Self {
        Self {
            id: Set(row.id.to_string()),
            request_id: Set(row.request.to_string()),
            generation: Set(row.generation.into()),
            stage: Set(row.stage.into()),
            user_id: Set(row.user.to_string()),
            position: Set(row.position.into()),
            escalation: Set(row.escalation),
            state: Set(row.state.word().to_owned()),
            reminders: Set(row.reminders.into()),
            created_at: Set(row.created_at.micros()),
            settled_at: Set(row.settled_at.map(Time::micros)),
            attempt: Set(row.attempt.into()),
            revision: Set(row.revision.into()),
            stands_in_for: Set(row.stands_in.map(|stands_in| stands_in.for_user.to_string())),
            stands_in_why: Set(row.stands_in.map(|stands_in| stands_in.why.word().to_owned())),
            added_by: Set(row.added_by.map(|by| by.to_string())),
        }
    }
}

impl TryFrom<assignment::Model> for Assignment {
    type Error = PortalError;

    fn try_from(model: assignment::Model) -> Result<Self> {
        let row = Row { table: "assignments", id: &model.id };
        let stands_in = match (model.stands_in_for.as_deref(), model.stands_in_why.as_deref()) {
            (Some(user), Some(why)) => {
                Some(StandIn { for_user: row.id("stands_in_for", user)?, why: row.word("stands_in_why", why)? })
            }
            (None, None) => None,
            _ => return Err(super::error::unreadable("assignments", "stands_in_for", &model.id)),
        };
        Ok(Self {
            id: row.id("id", &model.id)?,
            request: row.id("request_id", &model.request_id)?,
            generation: row.number("generation", model.generation)?,
            stage: row.number("stage", model.stage)?,
            user: row.id("user_id", &model.user_id)?,
            position: row.number("position", model.position)?,
            escalation: model.escalation,
            attempt: row.number("attempt", model.attempt)?,
            revision: row.number("revision", model.revision)?,
            stands_in,
            added_by: row.maybe_id("added_by", model.added_by.as_deref())?,
            state: row.word("state", &model.state)?,
            reminders: row.number("reminders", model.reminders)?,
            created_at: Time(model.created_at),
            settled_at: model.settled_at.map(Time),
        })
    }
}

impl TryFrom<decision::Model> for Decision {
    type Error = PortalError;

    fn try_from(model: decision::Model) -> Result<Self> {
        let row = Row { table: "decisions", id: &model.id };
        Ok(Self {
            id: row.id("id", &model.id)?,
            request: row.id("request_id", &model.request_id)?,
            generation: row.number("generation", model.generation)?,
            stage: row.number("stage", model.stage)?,
            assignment: row.maybe_id("assignment_id", model.assignment_id.as_deref())?,
            by: row.maybe_id("user_id", model.user_id.as_deref())?,
            said: row.word("ruling", &model.ruling)?,
            number: row.number("number", model.number)?,
            revision: row.number("revision", model.revision)?,
            strength: row.word("strength", &model.strength)?,
            revision_hash: row.id("revision_hash", &model.revision_hash)?,
            reason: model.reason,
            at: Time(model.decided_at),
        })
    }
}
