//! Removing rows that belong to an instance: the same for every table of such rows.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::convert;
use super::error::SqlError;
use super::statement::rows_per_statement;
use crate::ids::{EventId, ExecutionId, InstanceKey};

/// Removes what belongs to these actions of an execution: nobody waits for it any more.
pub(super) async fn cancel<T: EntityTrait>(
    db: &impl ConnectionTrait,
    table: T,
    key: InstanceKey,
    execution: ExecutionId,
    cancelled: &[EventId],
) -> Result<(), SqlError> {
    for ids in cancelled.chunks(rows_per_statement(1)) {
        let mut delete = Query::delete();
        delete
            .from_table(table.table_ref())
            .and_where(Expr::col("instance_key").eq(key.0))
            .and_where(Expr::col("execution").eq(convert::execution(execution)))
            .and_where(Expr::col("event_id").is_in(ids.iter().map(|id| i64::from(id.0))));
        db.execute(&delete).await?;
    }
    Ok(())
}

/// Removes everything of these instances.
pub(super) async fn clear<T: EntityTrait>(
    db: &impl ConnectionTrait,
    table: T,
    keys: &[InstanceKey],
) -> Result<(), SqlError> {
    for keys in keys.chunks(rows_per_statement(1)) {
        let mut delete = Query::delete();
        delete.from_table(table.table_ref()).and_where(Expr::col("instance_key").is_in(keys.iter().map(|key| key.0)));
        db.execute(&delete).await?;
    }
    Ok(())
}
