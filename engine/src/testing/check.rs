//! The invariants that every stored instance must keep, asserted on what is stored.

use crate::model::{EventKind, RuntimeStatus};
use crate::registry::Registry;
use crate::replay::{End, Live, Strictness};
use crate::store::{InstanceQuery, InstanceRecord, Store, StoreError};

/// Checks every instance of the store; panics with the first one that breaks an invariant.
pub async fn check_all(store: &dyn Store, registry: &Registry) -> Result<(), StoreError> {
    let mut query = InstanceQuery { limit: 1_000, ..InstanceQuery::default() };
    loop {
        let page = store.query(&query).await?;
        for record in &page {
            check_instance(store, registry, record).await?;
        }
        match page.last() {
            Some(last) if page.len() == 1_000 => query.before = Some(last.key),
            _ => return Ok(()),
        }
    }
}

/// Sequence numbers are dense; each action has at most one answer; replaying the history gives the stored status, output and failure.
pub async fn check_instance(store: &dyn Store, registry: &Registry, record: &InstanceRecord) -> Result<(), StoreError> {
    let history = store.history(&record.id, None).await?;
    let id = &record.id;
    for (place, event) in history.iter().enumerate() {
        assert_eq!(event.sequence.0 as usize, place, "{id}: the history has a gap");
    }
    let mut answered = std::collections::BTreeSet::new();
    for event in &history {
        let answers = match &event.kind {
            EventKind::TaskCompleted { task_scheduled_id, .. }
            | EventKind::TaskFailed { task_scheduled_id, .. }
            | EventKind::SubOrchestrationInstanceCompleted { task_scheduled_id, .. }
            | EventKind::SubOrchestrationInstanceFailed { task_scheduled_id, .. } => Some(*task_scheduled_id),
            EventKind::TimerFired { timer_id, fire_at } => {
                assert!(event.at >= *fire_at, "{id}: a timer fired early");
                Some(*timer_id)
            }
            _ => None,
        };
        if let Some(action) = answers {
            assert!(answered.insert(action), "{id}: action {action} was answered twice");
        }
    }
    if history.is_empty() {
        assert!(
            matches!(record.status, RuntimeStatus::Pending | RuntimeStatus::Suspended | RuntimeStatus::Running),
            "{id} has no history"
        );
        return Ok(());
    }
    let code =
        registry.find_orchestration(&record.name, &record.version).unwrap_or_else(|| panic!("{id}: unknown code"));
    let live = Live::replay_as(code, history, Strictness::Strict).unwrap_or_else(|mismatch| panic!("{id}: {mismatch}"));
    match (live.end(), record.status) {
        (Some(End::Completed(output)), RuntimeStatus::Completed) => {
            assert_eq!(Some(output), record.output.as_ref(), "{id}")
        }
        (Some(End::Failed(failure)), RuntimeStatus::Failed) => {
            assert_eq!(Some(failure), record.failure.as_ref(), "{id}")
        }
        (Some(End::Terminated(_)), RuntimeStatus::Terminated)
        | (None, RuntimeStatus::Running | RuntimeStatus::Suspended | RuntimeStatus::Pending) => {}
        (end, status) => panic!("{id} is stored as {}, but its history leads to {end:?}", status.as_str()),
    }
    Ok(())
}
