//! Who is who: one type per kind of thing, so that the compiler keeps them apart.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Declares an id that prints as the hyphenated lower-case text under which the database knows it.
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
    )+};
}

id! {
    /// A request for approval.
    RequestId
    /// One person's question within one generation of a request.
    AssignmentId
    /// A recorded decision; people quote it as a reference.
    DecisionId
    /// A person, with or without an account.
    UserId
    /// A signed link: 16 bytes of the system's randomness, not a time-ordered id.
    LinkId
    /// A code mailed besides a link: 16 bytes of the system's randomness.
    CodeId
    /// A mail.
    MailId
    /// An upload by one person: what a form carries until the request refers to the file.
    UploadId
    /// A webhook.
    WebhookId
    /// One event for one webhook.
    DeliveryId
    /// An API token's row; it opens nothing.
    TokenId
    /// A monitor.
    MonitorId
    /// A time during which somebody is away.
    AbsenceId
    /// A group of people.
    GroupId
    /// A filter of the inbox that somebody keeps.
    SavedViewId
    /// A stored policy.
    PolicyId
}

/// Declares a SHA-256 that prints as 64 hexadecimal digits.
macro_rules! hash {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; 32]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = hex::FromHexError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut bytes = [0; 32];
                hex::decode_to_slice(text, &mut bytes)?;
                Ok(Self(bytes))
            }
        }
    )+};
}

hash! {
    /// A file, by its content.
    FileId
    /// A revision of a request: its title, text and files. Approvals are bound to it.
    RevisionHash
    /// What the portal knows of a session's id.
    SessionHash
    /// What the portal knows of an API token's text.
    TokenHash
    /// What a call that may be repeated asked for.
    Fingerprint
    /// A row of the audit log together with every row before it.
    ChainHash
    /// What a key of the ring says of the digits of a mailed code.
    CodeProof
    /// What a key of the ring says under a checkpoint of the audit log.
    CheckpointMac
}
