//! Stored policies and their versions. (A request's own copy is in `policy`.)

use async_trait::async_trait;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::error::{one_row, unreadable, was_inserted};
use super::reads::DbReads;
use super::tables::{policy, policy_version};
use super::users;
use super::words::Row;
use super::work::Unit;
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{PolicyId, UserId};
use crate::portal::policies::{
    Named, PolicyDraft, PolicyLine, PolicyReads, PolicyVersion, PolicyWork, StoredPolicy, as_text, of_kept_text,
};
use crate::portal::user::Person;

#[async_trait]
impl PolicyWork for Unit<'_> {
    async fn find_policy(&self, id: PolicyId) -> Result<Option<StoredPolicy>> {
        let found = policy::Entity::find_by_id(id.to_string()).one(self.db()).await?;
        with_version(self.db(), found).await
    }

    async fn lock_policy(&self, id: PolicyId) -> Result<Option<StoredPolicy>> {
        let found = policy::Entity::find_by_id(id.to_string()).lock_exclusive().one(self.db()).await?;
        with_version(self.db(), found).await
    }

    async fn find_policy_by_name(&self, name: &str) -> Result<Option<PolicyId>> {
        let found = policy::Entity::find().filter(policy::Column::NameKey.eq(key(name))).one(self.db()).await?;
        found.map(|model| Row { table: "policies", id: &model.id }.id("id", &model.id)).transpose()
    }

    async fn count_policies(&self) -> Result<u64> {
        Ok(policy::Entity::find().count(self.db()).await?)
    }

    async fn insert_policy(&self, row: &StoredPolicy, by: Option<UserId>) -> Result<()> {
        let taken = OnConflict::column(policy::Column::NameKey).do_nothing().to_owned();
        let insert = policy::Entity::insert(policy_row(row)).on_conflict(taken);
        match was_inserted(insert.exec_without_returning(self.db()).await)? {
            true => insert_version(self.db(), row, by).await,
            false => Err(PortalError::conflict("There is a policy of this name already.")),
        }
    }

    async fn insert_policy_version(&self, row: &StoredPolicy, by: Option<UserId>) -> Result<()> {
        let changed = policy::Entity::update_many()
            .set(policy_row(row))
            .filter(policy::Column::Id.eq(row.id.to_string()))
            .exec(self.db())
            .await?;
        one_row(changed.rows_affected, "policies", row.id)?;
        insert_version(self.db(), row, by).await
    }

    async fn archive_policy(&self, id: PolicyId, at: Option<Time>) -> Result<()> {
        let archived = policy::ActiveModel {
            archived_at: Set(at.map(Time::micros)),
            ..<policy::ActiveModel as Default>::default()
        };
        let of = policy::Entity::update_many().set(archived).filter(policy::Column::Id.eq(id.to_string()));
        one_row(of.exec(self.db()).await?.rows_affected, "policies", id)
    }
}

#[async_trait]
impl PolicyReads for DbReads {
    async fn list_policies(&self) -> Result<Vec<PolicyLine>> {
        let db = self.pool();
        let policies = policy::Entity::find().order_by_asc(policy::Column::NameKey).all(db).await?;
        let versions = newest_versions(db).await?;
        let people = users::list(db, &savers(&versions)?).await?;
        policies
            .into_iter()
            .map(|model| {
                let version = versions.iter().find(|version| version.policy_id == model.id);
                let version = version.ok_or_else(|| unreadable("policies", "version", &model.id))?;
                let by = saver(version)?.map(|by| super::person_of(&people, by, "policy_versions")).transpose()?;
                Ok(PolicyLine { policy: stored(&model, version)?, by })
            })
            .collect()
    }

    async fn find_policy(&self, id: PolicyId) -> Result<Option<StoredPolicy>> {
        let found = policy::Entity::find_by_id(id.to_string()).one(self.pool()).await?;
        with_version(self.pool(), found).await
    }

    async fn find_policy_version(&self, id: PolicyId, version: u32) -> Result<Option<PolicyDraft>> {
        let found = policy_version::Entity::find_by_id((id.to_string(), i64::from(version))).one(self.pool()).await?;
        found.map(|version| draft(&version)).transpose()
    }

