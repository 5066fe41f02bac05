//! Runs and entities within a unit of work: the engine's answers in the words of [`WorkflowError`].

use async_trait::async_trait;
use countersign_engine::client::EngineError;
use countersign_engine::store::StoreError;
use countersign_engine::{
    Between, Cursor, EntityId, IfExists, InstanceFilter, InstanceId, InstanceOrder, InstanceQuery, InstanceRecord,
    Payload, RuntimeStatus, Timestamp, Traceparent,
};
use serde_json::Value;

use super::reads::DbReads;
use super::work::Unit;
use super::{links, mails};
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{LinkId, UserId};
use crate::portal::link::Invalid;
use crate::portal::mail::{Mail, MailFacts};
use crate::portal::workflows::{
    NewRun, PurgeRuns, PurgedRuns, Run, RunStatus, STARTER, WorkflowError, WorkflowReads, WorkflowWork, is_reserved,
};

/// How many runs one step removes: few enough for the budget of a transaction.
const STEP: u32 = 50;

type Answered<T> = std::result::Result<T, WorkflowError>;

#[async_trait]
impl WorkflowWork for Unit<'_> {
    async fn find_run(&self, id: &str) -> Answered<Option<Run>> {
        let Ok(id) = InstanceId::parse(id) else { return Ok(None) };
        Ok(self.engine().status(&id).await.map_err(refused)?.as_ref().map(run))
    }

    async fn start_run(&self, new: NewRun) -> Answered<String> {
        let input = Payload::encode(&new.input).map_err(|failure| refused(failure.into()))?;
        let mut start = self.engine().start_named(&new.name, &new.version, input);
        if let Some(id) = &new.id {
            start = start.id(InstanceId::parse(id).map_err(|error| refused(error.into()))?);
        }
        if let Some(starter) = new.starter {
            start = start.tag(STARTER, starter.to_string());
        }
        if let Some(traceparent) = new.traceparent.as_deref().and_then(|text| Traceparent::parse(text).ok()) {
            start = start.traceparent(traceparent);
        }
        if new.replaces {
            start = start.if_exists(IfExists::ReplaceFinished);
        }
        match start.await {
            Ok(id) => Ok(id.to_string()),
            Err(EngineError::Store(StoreError::WrongState { id, status, .. })) => {
                Err(WorkflowError::Exists(format!("the id {id} is taken by a run that is {}", status.as_str())))
            }
            Err(error) => Err(refused(error)),
        }
    }

    async fn start_run_like(&self, id: &str, starter: Option<UserId>) -> Answered<String> {
        let old = self.engine().status(&instance(id)?).await.map_err(refused)?.ok_or(WorkflowError::NotFound)?;
        let input = old.input.unwrap_or_else(Payload::null);
        let mut start = self.engine().start_named(&old.name, &old.version, input);
        if let Some(starter) = starter {
            start = start.tag(STARTER, starter.to_string());
        }
        Ok(start.await.map_err(refused)?.to_string())
    }

    async fn restart_run(&self, id: &str) -> Answered<()> {
        self.engine().restart(&instance(id)?, None).await.map_err(refused)
    }

    async fn raise_run_event(&self, id: &str, event: &str, value: &Value) -> Answered<()> {
        self.engine().raise_event(&instance(id)?, event, value).await.map_err(refused)
    }

    async fn suspend_run(&self, id: &str, reason: &str) -> Answered<bool> {
        unless_done(self.engine().suspend(&instance(id)?, reason).await)
    }

    async fn resume_run(&self, id: &str, reason: &str) -> Answered<bool> {
        unless_done(self.engine().resume(&instance(id)?, reason).await)
    }

    async fn terminate_run(&self, id: &str, reason: &str) -> Answered<()> {
        self.engine().terminate(&instance(id)?, reason).await.map_err(refused)
    }

    async fn rewind_run(&self, id: &str, reason: &str) -> Answered<()> {
        self.engine().rewind(&instance(id)?, reason).await.map_err(|error| match error {
            EngineError::Store(error @ StoreError::WrongState { .. }) => WorkflowError::NotFailed(error.to_string()),
            error => refused(error),
        })
    }

    async fn purge_run(&self, id: &str) -> Answered<u64> {
        self.engine().purge(&instance(id)?).await.map_err(refused)
    }

    async fn purge_some_runs(
        &self,
        which: &PurgeRuns,
        workflow: &str,
        starter: Option<UserId>,
        after: Option<&str>,
    ) -> Answered<PurgedRuns> {
        let after = after.map(str::parse::<Cursor>).transpose();
        let after = after.map_err(|error| WorkflowError::Invalid(error.to_string()))?;
        let query = InstanceQuery {
            filter: filter(which, workflow, starter),
            order: InstanceOrder::OldestFirst,
            after,
            limit: STEP,
            ..InstanceQuery::default()
        };
        let page = self.engine().query(&query).await.map_err(refused)?;
        let is_full = page.len() == STEP as usize;
        let after = page.last().filter(|_| is_full).map(|last| last.cursor().to_string());
        let mut removed = 0;
        for record in page.iter().filter(|record| !is_reserved(record.id.as_str())) {
            match self.engine().purge(&record.id).await {
                Ok(count) => removed += count,
                // Removed or begun anew since it was listed.
                Err(EngineError::Store(StoreError::NotFound(_) | StoreError::WrongState { .. })) => {}
                Err(error) => return Err(refused(error)),
            }
        }
        Ok(PurgedRuns { removed, after })
    }

    async fn signal_entity(&self, name: &str, key: &str, operation: &str, input: &Value) -> Answered<String> {
        let entity = EntityId::new(name, key).map_err(|error| refused(error.into()))?;
        let input = Payload::encode(input).map_err(|failure| refused(failure.into()))?;
        self.engine().send_operation(&entity, operation, input, None).await.map_err(refused)?;
        Ok(entity.to_string())
    }

    async fn find_mail_of_link(&self, link: LinkId) -> Answered<Option<Mail>> {
        Ok(mails::find_of_link(self.db(), link).await?)
    }

    async fn supersede_run_links(&self, run: &str) -> Answered<()> {
        self.note_revoked(links::supersede_of_run(self.db(), run).await?, Invalid::Superseded);
        Ok(())
    }
}

