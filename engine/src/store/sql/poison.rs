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
use super::{control, convert, fence, inbox, lock};
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

/// Does what `Store::mark_task` promises.
pub(super) async fn mark(db: &impl ConnectionTrait, node: NodeId, task: &Task) -> Result<bool, SqlError> {
    const MARK: &str = "UPDATE tasks SET marked = TRUE, set_aside_kind = NULL, set_aside_message = NULL, \
        set_aside_since = NULL WHERE id = $1 AND claimed_by = $2";
    if task.set_aside {
        lock::instance(db, task.key).await?;
    }
    let marked = db.execute_raw(sql(db, MARK, [task.id.0.into(), convert::node(node).into()])).await?;
    if task.set_aside {
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
        blocked.message.clone().into(),
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

/// Does what `Store::release` promises.
pub(super) async fn release(db: &impl ConnectionTrait, node: NodeId) -> Result<(), SqlError> {
    const TASKS: &str = "UPDATE tasks SET claimed_by = NULL, marked = FALSE WHERE claimed_by = $1";
    const NODE: &str = "DELETE FROM nodes WHERE id = $1";
    for text in [TASKS, NODE] {
        db.execute_raw(sql(db, text, [convert::node(node).into()])).await?;
    }
    Ok(())
}

/// Does what `Store::redrive` promises. Tasks come back by a message, because only the turn that reads it can hand them to
/// the node that will run them. An instance whose turn is blocked has unread messages already.
pub(super) async fn redrive(tx: &Transaction, id: &InstanceId, now: Timestamp) -> Result<(), SqlError> {
    const OBSTACLES: &str = "SELECT blocked_kind IS NOT NULL, has_set_aside FROM instances WHERE key = $1";
    const UNBLOCK: &str = "UPDATE instances SET blocked_kind = NULL, blocked_message = NULL, blocked_since = NULL, \
        recoveries = CASE WHEN recoveries > $1 THEN $1 ELSE recoveries END, marked = FALSE, \
        lease_owner = NULL, lease_epoch = lease_epoch + 1, updated_at = $2 WHERE key = $3";
    let db = tx.connection();
    let control::Stand { key, status, .. } = control::stand(db, id).await?;
    if status.is_finished() {
        return Err(StoreError::Finished { id: id.clone(), status }.into());
    }
    let row = db.query_one_raw(sql(db, OBSTACLES, [key.0.into()])).await?;
    let row = row.ok_or_else(|| StoreError::NotFound(id.clone()))?;
    let (turn, tasks) = (row.try_get_by_index::<bool>(0)?, row.try_get_by_index::<bool>(1)?);
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

/// Gives the tasks of the claim's instance that are set aside to the lease's owner, for another try.
pub(super) async fn take_back(db: &impl ConnectionTrait, claim: &Claim) -> Result<Vec<Task>, SqlError> {
    const TAKE: &str = "UPDATE tasks SET claimed_by = $1, \
        recoveries = CASE WHEN recoveries > $2 THEN $2 ELSE recoveries END WHERE instance_key = $3 \
        AND set_aside_kind IS NOT NULL";
    let owner = convert::node(claim.owner);
    let values = [owner.clone().into(), i64::from(SUSPECT).into(), claim.key.0.into()];
    db.execute_raw(sql(db, TAKE, values)).await?;
    let back = "tasks.instance_key = $1 AND tasks.claimed_by = $2 AND tasks.set_aside_kind IS NOT NULL";
    read_tasks(db, back, [claim.key.0.into(), owner.into()]).await
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
