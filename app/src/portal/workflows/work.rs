//! What use cases of workflows do within a unit of work.

use async_trait::async_trait;
use serde_json::Value;

use super::error::WorkflowError;
use super::run::PurgeRuns;
use crate::portal::error::Result;
use crate::portal::ids::{LinkId, UserId};
use crate::portal::mail::{Mail, MailFacts};

type Answered<T> = std::result::Result<T, WorkflowError>;

/// The part of a unit of work that is about runs and entities. Errors say exactly how an instance stands; nothing was
/// changed then, and the unit is of no use any more.
#[async_trait]
pub trait WorkflowWork: Send + Sync {
    /// The instance of that id, whosoever it is.
    async fn find_run(&self, id: &str) -> Answered<Option<Run>>;
    /// Starts a run and gives its id. [`WorkflowError::Exists`] while one of that id has not ended, and for an ended one unless
    /// [`NewRun::replaces`] says that it gives way.
    async fn start_run(&self, run: NewRun) -> Answered<String>;
    /// Starts another run like that one, ended or not, for this person; gives its id.
    async fn start_run_like(&self, id: &str, starter: Option<UserId>) -> Answered<String>;
    /// Begins an ended run anew under its own id. [`WorkflowError::Running`] while it has not ended.
    async fn restart_run(&self, id: &str) -> Answered<()>;
    /// Raises an event. [`WorkflowError::Finished`] for a run that has ended.
    async fn raise_run_event(&self, id: &str, event: &str, value: &Value) -> Answered<()>;
    /// Suspends a run; `false`, and no change, when it is suspended already.
    async fn suspend_run(&self, id: &str, reason: &str) -> Answered<bool>;
    /// Resumes a run; `false`, and no change, when it is not suspended.
    async fn resume_run(&self, id: &str, reason: &str) -> Answered<bool>;
    /// Ends a run. [`WorkflowError::Finished`] for one that has ended.
    async fn terminate_run(&self, id: &str, reason: &str) -> Answered<()>;
    /// Takes a failed run back to before its failure. [`WorkflowError::NotFailed`] for one that has not failed.
    async fn rewind_run(&self, id: &str, reason: &str) -> Answered<()>;
    /// Removes an ended run. [`WorkflowError::Running`] for one that has not ended.
    async fn purge_run(&self, id: &str) -> Answered<u64>;
    /// Removes some of the ended runs of this workflow that `which` means, only those of `starter` if one is given. A few at a
    /// time: [`PurgedRuns::after`] is where the next call goes on.
    async fn purge_some_runs(
        &self,
        which: &PurgeRuns,
        workflow: &str,
        starter: Option<UserId>,
        after: Option<&str>,
    ) -> Answered<PurgedRuns>;
    /// Tells an entity to carry out an operation; gives the entity's id.
    async fn signal_entity(&self, name: &str, key: &str, operation: &str, input: &Value) -> Answered<String>;

    /// The mail that carries this link.
    async fn find_mail_of_link(&self, link: LinkId) -> Answered<Option<Mail>>;
    /// Revokes the live links of all mails of a run, and of those before it with its id: another question takes their place.
    async fn supersede_run_links(&self, run: &str) -> Answered<()>;
}

/// What pages read about runs besides the instances themselves, which they ask the engine for.
#[async_trait]
pub trait WorkflowReads: Send + Sync {
    /// The mail that carries this link, with everything that it is rendered from.
    async fn find_mail_facts_of_link(&self, link: LinkId) -> Result<Option<MailFacts>>;
}

/// An instance, as far as the rules need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// Its orchestration.
    pub name: String,
    /// Who started it, as its tag says.
    pub starter: Option<String>,
    /// Whether another instance waits for its result.
    pub is_child: bool,
}

impl Run {
    /// The person who started it.
    pub fn starter_id(&self) -> Option<UserId> {
        self.starter.as_deref().and_then(|id| id.parse().ok())
    }
}

/// A run about to be started.
#[derive(Clone, Debug, PartialEq)]
pub struct NewRun {
    /// The workflow's name, as the catalogue spells it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The id; a new one without it.
    pub id: Option<String>,
    /// The input.
    pub input: Value,
    /// Whose it is.
    pub starter: Option<UserId>,
    /// The caller's place in a trace.
    pub traceparent: Option<String>,
    /// Whether an ended run of that id gives way.
    pub replaces: bool,
}

/// What one step of a removal did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PurgedRuns {
    /// How many runs are gone.
    pub removed: u64,
    /// Where to go on; `None` when there are no more.
    pub after: Option<String>,
}
