//! The list of requests: what it can be narrowed to, and what is read of requests that were chosen from it.

use async_trait::async_trait;

use super::actor::Actor;
use super::clock::Time;
use super::error::Result;
use super::ids::{RequestId, RevisionHash, UserId};
use super::reads::{InboxQuery, InboxTab};
use super::request::RequestState;
use super::scope::Scope;
use super::service::Portal;
use super::user::Person;

/// What a list of requests is narrowed to. Everything that is said must hold; nothing said narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboxFilter {
    /// How they stand.
    pub state: Option<RequestState>,
    /// Words and "phrases" of title, text, requester, files, comments and reasons; upper and lower case are alike, and the last
    /// word may go on. All must be found; text without any word finds nothing. Empty for anything.
    pub text: String,
    /// When they are due.
    pub due: Option<DueFilter>,
    /// Submitted then or later.
    pub submitted_from: Option<Time>,
    /// Submitted earlier than that.
    pub submitted_before: Option<Time>,
}

/// When a request is due, as a filter. What is on hold or waits for another revision is neither: its clock stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueFilter {
    /// The due time is over.
    Overdue,
    /// It comes within 24 hours.
    WithinDay,
}

/// A request about which somebody is asked in its present round, with what they need to recognise it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedAbout {
    /// Which.
    pub id: RequestId,
    /// Its title.
    pub title: String,
    /// Who submitted it.
    pub requester: Person,
    /// The present revision.
    pub revision: u32,
    /// The hash of that revision.
    pub revision_hash: RevisionHash,
    /// By when.
    pub due_at: Option<Time>,
    /// Whether an answer is waited for now: it is open, not on hold, and was not answered.
    pub waits: bool,
}

/// Reads for the list and for what is chosen from it.
#[async_trait]
pub trait InboxReads: Send + Sync + 'static {
    /// How many open requests wait for an answer of `user`, up to [`super::reads::InboxCounts::MOST`].
    async fn count_waiting(&self, user: UserId) -> Result<u64>;
    /// Whether `query`, whose own limit does not matter, has more than `rows` rows.
    async fn inbox_has_more_than(&self, query: &InboxQuery, rows: u64) -> Result<bool>;
    /// Those of these requests about which `user` is asked in the present round, in the order of `ids`.
    async fn list_asked_about(&self, user: UserId, ids: &[RequestId]) -> Result<Vec<AskedAbout>>;
}

impl Portal {
    /// How many open requests wait for the actor's answer, up to [`super::reads::InboxCounts::MOST`].
    pub async fn waiting_count(&self, actor: &Actor) -> Result<u64> {
        actor.require_scope(Scope::RequestsRead)?;
        self.reads().count_waiting(actor.signed_in()?.id).await
    }

    /// Whether this list of the actor's has more than `rows` rows. The tab of all requests is for admins.
    pub async fn inbox_has_more_than(
        &self,
        actor: &Actor,
        tab: InboxTab,
        filter: &InboxFilter,
        rows: u64,
    ) -> Result<bool> {
        let query = self.inbox_query(actor, tab, filter)?;
        self.reads().inbox_has_more_than(&query, rows).await
    }

    /// Those of these requests about which the actor is asked in the present round, in the order of `ids`. Needs a session.
    pub async fn asked_about(&self, actor: &Actor, ids: &[RequestId]) -> Result<Vec<AskedAbout>> {
        let user = actor.require_session()?.id;
        self.reads().list_asked_about(user, ids).await
    }
}
