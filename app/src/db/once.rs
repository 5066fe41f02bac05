//! Calls that may be repeated. A row is known by a hash of token and key, so that no key is kept in clear.

use async_trait::async_trait;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use sha2::{Digest, Sha256};

use super::error::was_inserted;
use super::reads::DbReads;
use super::tables::first_call;
use super::words::Row;
use super::work::Unit;
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::TokenId;
use crate::portal::once::{FirstCall, KEPT_FOR, Once, OnceReads, OnceWork};

#[async_trait]
impl OnceWork for Unit<'_> {
    async fn insert_first_call(&self, token: TokenId, once: &Once, object: &str, at: Time) -> Result<()> {
        let id = row_id(token, &once.key);
        first_call::Entity::delete_many()
            .filter(first_call::Column::Id.eq(id.clone()))
            .filter(first_call::Column::At.lt((at - KEPT_FOR).micros()))
            .exec(self.db())
            .await?;
        let model = first_call::ActiveModel {
            id: Set(id),
            fingerprint: Set(once.fingerprint.to_string()),
            object: Set(object.to_owned()),
            at: Set(at.micros()),
        };
        let taken = OnConflict::column(first_call::Column::Id).do_nothing().to_owned();
        let insert = first_call::Entity::insert(model).on_conflict(taken);
        if was_inserted(insert.exec_without_returning(self.db()).await)? {
            return Ok(());
        }
        Err(PortalError::conflict(
            "The first call with this idempotency key has just been done. Repeat it for its answer.",
        ))
    }

    async fn delete_first_calls(&self, before: Time, limit: u64) -> Result<u64> {
        let old: Vec<String> = first_call::Entity::find()
            .select_only()
            .column(first_call::Column::Id)
            .filter(first_call::Column::At.lt(before.micros()))
            .limit(limit)
            .into_tuple()
            .all(self.db())
            .await?;
        if old.is_empty() {
            return Ok(0);
        }
        let deleted = first_call::Entity::delete_many().filter(first_call::Column::Id.is_in(old)).exec(self.db());
        Ok(deleted.await?.rows_affected)
    }
}

#[async_trait]
impl OnceReads for DbReads {
    async fn find_first_call(&self, token: TokenId, key: &str) -> Result<Option<FirstCall>> {
        let found = first_call::Entity::find_by_id(row_id(token, key)).one(self.pool()).await?;
        found.map(FirstCall::try_from).transpose()
    }
}

impl TryFrom<first_call::Model> for FirstCall {
    type Error = PortalError;

    fn try_from(model: first_call::Model) -> Result<Self> {
        let row = Row { table: "idempotency_keys", id: &model.id };
        Ok(Self { fingerprint: row.id("fingerprint", &model.fingerprint)?, object: model.object, at: Time(model.at) })
    }
}

fn row_id(token: TokenId, key: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(token.0.as_bytes());
    digest.update(key.as_bytes());
    hex::encode(digest.finalize())
}
