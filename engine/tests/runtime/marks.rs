//! Marks of work that begins, which cost a write each: there are none but for what a dead node has left.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use countersign_engine::testing::{Fate, FatedStore, Stepper};
use countersign_engine::{RuntimeStatus, StoreError};

use crate::support::{APPROVAL, FAMILY, World, id, record, registry};

/// Counts the calls to a store by their names, until the one at which its node dies: the `nth` (from 1) of a name.
#[derive(Default)]
struct Counts {
    calls: Mutex<BTreeMap<&'static str, usize>>,
    dies_at: Option<(&'static str, usize)>,
    dead: AtomicBool,
}

impl Counts {
    fn of(&self, call: &str) -> usize {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).get(call).copied().unwrap_or(0)
    }

    fn marks(&self) -> usize {
        self.of("mark_task") + self.of("mark_turn")
    }
}

#[async_trait]
impl Fate for Counts {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        *self.calls.lock().unwrap_or_else(PoisonError::into_inner).entry(call).or_default() += 1;
        if self.dies_at == Some((call, self.of(call))) {
            self.dead.store(true, Ordering::Relaxed);
        }
        if self.dead.load(Ordering::Relaxed) {
            Err(StoreError::Unknown("the node has died".to_owned()))
        } else {
            Ok(())
        }
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }
}

async fn node(world: &World, counts: Counts) -> (Stepper, Arc<FatedStore<Counts>>) {
    let store = Arc::new(FatedStore::under(Arc::clone(&world.store), counts));
    let names = registry().expect("the names differ");
    let node = Stepper::start(store.clone(), names, world.clock.clone()).await.expect("the node starts");
    (node, store)
}

#[tokio::test]
async fn the_first_start_of_turns_and_activities_writes_no_mark() {
    let world = World::new().await;
    let (node, store) = node(&world, Counts::default()).await;
    let client = node.client();
    client.start(FAMILY, &3).id(id("family")).await.expect("started");
    client.start(APPROVAL, &5).id(id("approval")).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    for name in ["family", "approval"] {
        assert_eq!(record(&client, name).await.status, RuntimeStatus::Completed);
    }
    let counts = store.fate();
    // Nor do the results of three children of two calls each, and of an approval's three tries and its last call.
    assert_eq!((counts.of("complete_task"), counts.marks()), (0, 0));
}

#[tokio::test]
async fn an_activity_that_a_dead_node_had_in_hand_is_marked_before_it_starts_again() {
    let world = World::new().await;
    // The second turn is the one that the activity's answer leads to.
    let dies = Counts { dies_at: Some(("commit", 2)), ..Counts::default() };
    let (dying, store) = node(&world, dies).await;
    dying.client().start(APPROVAL, &5).id(id("approval")).await.expect("started");
    dying.run_until_idle().await.expect_err("it dies with the result in its hands");
    assert_eq!((store.fate().of("commit"), store.fate().marks()), (2, 0));
    drop(dying);
    let (next, store) = node(&world, Counts::default()).await;
    next.run_until_idle().await.expect("it runs");
    assert_eq!((store.fate().of("complete_task"), store.fate().of("mark_task")), (1, 1));
}
