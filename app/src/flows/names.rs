//! The names and payloads under which the engine stores the portal's work. They are kept for ever: a request that was
//! submitted by an older build must find its code.

use countersign_engine::model::{Activity, Entity, Operation, Orchestration};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::absence_state::{AbsenceAnswer, StoredAbsence, StoredAbsences, StoredBackup};

/// One round of a request, from its submission to its last mail.
pub const APPROVAL: Orchestration<ApprovalInput, String> = Orchestration::named("Approval");
/// The sending of one mail.
pub const MAIL: Orchestration<MailInput, String> = Orchestration::named("Mail");
/// The watch over one service, for ever; one check in each execution.
pub const MONITOR: Orchestration<MonitorInput, String> = Orchestration::named("Monitor");
/// The daily digests of one person, for ever; one turn in each execution.
pub const DIGEST: Orchestration<DigestInput, String> = Orchestration::named("Digest");
/// The delivery of one event to one webhook.
pub const WEBHOOK: Orchestration<WebhookInput, String> = Orchestration::named("Webhook");

/// One absence, from its planning to its end.
pub const PLANNED_ABSENCE: Orchestration<AbsenceInput, String> = Orchestration::named("PlanAbsence");
/// The naming of a backup.
pub const SETTING_BACKUP: Orchestration<BackupInput, String> = Orchestration::named("SetBackup");

/// The absences of one person each, whose id is the key.
pub const ABSENCE: Entity<StoredAbsences> = Entity::named("absence");
/// Plans one; one that is planned already stays as it is.
pub const PLAN_ABSENCE: Operation<StoredAbsences, StoredAbsence, AbsenceAnswer> = ABSENCE.operation("plan");
/// Cancels the one of that id.
pub const CANCEL_ABSENCE: Operation<StoredAbsences, Uuid, AbsenceAnswer> = ABSENCE.operation("cancel");
/// Names who stands in where an absence names nobody.
pub const SET_BACKUP: Operation<StoredAbsences, Option<StoredBackup>, AbsenceAnswer> = ABSENCE.operation("set_backup");
/// Forgets what is over.
pub const FORGET_PAST: Operation<StoredAbsences, (), AbsenceAnswer> = ABSENCE.operation("forget_past");

/// The drawing of one file's pages.
pub const PREVIEW: Orchestration<PreviewInput, String> = Orchestration::named("Preview");

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
/// Writes somebody's digest if it is due; gives the turn after it, if they want another.
pub const TAKE_DIGEST_TURN: Activity<DigestInput, Option<DigestTurn>> = Activity::named("TakeDigestTurn");
/// Makes the check of a monitor that is due, and records it.
pub const CHECK_MONITOR: Activity<MonitorInput, MonitorRest> = Activity::named("CheckMonitor");
/// Posts a delivery, newly signed.
pub const POST_DELIVERY: Activity<WebhookInput, String> = Activity::named("PostDelivery");
/// Notes that a delivery is given up.
pub const GIVE_UP_DELIVERY: Activity<WebhookInput, ()> = Activity::named("GiveUpDelivery");

/// Moves what waits for somebody absent to whoever stands in.
pub const BEGIN_ABSENCE: Activity<AbsenceRef, HandedOver> = Activity::named("BeginAbsence");

/// Counts a file's pages; gives how many are to be drawn.
pub const COUNT_PAGES: Activity<PreviewInput, u32> = Activity::named("CountPages");
/// Draws one page; gives whether there is something to show.
pub const DRAW_PAGE: Activity<PageInput, bool> = Activity::named("DrawPage");
/// Closes a preview; gives how it stands then.
pub const FINISH_PREVIEW: Activity<PreviewInput, String> = Activity::named("FinishPreview");
/// Closes a preview that cannot be finished.
pub const GIVE_UP_PREVIEW: Activity<PreviewInput, ()> = Activity::named("GiveUpPreview");

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

/// An absence that is to be planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsenceInput {
    /// Who is away.
    pub user: Uuid,
    /// When, and who stands in.
    pub absence: StoredAbsence,
}

/// Which absence of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsenceRef {
    /// Who is away.
    pub user: Uuid,
    /// The absence.
    pub absence: Uuid,
}

/// What became of the questions that were open when an absence began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// How many moved to the substitute.
    pub moved: u32,
    /// How many stay with the person.
    pub kept: u32,
}

/// Whose backup is to be who.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupInput {
    /// Whose.
    pub user: Uuid,
    /// Who; `None` for nobody.
    pub backup: Option<StoredBackup>,
}

/// The event that tells an absence's instance that it was cancelled.
pub const ABSENCE_CANCELLED: &str = "cancelled";

/// Whose preview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewInput {
    /// The SHA-256 of the file in hexadecimal.
    pub file: String,
}

/// Which page of which file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageInput {
    /// The SHA-256 of the file in hexadecimal.
    pub file: String,
    /// From 1.
    pub page: u32,
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

/// Whose digests, and which turn is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestInput {
    /// Who reads them.
    pub user: Uuid,
    /// The turn; none to begin with.
    pub turn: Option<DigestTurn>,
}

/// When a digest is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestTurn {
    /// Microseconds since 1970 UTC.
    pub at: i64,
    /// When the one before was due.
    pub since: i64,
}

/// The event that tells of a change of digests or time zone in somebody's settings.
pub const DIGEST_CHANGED: &str = "changed";

/// The event that tells a monitor's instance to read the rows.
pub const MONITOR_CHANGED: &str = "changed";

/// The event that tells a request's instance to read the rows.
pub const REQUEST_CHANGED: &str = "changed";

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
