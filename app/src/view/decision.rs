//! Deciding: the box on a request's page, the page behind a link, and the receipt.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::file::FileView;
use super::form::FormErrors;
use super::frame::Person;
use super::moment::{Due, Moment};
use super::rule::{FinalRule, Tally, Verdict};
use super::state::RequestState;

/// The decision form. Fields: `verdict` (`approve`, `reject`, `request_changes`), `reason`, `code`, hidden `nonce`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionForm {
    /// Ties the answer to what was shown (link or session, revision, time).
    pub nonce: String,
    /// What was chosen; `None` on the first showing, so that nothing is chosen beforehand.
    pub verdict: Option<Verdict>,
    /// What was typed.
    pub reason: String,
    /// What is wrong.
    pub errors: FormErrors,
    /// The code that the answer needs besides the link, if it needs one.
    pub code: Option<CodeEntry>,
}

/// How a code is asked for and typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeEntry {
    /// Where it is asked for.
    pub ask: String,
    /// Until when the one works that was mailed; `None` when none does.
    pub until: Option<Moment>,
}

/// What the signed-in reader may do on a request's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DecisionBox {
    /// The reader is not asked.
    NotAsked,
    /// The reader is asked and has not answered.
    Open {
        /// The form.
        form: DecisionForm,
        /// The count, for the consequences.
        tally: Tally,
    },
    /// The reader is asked, but the request is on hold.
    OnHold,
    /// The reader is asked, but another revision is awaited.
    AwaitsRevision,
    /// The reader has answered.
    Decided {
        /// What.
        verdict: Verdict,
        /// When.
        at: Moment,
        /// The form that changes the answer, while that is possible.
        reconsider: Option<Box<Reconsider>>,
    },
    /// Somebody else is asked in the reader's place.
    Reassigned,
    /// The reader was asked about an earlier revision, and not yet about this one.
    Stale,
    /// The request was decided without the reader.
    TooLate,
    /// The request was withdrawn before the reader answered.
    Withdrawn,
}

/// The decision form once more, for somebody who has answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconsider {
    /// Until when the answer may be changed.
    pub until: Moment,
    /// The form.
    pub form: DecisionForm,
    /// The count, for the consequences; the answer given is in it.
    pub tally: Tally,
}

/// `GET /decide/{link}` for an open link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decide {
    /// The link's id, which is in the path.
    pub link: Uuid,
    /// The request's title.
    pub title: String,
    /// Who asks.
    pub requester: Person,
    /// As whom the reader is asked.
    pub asked_as: Person,
    /// When the request was submitted.
    pub submitted_at: Moment,
    /// Which revision is shown.
    pub revision: u32,
    /// Sanitised HTML of the request's text; empty when there is none.
    pub text_html: String,
    /// The request's files.
    pub files: Vec<FileView>,
    /// By when.
    pub due: Option<Due>,
    /// How the stage ends if nobody decides in time, if it does; shown together with `due`.
    pub final_rule: Option<FinalRule>,
    /// The count, for the consequences.
    pub tally: Tally,
    /// The form.
    pub form: DecisionForm,
}

/// What an approver sees after deciding, and whenever they open their link again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The request's title.
    pub title: String,
    /// Who asked.
    pub requester: Person,
    /// Who decided.
    pub decided_as: Person,
    /// What they decided.
    pub verdict: Verdict,
    /// The reason they gave; empty when none.
    pub reason: String,
    /// When the decision was recorded.
    pub at: Moment,
    /// Where the request stands now.
    pub request_state: RequestState,
    /// Which revision was decided on.
    pub revision: u32,
    /// The SHA-256 of that revision in hexadecimal; empty where it is not known.
    pub sha256: String,
    /// The decision's id, to quote in a conversation.
    pub reference: String,
    /// Whether the link gives the certificate of the request.
    pub certificate: bool,
    /// The form that changes the answer, while that is possible.
    pub reconsider: Option<Box<Reconsider>>,
}
