//! The names and payloads under which the engine stores the portal's work. They are kept for ever: a request that was
//! submitted by an older build must find its code.

use countersign_engine::model::{Activity, Orchestration};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One round of a request, from its submission to its last mail.
pub const APPROVAL: Orchestration<ApprovalInput, String> = Orchestration::named("Approval");
/// The sending of one mail.
pub const MAIL: Orchestration<MailInput, String> = Orchestration::named("Mail");

/// Asks everybody, each with a link and a mail.
pub const OPEN_STAGE: Activity<ApprovalInput, NextStep> = Activity::named("OpenStage");
/// Applies what is due.
pub const ADVANCE: Activity<ApprovalInput, NextStep> = Activity::named("Advance");
/// Mails everybody how it ended.
pub const CONCLUDE: Activity<ApprovalInput, NextStep> = Activity::named("Conclude");
/// Renders a mail and hands it over.
pub const SEND_MAIL: Activity<MailInput, String> = Activity::named("SendMail");
/// Notes that a mail is given up.
pub const GIVE_UP_MAIL: Activity<MailInput, ()> = Activity::named("GiveUpMail");

/// Which round of which request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalInput {
    /// The request.
    pub request: Uuid,
    /// The round.
    pub generation: u32,
}

/// Which mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailInput {
    /// The mail.
    pub mail: Uuid,
}

/// What a decision's event carries: ids only, the rows say the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRef {
    /// The decision.
    pub decision: Uuid,
}

/// What the orchestration is to do next, as the rows say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "next", rename_all = "snake_case")]
pub enum NextStep {
    /// Wait for an answer to one of these questions, or until then.
    Wait {
        /// The open questions.
        open: Vec<Uuid>,
        /// Microseconds since 1970 UTC; `None` when nothing will ever be due by itself.
        wake_at: Option<i64>,
    },
    /// The request has ended so.
    Ended {
        /// `approved`, `rejected`, `expired` or `terminated`.
        how: String,
    },
    /// Another round has begun.
    Superseded,
}

/// The event that tells of an answer to a question of a round.
pub fn decision_event(assignment: Uuid, generation: u32) -> String {
    format!("decision/{assignment}/{generation}")
}
