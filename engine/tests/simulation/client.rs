//! A client that does random things, and its ledger of what was acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_engine::{Client, EngineError, InstanceId, StoreError};
use futures::FutureExt;
use futures::future::BoxFuture;

use crate::interpreter::PROGRAM;
use crate::node::End;
use crate::program::{NAMES, Run, Taken};

/// Something that a client wants.
#[derive(Clone, Debug)]
pub(crate) enum Wish {
    Start(Box<Run>),
    Raise { event: Taken, shout: bool },
    Suspend,
    Resume,
    Terminate,
    Restart,
}

/// What a client knows of one instance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// Whether its start was acknowledged.
    pub(crate) started: bool,
    /// Events whose raise was acknowledged.
    pub(crate) raised: BTreeSet<Taken>,
    /// Events that may or may not have been raised.
    pub(crate) uncertain: BTreeSet<Taken>,
    /// Whether a termination was asked for, acknowledged or not.
    pub(crate) doomed: bool,
    /// Whether a termination was acknowledged since the last restart.
    pub(crate) terminated: bool,
    /// Whether a restart was asked for, which takes the histories away.
    pub(crate) restarted: bool,
}

/// What the clients know. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Ledger(Arc<Mutex<Pages>>);

#[derive(Default)]
struct Pages {
    known: BTreeMap<InstanceId, Known>,
    /// Instances of which a call is under way: for one instance a client calls one after the other.
    busy: BTreeSet<InstanceId>,
    late: bool,
}

impl Ledger {
    pub(crate) fn is_busy(&self, id: &InstanceId) -> bool {
        self.lock().busy.contains(id)
    }

    /// Whether the machine was so slow that a client's transaction took longer than it may: then the run is another one.
    pub(crate) fn was_late(&self) -> bool {
        self.lock().late
    }

    pub(crate) fn known(&self) -> BTreeMap<InstanceId, Known> {
        self.lock().known.clone()
    }

    /// Whether the start of `id` was acknowledged.
    pub(crate) fn is_started(&self, id: &InstanceId) -> bool {
        self.lock().known.get(id).is_some_and(|known| known.started)
    }

    /// Does what is wished, and notes what came of it.
    pub(crate) fn call(&self, client: Client, id: InstanceId, wish: Wish) -> BoxFuture<'static, End> {
        let ledger = self.clone();
        ledger.lock().busy.insert(id.clone());
        async move {
            ledger.expect(&id, &wish);
            let result = grant(&client, &id, &wish).await;
            ledger.note(&id, &wish, &result);
            ledger.lock().busy.remove(&id);
            End::Called
        }
        .boxed()
    }

    /// Before the call: from now on it may have taken effect.
    fn expect(&self, id: &InstanceId, wish: &Wish) {
        let mut pages = self.lock();
        let known = pages.known.entry(id.clone()).or_default();
        match wish {
            Wish::Terminate => known.doomed = true,
            Wish::Raise { event, .. } => {
                known.uncertain.insert(*event);
            }
            // What was raised before may be deleted.
            Wish::Restart => {
                let raised = std::mem::take(&mut known.raised);
                known.uncertain.extend(raised);
                known.terminated = false;
                known.restarted = true;
            }
            Wish::Start(_) | Wish::Suspend | Wish::Resume => {}
        }
    }

    fn note(&self, id: &InstanceId, wish: &Wish, result: &Result<(), EngineError>) {
        let mut pages = self.lock();
        pages.late |= matches!(result, Err(EngineError::Store(StoreError::Budget { .. })));
        let known = pages.known.entry(id.clone()).or_default();
        match (wish, result) {
            (Wish::Start(_), Ok(()) | Err(EngineError::Store(StoreError::Exists(_)))) => known.started = true,
            (Wish::Raise { event, .. }, Ok(())) => {
                known.uncertain.remove(event);
                known.raised.insert(*event);
            }
            (Wish::Terminate, Ok(())) => known.terminated = true,
            (_, Ok(())) => {}
            (_, Err(EngineError::Store(error))) => assert!(is_expected(error), "{id}: {wish:?}: {error}"),
            (_, Err(error)) => panic!("{id}: {wish:?}: {error}"),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn grant(client: &Client, id: &InstanceId, wish: &Wish) -> Result<(), EngineError> {
    match wish {
        Wish::Start(run) => client.start(PROGRAM, &**run).id(id.clone()).await.map(|_| ()),
        Wish::Raise { event, shout } => {
            let name = NAMES[event.name as usize];
            let name = if *shout { name.to_uppercase() } else { name.to_lowercase() };
            client.raise_event(id, &name, &event.number).await
        }
        Wish::Suspend => client.suspend(id, "").await,
        Wish::Resume => client.resume(id, "go on").await,
        Wish::Terminate => client.terminate(id, "enough").await,
        Wish::Restart => client.restart(id).await.map(drop),
    }
}

/// What the state of an instance, a fault or the machine's load may answer.
fn is_expected(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::NotFound(_)
            | StoreError::Finished { .. }
            | StoreError::WrongState { .. }
            | StoreError::Unavailable(_)
            | StoreError::Unknown(_)
            | StoreError::Budget { .. }
    )
}
