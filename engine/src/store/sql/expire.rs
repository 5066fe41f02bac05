//! The instances whose time is over.

use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use super::error::SqlError;
use super::purge::purge;
use super::statement::sql;
use super::transaction::Transaction;
use crate::clock::Timestamp;
use crate::ids::InstanceKey;
use crate::model::RuntimeStatus;

/// Does what `Store::expire` promises.
pub(super) async fn expire(
    tx: &Transaction,
    status: RuntimeStatus,
    until: Timestamp,
    limit: u32,
) -> Result<u64, SqlError> {
    const ENDED: &str = "SELECT key FROM instances WHERE status = $1 AND completed_at <= $2 \
        ORDER BY completed_at LIMIT $3";
    let db = tx.connection();
    // What somebody else restarts or removes at this moment is left to the next time.
    let text = match db.get_database_backend() {
        DbBackend::Postgres => format!("{ENDED} FOR UPDATE SKIP LOCKED"),
        _ => ENDED.to_owned(),
    };
    let values = [status.as_str().into(), until.as_micros().into(), i64::from(limit).into()];
    let rows = db.query_all_raw(sql(db, &text, values)).await?;
    let keys = rows.iter().map(|row| Ok(InstanceKey(row.try_get_by_index(0)?)));
    purge(tx, &keys.collect::<Result<Vec<_>, DbErr>>()?).await
}

/// Does what `Store::first_end` promises.
pub(super) async fn first_end(db: &impl ConnectionTrait, status: RuntimeStatus) -> Result<Option<Timestamp>, SqlError> {
    const FIRST_END: &str = "SELECT MIN(completed_at) FROM instances WHERE status = $1 AND completed_at IS NOT NULL";
    let row = db.query_one_raw(sql(db, FIRST_END, [status.as_str().into()])).await?;
    let moment = row.map(|row| row.try_get_by_index::<Option<i64>>(0)).transpose()?.flatten();
    Ok(moment.map(Timestamp::from_micros))
}
