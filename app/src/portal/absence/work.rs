//! What a unit of work and the pages need of absences.

use async_trait::async_trait;

use super::absences::{Absence, Absences, Backup};
use super::workload::Load;
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::{AbsenceId, AssignmentId, RequestId, UserId};
use crate::portal::request::Assignment;
use crate::portal::user::User;

/// A question that waits for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenQuestion {
    /// The question.
    pub assignment: AssignmentId,
    /// What it is about.
    pub request: RequestId,
}

/// An open request in which a question waits for somebody: as much of it as says who else may answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRequest {
    /// Its title.
    pub title: String,
    /// Whoever submitted it, unless its policy lets them approve.
    pub requester: Option<UserId>,
    /// The questions of its present round and stage, those that count no more included.
    pub asked: Vec<Assignment>,
}

/// Absences within a unit of work.
#[async_trait]
pub trait AbsenceWork: Send + Sync {
    /// What somebody has planned, as their entity says it now. What this unit sends to it is carried out afterwards.
    async fn absences_of(&self, user: UserId) -> Result<Absences>;
    /// Starts the instance of an absence, which has the entity plan it.
    async fn start_absence(&self, user: UserId, absence: &Absence) -> Result<()>;
    /// Has the entity cancel an absence and tells its instance. One that has ended needs not be told.
    async fn cancel_absence(&self, user: UserId, id: AbsenceId) -> Result<()>;
    /// Starts the instance `id`, which has the entity name somebody's backup.
    async fn set_backup(&self, id: AbsenceId, user: UserId, backup: Option<Backup>) -> Result<()>;
    /// The questions that wait for somebody, oldest first.
    async fn list_open_questions(&self, user: UserId) -> Result<Vec<OpenQuestion>>;
}

/// What pages ask.
#[async_trait]
pub trait AbsenceReads: Send + Sync {
    /// Those of these people who exist, in no order.
    async fn list_named(&self, ids: &[UserId]) -> Result<Vec<User>>;
    /// The open requests in which a question waits for somebody, oldest first: at most `most`.
    async fn list_waiting(&self, user: UserId, most: u64) -> Result<Vec<OpenRequest>>;
    /// What is on the desks of those who have open questions at `now` or have answered any since `since`, in no order.
    async fn list_loads(&self, now: Time, since: Time) -> Result<Vec<Load>>;
}
