//! Work that may have killed its node: marks, what is set aside, and the way back.
//!
//! A dead node had many tasks and instances in its hands, and one of them may have killed it. At the first recovery all are
//! counted, because nothing was written before they began. From then on a begin is marked, so that at the next recovery only
//! those are counted that were running; from [`SUSPECT`] on they run alone, so that the mark names the right one.

use sea_orm::ConnectionTrait;

use super::error::SqlError;
use super::recover::read_tasks;
use super::statement::sql;
use super::tables::instance::Column;
use super::transaction::Transaction;
use super::{convert, fence, inbox, lock};
use crate::clock::Timestamp;
use crate::ids::{InstanceId, InstanceKey, NodeId, TaskId};
use crate::model::{Blocked, Message, SUSPECT, Task};
use crate::store::{Claim, StoreError};

/// Counts the instances whose turns died with their node.
pub(super) async fn count_instances(db: &impl ConnectionTrait) -> Result<(), SqlError> {
    const COUNT: &str = "UPDATE instances SET recoveries = recoveries + 1, marked = FALSE \
        WHERE key IN (SELECT instance_key FROM inbox) AND completed_at IS NULL AND (recoveries = 0 OR marked) \
        AND lease_owner IS NOT NULL AND lease_owner NOT IN (SELECT id FROM nodes)";
    db.execute_raw(sql(db, COUNT, [])).await?;
    Ok(())
}

/// Does what `Store::mark_turn` promises.
pub(super) async fn mark_turn(db: &impl ConnectionTrait, claim: &Claim) -> Result<bool, SqlError> {
    fence::update(db, claim, [(Column::Marked, true.into())]).await
}

/// Does what `Store::mark_task` promises.
pub(super) async fn mark(db: &impl ConnectionTrait, node: NodeId, task: &Task) -> Result<bool, SqlError> {
    const MARK: &str = "UPDATE tasks SET marked = TRUE, set_aside_kind = NULL, set_aside_message = NULL, \
        set_aside_since = NULL WHERE id = $1 AND claimed_by = $2";
    if task.set_aside.is_some() {
        lock::instance(db, task.key).await?;
    }
    let marked = db.execute_raw(sql(db, MARK, [task.id.0.into(), convert::node(node).into()])).await?;
    if task.set_aside.is_some() {
        look_again(db, task.key).await?;
    }
    Ok(marked.rows_affected() == 1)
}

/// Does what `Store::set_aside` promises.
pub(super) async fn set_aside(
    db: &impl ConnectionTrait,
    node: NodeId,
    task: &Task,
    blocked: &Blocked,
) -> Result<bool, SqlError> {
    const SET_ASIDE: &str = "UPDATE tasks SET claimed_by = NULL, marked = FALSE, set_aside_kind = $1, \
        set_aside_message = $2, set_aside_since = $3 WHERE id = $4 AND claimed_by = $5";
    const SHOW: &str = "UPDATE instances SET has_set_aside = TRUE WHERE key = $1";
    let values = [
        blocked.kind.as_str().into(),
        convert::readable(&blocked.message).into(),
        blocked.since.as_micros().into(),
        task.id.0.into(),
        convert::node(node).into(),
    ];
    lock::instance(db, task.key).await?;
    if db.execute_raw(sql(db, SET_ASIDE, values)).await?.rows_affected() == 0 {
        return Ok(false);
    }
    db.execute_raw(sql(db, SHOW, [task.key.0.into()])).await?;
    Ok(true)
}

/// Finds out whether anything of the instance is set aside still.
pub(super) async fn look_again(db: &impl ConnectionTrait, key: InstanceKey) -> Result<(), SqlError> {
    const LOOK: &str = "UPDATE instances SET has_set_aside = EXISTS (SELECT 1 FROM tasks \
        WHERE tasks.instance_key = instances.key AND tasks.set_aside_kind IS NOT NULL) WHERE key = $1";
    db.execute_raw(sql(db, LOOK, [key.0.into()])).await?;
    Ok(())
}

/// Does what `Store::survived` promises.
pub(super) async fn survived(db: &impl ConnectionTrait, claim: &Claim) -> Result<(), SqlError> {
    let set = [(Column::Recoveries, 0_i64.into()), (Column::Marked, false.into())];
    if fence::update(db, claim, set).await? { Ok(()) } else { Err(StoreError::LeaseLost.into()) }
}

