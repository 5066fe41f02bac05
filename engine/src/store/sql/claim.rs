//! Leases, and the nodes that may hold them.
//!
//! A lease is void as soon as its owner is not among the living nodes: no row of an instance has to be touched when a node
//! dies or a process starts, however many instances wait.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, FromQueryResult};

use super::convert::{self, Place};
use super::error::SqlError;
use super::statement::sql;
use super::tables::{instance, node};
use super::{fence, lock};
use crate::clock::Timestamp;
use crate::ids::{InstanceKey, NodeId};
use crate::model::Blocked;
use crate::store::{Claim, StoreError};

/// What [`look`] finds.
pub(super) enum Lease {
    /// The node holds it already.
    Held(Claim),
    /// Nobody who lives holds it; the claim is the one to take.
    Free(Claim),
    /// Not to be had: the instance is gone, has ended, or another living node works on it, or the node itself is taken for dead.
    Taken,
}

#[derive(FromQueryResult)]
struct Row {
    id: String,
    execution: String,
    ordinal: i64,
    lease_owner: Option<String>,
    lease_epoch: i64,
    recoveries: i64,
    blocked_kind: Option<String>,
    blocked_message: Option<String>,
    blocked_since: Option<i64>,
    owner_lives: bool,
    node_lives: bool,
}

/// How things stand with the lease on an instance. Writes nothing.
pub(super) async fn look(db: &impl ConnectionTrait, node: NodeId, key: InstanceKey) -> Result<Lease, SqlError> {
    const LOOK: &str = "SELECT id, execution, ordinal, lease_owner, lease_epoch, recoveries, \
        blocked_kind, blocked_message, blocked_since, \
        EXISTS (SELECT 1 FROM nodes WHERE nodes.id = instances.lease_owner) AS owner_lives, \
        EXISTS (SELECT 1 FROM nodes WHERE nodes.id = $2) AS node_lives \
        FROM instances WHERE key = $1 AND completed_at IS NULL";
    let values = [key.0.into(), convert::node(node).into()];
    let Some(row) = Row::find_by_statement(sql(db, LOOK, values)).one(db).await? else {
        return Ok(Lease::Taken);
    };
    let held = row.lease_owner == Some(convert::node(node));
    // A node that was taken for dead could not commit under any lease, so it is given none to try with.
    if !row.node_lives || row.owner_lives && !held {
        return Ok(Lease::Taken);
    }
    let place = Place::new("instances", &key);
    let claim = Claim {
        key,
        owner: node,
        epoch: row.lease_epoch + i64::from(!held),
        execution: place.execution(&row.execution)?,
        ordinal: place.small("ordinal", row.ordinal)?,
        recoveries: place.small("recoveries", row.recoveries)?,
        blocked: place.obstacle(row.blocked_kind.as_deref(), row.blocked_message.as_deref(), row.blocked_since)?,
        is_new: false,
        instance: place.instance_id("id", row.id)?,
    };
    Ok(if held { Lease::Held(claim) } else { Lease::Free(claim) })
}

/// Takes the lease that [`look`] found free. `false` when something changed in between. It begins nothing, so it leaves
/// no mark.
pub(super) async fn take(db: &impl ConnectionTrait, claim: &Claim) -> Result<bool, SqlError> {
    const TAKE: &str = "UPDATE instances SET lease_owner = $1, lease_epoch = $2, marked = FALSE \
        WHERE key = $3 AND lease_epoch = $4 AND execution = $5 AND completed_at IS NULL";
    let values = [
        convert::node(claim.owner).into(),
        claim.epoch.into(),
        claim.key.0.into(),
        (claim.epoch - 1).into(),
        convert::execution(claim.execution).into(),
    ];
    Ok(db.execute_raw(sql(db, TAKE, values)).await?.rows_affected() == 1)
}

/// Does what `Store::register` promises. Unless the database is `shared`, all other nodes are dead.
pub(super) async fn register(
    db: &impl ConnectionTrait,
    node: NodeId,
    shared: bool,
    now: Timestamp,
) -> Result<(), SqlError> {
    if !shared {
        lock::all_turns(db).await?;
        db.execute_raw(sql(db, "DELETE FROM nodes WHERE id <> $1", [convert::node(node).into()])).await?;
    }
    let row = node::ActiveModel {
        id: Set(convert::node(node)),
        started_at: Set(now.as_micros()),
        heartbeat_at: Set(now.as_micros()),
    };
    let again = OnConflict::column(node::Column::Id).update_column(node::Column::HeartbeatAt).to_owned();
    node::Entity::insert(row).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

/// Whether `node` is registered and was not retired.
pub(super) async fn is_alive(db: &impl ConnectionTrait, node: NodeId) -> Result<bool, SqlError> {
    Ok(node::Entity::find_by_id(convert::node(node)).one(db).await?.is_some())
}

/// Does what `Store::retire` promises.
pub(super) async fn retire(db: &impl ConnectionTrait, node: NodeId) -> Result<(), SqlError> {
    db.execute_raw(sql(db, "DELETE FROM nodes WHERE id = $1", [convert::node(node).into()])).await?;
    Ok(())
}

/// Does what `Store::block` promises.
pub(super) async fn block(db: &impl ConnectionTrait, claim: &Claim, blocked: &Blocked) -> Result<(), SqlError> {
    use instance::Column::{BlockedKind, BlockedMessage, BlockedSince, Marked, Recoveries};
    let mut set = vec![
        (Marked, false.into()),
        (BlockedKind, blocked.kind.as_str().into()),
        (BlockedMessage, convert::readable(&blocked.message).into()),
        (BlockedSince, blocked.since.as_micros().into()),
    ];
    if blocked.kind != crate::model::BlockedKind::Poison {
        // It came to an end that is not the node's.
        set.push((Recoveries, 0_i64.into()));
    }
    if fence::update(db, claim, set).await? { Ok(()) } else { Err(StoreError::LeaseLost.into()) }
}
