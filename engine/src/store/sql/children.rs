//! Children that their parent tries again, and the end of those that it does not want any more.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait};

use super::error::SqlError;
use super::statement::{rows_per_statement, sql};
use super::tables::instance::{Column, Entity};
use super::{again, convert};
use crate::ids::{EventId, InstanceId, InstanceKey};
use crate::model::{ExecutionStarted, Message};
use crate::store::TurnCommit;

/// Begins those of `children` anew that are further tries and were not created, because an earlier try of the same call
/// has the id, as far as that has ended. Gives their keys, by the actions that start them.
pub(super) async fn try_again(
    db: &impl ConnectionTrait,
    turn: &TurnCommit,
    children: &[ExecutionStarted],
    created: &HashMap<InstanceId, InstanceKey>,
) -> Result<HashMap<EventId, InstanceKey>, SqlError> {
    // An id that another call of this execution has taken, or anybody else, stays taken. The rows are locked already.
    const EARLIER_TRY: &str = "SELECT key FROM instances WHERE id = $1 AND parent_id = $2 AND parent_execution = $3 \
        AND parent_event_id >= $4 AND parent_event_id < $5 AND completed_at IS NOT NULL";
    let mut begun = HashMap::new();
    if turn.retried_children.is_empty() {
        return Ok(begun);
    }
    let first_tries: HashMap<EventId, EventId> = turn.retried_children.iter().copied().collect();
    for child in children.iter().filter(|child| !created.contains_key(&child.instance)) {
        let Some(action) = child.parent.as_ref().map(|parent| parent.event_id) else { continue };
        let Some(first) = first_tries.get(&action) else { continue };
        let values = [
            child.instance.as_str().into(),
            turn.claim.instance.as_str().into(),
            convert::execution(turn.claim.execution).into(),
            i64::from(first.0).into(),
            i64::from(action.0).into(),
        ];
        let Some(row) = db.query_one_raw(sql(db, EARLIER_TRY, values)).await? else { continue };
        let key = InstanceKey(row.try_get_by_index(0)?);
        again::take_place(db, key, child, turn.now).await?;
        begun.insert(action, key);
    }
    Ok(begun)
}

/// Takes out the children that the turn starts and terminates: they never exist.
pub(super) fn drop_terminated(turn: &mut TurnCommit) {
    if turn.terminated_children.is_empty() {
        return;
    }
    let terminated: HashSet<EventId> = turn.terminated_children.iter().map(|(action, _)| *action).collect();
    turn.children.retain(|child| child.parent.as_ref().is_none_or(|parent| !terminated.contains(&parent.event_id)));
}

/// The messages that end the turn's terminated children, as far as they live and were started by this execution.
pub(super) async fn terminate(
    db: &impl ConnectionTrait,
    turn: &TurnCommit,
) -> Result<Vec<(InstanceKey, Message)>, SqlError> {
    let mut messages = Vec::new();
    let actions: HashSet<(i64, &str)> =
        turn.terminated_children.iter().map(|(action, child)| (i64::from(action.0), child.as_str())).collect();
    for chunk in turn.terminated_children.chunks(rows_per_statement(1)) {
        let mut children = Query::select();
        children
            .columns([Column::Key, Column::Id, Column::ParentEventId])
            .from(Entity)
            .and_where(Column::Id.is_in(chunk.iter().map(|(_, child)| child.as_str())))
            .and_where(Column::ParentExecution.eq(convert::execution(turn.claim.execution)))
            .and_where(Column::CompletedAt.is_null())
            .order_by(Column::Key, sea_orm::Order::Asc);
        for row in db.query_all(&children).await? {
            let (key, id, action): (i64, String, i64) =
                (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            if actions.contains(&(action, id.as_str())) {
                let reason = Some(format!("its parent {} ended it", turn.claim.instance));
                messages.push((InstanceKey(key), Message::Terminate { reason, recursive: true }));
            }
        }
    }
    Ok(messages)
}
