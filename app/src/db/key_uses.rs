//! Which rows need which key of the ring.

use std::collections::BTreeMap;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use super::error::unreadable;
use super::reads::DbReads;
use super::words::Row;
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::key_uses::{KeyReads, KeyUses};
use crate::portal::link::KeyId;

/// How many rows of a kind need a key.
#[derive(FromQueryResult)]
struct Counted {
    kind: String,
    key_id: i64,
    times: i64,
}

/// The link of a question is live as long as that is open, and asks for another one once it has expired; used, it may change
/// the answer until then.
const COUNT: &str = "SELECT 'link' AS kind, key_id, COUNT(*) AS times FROM links \
     WHERE (state = 'live' OR (state = 'used' AND assignment_id IS NOT NULL)) \
     AND (expires_at > $1 OR (state = 'live' AND assignment_id IS NOT NULL)) GROUP BY key_id \
     UNION ALL SELECT 'code', key_id, COUNT(*) FROM link_codes WHERE state = 'live' AND expires_at > $1 \
     GROUP BY key_id \
     UNION ALL SELECT 'webhook', secret_key_id, COUNT(*) FROM webhooks GROUP BY secret_key_id \
     UNION ALL SELECT 'webhook', old_secret_key_id, COUNT(*) FROM webhooks WHERE old_secret_until > $1 \
     GROUP BY old_secret_key_id \
     UNION ALL SELECT 'checkpoint', key_id, COUNT(*) FROM audit_checkpoints GROUP BY key_id";

#[async_trait]
impl KeyReads for DbReads {
    async fn list_key_uses(&self, now: Time) -> Result<BTreeMap<KeyId, KeyUses>> {
        let mut uses = BTreeMap::<KeyId, KeyUses>::new();
        for Counted { kind, key_id, times } in count(self.pool(), now).await? {
            let row = Row { table: "keys", id: &key_id.to_string() };
            let times: u64 = row.number("count", times)?;
            let of_key = uses.entry(KeyId(row.number("key_id", key_id)?)).or_default();
            match kind.as_str() {
                "link" => of_key.links += times,
                "code" => of_key.codes += times,
                "webhook" => of_key.webhooks += times,
                "checkpoint" => of_key.checkpoints += times,
                _ => return Err(unreadable("keys", "kind", &kind)),
            }
        }
        Ok(uses)
    }
}

async fn count(db: &impl ConnectionTrait, now: Time) -> Result<Vec<Counted>> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), COUNT, [now.micros().into()]);
    Ok(Counted::find_by_statement(statement).all(db).await?)
}
