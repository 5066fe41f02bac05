//! Signed links, as rows.

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::tables::{assignment, link, mail};
use super::words::{Row, Word};
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{AssignmentId, LinkId};
use crate::portal::link::{Binding, Invalid, KeyId, Link, LinkState, Purpose};
use crate::portal::work::LinkScope;

pub(super) async fn find(db: &impl ConnectionTrait, id: LinkId) -> Result<Option<Link>> {
    link::Entity::find_by_id(id.to_string()).one(db).await?.map(Link::try_from).transpose()
}

pub(super) async fn newest_of(db: &impl ConnectionTrait, assignment: AssignmentId) -> Result<Option<Link>> {
    let newest = link::Entity::find()
        .filter(link::Column::AssignmentId.eq(assignment.to_string()))
        .order_by_desc(link::Column::CreatedAt)
        .one(db)
        .await?;
    newest.map(Link::try_from).transpose()
}

pub(super) async fn count_since(db: &impl ConnectionTrait, assignment: AssignmentId, since: Time) -> Result<u64> {
    let of = link::Entity::find().filter(link::Column::AssignmentId.eq(assignment.to_string()));
    Ok(of.filter(link::Column::CreatedAt.gte(since.micros())).count(db).await?)
}

pub(super) async fn insert(db: &impl ConnectionTrait, row: &Link) -> Result<()> {
    let model = link::ActiveModel {
        id: Set(row.id.to_string()),
        purpose: Set(row.purpose.word().to_owned()),
        user_id: Set(row.user.map(|id| id.to_string())),
        assignment_id: Set(row.assignment.map(|id| id.to_string())),
        key_id: Set(row.key.0.into()),
        binding: Set(hex::encode(row.binding.0)),
        created_at: Set(row.created_at.micros()),
        expires_at: Set(row.expires_at.micros()),
        state: Set(row.state.word().to_owned()),
    };
    link::Entity::insert(model).exec_without_returning(db).await?;
    Ok(())
}

/// `false` when the link is not live.
pub(super) async fn spend(db: &impl ConnectionTrait, id: LinkId) -> Result<bool> {
    let changed = close(LinkState::Used).filter(link::Column::Id.eq(id.to_string())).exec(db).await?;
    Ok(changed.rows_affected == 1)
}

pub(super) async fn spend_of(db: &impl ConnectionTrait, assignment: AssignmentId) -> Result<()> {
    close(LinkState::Used).filter(link::Column::AssignmentId.eq(assignment.to_string())).exec(db).await?;
    Ok(())
}

pub(super) async fn revoke(db: &impl ConnectionTrait, scope: LinkScope, why: Invalid) -> Result<()> {
    let closing = close(LinkState::Revoked(why));
    let closing = match scope {
        LinkScope::Assignment(id) => closing.filter(link::Column::AssignmentId.eq(id.to_string())),
        LinkScope::User(id) => closing.filter(link::Column::UserId.eq(id.to_string())),
        LinkScope::SetUp => closing.filter(link::Column::Purpose.eq(Purpose::SetUp.word())),
        LinkScope::Request(id) => {
            let asked = Query::select()
                .column(assignment::Column::Id)
                .from(assignment::Entity)
                .and_where(assignment::Column::RequestId.eq(id.to_string()))
                .to_owned();
            closing.filter(link::Column::AssignmentId.in_subquery(asked))
        }
    };
    closing.exec(db).await?;
    Ok(())
}

/// Revokes the live links of a run's mails.
pub(super) async fn supersede_of_run(db: &impl ConnectionTrait, run: &str) -> Result<()> {
    let mailed = Query::select()
        .column(mail::Column::LinkId)
        .from(mail::Entity)
        .and_where(mail::Column::RunId.eq(run))
        .and_where(mail::Column::LinkId.is_not_null())
        .to_owned();
    let closing = close(LinkState::Revoked(Invalid::Superseded));
    closing.filter(link::Column::Id.in_subquery(mailed)).exec(db).await?;
    Ok(())
}

/// Closes live links; the caller says which.
fn close(state: LinkState) -> sea_orm::UpdateMany<link::Entity> {
    link::Entity::update_many()
        .col_expr(link::Column::State, Expr::value(state.word()))
        .filter(link::Column::State.eq(LinkState::Live.word()))
}

impl TryFrom<link::Model> for Link {
    type Error = PortalError;

    fn try_from(model: link::Model) -> Result<Self> {
        let row = Row { table: "links", id: &model.id };
        let mut binding = [0; 16];
        hex::decode_to_slice(&model.binding, &mut binding)
            .map_err(|_| super::error::unreadable("links", "binding", &model.id))?;
        Ok(Self {
            id: row.id("id", &model.id)?,
            purpose: row.word("purpose", &model.purpose)?,
            user: row.maybe_id("user_id", model.user_id.as_deref())?,
            assignment: row.maybe_id("assignment_id", model.assignment_id.as_deref())?,
            key: KeyId(row.number("key_id", model.key_id)?),
            binding: Binding(binding),
            created_at: Time(model.created_at),
            expires_at: Time(model.expires_at),
            state: row.word("state", &model.state)?,
        })
    }
}
