//! Where sessions are kept: under the SHA-256 of their id, so that a leaked database lets nobody in.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_engine::client::Client;
use futures::future::BoxFuture;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result, SessionStore};

use super::tables::session;
use crate::auth::SESSION_USER;
use crate::auth::session::{SESSION_LIFE, SESSION_TOUCH};
use crate::portal::clock::{Clock, Time};
use crate::portal::error::PortalError;

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

fn id_hash(id: &Id) -> String {
    hex::encode(Sha256::digest(id.0.to_be_bytes()))
}

fn backend(error: PortalError) -> Error {
    Error::Backend(error.to_string())
}