/// Does what `Store::release` promises. Only leases on instances with unread messages could count.
pub(super) async fn release(db: &impl ConnectionTrait, node: NodeId) -> Result<(), SqlError> {
    const LOCK: &str = "SELECT key FROM instances WHERE key IN (SELECT instance_key FROM inbox) AND lease_owner = $1 \
        ORDER BY key";
    const TURNS: &str = "UPDATE instances SET lease_owner = NULL, marked = FALSE \
        WHERE key IN (SELECT instance_key FROM inbox) AND lease_owner = $1";
    const TASKS: &str = "UPDATE tasks SET claimed_by = NULL, marked = FALSE WHERE claimed_by = $1";
    const NODE: &str = "DELETE FROM nodes WHERE id = $1";
    let lock = format!("{LOCK}{}", lock::for_update(db));
    db.query_all_raw(sql(db, &lock, [convert::node(node).into()])).await?;
    for text in [TURNS, TASKS, NODE] {
        db.execute_raw(sql(db, text, [convert::node(node).into()])).await?;
    }
    Ok(())
}

/// Does what `Store::redrive` promises. Tasks come back by a message, because only the turn that reads it can hand them to
/// the node that will run them. An instance whose turn is blocked has unread messages already.
pub(super) async fn redrive(tx: &Transaction, id: &InstanceId, now: Timestamp) -> Result<(), SqlError> {
    const OBSTACLES: &str = "SELECT key, status, completed_at IS NOT NULL, blocked_kind IS NOT NULL, has_set_aside \
        FROM instances WHERE id = $1";
    const UNBLOCK: &str = "UPDATE instances SET blocked_kind = NULL, blocked_message = NULL, blocked_since = NULL, \
        recoveries = CASE WHEN recoveries > $1 THEN $1 ELSE recoveries END, marked = FALSE, \
        lease_owner = NULL, lease_epoch = lease_epoch + 1, updated_at = $2 WHERE key = $3";
    let db = tx.connection();
    let obstacles = format!("{OBSTACLES}{}", lock::for_update(db));
    let row = db.query_one_raw(sql(db, &obstacles, [id.as_str().into()])).await?;
    let row = row.ok_or_else(|| StoreError::NotFound(id.clone()))?;
    let key = InstanceKey(row.try_get_by_index(0)?);
    // Only what has ended is sure to have a status that can be read: an entity has none.
    if row.try_get_by_index(2)? {
        let status: String = row.try_get_by_index(1)?;
        let status = convert::Place::new("instances", &key).status(&status)?;
        return Err(StoreError::Finished { id: id.clone(), status }.into());
    }
    let (turn, tasks) = (row.try_get_by_index::<bool>(3)?, row.try_get_by_index::<bool>(4)?);
    if !turn && !tasks {
        return Err(StoreError::NotBlocked(id.clone()).into());
    }
    if turn {
        let values = [i64::from(SUSPECT).into(), now.as_micros().into(), key.0.into()];
        db.execute_raw(sql(db, UNBLOCK, values)).await?;
    }
    if tasks {
        inbox::put(db, &[(key, Message::Redrive)]).await?;
    }
    tx.touch(key);
    Ok(())
}

/// Gives the tasks of the claim's instance that are set aside to the lease's owner, for another try. They are set aside
/// no longer from here on, not from their begin: the node may die or stop before, and the next one must get them.
pub(super) async fn take_back(db: &impl ConnectionTrait, claim: &Claim) -> Result<Vec<Task>, SqlError> {
    const ASIDE: &str = "tasks.instance_key = $1 AND tasks.set_aside_kind IS NOT NULL";
    const TAKE: &str = "UPDATE tasks SET claimed_by = $1, marked = FALSE, set_aside_kind = NULL, \
        set_aside_message = NULL, set_aside_since = NULL, \
        recoveries = CASE WHEN recoveries > $2 THEN $2 ELSE recoveries END WHERE instance_key = $3 \
        AND set_aside_kind IS NOT NULL";
    // The turn's commit holds the lock on the instance, so nothing is set aside in between.
    let mut tasks = read_tasks(db, ASIDE, [claim.key.0.into()]).await?;
    let values = [convert::node(claim.owner).into(), i64::from(SUSPECT).into(), claim.key.0.into()];
    db.execute_raw(sql(db, TAKE, values)).await?;
    look_again(db, claim.key).await?;
    for task in &mut tasks {
        task.recoveries = task.recoveries.min(SUSPECT);
        task.set_aside = None;
    }
    Ok(tasks)
}

/// Removes a task. `None` when it was gone; else whether it was set aside.
pub(super) async fn remove(
    db: &impl ConnectionTrait,
    task: TaskId,
    key: InstanceKey,
) -> Result<Option<bool>, SqlError> {
    const REMOVE: &str = "DELETE FROM tasks WHERE id = $1 AND instance_key = $2 RETURNING set_aside_kind IS NOT NULL";
    let row = db.query_one_raw(sql(db, REMOVE, [task.0.into(), key.0.into()])).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}
