//! What activities did to the world outside: a ledger by idempotency key.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_engine::{ActivityContext, ExecutionId, InstanceId};
use serde::Serialize;

use crate::gate::Gate;

/// The ledger. Clones share it.
#[derive(Clone)]
pub(crate) struct Effects {
    ledger: Arc<Mutex<BTreeMap<String, Effect>>>,
    gate: Arc<Gate>,
}

/// What was done under one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) instance: InstanceId,
    pub(crate) execution: ExecutionId,
    pub(crate) input: String,
    /// How often each attempt ran.
    pub(crate) runs: BTreeMap<u32, u32>,
}

impl Effects {
    pub(crate) fn new(gate: Arc<Gate>) -> Self {
        Self { ledger: Arc::default(), gate }
    }

    /// Notes one run of an activity, and lets others go first.
    pub(crate) async fn note<I: Serialize>(&self, ctx: &ActivityContext, input: &I) {
        let input = serde_json::to_string(input).expect("inputs have a JSON form");
        let (instance, execution) = (ctx.instance_id().clone(), ctx.execution_id());
        let new = Effect { instance, execution, input, runs: BTreeMap::new() };
        {
            let mut ledger = self.lock();
            let effect = ledger.entry(ctx.idempotency_key().to_owned()).or_insert_with(|| new.clone());
            let same =
                (&effect.instance, effect.execution, &effect.input) == (&new.instance, new.execution, &new.input);
            assert!(same, "one idempotency key for two calls: {effect:?} and {new:?}");
            *effect.runs.entry(ctx.attempt()).or_default() += 1;
        }
        // The world's end cuts it off here, as a crash does.
        let _ = self.gate.pass("activity", false).await;
    }

    /// What was done, by idempotency key.
    pub(crate) fn all(&self) -> BTreeMap<String, Effect> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Effect>> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
