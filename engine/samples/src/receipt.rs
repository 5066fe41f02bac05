//! The mail at the end of an order, which two samples send.

use countersign_engine::Activity;
use serde::{Deserialize, Serialize};

/// Mails a receipt to whoever started the instance and gives the confirmation, a sentence.
pub const SEND_CONFIRMATION_EMAIL: Activity<Receipt, String> = Activity::named("SendConfirmationEmail");

/// What the mail confirms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The order's number: its instance, or what the customer calls it.
    pub order: String,
    /// What was bought or paid, for people.
    pub text: String,
}

impl Receipt {
    /// The sentence that confirms it.
    pub fn confirmation(&self) -> String {
        format!("Order {} is confirmed: {}.", self.order, self.text)
    }
}
