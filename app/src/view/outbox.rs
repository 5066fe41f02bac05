//! Mails, for admins.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::form::FormErrors;
use super::moment::Moment;
use super::state::MailState;

/// `GET /outbox`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outbox {
    /// How mails leave.
    pub transport: Transport,
    /// How many mails are in each state, over everything.
    pub counts: Vec<(MailState, u64)>,
    /// The chosen state.
    pub state: Option<MailState>,
    /// The rows of this page, newest first.
    pub rows: Vec<MailRow>,
    /// Whether this is not the first page.
    pub paged: bool,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// What went wrong with the test mail.
    pub errors: FormErrors,
}

/// How mails leave this portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Transport {
    /// No mail server is configured: mails stay here, and admins can read them with their links.
    Local,
    /// By this mail server.
    Smtp {
        /// Host and port, without the password.
        host: String,
        /// The server's sentence at the last failed attempt, if no mail has gone through since.
        trouble: Option<String>,
    },
}

/// One mail in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRow {
    /// Its id.
    pub id: Uuid,
    /// What kind of mail: `Request`, `Reminder`, …
    pub kind: String,
    /// The recipient's address.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Where it stands.
    pub state: MailState,
    /// Attempts made so far.
    pub attempts: u32,
    /// The mail server's own sentence at the last failed attempt.
    pub error: Option<String>,
    /// When the next attempt is made.
    pub next_attempt_at: Option<Moment>,
    /// When it was written.
    pub created_at: Moment,
}

/// `GET /outbox/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailDetail {
    /// What the list shows of it.
    pub mail: MailRow,
    /// The sender.
    pub from: String,
    /// Its `Message-ID`, the same for every attempt.
    pub message_id: String,
    /// When the mail server accepted it.
    pub sent_at: Option<Moment>,
    /// The request it is about.
    pub request: Option<Uuid>,
    /// Its instance.
    pub instance: String,
    /// The text part; absent where links must not be shown.
    pub text: Option<String>,
    /// Whether the HTML part can be seen at its own path.
    pub html: bool,
    /// The signed link within, only where no mail server is configured.
    pub link: Option<String>,
    /// Whether it can be tried again now.
    pub can_retry: bool,
}
