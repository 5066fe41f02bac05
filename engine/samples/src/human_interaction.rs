//! An approval that waits for a person: the document is made, somebody is asked, and a decision or a deadline ends the wait.

use std::time::Duration;

use countersign_engine::{Activity, Failure, Orchestration, OrchestrationContext, RetryPolicy, Timestamp};
use futures::future::Either;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Takes a document and an approver and gives the verdict.
pub const HUMAN_INTERACTION: Orchestration<Request, Outcome> = Orchestration::named("HumanInteraction");

/// The external event that decides: a [`Decision`].
pub const APPROVAL_EVENT: &str = "ApprovalEvent";

/// Makes the document of that title ready to be read; gives the text to read.
pub const GENERATE_DOCUMENT: Activity<String, String> = Activity::named("GenerateDocument");

/// Asks somebody to decide, with a link in the mail that raises [`APPROVAL_EVENT`].
pub const REQUEST_APPROVAL: Activity<Question, ()> = Activity::named("RequestApproval");

/// Finalises an approved document.
pub const FINALIZE_DOCUMENT: Activity<String, ()> = Activity::named("FinalizeDocument");

/// Tells those concerned how it ended.
pub const NOTIFY_STAKEHOLDERS: Activity<Notice, ()> = Activity::named("NotifyStakeholders");

/// Puts an approved document away for good.
pub const ARCHIVE_DOCUMENT: Activity<String, ()> = Activity::named("ArchiveDocument");

/// Who decides when nobody has decided in time.
const DEADLINE: &str = "deadline";

/// What has to be decided, by whom and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// The document's title.
    pub document: String,
    /// Who is asked.
    pub approver: String,
    /// How long each of those who are asked has, in seconds.
    pub timeout_seconds: u64,
    /// What happens after that.
    pub on_timeout: OnTimeout,
    /// Who is asked next when the deadline escalates; needed for that and only then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_to: Option<String>,
}

/// What a deadline does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnTimeout {
    /// It approves.
    Approve,
    /// It rejects.
    Reject,
    /// It asks somebody else, whose own deadline rejects.
    Escalate,
}

/// A question to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Who is asked.
    pub to: String,
    /// The text to read.
    pub text: String,
    /// Until when, in microseconds since 1970.
    pub due_at: Timestamp,
}

/// The value of [`APPROVAL_EVENT`]: `true`, `false`, or `{"approved": true, "by": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Decision {
    /// By whoever was asked.
    Plain(bool),
    /// By somebody with a name.
    Signed {
        /// Yes or no.
        approved: bool,
        /// Who decided; without it whoever was asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// Who gave it: an address, or `deadline`.
    pub by: String,
    /// Whether the first deadline had passed.
    pub escalated: bool,
}

/// What those concerned are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The document's title.
    pub document: String,
    /// How it ended.
    pub outcome: Outcome,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Yes.
    Approved,
    /// No.
    Rejected,
}

/// The orchestration of [`HUMAN_INTERACTION`].
pub async fn human_interaction(ctx: OrchestrationContext, request: Request) -> Result<Outcome, Failure> {
    if request.on_timeout == OnTimeout::Escalate && request.escalate_to.is_none() {
        return Err(Failure::new(Failure::INVALID_PAYLOAD, "escalate_to is missing").non_retriable());
    }
    let text = ctx.call(GENERATE_DOCUMENT, &request.document).retry(retry()).await?;
    let outcome = decide(&ctx, &request, &text).await?;
    ctx.set_custom_status("decided")?;
    if outcome.verdict == Verdict::Approved {
        ctx.call(FINALIZE_DOCUMENT, &request.document).retry(retry()).await?;
    }
    let notice = Notice { document: request.document.clone(), outcome: outcome.clone() };
    ctx.call(NOTIFY_STAKEHOLDERS, &notice).retry(retry()).await?;
    if outcome.verdict == Verdict::Approved {
        ctx.call(ARCHIVE_DOCUMENT, &request.document).retry(retry()).await?;
    }
    Ok(outcome)
}

/// Asks one after the other until somebody, or a deadline, decides.
async fn decide(ctx: &OrchestrationContext, request: &Request, text: &str) -> Result<Outcome, Failure> {
    let escalate_to = request.escalate_to.as_ref().filter(|_| request.on_timeout == OnTimeout::Escalate);
    let asked = std::iter::once(&request.approver).chain(escalate_to);
    let mut escalated = false;
    for (turn, to) in asked.enumerate() {
        escalated = turn > 0;
        if let Some(decision) = ask(ctx, to, text, request.timeout_seconds).await? {
            let (verdict, by) = decision.settle(to);
            return Ok(Outcome { verdict, by, escalated });
        }
    }
    let verdict = if request.on_timeout == OnTimeout::Approve { Verdict::Approved } else { Verdict::Rejected };
    Ok(Outcome { verdict, by: DEADLINE.to_owned(), escalated })
}

/// Asks one person; `None` when they let the deadline pass.
async fn ask(ctx: &OrchestrationContext, to: &str, text: &str, seconds: u64) -> Result<Option<Decision>, Failure> {
    let due_at = ctx.now() + Duration::from_secs(seconds);
    let question = Question { to: to.to_owned(), text: text.to_owned(), due_at };
    ctx.call(REQUEST_APPROVAL, &question).retry(retry()).await?;
    ctx.set_custom_status(&format!("waiting for {to}"))?;
    match ctx.first_of(ctx.external_event(APPROVAL_EVENT), ctx.timer_at(due_at)).await {
        Either::Left(decision) => decision.map(Some),
        Either::Right(()) => Ok(None),
    }
}

impl Decision {
    /// The verdict and who gave it, when `asked` was the one to decide.
    fn settle(self, asked: &str) -> (Verdict, String) {
        let (approved, by) = match self {
            Self::Plain(approved) => (approved, None),
            Self::Signed { approved, by } => (approved, by),
        };
        let verdict = if approved { Verdict::Approved } else { Verdict::Rejected };
        (verdict, by.unwrap_or_else(|| asked.to_owned()))
    }
}

fn retry() -> RetryPolicy {
    RetryPolicy::exponential(Duration::from_secs(1), 5)
}
