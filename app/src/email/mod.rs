//! Mail: what it says, how it is built, and how it leaves.
//!
//! A mail's row holds no link. The link is made from its row and a key at the moment of sending (or, where no mail server is
//! configured, of showing the mail to an admin), and is neither stored nor logged.

mod error;
mod letter;
mod mailer;
mod message;
mod monitor_letter;
mod run_letter;
mod transport;

pub use error::MailSetUpError;
pub use letter::{Action, Fact};
pub use mailer::{MailSettings, Mailer, Rendered};
pub use transport::{MemoryMails, Transport};
