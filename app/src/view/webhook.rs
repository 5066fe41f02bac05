//! Webhooks and what was posted to them, for admins.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::form::FormErrors;
use super::frame::Person;
use super::mark::{Icon, Mark, Tone};
use super::moment::Moment;

/// `GET /webhooks`, and again with messages after a form that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhooks {
    /// Every webhook, oldest first.
    pub rows: Vec<WebhookRow>,
    /// The form for a new one.
    pub form: WebhookForm,
}

/// One webhook in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRow {
    /// Its id.
    pub id: Uuid,
    /// Where it posts to.
    pub url: String,
    /// What it is for; empty when nobody said.
    pub description: String,
    /// What it subscribed to: `request.closed`.
    pub events: Vec<String>,
    /// Whether it is told what happens.
    pub state: WebhookState,
    /// How its newest delivery stands, and when that was written.
    pub newest: Option<(DeliveryState, Moment)>,
}

impl WebhookRow {
    /// What it is called: what it is for, or else where it posts to.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.description.is_empty() { &self.url } else { &self.description }
    }
}

/// Whether a webhook is told what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WebhookState {
    /// It is.
    Active,
    /// It is not.
    Disabled,
}

impl WebhookState {
    /// Word, colour and icon.
    #[must_use]
    pub const fn mark(self) -> Mark {
        match self {
            Self::Active => Mark { word: "Active", tone: Tone::Good, icon: Icon::Check },
            Self::Disabled => Mark { word: "Disabled", tone: Tone::Gone, icon: Icon::Pause },
        }
    }
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeliveryState {
    /// Will be posted.
    Queued,
    /// An attempt failed; there will be another one.
    Retrying,
    /// The receiver accepted it.
    Delivered,
    /// Given up.
    Failed,
}

impl DeliveryState {
    /// Word, colour and icon.
    #[must_use]
    pub const fn mark(self) -> Mark {
        match self {
            Self::Queued => Mark { word: "Queued", tone: Tone::Waiting, icon: Icon::Clock },
            Self::Retrying => Mark { word: "Retrying", tone: Tone::Escalated, icon: Icon::Again },
            Self::Delivered => Mark { word: "Delivered", tone: Tone::Good, icon: Icon::Check },
            Self::Failed => Mark { word: "Failed", tone: Tone::Bad, icon: Icon::Cross },
        }
    }
}

/// `POST /webhooks` and `POST /webhooks/{id}`. Fields: `url`, `description`, `event` (repeated).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookForm {
    /// What was typed.
    pub url: String,
    /// What was typed.
    pub description: String,
    /// What can be subscribed to.
    pub events: Vec<EventChoice>,
    /// What is wrong.
    pub errors: FormErrors,
}

/// An event to subscribe to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventChoice {
    /// Its word, which is the form's value.
    pub word: String,
    /// When it is told.
    pub text: String,
    /// Whether it is ticked.
    pub chosen: bool,
}

/// `GET /webhooks/{id}`, and again as the answer to its form and to a new secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookDetail {
    /// What the list shows of it.
    pub webhook: WebhookRow,
    /// The secret that was just made.
    pub secret: Option<ShownSecret>,
    /// Since when it is disabled, and why; the reason is empty when an admin did it.
    pub disabled: Option<(Moment, String)>,
    /// The form that changes it.
    pub form: WebhookForm,
    /// Who made it.
    pub owner: Person,
    /// When.
    pub created_at: Moment,
    /// The number of its secret.
    pub secret_number: u32,
    /// Until when the secret before signs too.
    pub old_secret_until: Option<Moment>,
    /// Deliveries of this page, newest first.
    pub deliveries: Vec<DeliveryRow>,
    /// Whether this is not the first page.
    pub paged: bool,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// A secret that was just made: the one time that it is shown. Printing it for debugging prints nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownSecret(pub String);

impl fmt::Debug for ShownSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShownSecret(…)")
    }
}

/// One delivery in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRow {
    /// Its id, which is the `webhook-id` of every attempt.
    pub id: Uuid,
    /// What happened: `request.closed`.
    pub event: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// Attempts made so far.
    pub attempts: u32,
    /// What went wrong at the last attempt.
    pub error: Option<String>,
    /// When the next attempt is made.
    pub next_attempt_at: Option<Moment>,
    /// When it was written.
    pub created_at: Moment,
}

/// `GET /webhooks/deliveries/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryDetail {
    /// What the list shows of it.
    pub delivery: DeliveryRow,
    /// Its webhook.
    pub webhook: Uuid,
    /// What the webhook is called.
    pub webhook_name: String,
    /// Where it posts to.
    pub url: String,
    /// What is posted, with line breaks for people.
    pub payload: String,
    /// The status of the last answer.
    pub status: Option<u16>,
    /// How the last answer begins.
    pub answer: String,
    /// When the last attempt was made.
    pub attempted_at: Option<Moment>,
    /// When it was accepted.
    pub delivered_at: Option<Moment>,
    /// Its instance.
    pub instance: String,
    /// Whether it can be posted again now.
    pub can_redeliver: bool,
}
