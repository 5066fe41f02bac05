//! A node that dies at a chosen call to its store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;

use super::crash::{Fate, FatedStore};
use crate::store::{Store, StoreError};

/// When the node dies: at the n-th call to its store (from 1), before it takes effect or after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashAt {
    /// The call does nothing.
    Before(u64),
    /// The call takes effect, but its caller never hears of it.
    After(u64),
}

/// Has a node die at its first call, at its second, and so on, until its scenario is over before it dies; gives the number of
/// calls that the scenario makes. `survives` plays the scenario once, checks that it survived the crash, and says whether
/// there was one: [`CrashingStore::has_crashed`].
pub async fn crash_at_every_call(at: impl Fn(u64) -> CrashAt, survives: impl AsyncFn(CrashAt) -> bool) -> u64 {
    let mut calls = 0;
    while survives(at(calls + 1)).await {
        calls += 1;
    }
    calls
}

/// The fate of a node that dies at a chosen call: from then on nothing works any more.
pub struct Crash {
    at: CrashAt,
    calls: AtomicU64,
    dead: AtomicBool,
}

/// A store as a node that dies sees it, for tests that crash a node at every step in turn.
pub type CrashingStore = FatedStore<Crash>;

impl CrashingStore {
    /// `inner`, until the call that `at` names.
    pub fn new(inner: Arc<dyn Store>, at: CrashAt) -> Self {
        Self::under(inner, Crash { at, calls: AtomicU64::new(0), dead: AtomicBool::new(false) })
    }

    /// Whether the crash has happened: when it has not, the scenario made fewer calls.
    pub fn has_crashed(&self) -> bool {
        self.fate().dead.load(Ordering::SeqCst)
    }
}

impl Crash {
    fn unless(&self, dies: bool) -> Result<(), StoreError> {
        self.dead.fetch_or(dies, Ordering::SeqCst);
        if self.dead.load(Ordering::SeqCst) {
            return Err(StoreError::Unknown("the node has crashed".to_owned()));
        }
        Ok(())
    }
}

#[async_trait]
impl Fate for Crash {
    async fn before(&self, _call: &'static str) -> Result<(), StoreError> {
        self.unless(false)?;
        let number = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        self.unless(self.at == CrashAt::Before(number))
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        self.unless(self.at == CrashAt::After(self.calls.load(Ordering::SeqCst)))
    }
}
