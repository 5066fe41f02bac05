//! Who watches a request is nudged when something was recorded, or when a preview of one of its files goes on; they then read
//! what they do not know yet.

use tokio::sync::broadcast;

use super::actor::Actor;
use super::error::Result;
use super::ids::{FileId, RequestId};
use super::previews::PreviewState;
use super::reads::EventRecord;
use super::service::Portal;

/// Nudges that may wait for a slow watcher. One that missed some is told so and reads the rows all the same.
const BACKLOG: usize = 256;

/// The nudges of one process. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Nudges {
    sender: broadcast::Sender<RequestId>,
}

impl Nudges {
    /// Says that something durable happened to `request`.
    pub fn nudge(&self, request: RequestId) {
        // Nobody watching is no fault.
        let _ = self.sender.send(request);
    }

    /// The nudges from now on, of every request.
    pub fn watch(&self) -> broadcast::Receiver<RequestId> {
        self.sender.subscribe()
    }
}

impl Default for Nudges {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(BACKLOG) }
    }
}

/// What a page that follows a request is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// What happened after the last event that it knows.
    pub events: Vec<EventRecord>,
    /// How many of the files have a preview that is being made.
    pub drawing: usize,
}

impl Portal {
    /// What happened to a request after event number `after`, and how far its previews are, for whoever may see the request.
    pub async fn news_after(&self, actor: &Actor, id: RequestId, after: i64) -> Result<News> {
        let files = self.visible(actor, id).await?.files;
        let previews = self.previews_of(&files).await?;
        let queued: Vec<_> = previews.iter().filter(|shown| shown.preview.state == PreviewState::Queued).collect();
        let is_drawn = |file: FileId| queued.iter().any(|shown| shown.preview.file == file);
        let drawing = files.iter().filter(|file| is_drawn(file.id)).count();
        Ok(News { events: self.reads().list_events(id, after).await?, drawing })
    }
}
