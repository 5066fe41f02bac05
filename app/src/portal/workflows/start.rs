//! A run is started.

use super::error::WorkflowError;
use super::gate::{is_reserved, require_starter};
use super::run::StartWorkflow;
use super::text;
use super::work::NewRun;
use crate::portal::actor::Actor;
use crate::portal::scope::Scope;
use crate::portal::service::Portal;
use crate::portal::work::{Audit, Work};

impl Portal {
    /// Starts a run of a workflow of the catalogue and gives its id. Requesters and those who see everything may.
    ///
    /// An id that is taken gives [`WorkflowError::Exists`], unless its run has ended and was started by the same person: then the
    /// new one takes its place.
    pub async fn start_workflow(&self, actor: &Actor, start: StartWorkflow) -> Result<String, WorkflowError> {
        actor.require_scope(Scope::InstancesStart)?;
        require_starter(actor)?;
        let run = self.new_run(actor, start)?;
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.workflow_unit("start_workflow", move |work| {
            Box::pin(async move {
                let (at, detail) = (parts.clock.now(), run.name.clone());
                let object = begin(work, run).await?;
                let action = "workflow.started";
                work.audit(Audit { at, actor: &actor, action, object: object.clone(), detail }).await?;
                Ok(object)
            })
        })
        .await
    }

    fn new_run(&self, actor: &Actor, start: StartWorkflow) -> Result<NewRun, WorkflowError> {
        let known = || WorkflowError::Unknown { name: start.name.clone(), known: self.catalogue().names() };
        let workflow = self.catalogue().find(&start.name).ok_or_else(known)?;
        let asked = start.version.as_deref().unwrap_or_default();
        if !asked.is_empty() && asked != workflow.version {
            let there_is = match workflow.version.as_str() {
                "" => "it has no versions".to_owned(),
                version => format!("its version is {version}"),
            };
            return Err(WorkflowError::Invalid(format!("{} has no version {asked:?}: {there_is}", workflow.name)));
        }
        if let Some(id) = start.id.as_deref().filter(|id| is_reserved(id)) {
            return Err(WorkflowError::Invalid(format!("ids that begin like {id:?} are the portal's own")));
        }
        Ok(NewRun {
            name: workflow.name.clone(),
            version: workflow.version.clone(),
            input: text::input(&workflow.input_schema, start.input),
            id: start.id,
            starter: actor.user_id(),
            traceparent: start.traceparent,
            replaces: false,
        })
    }
}

/// Starts the run, in place of an ended one of the same person.
async fn begin(work: &dyn Work, mut run: NewRun) -> Result<String, WorkflowError> {
    let Some(id) = run.id.clone() else { return work.start_run(run).await };
    if let Some(before) = work.find_run(&id).await? {
        if before.starter_id() != run.starter || before.is_child {
            return Err(WorkflowError::Exists(format!("the id {id} is taken")));
        }
        run.replaces = true;
    }
    let id = work.start_run(run).await?;
    // Who was asked by a run that had this id before, whether it gives way now or was purged, was not asked by this one.
    work.supersede_run_links(&id).await?;
    Ok(id)
}
