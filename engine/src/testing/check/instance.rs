//! What must be true of an instance and its histories.

use super::history;
use crate::model::{EventKind, RuntimeStatus};
use crate::registry::Registry;
use crate::replay::{End, Live, Strictness};
use crate::store::{InstanceQuery, InstanceRecord, Store, StoreError, Values};

/// Checks every instance of the store; panics with the first one that breaks an invariant.
pub async fn check_all(store: &dyn Store, registry: &Registry) -> Result<(), StoreError> {
    let mut query = InstanceQuery { limit: 1_000, values: Values::Included, ..InstanceQuery::default() };
    loop {
        let page = store.query(&query).await?;
        for record in &page {
            check_instance(store, registry, record).await?;
        }
        match page.last() {
            Some(last) if page.len() == 1_000 => query.after = Some(last.cursor()),
            _ => return Ok(()),
        }
    }
}

/// Checks the history of the instance's current execution, by itself and by replaying it with the registered code: that
/// gives the stored status, output, failure and custom status.
pub async fn check_instance(store: &dyn Store, registry: &Registry, record: &InstanceRecord) -> Result<(), StoreError> {
    let events = store.history(&record.id, None).await?;
    let id = &record.id;
    if events.is_empty() {
        assert!(!record.status.is_finished(), "{id} has ended without a history");
        return Ok(());
    }
    history::check(id, &events);
    let begins = events.iter().any(|event| match &event.kind {
        EventKind::ExecutionStarted(started) => started.execution == record.execution,
        _ => false,
    });
    assert!(begins, "{id}: the history is another execution's");
    let code =
        registry.find_orchestration(&record.name, &record.version).unwrap_or_else(|| panic!("{id}: unknown code"));
    let live = Live::replay_as(code, events, Strictness::Strict).unwrap_or_else(|mismatch| panic!("{id}: {mismatch}"));
    leads_to_what_is_stored(&live, record);
    Ok(())
}

fn leads_to_what_is_stored(live: &Live, record: &InstanceRecord) {
    let id = &record.id;
    match (live.end(), record.status) {
        (Some(End::Completed(output)), RuntimeStatus::Completed) => {
            assert_eq!(Some(output), record.output.as_ref(), "{id}");
        }
        (Some(End::Failed(failure)), RuntimeStatus::Failed) => {
            assert_eq!(Some(failure), record.failure.as_ref(), "{id}");
        }
        (Some(End::Terminated(_)), RuntimeStatus::Terminated)
        | (None, RuntimeStatus::Running | RuntimeStatus::Suspended | RuntimeStatus::Pending) => {}
        (end, status) => panic!("{id} is stored as {}, but its history leads to {end:?}", status.as_str()),
    }
    match live.custom_status() {
        Some(said) => assert_eq!(Some(&said), record.custom_status.as_ref(), "{id}"),
        // An earlier execution may have said something.
        None => assert!(record.ordinal > 1 || record.custom_status.is_none(), "{id}"),
    }
}
