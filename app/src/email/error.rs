//! How mail fails to be set up. How a sending fails is the rules' matter: see `portal::mail::MailTrouble`.

/// Why mail cannot be set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailSetUpError {
    /// The mail server's URL is not understood. It is not repeated, as it may hold a password.
    #[error(
        "the mail server's URL must look like smtps://user:password@host, smtp://host:587?tls=required or smtp://host:25"
    )]
    Url,
    /// The sender is no address.
    #[error("the sender of mails must be an address, such as Countersign <sign@example.org>")]
    Sender,
}
