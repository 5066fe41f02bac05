//! A running engine with its database, and what is counted of it.

use std::path::Path;
use std::sync::Arc;

use countersign_engine::runtime::{Backlog, Wake};
use countersign_engine::testing::FatedStore;
use countersign_engine::{Client, Engine, SystemClock};

use crate::Error;
use crate::code::{self, Beats, Marks};
use crate::counts::Commits;
use crate::options::Part;
use crate::place::Place;

pub(crate) struct Session {
    pub place: Place,
    pub commits: Commits,
    pub marks: Marks,
    pub beats: Beats,
    engine: Engine,
    /// Whose transactions are not counted.
    aside: Client,
}

impl Session {
    /// Opens the part's database and starts an engine with the usual limits on it.
    pub(crate) async fn open(part: &Part) -> Result<Self, Error> {
        Self::open_in(&part.folder, part.postgres.as_deref()).await
    }

    pub(crate) async fn open_in(folder: &Path, postgres: Option<&str>) -> Result<Self, Error> {
        let place = Place::open(folder, postgres).await?;
        let (commits, marks, beats) = (Commits::default(), Marks::default(), Beats::default());
        let counted = Arc::new(FatedStore::under(place.store(), commits.clone()));
        let engine = Engine::builder(counted, code::registry(marks.clone(), beats.clone())?).start().await?;
        let aside = Client::new(place.store(), Arc::new(SystemClock), Wake::default());
        Ok(Self { place, commits, marks, beats, engine, aside })
    }

    pub(crate) fn client(&self) -> Client {
        self.engine.client()
    }

    /// What waits in the engine's memory.
    pub(crate) fn backlog(&self) -> Backlog {
        self.engine.backlog()
    }

    /// Rows written so far; `None` where the database does not say.
    pub(crate) async fn rows(&self) -> Result<Option<u64>, Error> {
        self.place.rows(&self.aside).await
    }

    pub(crate) async fn close(self) {
        self.engine.shutdown().await;
        self.place.close().await;
    }
}
