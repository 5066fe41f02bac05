//! Signed links, as rows.

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

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

/// Revokes the live links of a scope; gives which.
pub(super) async fn revoke(db: &impl ConnectionTrait, scope: LinkScope, why: Invalid) -> Result<Vec<LinkId>> {
    let which = match scope {
        LinkScope::Assignment(id) => link::Column::AssignmentId.eq(id.to_string()),
        LinkScope::User(id) => link::Column::UserId.eq(id.to_string()),
        LinkScope::SetUp => link::Column::Purpose.eq(Purpose::SetUp.word()),
        LinkScope::Request(id) => {
            let asked = Query::select()
                .column(assignment::Column::Id)
                .from(assignment::Entity)
                .and_where(assignment::Column::RequestId.eq(id.to_string()))
                .to_owned();
            link::Column::AssignmentId.in_subquery(asked)
        }
    };
    revoke_those(db, which, why).await
}

/// Revokes the live links of a run's mails; gives which.
pub(super) async fn supersede_of_run(db: &impl ConnectionTrait, run: &str) -> Result<Vec<LinkId>> {
    let mailed = Query::select()
        .column(mail::Column::LinkId)
        .from(mail::Entity)
        .and_where(mail::Column::RunId.eq(run))
        .and_where(mail::Column::LinkId.is_not_null())
        .to_owned();
    revoke_those(db, link::Column::Id.in_subquery(mailed), Invalid::Superseded).await
}

/// Locks what it revokes, so that each link that it gives was live until then.
async fn revoke_those(db: &impl ConnectionTrait, which: Expr, why: Invalid) -> Result<Vec<LinkId>> {
    let live = link::Entity::find().filter(link::Column::State.eq(LinkState::Live.word())).filter(which);
    let live = live.order_by_asc(link::Column::Id).lock_exclusive().all(db).await?;
    if live.is_empty() {
        return Ok(Vec::new());
    }
    let ids = live.iter().map(|model| model.id.as_str());
    close(LinkState::Revoked(why)).filter(link::Column::Id.is_in(ids)).exec(db).await?;
    live.iter().map(|model| Row { table: "links", id: &model.id }.id("id", &model.id)).collect()
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
