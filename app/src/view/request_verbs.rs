//! What people do to a request beside deciding on it: the forms on its page.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::form::FormErrors;
use super::rule::Verdict;

/// What the reader may do; what they may not do, or not now, is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestVerbs {
    /// Whether those who have not answered can be reminded. Nothing is asked for.
    pub remind: bool,
    /// Asks one more person. Field: `approver`.
    pub add_approver: Option<AddressForm>,
    /// Passes a question on.
    pub pass_on: Option<PassOn>,
    /// Lets somebody observe the request. Field: `observer`.
    pub observe: Option<AddressForm>,
    /// Decides over the heads of those who are asked.
    pub overrule: Option<OverruleForm>,
}

/// A form that asks for one mail address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressForm {
    /// What was typed.
    pub address: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// Passing a question on: one's own, or, for admins, any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassOn {
    /// The open questions to choose from, at least one.
    pub questions: Vec<Passable>,
    /// Whether it is the reader's own, so that there is nothing to choose and no reason is owed.
    pub own: bool,
    /// What was typed.
    pub form: PassOnForm,
}

/// An open question that can be passed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passable {
    /// The question's id.
    pub id: Uuid,
    /// Who is asked.
    pub person: String,
}

/// The form that passes a question on. Fields: `question`, `to`, `reason`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassOnForm {
    /// The id of the question that was chosen.
    pub question: String,
    /// The address typed.
    pub to: String,
    /// The reason typed.
    pub reason: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// The form that decides over everybody's head. Fields: `verdict` (`approve`, `reject`), `reason`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverruleForm {
    /// What was chosen; `None` on the first showing, so that nothing is chosen beforehand.
    pub verdict: Option<Verdict>,
    /// What was typed.
    pub reason: String,
    /// What is wrong.
    pub errors: FormErrors,
}
