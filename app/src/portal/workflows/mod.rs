//! Workflows that people start: what there is to start, who may do what to a run, and the verbs.
//!
//! A run is an instance of a workflow of the [`Catalogue`], filed under the person who started it ([`STARTER`]). It is
//! theirs: they and those who see everything may read and steer it, to everybody else it does not exist. Instances that
//! carry something of the portal's own (requests, mails, monitors, deliveries) are nobody's runs: every verb on them is refused
//! with [`WorkflowError::Owned`], because only their use cases keep rows and instances together.

mod catalogue;
mod error;
mod run;
mod text;
mod work;

mod answer;
mod entities;
mod gate;
mod letters;
mod purge;
mod start;
mod steer;
mod unit;

pub use answer::{AnswerClosed, AnswerPage, RunQuestion};
pub use catalogue::{Catalogue, EntityKind, Workflow};
pub use error::WorkflowError;
pub use gate::{is_reserved, may_read_entities};
pub use letters::{ServiceChange, ServiceNews, WorkflowPost};
pub use run::{EntitySignal, PurgeRuns, RunStatus, STARTER, StartWorkflow, WorkflowVerb};
pub use work::{NewRun, PurgedRuns, Run, WorkflowReads, WorkflowWork};
