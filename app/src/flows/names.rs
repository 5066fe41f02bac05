//! The names and payloads under which the engine stores the portal's work. They are kept for ever: a request that was
//! submitted by an older build must find its code.

use countersign_engine::model::{Activity, Orchestration};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One round of a request, from its submission to its last mail.
pub const APPROVAL: Orchestration<ApprovalInput, String> = Orchestration::named("Approval");
/// The sending of one mail.
pub const MAIL: Orchestration<MailInput, String> = Orchestration::named("Mail");
/// The watch over one service, for ever; one check in each execution.
pub const MONITOR: Orchestration<MonitorInput, String> = Orchestration::named("Monitor");
/// The delivery of one event to one webhook.
pub const WEBHOOK: Orchestration<WebhookInput, String> = Orchestration::named("Webhook");

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
/// Makes the check of a monitor that is due, and records it.
pub const CHECK_MONITOR: Activity<MonitorInput, MonitorRest> = Activity::named("CheckMonitor");
/// Posts a delivery, newly signed.
pub const POST_DELIVERY: Activity<WebhookInput, String> = Activity::named("PostDelivery");
/// Notes that a delivery is given up.
pub const GIVE_UP_DELIVERY: Activity<WebhookInput, ()> = Activity::named("GiveUpDelivery");

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

/// Which delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookInput {
    /// The delivery.
    pub delivery: Uuid,
}

/// Which monitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorInput {
    /// The monitor.
    pub monitor: Uuid,
}

/// What a monitor's instance does until its next execution, as the rows say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rest", rename_all = "snake_case")]
pub enum MonitorRest {
    /// Wait until then, or until the rows change.
    Until {
        /// Microseconds since 1970 UTC; `None` when only a change ends it.
        wake_at: Option<i64>,
    },
    /// The monitor was deleted.
    Gone,
}

/// The event that tells a monitor's instance to read the rows.
pub const MONITOR_CHANGED: &str = "changed";

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
        /// `approved`, `rejected`, `expired`, `terminated` or `withdrawn`.
        how: String,
    },
    /// Another round has begun.
    Superseded,
}

/// The event that tells of an answer to a question of a round.
pub fn decision_event(assignment: Uuid, generation: u32) -> String {
    format!("decision/{assignment}/{generation}")
}
