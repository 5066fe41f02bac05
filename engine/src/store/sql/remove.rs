//! Removing instances with everything that belongs to them.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend};

use super::error::SqlError;
use super::statement::{rows_per_statement, sql};
use super::tables::instance::{Column, Entity};
use crate::clock::Timestamp;
use crate::ids::InstanceKey;
use crate::model::RuntimeStatus;
use crate::store::Expired;

/// The tables whose rows belong to an instance, by their column `instance_key`.
const OWNED: [&str; 6] = ["history", "inbox", "payloads", "tasks", "timers", "instance_tags"];

/// Removes these instances and everything that belongs to them; says how many there were.
pub(super) async fn remove(db: &impl ConnectionTrait, keys: &[InstanceKey]) -> Result<u64, SqlError> {
    let mut removed = 0;
    for keys in keys.chunks(rows_per_statement(1)) {
        for table in OWNED {
            let mut delete = Query::delete();
            delete.from_table(table).and_where(Expr::col("instance_key").is_in(keys.iter().map(|key| key.0)));
            db.execute(&delete).await?;
        }
        let mut delete = Query::delete();
        delete.from_table(Entity).and_where(Column::Key.is_in(keys.iter().map(|key| key.0)));
        removed += db.execute(&delete).await?.rows_affected();
    }
    Ok(removed)
}

/// When the instance of that status ended that ended first.
pub(super) async fn first_end(db: &impl ConnectionTrait, status: RuntimeStatus) -> Result<Option<Timestamp>, SqlError> {
    const FIRST_END: &str = "SELECT MIN(completed_at) FROM instances WHERE status = $1 AND completed_at IS NOT NULL";
    let row = db.query_one_raw(sql(db, FIRST_END, [status.as_str().into()])).await?;
    let moment = row.map(|row| row.try_get_by_index::<Option<i64>>(0)).transpose()?.flatten();
    Ok(moment.map(Timestamp::from_micros))
}

/// Does what `Store::expire` promises.
pub(super) async fn expire(
    db: &impl ConnectionTrait,
    status: RuntimeStatus,
    until: Timestamp,
    limit: u32,
) -> Result<Expired, SqlError> {
    const ENDED: &str = "SELECT key FROM instances WHERE status = $1 AND completed_at <= $2 \
        ORDER BY completed_at LIMIT $3";
    // What somebody else restarts or removes at this moment is left to the next time.
    let text = match db.get_database_backend() {
        DbBackend::Postgres => format!("{ENDED} FOR UPDATE SKIP LOCKED"),
        _ => ENDED.to_owned(),
    };
    let values = [status.as_str().into(), until.as_micros().into(), i64::from(limit).into()];
    let rows = db.query_all_raw(sql(db, &text, values)).await?;
    let keys = rows.iter().map(|row| Ok(InstanceKey(row.try_get_by_index(0)?)));
    let keys = keys.collect::<Result<Vec<_>, sea_orm::DbErr>>()?;
    Ok(Expired { removed: remove(db, &keys).await?, first_end: first_end(db, status).await? })
}
