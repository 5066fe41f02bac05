//! What orchestrations send to entities.

use crate::ids::{EntityId, EventId};
use crate::model::{ActionLink, EntityMessage, EventKind, ExecutionStarted, LockRequest, OperationSent, ToEntity};

/// The messages that an event of the execution `started` sends, if it sends any.
pub fn sent_by(started: &ExecutionStarted, event: &EventKind) -> Vec<ToEntity> {
    match event {
        EventKind::EntityOperationSignaled(sent) => {
            let message = EntityMessage::Signal { operation: sent.operation.clone(), input: sent.input.clone() };
            vec![ToEntity { entity: sent.entity.clone(), message, at: sent.scheduled_at }]
        }
        EventKind::EntityOperationCalled(sent) => vec![to(&sent.entity, call(started, sent))],
        EventKind::EntityLockRequested { event_id, entities } => {
            let request = LockRequest { section: link(started, *event_id), entities: entities.clone(), position: 0 };
            entities.first().map(|first| to(first, EntityMessage::Lock(request))).into_iter().collect()
        }
        EventKind::EntityUnlockSent { lock_requested_id, entities, .. } => {
            unlocks(started, *lock_requested_id, entities)
        }
        _ => Vec::new(),
    }
}

/// The messages that end the critical section `section` of the execution `started`.
pub fn unlocks(started: &ExecutionStarted, section: EventId, entities: &[EntityId]) -> Vec<ToEntity> {
    let section = link(started, section);
    entities.iter().map(|entity| to(entity, EntityMessage::Unlock { section: section.clone() })).collect()
}

fn call(started: &ExecutionStarted, sent: &OperationSent) -> EntityMessage {
    EntityMessage::Call {
        operation: sent.operation.clone(),
        input: sent.input.clone(),
        caller: link(started, sent.event_id),
        section: sent.section,
    }
}

fn link(started: &ExecutionStarted, event_id: EventId) -> ActionLink {
    ActionLink { instance: started.instance.clone(), execution: started.execution, event_id }
}

fn to(entity: &EntityId, message: EntityMessage) -> ToEntity {
    ToEntity { entity: entity.clone(), message, at: None }
}
