//! The page of one request.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::decision::DecisionBox;
use super::event::EventLine;
use super::file::FileView;
use super::form::FormErrors;
use super::frame::Person;
use super::moment::{Due, Moment};
use super::request_verbs::RequestVerbs;
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
    /// The name and version of the policy it was submitted with.
    pub policy: Option<String>,
    /// Its stages, in their order.
    pub stages: Vec<Stage>,
    /// Who observes it.
    pub observers: Vec<Observer>,
    /// Who asked for changes, while another revision is awaited.
    pub changes: Option<ChangesWanted>,
    /// Whether the reader may submit another revision.
    pub may_revise: bool,
    /// What the reader may do.
    pub decision: DecisionBox,
    /// What happened, oldest first.
    pub events: Vec<EventLine>,
    /// The form that withdraws it, where the reader may and it is open.
    pub withdraw: Option<WithdrawForm>,
    /// What else the reader may do.
    pub verbs: RequestVerbs,
    /// The form of a comment.
    pub comment: CommentForm,
    /// The engine's instance, for admins.
    pub instance: Option<String>,
}

/// Somebody who observes a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observer {
    /// Their id, for the form that takes them off.
    pub id: Uuid,
    /// Who.
    pub person: Person,
    /// Whether the reader may take them off.
    pub removable: bool,
}

/// What stands in the way of a decision until there is another revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesWanted {
    /// Who asked for changes.
    pub by: String,
    /// When.
    pub at: Moment,
    /// What is to be changed.
    pub reason: String,
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
