//! What can be done to a run that was started.

use serde_json::Value;

use super::error::WorkflowError;
use super::gate::{require_starter, theirs};
use super::run::WorkflowVerb;
use super::text;
use crate::portal::actor::Actor;
use crate::portal::control::MAX_REASON_CHARS;
use crate::portal::scope::Scope;
use crate::portal::service::Portal;
use crate::portal::user::one_line;
use crate::portal::work::{Audit, Work};

impl Portal {
    /// Raises an event of a run. It is kept until the run waits for one of this name.
    pub async fn raise_event(&self, actor: &Actor, id: &str, event: &str, value: Value) -> Result<(), WorkflowError> {
        actor.require_scope(Scope::InstancesRaise)?;
        let (id, event, value) = (id.to_owned(), event.to_owned(), text::event(value));
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.workflow_unit("raise_event", move |work| {
            Box::pin(async move {
                theirs(work, &actor, &id).await?;
                work.raise_run_event(&id, &event, &value).await?;
                let (at, action) = (parts.clock.now(), "workflow.event_raised");
                Ok(work.audit(Audit { at, actor: &actor, action, object: id, detail: event }).await?)
            })
        })
        .await
    }

    /// Does a verb to a run; the reason may be empty. Suspending what is suspended, and resuming what is not, changes nothing.
    pub async fn steer_workflow(
        &self,
        actor: &Actor,
        id: &str,
        verb: WorkflowVerb,
        reason: &str,
    ) -> Result<(), WorkflowError> {
        actor.require_scope(Scope::InstancesControl)?;
        let (id, detail) = (id.to_owned(), checked(reason)?);
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.workflow_unit("steer_workflow", move |work| {
            Box::pin(async move {
                theirs(work, &actor, &id).await?;
                let Some(action) = steer(work, &id, verb, &detail).await? else { return Ok(()) };
                Ok(work.audit(Audit { at: parts.clock.now(), actor: &actor, action, object: id, detail }).await?)
            })
        })
        .await
    }

    /// Runs an ended run again from the beginning, under its own id, or another one like it under a new id, ended or not;
    /// gives that id. A new one must be in the catalogue, and is the actor's.
    pub async fn restart_workflow(&self, actor: &Actor, id: &str, as_new: bool) -> Result<String, WorkflowError> {
        self.rerun_workflow(actor, id, as_new, "").await
    }

    /// The same with a reason, which may be empty.
    pub async fn rerun_workflow(
        &self,
        actor: &Actor,
        id: &str,
        as_new: bool,
        reason: &str,
    ) -> Result<String, WorkflowError> {
        actor.require_scope(Scope::InstancesStart)?;
        require_starter(actor)?;
        let (id, detail, catalogue) = (id.to_owned(), checked(reason)?, self.parts.catalogue.clone());
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.workflow_unit("restart_workflow", move |work| {
            Box::pin(async move {
                let run = theirs(work, &actor, &id).await?;
                let begun = if as_new {
                    if catalogue.find(&run.name).is_none() {
                        return Err(WorkflowError::Unknown { name: run.name, known: catalogue.names() });
                    }
                    work.start_run_like(&id, actor.user_id()).await?
                } else {
                    work.restart_run(&id).await?;
                    // An answer to what was asked before the restart is none to what is asked after it.
                    work.supersede_run_links(&id).await?;
                    id.clone()
                };
                let (at, action) = (parts.clock.now(), "workflow.restarted");
                let detail = if as_new { format!("as {begun} {detail}").trim_end().to_owned() } else { detail };
                work.audit(Audit { at, actor: &actor, action, object: id, detail }).await?;
                Ok(begun)
            })
        })
        .await
    }
}

/// Does the verb and gives its name in the audit log; `None` when nothing was left to do.
async fn steer(
    work: &dyn Work,
    id: &str,
    verb: WorkflowVerb,
    reason: &str,
) -> Result<Option<&'static str>, WorkflowError> {
    Ok(match verb {
        WorkflowVerb::Suspend => work.suspend_run(id, reason).await?.then_some("workflow.suspended"),
        WorkflowVerb::Resume => work.resume_run(id, reason).await?.then_some("workflow.resumed"),
        WorkflowVerb::Terminate => {
            work.terminate_run(id, reason).await?;
            Some("workflow.terminated")
        }
        WorkflowVerb::Rewind => {
            work.rewind_run(id, reason).await?;
            Some("workflow.rewound")
        }
    })
}

fn checked(reason: &str) -> Result<String, WorkflowError> {
    let reason = one_line(reason);
    if reason.chars().count() > MAX_REASON_CHARS {
        return Err(WorkflowError::Invalid(format!("the reason has more than {MAX_REASON_CHARS} characters")));
    }
    Ok(reason)
}
