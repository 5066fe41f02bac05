//! What keeps the processor busy for a page: comparing texts, drawing certificates. Whoever has a link can ask for it again
//! and again, so no more of it is done at a time than there are cores, whoever asks.

use std::fmt::Display;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

use tokio::sync::Semaphore;

use crate::portal::PortalError;

/// The places at which such work is done; clones share them.
#[derive(Clone, Debug)]
pub struct HeavyWork(Arc<Semaphore>);

impl Default for HeavyWork {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(thread::available_parallelism().map_or(1, NonZeroUsize::get))))
    }
}

impl HeavyWork {
    /// Does `work` beside the threads that answer, once there is a place. It keeps its place until it has ended, also when the
    /// one who asked has gone by then. [`PortalError::Internal`], which names `what`, when it panics.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        what: &'static str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PortalError> {
        let failed = |error: &dyn Display| PortalError::Internal(format!("{what}: {error}"));
        let place = self.0.clone().acquire_owned().await.map_err(|error| failed(&error))?;
        let working = tokio::task::spawn_blocking(move || {
            let _place = place;
            work()
        });
        working.await.map_err(|error| failed(&error))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_keeps_its_place_until_it_has_ended() {
        let heavy = HeavyWork(Arc::new(Semaphore::new(1)));
        let ((begin, begun), (end, ended)) = (oneshot::channel(), mpsc::channel::<()>());
        let asked = heavy.clone();
        let left = tokio::spawn(async move {
            let work = move || {
                begin.send(()).expect("somebody listens");
                ended.recv().expect("an end");
            };
            asked.run("waiting", work).await
        });
        begun.await.expect("it has begun");
        left.abort();
        assert!(left.await.expect_err("whoever asked has gone").is_cancelled());
        assert_eq!(heavy.0.available_permits(), 0);
        end.send(()).expect("it goes on");
        assert_eq!(heavy.run("counting", || 7).await, Ok(7));
    }
}
