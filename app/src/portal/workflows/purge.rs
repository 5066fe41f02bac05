//! Ended runs are removed.

use super::error::WorkflowError;
use super::gate::theirs;
use super::run::{PurgeRuns, RunStatus};
use crate::portal::actor::Actor;
use crate::portal::ids::UserId;
use crate::portal::scope::Scope;
use crate::portal::service::Portal;
use crate::portal::work::Audit;

impl Portal {
    /// Removes an ended run with its history; gives the number of removed runs.
    pub async fn purge_run(&self, actor: &Actor, id: &str) -> Result<u64, WorkflowError> {
        actor.require_scope(Scope::InstancesPurge)?;
        let (id, actor, parts) = (id.to_owned(), actor.clone(), self.parts.clone());
        self.workflow_unit("purge_run", move |work| {
            Box::pin(async move {
                let run = theirs(work, &actor, &id).await?;
                let removed = work.purge_run(&id).await?;
                let (at, action) = (parts.clock.now(), "workflow.purged");
                work.audit(Audit { at, actor: &actor, action, object: id, detail: run.name }).await?;
                Ok(removed)
            })
        })
        .await
    }

    /// Removes the ended runs that `which` means: the actor's own, or everybody's for those who see everything. Only runs of
    /// the catalogue's workflows are meant, so that nothing of the portal's own is ever reached. It takes many short
    /// transactions, each with its line in the audit log; what was removed before an error stays removed.
    pub async fn purge_runs(&self, actor: &Actor, which: PurgeRuns) -> Result<u64, WorkflowError> {
        actor.require_scope(Scope::InstancesPurge)?;
        if let Some(status) = which.statuses.iter().find(|status| !status.is_finished()) {
            let word = status.word();
            return Err(WorkflowError::Invalid(format!(
                "runs that are {word} have not ended, so they cannot be purged"
            )));
        }
        let starter = if actor.sees_everything() { None } else { Some(actor.signed_in()?.id) };
        let Some(which) = ended(which) else { return Ok(0) };
        let mut removed = 0;
        for name in self.catalogue().names() {
            removed += self.purge_runs_of(actor, &which, &name, starter).await?;
        }
        Ok(removed)
    }

    async fn purge_runs_of(
        &self,
        actor: &Actor,
        which: &PurgeRuns,
        name: &str,
        starter: Option<UserId>,
    ) -> Result<u64, WorkflowError> {
        let (mut removed, mut after) = (0, None);
        loop {
            let (which, name, from) = (which.clone(), name.to_owned(), after);
            let (actor, parts) = (actor.clone(), self.parts.clone());
            let step = self.workflow_unit("purge_runs", move |work| {
                Box::pin(async move {
                    let step = work.purge_some_runs(&which, &name, starter, from.as_deref()).await?;
                    if step.removed > 0 {
                        let detail = format!("{} ended runs, chosen by time and state", step.removed);
                        let (at, action) = (parts.clock.now(), "workflow.purged_many");
                        work.audit(Audit { at, actor: &actor, action, object: name, detail }).await?;
                    }
                    Ok(step)
                })
            });
            let step = step.await?;
            removed += step.removed;
            after = step.after;
            if after.is_none() {
                return Ok(removed);
            }
        }
    }
}

/// The same without the state that no run is ever in; `None` when nothing is left to look for.
fn ended(mut which: PurgeRuns) -> Option<PurgeRuns> {
    let asked = !which.statuses.is_empty();
    which.statuses.retain(|status| *status != RunStatus::Canceled);
    (!asked || !which.statuses.is_empty()).then_some(which)
}
