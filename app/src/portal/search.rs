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
}

impl Portal {
    /// Writes the words of requests that have none: of those that a version without search submitted. Until then they are
    /// in every list, and no search finds them. To be called now and then; nearly always there is nothing to do.
    pub async fn sweep_search(&self) -> Result<()> {
        let mut after = None;
        loop {
            let ids = self.reads().list_unindexed(after, STEP).await?;
            let Some(last) = ids.last() else { return Ok(()) };
            after = Some(*last);
            self.unit("sweep_search", move |work| Box::pin(async move { work.index_requests(&ids).await })).await?;
        }
    }
}
