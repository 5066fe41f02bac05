//! What a unit of work needs of digests.

use async_trait::async_trait;

use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::{AssignmentId, LinkId, MailId, RequestId, UserId};
use crate::portal::link::Link;

/// The most lines of each part of a digest: beyond that, people look into their inbox anyway.
pub const MAX_LINES: usize = 100;

/// Why a request is in a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestAbout {
    /// It waits for the reader's answer.
    Waiting,
    /// It is theirs and waits for another revision.
    ChangesRequested,
    /// It is theirs and was decided since the digest before.
    Decided,
}

/// One line of a digest, as it is kept: the rest is read when the mail is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DigestLine {
    /// Why it is there.
    pub about: DigestAbout,
    /// The request.
    pub request: RequestId,
    /// The link to the decision, for [`DigestAbout::Waiting`].
    pub link: Option<LinkId>,
}

/// Digests within a unit of work. Lists give at most [`MAX_LINES`].
#[async_trait]
pub trait DigestWork: Send + Sync {
    /// The open questions put to somebody, with their requests, oldest first; none of requests that are on hold or wait for
    /// another revision.
    async fn list_waiting_for(&self, user: UserId) -> Result<Vec<(AssignmentId, RequestId)>>;
    /// Somebody's open requests that wait for another revision, those that wait longest first.
    async fn list_to_revise(&self, requester: UserId) -> Result<Vec<RequestId>>;
    /// Somebody's requests that got a verdict after `since` and not after `until`, in the order of their ends.
    async fn list_decided(&self, requester: UserId, since: Time, until: Time) -> Result<Vec<RequestId>>;
    /// Somebody's live link to end their digests that works longest.
    async fn find_unsubscribing_link(&self, user: UserId) -> Result<Option<Link>>;
    /// Adds the lines of a digest that was just queued.
    async fn insert_digest_lines(&self, mail: MailId, lines: &[DigestLine]) -> Result<()>;
    /// Makes sure that somebody's digests follow their settings: starts the instance that writes them, or wakes it. To be
    /// called whenever they turn them on or off or change their time zone.
    async fn keep_digests(&self, user: UserId) -> Result<()>;
}
