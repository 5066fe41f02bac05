//! Filters of the inbox that people keep.

use async_trait::async_trait;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::error::one_row;
use super::reads::DbReads;
use super::tables::saved_view;
use super::users;
use super::words::{Row, Word};
use super::work::Unit;
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{SavedViewId, UserId};
use crate::portal::saved_views::{SavedView, SavedViewReads, SavedViewWork};

async fn list(db: &impl ConnectionTrait, user: UserId) -> Result<Vec<SavedView>> {
    let rows = saved_view::Entity::find()
        .filter(saved_view::Column::UserId.eq(user.to_string()))
        .order_by_asc(saved_view::Column::Position)
        .order_by_asc(saved_view::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(SavedView::try_from).collect()
}

#[async_trait]
impl SavedViewReads for DbReads {
    async fn list_saved_views(&self, user: UserId) -> Result<Vec<SavedView>> {
        list(self.pool(), user).await
    }
}

#[async_trait]
impl SavedViewWork for Unit<'_> {
    async fn lock_saved_views(&self, user: UserId) -> Result<Vec<SavedView>> {
        users::lock(self.db(), user).await?;
        list(self.db(), user).await
    }

    async fn insert_saved_view(&self, view: &SavedView) -> Result<()> {
        let model = saved_view::ActiveModel {
            id: Set(view.id.to_string()),
            user_id: Set(view.user.to_string()),
            name: Set(view.name.clone()),
            tab: Set(view.tab.word().to_owned()),
            query: Set(view.query.clone()),
            position: Set(view.position.into()),
            created_at: Set(view.created_at.micros()),
        };
        saved_view::Entity::insert(model).exec_without_returning(self.db()).await?;
        Ok(())
    }

    async fn rename_saved_view(&self, id: SavedViewId, name: &str) -> Result<()> {
        let changed = saved_view::Entity::update_many()
            .col_expr(saved_view::Column::Name, Expr::value(name))
            .filter(saved_view::Column::Id.eq(id.to_string()))
            .exec(self.db())
            .await?;
        one_row(changed.rows_affected, "saved_views", id)
    }

    async fn delete_saved_view(&self, id: SavedViewId) -> Result<()> {
        let deleted = saved_view::Entity::delete_by_id(id.to_string()).exec(self.db()).await?;
        one_row(deleted.rows_affected, "saved_views", id)
    }
}

impl TryFrom<saved_view::Model> for SavedView {
    type Error = PortalError;

    fn try_from(model: saved_view::Model) -> Result<Self> {
        let row = Row { table: "saved_views", id: &model.id };
        Ok(Self {
            id: row.id("id", &model.id)?,
            user: row.id("user_id", &model.user_id)?,
            tab: row.word("tab", &model.tab)?,
            position: row.number("position", model.position)?,
            created_at: Time(model.created_at),
            name: model.name,
            query: model.query,
        })
    }
}
