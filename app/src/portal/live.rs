//! Who watches a request is nudged when something was recorded; they then read the rows after the last they know.

use tokio::sync::broadcast;

use super::ids::RequestId;

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
