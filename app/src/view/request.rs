//! The page of one request.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::decision::DecisionBox;
use super::event::EventLine;
use super::file::FileView;
use super::form::FormErrors;
use super::frame::Person;
use super::moment::{Due, Moment};
use super::stage::Stage;
use super::state::RequestState;

/// `GET /requests/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestDetail {
    /// The request's id.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub state: RequestState,
    /// Who submitted it.
    pub requester: Person,
    /// Which revision is shown, from 1.
    pub revision: u32,
    /// The SHA-256 of that revision in hexadecimal.
    pub sha256: String,
    /// When it was submitted.
    pub submitted_at: Moment,
    /// By when it must be decided; none when closed or without a due time.
    pub due: Option<Due>,
    /// How it ended.
    pub closed: Option<Closing>,
    /// Sanitised HTML of its text; empty when there is none.
    pub text_html: String,
    /// Its files.
    pub files: Vec<FileView>,
    /// Who is asked.
    pub stage: Stage,
    /// What the reader may do.
    pub decision: DecisionBox,
    /// What happened, oldest first.
    pub events: Vec<EventLine>,
    /// The form that withdraws it, where the reader may and it is open.
    pub withdraw: Option<WithdrawForm>,
    /// The form of a comment.
    pub comment: CommentForm,
    /// The engine's instance, for admins.
    pub instance: Option<String>,
}

/// The form that withdraws a request. Field: `reason`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawForm {
    /// What was typed.
    pub reason: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// The form of a comment. Field: `text`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentForm {
    /// What was typed.
    pub text: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// When.
    pub at: Moment,
    /// By whom; nobody when it ended by rule.
    pub by: Option<String>,
    /// The reason given.
    pub reason: Option<String>,
}
