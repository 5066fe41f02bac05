//! Entities are told to do something.

use serde_json::Value;

use super::error::WorkflowError;
use super::gate::require_requester;
use super::run::EntitySignal;
use super::text;
use crate::portal::actor::Actor;
use crate::portal::error::PortalError;
use crate::portal::scope::Scope;
use crate::portal::service::Portal;
use crate::portal::work::Audit;

/// The operation that every entity has.
const DELETE: &str = "delete";

impl Portal {
    /// Tells an entity to carry out an operation; nobody waits for its outcome. Requesters and those who see everything may; the
    /// operation `delete` is [`Portal::delete_entity`].
    pub async fn signal_entity(&self, actor: &Actor, signal: EntitySignal) -> Result<(), WorkflowError> {
        actor.require_scope(Scope::EntitiesSignal)?;
        if signal.operation.eq_ignore_ascii_case(DELETE) {
            return self.delete_entity(actor, &signal.name, &signal.key).await;
        }
        require_requester(actor, "Only requesters may send operations to entities.")?;
        let signal = EntitySignal { input: text::operation(signal.input), ..signal };
        self.tell_entity("signal_entity", actor, signal, "entity.signalled").await
    }

    /// Takes the state of an entity away. Only those who see everything may: an entity is nobody's own.
    pub async fn delete_entity(&self, actor: &Actor, name: &str, key: &str) -> Result<(), WorkflowError> {
        actor.require_scope(Scope::EntitiesDelete)?;
        if !actor.sees_everything() {
            return Err(PortalError::forbidden("Only administrators may delete entities.").into());
        }
        let (name, key, operation) = (name.to_owned(), key.to_owned(), DELETE.to_owned());
        let signal = EntitySignal { name, key, operation, input: Value::Null };
        self.tell_entity("delete_entity", actor, signal, "entity.deleted").await
    }

    async fn tell_entity(
        &self,
        caller: &'static str,
        actor: &Actor,
        signal: EntitySignal,
        action: &'static str,
    ) -> Result<(), WorkflowError> {
        let EntitySignal { name, key, operation, input } = signal;
        if self.catalogue().find_entities(&name).is_none() {
            let known = self.catalogue().entities().map(|kind| kind.name.clone()).collect();
            return Err(WorkflowError::Unknown { name, known });
        }
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.workflow_unit(caller, move |work| {
            Box::pin(async move {
                let object = work.signal_entity(&name, &key, &operation, &input).await?;
                let at = parts.clock.now();
                Ok(work.audit(Audit { at, actor: &actor, action, object, detail: operation }).await?)
            })
        })
        .await
    }
}
