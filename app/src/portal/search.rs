//! Requests are found by the words of their title, text, requester, files and comments. What is found is read by the list,
//! [`super::inbox`]; here is only what keeps the words complete.

use async_trait::async_trait;

use super::error::Result;
use super::ids::RequestId;
use super::service::Portal;

/// How many requests one unit gives their words: few enough for the time that a unit has, however long their texts are.
const STEP: u32 = 20;

/// Reads about the words of requests.
#[async_trait]
pub trait SearchReads: Send + Sync + 'static {
    /// Requests whose words were never written, with ids after `after`, in the order of their ids, at most `limit`.
    async fn list_unindexed(&self, after: Option<RequestId>, limit: u32) -> Result<Vec<RequestId>>;
}

/// Writes of the words of requests.
#[async_trait]
pub trait SearchWork: Send + Sync {
    /// Writes the words of these requests anew; those that do not exist are passed over.
    async fn index_requests(&self, ids: &[RequestId]) -> Result<()>;
    /// Writes the words of at most `limit` older requests anew whose requester's name was changed: the newest ones have it since
    /// the change itself. `false` when none are left.
    async fn index_renamed(&self, limit: u32) -> Result<bool>;
}

impl Portal {
    /// Writes the words of requests that have none, or a name that its owner has changed. Those that a version without search
    /// submitted are until then in every list, and no search finds them; older ones of somebody with a new name are found by
    /// the old one. To be called now and then; nearly always there is nothing to do.
    pub async fn sweep_search(&self) -> Result<()> {
        let step = || self.unit("sweep_names", |work| Box::pin(async move { work.index_renamed(STEP).await }));
        while step().await? {}
        let mut after = None;
        loop {
            let ids = self.reads().list_unindexed(after, STEP).await?;
            let Some(last) = ids.last() else { return Ok(()) };
            after = Some(*last);
            self.unit("sweep_search", move |work| Box::pin(async move { work.index_requests(&ids).await })).await?;
        }
    }
}
