//! What clients tell an instance.
//!
//! The visible status of an instance that has not ended follows the clients' verbs in the order of their commits: a
//! suspend makes it `Suspended` and a resume `Running` in the commit that puts the message into the inbox. Turns read
//! these messages in that order, so they come to the same state in the end; until then a turn that began before the
//! verb must not overwrite it. Hence a turn moves `Pending` to `Running` and ends an instance, and never writes any other state.

use sea_orm::ConnectionTrait;

use super::error::SqlError;
use super::statement::sql;
use super::transaction::Transaction;
use super::{convert, inbox, lock, timers};
use crate::clock::Timestamp;
use crate::ids::{InstanceId, InstanceKey};
use crate::limits::MAX_INBOX_MESSAGES;
use crate::model::{Message, RuntimeStatus};
use crate::store::{Later, StoreError};

/// Does what `Store::send` promises, and says which instance got the message.
pub(super) async fn send(
    tx: &Transaction,
    id: &InstanceId,
    message: &Message,
    now: Timestamp,
) -> Result<InstanceKey, SqlError> {
    let db = tx.connection();
    let Stand { key, status, is_full } = stand(db, id).await?;
    if status.is_finished() {
        return Err(StoreError::Finished { id: id.clone(), status }.into());
    }
    match message {
        Message::Raise(_) if is_full => {
            return Err(StoreError::InboxFull { id: id.clone(), limit: MAX_INBOX_MESSAGES }.into());
        }
        Message::Suspend { .. } if status == RuntimeStatus::Suspended => {
            return Err(StoreError::WrongState { id: id.clone(), status, verb: "suspended" }.into());
        }
        Message::Suspend { .. } => {
            suspend(db, key, now).await?;
            tx.changed(id.clone());
        }
        Message::Resume { .. } if status != RuntimeStatus::Suspended => {
            return Err(StoreError::WrongState { id: id.clone(), status, verb: "resumed" }.into());
        }
        Message::Resume { .. } => {
            resume(db, key, now).await?;
            tx.changed(id.clone());
        }
        Message::Terminate { .. } if status != RuntimeStatus::Running => {
            if let Some(start) = timers::take_start(db, key).await? {
                // It ends before it reads what else came: its code does not run.
                inbox::put_first(db, &[(key, start), (key, message.clone())]).await?;
                tx.touch(key);
                return Ok(key);
            }
        }
        _ => {}
    }
    inbox::put(db, &[(key, message.clone())]).await?;
    tx.touch(key);
    Ok(key)
}

/// Does what `Store::send_later` promises.
pub(super) async fn send_later(
    tx: &Transaction,
    id: &InstanceId,
    message: &Message,
    later: Later,
) -> Result<(), SqlError> {
    let Stand { key, status, is_full } = stand(tx.connection(), id).await?;
    if status.is_finished() {
        return Err(StoreError::Finished { id: id.clone(), status }.into());
    }
    if is_full {
        return Err(StoreError::InboxFull { id: id.clone(), limit: MAX_INBOX_MESSAGES }.into());
    }
    timers::delay(tx.connection(), &[(key, message, later)]).await?;
    tx.falls_due(later.at);
    Ok(())
}

/// How an instance stands.
struct Stand {
    key: InstanceKey,
    status: RuntimeStatus,
    /// Whether it has as many unread messages as it may have.
    is_full: bool,
}

/// The key and the status of an instance, and whether it has more unread messages than `$1`.
pub(in crate::store) const STAND: &str = "SELECT key, status, EXISTS (SELECT 1 FROM inbox \
    WHERE inbox.instance_key = instances.key ORDER BY inbox.is_start DESC, inbox.id LIMIT 1 OFFSET $1) \
    FROM instances WHERE id = $2";

/// How an instance stands, without the values it holds. Nobody else changes that before the transaction ends. Counts unread
/// messages no further than the limit, so that it costs in proportion to what waits.
async fn stand(db: &impl ConnectionTrait, id: &InstanceId) -> Result<Stand, SqlError> {
    let (last, stand) = (i64::from(MAX_INBOX_MESSAGES - 1), format!("{STAND}{}", lock::for_update(db)));
    let row = db.query_one_raw(sql(db, &stand, [last.into(), id.as_str().into()])).await?;
    let row = row.ok_or_else(|| StoreError::NotFound(id.clone()))?;
    let key: i64 = row.try_get_by_index(0)?;
    let status: String = row.try_get_by_index(1)?;
    Ok(Stand {
        key: InstanceKey(key),
        status: convert::Place::new("instances", &key).status(&status)?,
        is_full: row.try_get_by_index(2)?,
    })
}

async fn suspend(db: &impl ConnectionTrait, key: InstanceKey, now: Timestamp) -> Result<(), SqlError> {
    const SUSPEND: &str = "UPDATE instances SET status = 'Suspended', updated_at = $1 WHERE key = $2";
    db.execute_raw(sql(db, SUSPEND, [now.as_micros().into(), key.0.into()])).await?;
    Ok(())
}

/// An execution that has no history yet is pending again.
async fn resume(db: &impl ConnectionTrait, key: InstanceKey, now: Timestamp) -> Result<(), SqlError> {
    const RESUME: &str = "UPDATE instances SET updated_at = $1, status = CASE WHEN EXISTS \
        (SELECT 1 FROM history WHERE history.instance_key = instances.key AND history.ordinal = instances.ordinal) \
        THEN 'Running' ELSE 'Pending' END WHERE key = $2";
    db.execute_raw(sql(db, RESUME, [now.as_micros().into(), key.0.into()])).await?;
    Ok(())
}
