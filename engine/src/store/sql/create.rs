//! New instances.

use std::collections::{HashMap, HashSet};

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{OnConflict, Query};

use super::again::begin;
use super::beside::{self, Beside};
use super::error::SqlError;
use super::statement::rows_per_statement;
use super::tables::instance::{Column, Entity};
use super::transaction::Transaction;
use super::{convert, tags};
use crate::clock::Timestamp;
use crate::ids::{InstanceId, InstanceKey};
use crate::model::{ExecutionStarted, RuntimeStatus};
use crate::store::StoreError;

/// What [`insert`] writes of an instance.
const WRITTEN: [Column; 14] = [
    Column::Id,
    Column::Name,
    Column::Version,
    Column::Status,
    Column::LeaseEpoch,
    Column::Execution,
    Column::Ordinal,
    Column::CreatedAt,
    Column::UpdatedAt,
    Column::ParentId,
    Column::ParentExecution,
    Column::ParentEventId,
    Column::Input,
    Column::Tags,
];

/// Does what `Store::create` promises.
pub(super) async fn create(
    tx: &Transaction,
    started: &ExecutionStarted,
    now: Timestamp,
) -> Result<InstanceKey, SqlError> {
    let created = insert(tx.connection(), &[(started, now)]).await?;
    let Some(&key) = created.get(&started.instance) else {
        return Err(StoreError::Exists(started.instance.clone()).into());
    };
    tx.changed(started.instance.clone());
    begin(tx, key, started.clone(), now).await?;
    Ok(key)
}

/// Writes the rows of those instances whose ids are free, with the moments of their creation, and says which keys they got.
/// Of two with the same id the first is written.
pub(super) async fn insert(
    db: &impl ConnectionTrait,
    instances: &[(&ExecutionStarted, Timestamp)],
) -> Result<HashMap<InstanceId, InstanceKey>, SqlError> {
    let mut keys = HashMap::with_capacity(instances.len());
    // In one order, so that two who create the same ones do not wait for each other. Those with one id stay in theirs.
    let mut sorted: Vec<_> = instances.to_vec();
    sorted.sort_by_key(|(started, _)| &started.instance);
    for rows in sorted.chunks(rows_per_statement(WRITTEN.len())) {
        let mut insert = Query::insert();
        insert
            .into_table(Entity)
            .columns(WRITTEN)
            .on_conflict(OnConflict::column(Column::Id).do_nothing().to_owned())
            .returning(Query::returning().columns([Column::Key, Column::Id]));
        for (started, now) in rows {
            let parent = started.parent.as_ref();
            insert.values_panic([
                started.instance.as_str().into(),
                started.name.as_ref().to_owned().into(),
                started.version.as_ref().to_owned().into(),
                RuntimeStatus::Pending.as_str().into(),
                0_i64.into(),
                convert::execution(started.execution).into(),
                1_i64.into(),
                now.as_micros().into(),
                now.as_micros().into(),
                parent.map(|parent| parent.instance.to_string()).into(),
                parent.map(|parent| convert::execution(parent.execution)).into(),
                parent.map(|parent| i64::from(parent.event_id.0)).into(),
                beside::text_of(&started.input).into(),
                convert::tags(&started.tags).into(),
            ]);
        }
        for row in db.query_all(&insert).await? {
            let key = row.try_get_by_index::<i64>(0)?;
            let id = convert::Place::new("instances", &key).instance_id("id", row.try_get_by_index(1)?)?;
            keys.insert(id, InstanceKey(key));
        }
    }
    let mut beside = Beside::default();
    // Of two with the same id only the first was written.
    let mut written = HashSet::new();
    let created = instances.iter().filter(|(started, _)| written.insert(&started.instance));
    let mut tagged = Vec::new();
    for (started, now) in created {
        let Some(key) = keys.get(&started.instance) else { continue };
        beside.text(*key, &started.input);
        if !started.tags.is_empty() {
            tagged.push((*key, &started.tags, *now));
        }
    }
    beside.store(db).await?;
    tags::file(db, tagged).await?;
    Ok(keys)
}
