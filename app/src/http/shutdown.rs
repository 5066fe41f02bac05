//! Stopping in time: what has been accepted is answered, what never ends by itself is told to.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// How long open requests may take once the process has been told to stop. Together with the engine's own stop this
/// stays under ten seconds.
pub const GRACE: Duration = Duration::from_secs(5);

/// Tells everybody who holds a clone that the process stops.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Sender<bool>);

impl Shutdown {
    /// Nothing stops yet.
    pub fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    /// Begins on SIGTERM or SIGINT. A second signal ends the process at once.
    pub fn on_signals(&self) -> std::io::Result<()> {
        let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let shutdown = self.clone();
        tokio::spawn(async move {
            for stop in [true, false] {
                tokio::select! { _ = term.recv() => {}, _ = interrupt.recv() => {} }
                if !stop {
                    std::process::exit(130);
                }
                tracing::info!("stopping; a second signal stops at once");
                shutdown.begin();
            }
        });
        Ok(())
    }

    /// Tells everybody, now.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Whether it has begun.
    pub fn has_begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns when it has begun.
    pub async fn begun(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|begun| *begun).await;
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}
