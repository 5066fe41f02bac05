//! The removal of instances: first out of sight, whole and at once, then row by row what they left behind, so that no
//! transaction is longer than its caller wants it to be, however long a history is.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, FromQueryResult};

use super::convert::Place;
use super::error::SqlError;
use super::statement::{rows_per_statement, sql};
use super::tables::instance::{Column, Entity};
use super::transaction::Transaction;
use crate::ids::InstanceKey;

/// What belongs to an instance and may be many rows.
const LEFT_BEHIND: [&str; 3] = [
    "DELETE FROM history WHERE (instance_key, ordinal, first_sequence) IN \
     (SELECT h.instance_key, h.ordinal, h.first_sequence FROM purged p CROSS JOIN history h \
     WHERE h.instance_key = p.instance_key LIMIT $1)",
    "DELETE FROM inbox WHERE id IN \
     (SELECT m.id FROM purged p CROSS JOIN inbox m WHERE m.instance_key = p.instance_key LIMIT $1)",
    "DELETE FROM payloads WHERE (instance_key, hash) IN \
     (SELECT v.instance_key, v.hash FROM purged p CROSS JOIN payloads v WHERE v.instance_key = p.instance_key LIMIT $1)",
];

#[derive(FromQueryResult)]
struct Removed {
    key: i64,
    id: String,
}

/// Does what `Store::purge` promises.
pub(super) async fn purge(tx: &Transaction, instances: &[InstanceKey]) -> Result<u64, SqlError> {
    let db = tx.connection();
    let mut count = 0;
    for keys in instances.chunks(rows_per_statement(1)) {
        let mut delete = Query::delete();
        delete
            .from_table(Entity)
            .and_where(Column::Key.is_in(keys.iter().map(|key| key.0)))
            .and_where(Column::CompletedAt.is_not_null())
            .returning(Query::returning().columns([Column::Key, Column::Id]));
        let rows = db.query_all(&delete).await?;
        let removed = rows.iter().map(|row| Removed::from_query_result(row, "")).collect::<Result<Vec<_>, _>>()?;
        if removed.is_empty() {
            continue;
        }
        count += removed.len() as u64;
        tx.purged();
        let mut tags = Query::delete();
        tags.from_table("instance_tags");
        tags.and_where(Expr::col("instance_key").is_in(removed.iter().map(|row| row.key)));
        db.execute(&tags).await?;
        let mut mark = Query::insert();
        mark.into_table("purged").columns(["instance_key"]);
        removed.iter().for_each(|row| {
            mark.values_panic([row.key.into()]);
        });
        db.execute(&mark).await?;
        for row in removed {
            tx.changed(Place::new("instances", &row.key).instance_id("id", row.id)?);
        }
    }
    Ok(count)
}

/// Does what `Store::sweep` promises.
pub(super) async fn sweep(tx: &Transaction, limit: u32) -> Result<bool, SqlError> {
    // Only those of which nothing is left: others may have been purged meanwhile.
    const FORGET: &str = "DELETE FROM purged WHERE \
        NOT EXISTS (SELECT 1 FROM history WHERE history.instance_key = purged.instance_key) AND \
        NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.instance_key = purged.instance_key) AND \
        NOT EXISTS (SELECT 1 FROM payloads WHERE payloads.instance_key = purged.instance_key)";
    let db = tx.connection();
    for statement in LEFT_BEHIND {
        let removed = db.execute_raw(sql(db, statement, [i64::from(limit).into()])).await?.rows_affected();
        if removed >= u64::from(limit) {
            return Ok(true);
        }
    }
    db.execute_raw(sql(db, FORGET, [])).await?;
    Ok(false)
}
