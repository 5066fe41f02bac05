//! What the database tells for a certificate.

use async_trait::async_trait;

use crate::portal::audit::{ChainHead, Checkpoint};
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::{LinkId, RequestId};
use crate::portal::link::Link;
use crate::portal::mail::{MailKind, MailState};
use crate::portal::request::{Assignment, Decision};
use crate::portal::user::Person;

/// Reads for certificates.
#[async_trait]
pub trait CertificateReads: Send + Sync + 'static {
    /// What happened to a request, of all its rounds, as of one moment and in a constant number of queries. `None` for a
    /// request that does not exist or is open.
    async fn find_certificate_rows(&self, id: RequestId) -> Result<Option<CertificateRows>>;
}

/// The rows of a request that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRows {
    /// The questions of all rounds, in the order of asking.
    pub questions: Vec<Assignment>,
    /// The decisions of all rounds, oldest first.
    pub decisions: Vec<Decision>,
    /// The links to these questions, oldest first.
    pub links: Vec<Link>,
    /// The mails that carried them, oldest first, each with its link.
    pub mails: Vec<(LinkId, LinkMail)>,
    /// The newest audit row about the request that was written when it ended, and when that was.
    pub last: Option<(ChainHead, Time)>,
    /// The oldest checkpoint that covers this row.
    pub checkpoint: Option<Checkpoint>,
    /// Whoever these rows and the request's policy name.
    pub people: Vec<Person>,
}

/// A mail that carried a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkMail {
    /// What about.
    pub kind: MailKind,
    /// Where it stands.
    pub state: MailState,
    /// When the server accepted it, or when it was laid into the local outbox.
    pub sent_at: Option<Time>,
}
