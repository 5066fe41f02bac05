//! Groups of people.

use async_trait::async_trait;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::error::{one_row, was_inserted};
use super::reads::DbReads;
use super::tables::{group, group_member, policy, policy_version};
use super::words::Row;
use super::work::Unit;
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::groups::{Group, GroupReads, GroupWork};
use crate::portal::ids::{GroupId, UserId};

#[async_trait]
impl GroupWork for Unit<'_> {
    async fn find_group(&self, id: GroupId) -> Result<Option<Group>> {
        let found = group::Entity::find_by_id(id.to_string()).lock_shared().all(self.db()).await?;
        Ok(with_members(self.db(), found).await?.pop())
    }

    async fn lock_group(&self, id: GroupId) -> Result<Option<Group>> {
        let found = group::Entity::find_by_id(id.to_string()).lock_exclusive().all(self.db()).await?;
        Ok(with_members(self.db(), found).await?.pop())
    }

    async fn find_group_by_name(&self, name: &str) -> Result<Option<Group>> {
        let found = group::Entity::find().filter(group::Column::NameKey.eq(key(name))).all(self.db()).await?;
        Ok(with_members(self.db(), found).await?.pop())
    }

    async fn insert_group(&self, row: &Group) -> Result<()> {
        let model = group::ActiveModel {
            id: Set(row.id.to_string()),
            name: Set(row.name.clone()),
            name_key: Set(key(&row.name)),
            created_at: Set(row.created_at.micros()),
        };
        let taken = OnConflict::column(group::Column::NameKey).do_nothing().to_owned();
        let insert = group::Entity::insert(model).on_conflict(taken);
        match was_inserted(insert.exec_without_returning(self.db()).await)? {
            true => insert_members(self.db(), row).await,
            false => Err(PortalError::conflict("There is a group of this name already.")),
        }
    }

    async fn update_group(&self, row: &Group) -> Result<()> {
        let names = group::ActiveModel {
            name: Set(row.name.clone()),
            name_key: Set(key(&row.name)),
            ..<group::ActiveModel as Default>::default()
        };
        let of = group::Entity::update_many().set(names).filter(group::Column::Id.eq(row.id.to_string()));
        one_row(of.exec(self.db()).await?.rows_affected, "groups", row.id)?;
        delete_members(self.db(), row.id).await?;
        insert_members(self.db(), row).await
    }

    async fn delete_group(&self, id: GroupId) -> Result<()> {
        delete_members(self.db(), id).await?;
        let deleted = group::Entity::delete_by_id(id.to_string()).exec(self.db()).await?;
        one_row(deleted.rows_affected, "groups", id)
    }

    async fn policies_using(&self, id: GroupId) -> Result<Vec<String>> {
        policies_using(self.db(), id).await
    }
}

#[async_trait]
impl GroupReads for DbReads {
    async fn list_groups(&self) -> Result<Vec<Group>> {
        let rows = group::Entity::find().order_by_asc(group::Column::NameKey).all(self.pool()).await?;
        with_members(self.pool(), rows).await
    }

    async fn find_group(&self, id: GroupId) -> Result<Option<Group>> {
        let found = group::Entity::find_by_id(id.to_string()).all(self.pool()).await?;
        Ok(with_members(self.pool(), found).await?.pop())
    }

    async fn policies_using(&self, id: GroupId) -> Result<Vec<String>> {
        policies_using(self.pool(), id).await
    }
}

/// The name as it is compared.
fn key(name: &str) -> String {
    name.to_lowercase()
}

async fn with_members(db: &impl ConnectionTrait, rows: Vec<group::Model>) -> Result<Vec<Group>> {
    let ids: Vec<_> = rows.iter().map(|row| row.id.clone()).collect();
    let members = match ids.is_empty() {
        true => Vec::new(),
        false => group_member::Entity::find().filter(group_member::Column::GroupId.is_in(ids)).all(db).await?,
    };
    rows.into_iter().map(|model| group_of(model, &members)).collect()
}

fn group_of(model: group::Model, members: &[group_member::Model]) -> Result<Group> {
    let row = Row { table: "groups", id: &model.id };
    let own = members.iter().filter(|member| member.group_id == model.id);
    Ok(Group {
        id: row.id("id", &model.id)?,
        members: own.map(|member| row.id::<UserId>("members", &member.user_id)).collect::<Result<_>>()?,
        created_at: Time(model.created_at),
        name: model.name,
    })
}

async fn insert_members(db: &impl ConnectionTrait, row: &Group) -> Result<()> {
    if row.members.is_empty() {
        return Ok(());
    }
    let group = row.id.to_string();
    let members = row
        .members
        .iter()
        .map(|member| group_member::ActiveModel { group_id: Set(group.clone()), user_id: Set(member.to_string()) });
    group_member::Entity::insert_many(members).exec_without_returning(db).await?;
    Ok(())
}

async fn delete_members(db: &impl ConnectionTrait, id: GroupId) -> Result<()> {
    group_member::Entity::delete_many().filter(group_member::Column::GroupId.eq(id.to_string())).exec(db).await?;
    Ok(())
}

/// A draft names groups by their ids, which occur nowhere else.
async fn policies_using(db: &impl ConnectionTrait, id: GroupId) -> Result<Vec<String>> {
    let versions: Vec<(String, i64)> = policy_version::Entity::find()
        .select_only()
        .column(policy_version::Column::PolicyId)
        .column(policy_version::Column::Version)
        .filter(policy_version::Column::Draft.contains(id.to_string()))
        .into_tuple()
        .all(db)
        .await?;
    let ids = versions.iter().map(|(policy, _)| policy.clone());
    let policies = policy::Entity::find()
        .filter(policy::Column::Id.is_in(ids))
        .filter(policy::Column::ArchivedAt.is_null())
        .order_by_asc(policy::Column::NameKey)
        .all(db)
        .await?;
    let uses =
        |policy: &policy::Model| versions.iter().any(|(id, version)| *id == policy.id && *version == policy.version);
    Ok(policies.into_iter().filter(uses).map(|policy| policy.name).collect())
}
