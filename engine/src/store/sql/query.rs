//! What clients ask.

use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::beside::References;
use super::error::SqlError;
use super::statement::sql;
use super::tables::instance::{Column, Entity};
use super::{convert, entities};
use crate::ids::InstanceId;
use crate::model::RuntimeStatus;
use crate::store::{InstanceQuery, InstanceRecord};

/// The most instances that one page holds.
const MAX_PAGE: u32 = 1_000;

/// The instance of that id.
pub(super) async fn find(db: &impl ConnectionTrait, id: &InstanceId) -> Result<Option<InstanceRecord>, SqlError> {
    let row = Entity::find().filter(Column::Id.eq(id.as_str())).one(db).await?;
    let mut found = row.map(convert::record).transpose()?;
    References::of_records(found.as_mut_slice()).resolve(db).await?;
    Ok(found)
}

/// A page of instances.
pub(super) async fn query(db: &impl ConnectionTrait, query: &InstanceQuery) -> Result<Vec<InstanceRecord>, SqlError> {
    let rows = Entity::find()
        .filter(entities::are_orchestrations())
        .apply_if(query.name.as_deref(), |select, name| select.filter(Column::Name.eq(name)))
        .apply_if(query.id_prefix.as_deref(), |select, prefix| select.filter(begins_with(prefix)))
        .apply_if(query.before, |select, key| select.filter(Column::Key.lt(key.0)))
        .apply_if((!query.statuses.is_empty()).then_some(&query.statuses), |select, statuses| {
            select.filter(Column::Status.is_in(statuses.iter().map(|status| status.as_str())))
        })
        .order_by_desc(Column::Key)
        .limit(u64::from(Ord::min(query.limit, MAX_PAGE)))
        .all(db)
        .await?;
    let mut records = rows.into_iter().map(convert::record).collect::<Result<Vec<_>, _>>()?;
    References::of_records(&mut records).resolve(db).await?;
    Ok(records)
}

/// Compared character by character: `LIKE` takes `%` and `_` for wildcards, and SQLite's ignores the case of letters.
fn begins_with(prefix: &str) -> Expr {
    let length = i32::try_from(prefix.chars().count()).unwrap_or(i32::MAX);
    Expr::from(Func::cust("substr").arg(Expr::col(Column::Id)).arg(1_i32).arg(length)).eq(prefix)
}

/// How many instances are in each state that any is in.
pub(super) async fn count_by_status(db: &impl ConnectionTrait) -> Result<Vec<(RuntimeStatus, u64)>, SqlError> {
    const COUNT: &str = "SELECT status, COUNT(*) FROM instances WHERE status <> 'Entity' GROUP BY status";
    let mut counts = Vec::new();
    for row in db.query_all_raw(sql(db, COUNT, [])).await? {
        let status: String = row.try_get_by_index(0)?;
        let count: i64 = row.try_get_by_index(1)?;
        counts.push((convert::Place::new("instances", &"of every key").status(&status)?, count.unsigned_abs()));
    }
    counts.sort_unstable();
    Ok(counts)
}
