//! Mail: what it says, how it is built, and how it leaves.
//!
//! A mail's row holds no link. The link is made from its row and a key at the moment of sending (or, where no mail server is
//! configured, of showing the mail to an admin), and is neither stored nor logged.

mod catalogue;

mod digest_letter;
mod letter;
mod monitor_letter;
mod request_letter;
mod run_letter;

mod error;
mod mailer;
mod message;
mod transport;

#[cfg(test)]
mod tests;

pub use error::MailSetUpError;
pub use letter::{Action, Fact, Item, Section, subject};
pub use mailer::{MailSettings, Mailer, Rendered};
pub use transport::{MemoryMails, Transport};
