//! Error pages.

use serde::{Deserialize, Serialize};

/// A page that says what went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// What exactly, as one or two sentences; empty where the general words say enough.
    pub detail: String,
    /// The id under which the log knows this request.
    pub request_id: String,
}

impl Problem {
    /// The heading for its status.
    #[must_use]
    pub const fn heading(&self) -> &'static str {
        match self.status {
            400 => "That request could not be read",
            401 => "Please sign in",
            403 => "You may not see or do this",
            404 => "There is nothing here",
            405 => "That does not work this way",
            409 => "Somebody was faster",
            410 => "This is gone",
            413 => "That is too large",
            422 => "Something in the form is not right",
            429 => "Too many attempts",
            503 => "Not possible at this moment",
            500.. => "Something went wrong on our side",
            _ => "That did not work",
        }
    }

    /// What the reader can do now.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self.status {
            403 => "Nothing was changed.",
            404 | 410 => {
                "The address may be mistyped, or what was here may be gone. Go back to the start and look from there."
            }
            409 => "Nothing was changed by you. Go back and look at how it stands now.",
            413 => "Go back, choose a smaller file and send it again.",
            // How long is said above.
            429 => "Nothing was changed. Go back, and try again then.",
            400 | 405 | 422 => "Go back, look at what you entered and send it again.",
            503 => "Nothing was lost and nothing was changed. Wait a moment and try again.",
            500.. => {
                "Nothing you entered was half-saved. Try again; if it happens twice, tell an administrator the \
                    number below."
            }
            _ => "Go back and try another way.",
        }
    }
}
