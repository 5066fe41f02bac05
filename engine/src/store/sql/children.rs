//! The end of children whose parent does not want them any more.

use std::collections::HashSet;

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait};

use super::convert;
use super::error::SqlError;
use super::statement::rows_per_statement;
use super::tables::instance::{Column, Entity};
use crate::ids::{EventId, InstanceKey};
use crate::model::Message;
use crate::store::TurnCommit;

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
