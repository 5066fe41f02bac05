//! How many files are drawn at a time.

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::portal::error::{PortalError, Result};

/// Each takes a processor and up to a gigabyte of memory.
const DRAWN_AT_ONCE: usize = 2;
/// Drawn or about to be. Whoever comes beyond them is sent away and comes again, so that those who wait here do not take the
/// places of everything else that the engine does.
const ADMITTED: usize = 8;

/// The places at which files are drawn.
#[derive(Debug)]
pub(in crate::portal) struct Desk {
    admitted: Semaphore,
    places: Semaphore,
}

/// A place at the desk, until it is dropped.
#[derive(Debug)]
pub(super) struct Place<'d> {
    _place: SemaphorePermit<'d>,
    _admission: SemaphorePermit<'d>,
}

impl Default for Desk {
    fn default() -> Self {
        Self { admitted: Semaphore::new(ADMITTED), places: Semaphore::new(DRAWN_AT_ONCE) }
    }
}

impl Desk {
    /// Waits for a place. [`PortalError::Unavailable`] when too many wait already.
    pub(super) async fn place(&self) -> Result<Place<'_>> {
        let busy = || PortalError::Unavailable("Many files are being drawn. This one comes later.".into());
        let admission = self.admitted.try_acquire().map_err(|_| busy())?;
        let place = self.places.acquire().await.map_err(|_| busy())?;
        Ok(Place { _place: place, _admission: admission })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_finds_the_desk_full_is_sent_away() {
        let desk = Desk::default();
        let _places = [desk.place().await.expect("a place"), desk.place().await.expect("a place")];
        let waiting: Vec<_> = (2..ADMITTED).map(|_| desk.admitted.try_acquire().expect("room to wait")).collect();
        assert!(matches!(desk.place().await, Err(PortalError::Unavailable(_))));
        drop(waiting);
        assert!(desk.admitted.available_permits() > 0);
    }
}