#[async_trait]
impl WorkflowReads for DbReads {
    async fn find_mail_facts_of_link(&self, link: LinkId) -> Result<Option<MailFacts>> {
        match mails::find_of_link(self.pool(), link).await? {
            Some(mail) => mails::facts_of(self.pool(), mail).await.map(Some),
            None => Ok(None),
        }
    }
}

/// A text that is no instance id names nothing.
fn instance(id: &str) -> Answered<InstanceId> {
    InstanceId::parse(id).map_err(|_| WorkflowError::NotFound)
}

fn run(record: &InstanceRecord) -> Run {
    Run {
        starter: record.tags.get(STARTER).map(str::to_owned),
        is_child: record.parent.is_some(),
        id: record.id.to_string(),
        name: record.name.to_string(),
    }
}

const fn status(status: RuntimeStatus) -> RunStatus {
    match status {
        RuntimeStatus::Pending => RunStatus::Pending,
        RuntimeStatus::Running => RunStatus::Running,
        RuntimeStatus::Suspended => RunStatus::Suspended,
        RuntimeStatus::Completed => RunStatus::Completed,
        RuntimeStatus::Failed => RunStatus::Failed,
        RuntimeStatus::Terminated => RunStatus::Terminated,
        RuntimeStatus::Canceled => RunStatus::Canceled,
        RuntimeStatus::ContinuedAsNew => RunStatus::ContinuedAsNew,
    }
}

/// The ended runs that are meant.
fn filter(which: &PurgeRuns, workflow: &str, starter: Option<UserId>) -> InstanceFilter {
    let is_meant = |state: &RuntimeStatus| {
        // The engine never gives the fourth of the ended states, and does not let anybody ask for it.
        let is_ended = state.is_finished() && *state != RuntimeStatus::Canceled;
        is_ended && (which.statuses.is_empty() || which.statuses.contains(&status(*state)))
    };
    InstanceFilter {
        name: Some(workflow.to_owned()),
        statuses: RuntimeStatus::ALL.into_iter().filter(is_meant).collect(),
        tags: starter.map(|starter| (STARTER.to_owned(), starter.to_string())).into_iter().collect(),
        created: Between {
            from: Some(Timestamp::from_micros(which.created_from.micros())),
            // The engine's end lies outside.
            until: which.created_to.map(|to| Timestamp::from_micros(to.micros().saturating_add(1))),
        },
        ..InstanceFilter::default()
    }
}

/// `false` when the instance is in that state already.
fn unless_done(result: std::result::Result<(), EngineError>) -> Answered<bool> {
    match result {
        Ok(()) => Ok(true),
        Err(EngineError::Store(StoreError::WrongState { .. })) => Ok(false),
        Err(error) => Err(refused(error)),
    }
}

fn refused(error: EngineError) -> WorkflowError {
    match error {
        EngineError::Store(StoreError::NotFound(_)) => WorkflowError::NotFound,
        EngineError::Store(error @ StoreError::Exists(_)) => WorkflowError::Exists(error.to_string()),
        EngineError::Store(error @ StoreError::Finished { .. }) => WorkflowError::Finished(error.to_string()),
        EngineError::Store(error @ StoreError::WrongState { .. }) => WorkflowError::Running(error.to_string()),
        EngineError::Store(error @ StoreError::InboxFull { .. }) => PortalError::TooMany(error.to_string()).into(),
        EngineError::Payload(failure) => WorkflowError::Invalid(failure.message),
        error @ (EngineError::InvalidId(_) | EngineError::InvalidEntityId(_) | EngineError::NotFinal(_)) => {
            WorkflowError::Invalid(error.to_string())
        }
        error => PortalError::from(error).into(),
    }
}
