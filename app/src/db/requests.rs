//! Requests.

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::error::one_row;
use super::lock::has_many_writers;
use super::policy;
use super::tables::request;
use super::words::{Row, Word};
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::RequestId;
use crate::portal::ladder::Deadline;
use crate::portal::request::{Closed, Request};

pub(super) async fn find(db: &impl ConnectionTrait, id: RequestId) -> Result<Option<Request>> {
    request::Entity::find_by_id(id.to_string()).one(db).await?.map(Request::try_from).transpose()
}

/// The request, locked until the transaction ends; where the database has one writer, holding it is the lock.
pub(super) async fn lock(db: &impl ConnectionTrait, id: RequestId) -> Result<Option<Request>> {
    request::Entity::find_by_id(id.to_string()).lock_exclusive().one(db).await?.map(Request::try_from).transpose()
}

/// Locks the request like [`lock`], for those who have it already.
pub(super) async fn hold(db: &impl ConnectionTrait, id: RequestId) -> Result<()> {
    if has_many_writers(db) {
        let held = request::Entity::find_by_id(id.to_string()).select_only().column(request::Column::Id);
        held.lock_exclusive().into_tuple::<String>().one(db).await?;
    }
    Ok(())
}

pub(super) async fn insert(db: &impl ConnectionTrait, row: &Request) -> Result<()> {
    request::Entity::insert(active(row)?).exec_without_returning(db).await?;
    Ok(())
}

pub(super) async fn update(db: &impl ConnectionTrait, row: &Request) -> Result<()> {
    let changed = request::Entity::update_many()
        .set(active(row)?)
        .filter(request::Column::Id.eq(row.id.to_string()))
        .exec(db)
        .await?;
    one_row(changed.rows_affected, "requests", row.id)
}

fn active(row: &Request) -> Result<request::ActiveModel> {
    let closed = row.closed.as_ref();
    Ok(request::ActiveModel {
        id: Set(row.id.to_string()),
        title: Set(row.title.clone()),
        requester_id: Set(row.requester.to_string()),
        generation: Set(row.generation.into()),
        revision: Set(row.revision.into()),
        revision_hash: Set(row.revision_hash.to_string()),
        submitted_at: Set(row.submitted_at.micros()),
        updated_at: Set(row.updated_at.micros()),
        due_at: Set(row.deadline.due_at.map(Time::micros)),
        reminded_at: Set(row.deadline.reminded_at.map(Time::micros)),
        escalated_at: Set(row.deadline.escalated_at.map(Time::micros)),
        held_at: Set(row.held_at.map(Time::micros)),
        ending: Set(closed.map(|closed| closed.ending.word().to_owned())),
        closed_at: Set(closed.map(|closed| closed.at.micros())),
        closed_by: Set(closed.and_then(|closed| closed.by).map(|by| by.to_string())),
        closed_reason: Set(closed.map(|closed| closed.reason.clone()).unwrap_or_default()),
        policy: Set(policy::to_json(&row.policy)?),
        text: Set(row.text.clone()),
        stage: Set(row.stage.into()),
        changes_requested_at: Set(row.changes_requested_at.map(Time::micros)),
        ladder_base_at: Set(row.deadline.base_at.map(Time::micros)),
        rungs_done: Set(row.deadline.done.into()),
    })
}

impl TryFrom<request::Model> for Request {
    type Error = PortalError;

    fn try_from(model: request::Model) -> Result<Self> {
        let row = Row { table: "requests", id: &model.id };
        let ending = row.maybe_word("ending", model.ending.as_deref())?;
        let closed = match (ending, model.closed_at) {
            (Some(ending), Some(at)) => {
                let by = row.maybe_id("closed_by", model.closed_by.as_deref())?;
                Some(Closed { ending, at: Time(at), by, reason: model.closed_reason })
            }
            (None, None) => None,
            _ => return Err(super::error::unreadable("requests", "ending", &model.id)),
        };
        let (policy, stage) = (policy::from_json(row, &model.policy)?, row.number("stage", model.stage)?);
        if policy.stage(stage).is_none() {
            return Err(super::error::unreadable("requests", "stage", &model.id));
        }
        Ok(Self {
            id: row.id("id", &model.id)?,
            requester: row.id("requester_id", &model.requester_id)?,
            policy,
            stage,
            generation: row.number("generation", model.generation)?,
            revision: row.number("revision", model.revision)?,
            revision_hash: row.id("revision_hash", &model.revision_hash)?,
            title: model.title,
            text: model.text,
            submitted_at: Time(model.submitted_at),
            updated_at: Time(model.updated_at),
            held_at: model.held_at.map(Time),
            changes_requested_at: model.changes_requested_at.map(Time),
            closed,
            deadline: Deadline {
                base_at: model.ladder_base_at.map(Time),
                done: row.number("rungs_done", model.rungs_done)?,
                due_at: model.due_at.map(Time),
                reminded_at: model.reminded_at.map(Time),
                escalated_at: model.escalated_at.map(Time),
            },
        })
    }
}