    async fn list_policy_versions(&self, id: PolicyId) -> Result<Vec<PolicyVersion>> {
        let db = self.pool();
        let versions = policy_version::Entity::find()
            .filter(policy_version::Column::PolicyId.eq(id.to_string()))
            .order_by_desc(policy_version::Column::Version)
            .all(db)
            .await?;
        let people = users::list(db, &savers(&versions)?).await?;
        versions
            .iter()
            .map(|version| {
                let by: Option<Person> =
                    saver(version)?.map(|by| super::person_of(&people, by, "policy_versions")).transpose()?;
                Ok(PolicyVersion {
                    version: row(version).number("version", version.version)?,
                    at: Time(version.saved_at),
                    by,
                })
            })
            .collect()
    }
}

/// The name as it is compared.
fn key(name: &str) -> String {
    name.to_lowercase()
}

fn policy_row(row: &StoredPolicy) -> policy::ActiveModel {
    policy::ActiveModel {
        id: Set(row.id.to_string()),
        name: Set(row.draft.name.clone()),
        name_key: Set(key(&row.draft.name)),
        version: Set(i64::from(row.version)),
        created_at: Set(row.created_at.micros()),
        archived_at: Set(row.archived_at.map(Time::micros)),
    }
}

async fn insert_version(db: &impl ConnectionTrait, row: &StoredPolicy, by: Option<UserId>) -> Result<()> {
    let version = policy_version::ActiveModel {
        policy_id: Set(row.id.to_string()),
        version: Set(i64::from(row.version)),
        draft: Set(as_text(&row.draft, Named::Ids)?),
        saved_by: Set(by.map(|by| by.to_string())),
        saved_at: Set(row.changed_at.micros()),
    };
    policy_version::Entity::insert(version).exec_without_returning(db).await?;
    Ok(())
}

async fn with_version(db: &impl ConnectionTrait, found: Option<policy::Model>) -> Result<Option<StoredPolicy>> {
    let Some(model) = found else { return Ok(None) };
    let version = policy_version::Entity::find_by_id((model.id.clone(), model.version)).one(db).await?;
    let version = version.ok_or_else(|| unreadable("policies", "version", &model.id))?;
    Ok(Some(stored(&model, &version)?))
}

/// The newest version of each policy.
async fn newest_versions(db: &impl ConnectionTrait) -> Result<Vec<policy_version::Model>> {
    let newest = Query::select()
        .expr(Expr::val(1))
        .from("policies")
        .and_where(Expr::col(("policies", "id")).equals(("policy_versions", "policy_id")))
        .and_where(Expr::col(("policies", "version")).equals(("policy_versions", "version")))
        .to_owned();
    Ok(policy_version::Entity::find().filter(Expr::exists(newest)).all(db).await?)
}

fn stored(model: &policy::Model, version: &policy_version::Model) -> Result<StoredPolicy> {
    let row = Row { table: "policies", id: &model.id };
    Ok(StoredPolicy {
        id: row.id("id", &model.id)?,
        version: row.number("version", version.version)?,
        draft: draft(version)?,
        created_at: Time(model.created_at),
        changed_at: Time(version.saved_at),
        archived_at: model.archived_at.map(Time),
    })
}

fn draft(version: &policy_version::Model) -> Result<PolicyDraft> {
    of_kept_text(&version.draft).map_err(|_| unreadable("policy_versions", "draft", &version.policy_id))
}

fn row(version: &policy_version::Model) -> Row<'_> {
    Row { table: "policy_versions", id: &version.policy_id }
}

fn saver(version: &policy_version::Model) -> Result<Option<UserId>> {
    row(version).maybe_id("saved_by", version.saved_by.as_deref())
}

fn savers(versions: &[policy_version::Model]) -> Result<Vec<UserId>> {
    let by: Vec<Option<UserId>> = versions.iter().map(saver).collect::<Result<_>>()?;
    Ok(by.into_iter().flatten().collect())
}
