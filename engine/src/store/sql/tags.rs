//! The index of tags. An instance's row holds its tags too, so that reading an instance needs no second statement.

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Query;

use super::error::SqlError;
use super::statement::{rows_per_statement, sql};
use crate::clock::Timestamp;
use crate::ids::InstanceKey;
use crate::model::Tags;

/// Files instances under their tags, with the moments of their creation. Costs nothing for those without.
pub(super) async fn file(
    db: &impl ConnectionTrait,
    instances: impl IntoIterator<Item = (InstanceKey, &Tags, Timestamp)>,
) -> Result<(), SqlError> {
    let rows: Vec<_> = instances
        .into_iter()
        .flat_map(|(key, tags, created_at)| tags.iter().map(move |(name, value)| (key, name, value, created_at)))
        .collect();
    for chunk in rows.chunks(rows_per_statement(4)) {
        let mut insert = Query::insert();
        insert.into_table("instance_tags").columns(["name", "value", "created_at", "instance_key"]);
        for (key, name, value, created_at) in chunk {
            insert.values_panic([(*name).into(), (*value).into(), created_at.as_micros().into(), key.0.into()]);
        }
        db.execute(&insert).await?;
    }
    Ok(())
}

/// Takes an instance out of the index.
pub(super) async fn clear(db: &impl ConnectionTrait, key: InstanceKey) -> Result<(), SqlError> {
    db.execute_raw(sql(db, "DELETE FROM instance_tags WHERE instance_key = $1", [key.0.into()])).await?;
    Ok(())
}
