//! Where sessions are kept: under the SHA-256 of their id, so that a leaked database lets nobody in.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_engine::client::Client;
use futures::future::BoxFuture;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result, SessionStore};

use super::reads::DbReads;
use super::tables::session;
use super::words::Row;
use super::work::Unit;
use crate::auth::SESSION_USER;
use crate::auth::session::{SESSION_LIFE, SESSION_TOUCH};
use crate::portal::clock::{Clock, Time};
use crate::portal::error::PortalError;
use crate::portal::ids::{SessionHash, UserId};
use crate::portal::settings::{SessionLine, SessionReads, SessionWork};

/// Sessions in the portal's database. One that was ended (its person disabled, say) is not brought back by a request that
/// was under way.
#[derive(Clone)]
pub struct DbSessions {
    pool: DatabaseConnection,
    client: Client,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for DbSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DbSessions")
    }
}

impl DbSessions {
    /// Sessions that are read on `pool` and written in transactions of `client`.
    pub fn new(pool: DatabaseConnection, client: Client, clock: Arc<dyn Clock>) -> Self {
        Self { pool, client, clock }
    }

    /// What the portal knows of a session by its id.
    pub fn hash_of(id: &Id) -> SessionHash {
        SessionHash(Sha256::digest(id.0.to_be_bytes()).into())
    }

    /// Deletes sessions that have expired. To be called now and then.
    pub async fn sweep(&self) -> std::result::Result<(), PortalError> {
        let now = self.clock.now().micros();
        self.write("sweep_sessions", move |db| {
            Box::pin(async move {
                session::Entity::delete_many().filter(session::Column::ExpiresAt.lte(now)).exec(db).await?;
                Ok(())
            })
        })
        .await
    }

    async fn write<F>(&self, caller: &'static str, work: F) -> std::result::Result<(), PortalError>
    where
        F: for<'t> FnOnce(&'t DatabaseTransaction) -> BoxFuture<'t, std::result::Result<(), PortalError>>
            + Send
            + 'static,
    {
        self.client.transaction(caller, move |tx| work(tx.connection())).await
    }

    /// Notes the session's last use, if the last note is old. A failure is logged and harms nobody.
    async fn touch(&self, row: &session::Model) {
        let now = self.clock.now();
        if now.since(Time(row.touched_at)) < SESSION_TOUCH {
            return;
        }
        let id = row.id_hash.clone();
        let noted = self.write("touch_session", move |db| {
            Box::pin(async move {
                let of = session::Entity::update_many().filter(session::Column::IdHash.eq(id));
                of.col_expr(session::Column::TouchedAt, Expr::value(now.micros())).exec(db).await?;
                Ok(())
            })
        });
        if let Err(error) = noted.await {
            tracing::warn!(%error, "A session's last use could not be noted.");
        }
    }

    fn values(&self, record: &Record) -> Result<(session::ActiveModel, String)> {
        let now = self.clock.now();
        let latest = (now + SESSION_LIFE).micros();
        let asked = record.expiry_date.unix_timestamp().saturating_mul(1_000_000);
        let id = id_hash(&record.id);
        let model = session::ActiveModel {
            id_hash: Set(id.clone()),
            user_id: Set(record.data.get(SESSION_USER).and_then(|user| user.as_str()).map(str::to_owned)),
            data: Set(serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?),
            created_at: Set(now.micros()),
            touched_at: Set(now.micros()),
            expires_at: Set(asked.min(latest)),
        };
        Ok((model, id))
    }
}

#[async_trait]
impl SessionStore for DbSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let (model, _) = self.values(record)?;
        let inserted = self.write("create_session", move |db| {
            Box::pin(async move {
                session::Entity::insert(model).exec_without_returning(db).await?;
                Ok(())
            })
        });
        inserted.await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let (mut model, id) = self.values(record)?;
        model.created_at = sea_orm::ActiveValue::NotSet;
        let updated = self.write("save_session", move |db| {
            Box::pin(async move {
                session::Entity::update_many().set(model).filter(session::Column::IdHash.eq(id)).exec(db).await?;
                Ok(())
            })
        });
        updated.await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = session::Entity::find_by_id(id_hash(id))
            .one(&self.pool)
            .await
            .map_err(PortalError::from)
            .map_err(backend)?;
        let now = self.clock.now();
        let alive = |row: &session::Model| now < Time(row.expires_at) && now < Time(row.created_at) + SESSION_LIFE;
        let Some(row) = found.filter(alive) else { return Ok(None) };
        self.touch(&row).await;
        let data: HashMap<String, serde_json::Value> =
            serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(row.expires_at / 1_000_000)
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let id = id_hash(id);
        let deleted = self.write("delete_session", move |db| {
            Box::pin(async move {
                session::Entity::delete_by_id(id).exec(db).await?;
                Ok(())
            })
        });
        deleted.await.map_err(backend)
    }
}

#[async_trait]
impl SessionReads for DbReads {
    async fn list_sessions(&self, user: UserId, now: Time) -> std::result::Result<Vec<SessionLine>, PortalError> {
        let rows = session::Entity::find()
            .filter(session::Column::UserId.eq(user.to_string()))
            .filter(session::Column::ExpiresAt.gt(now.micros()))
            .order_by_desc(session::Column::TouchedAt)
            .order_by_asc(session::Column::IdHash)
            .all(self.pool())
            .await?;
        rows.into_iter().map(line).collect()
    }
}

#[async_trait]
impl SessionWork for Unit<'_> {
    async fn end_other_sessions(
        &self,
        user: UserId,
        kept: Option<SessionHash>,
    ) -> std::result::Result<u64, PortalError> {
        let mut ended = session::Entity::delete_many().filter(session::Column::UserId.eq(user.to_string()));
        if let Some(kept) = kept {
            ended = ended.filter(session::Column::IdHash.ne(kept.to_string()));
        }
        Ok(ended.exec(self.db()).await?.rows_affected)
    }
}

fn line(model: session::Model) -> std::result::Result<SessionLine, PortalError> {
    Ok(SessionLine {
        hash: Row { table: "sessions", id: &model.id_hash }.id("id_hash", &model.id_hash)?,
        began_at: Time(model.created_at),
        used_at: Time(model.touched_at),
        ends_at: Time(model.expires_at),
    })
}

fn id_hash(id: &Id) -> String {
    DbSessions::hash_of(id).to_string()
}

fn backend(error: PortalError) -> Error {
    Error::Backend(error.to_string())
}
