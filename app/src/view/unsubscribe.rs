//! Ending the daily overview by the link in it.

use serde::{Deserialize, Serialize};

/// `GET /unsubscribe/{token}`, and again after its POST, which has no fields of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsubscribe {
    /// The link's text, which is in the path.
    pub token: String,
    /// The address that gets the overview.
    pub email: String,
    /// Whether it gets one now.
    pub subscribed: bool,
}
