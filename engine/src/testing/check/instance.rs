//! What must be true of an instance and its histories.

use super::history;
use crate::ids::InstanceId;
use crate::model::{Event, EventKind, ExecutionStarted, RuntimeStatus};
use crate::registry::Registry;
use crate::replay::{End, Live, Strictness};
use crate::store::{InstanceQuery, InstanceRecord, Store, StoreError, Values};

/// Checks every instance of the store; panics with the first one that breaks an invariant.
pub async fn check_all(store: &dyn Store, registry: &Registry) -> Result<(), StoreError> {
    let mut query = InstanceQuery { limit: 1_000, values: Values::Included, ..InstanceQuery::default() };
    loop {
        let page = store.query(None, &query).await?;
        for record in &page {
            check_instance(store, registry, record).await?;
        }
        match page.last() {
            Some(last) if page.len() == 1_000 => query.after = Some(last.cursor()),
            _ => return Ok(()),
        }
    }
}

/// Checks the histories of all executions of the instance that are kept, each by itself and by replaying it with the
/// registered code: the current one gives the stored status, output, failure and custom status, and those before it
/// have ended, each with what the next one began with.
pub async fn check_instance(store: &dyn Store, registry: &Registry, record: &InstanceRecord) -> Result<(), StoreError> {
    let id = &record.id;
    let mut next = check_current(registry, record, store.history(None, id, None).await?);
    let mut gone = 0;
    for ordinal in (1..record.ordinal).rev() {
        let events = store.history(None, id, Some(ordinal)).await?;
        if events.is_empty() {
            // One was replaced before it began. Two in a row were dropped, and so were all that are older: an eternal
            // loop costs as much as it keeps.
            gone += 1;
            if gone == 2 {
                break;
            }
            next = None;
        } else {
            gone = 0;
            next = Some(check_older(registry, id, events, next.as_ref()));
        }
    }
    Ok(())
}

/// Checks what the last turn of an instance has led to: its execution or, as long as that one has not begun, the one
/// before it. Not what is blocked, what this registry has no code for, and what was terminated, which takes no code.
pub(in crate::testing) async fn check_turn(
    store: &dyn Store,
    registry: &Registry,
    id: &InstanceId,
) -> Result<(), StoreError> {
    let Some(record) = store.find(None, id).await? else { return Ok(()) };
    let is_known = registry.find_orchestration(&record.name, &record.version).is_some();
    let events = store.history(None, id, None).await?;
    if record.blocked.is_some() || record.status == RuntimeStatus::Terminated {
        return Ok(());
    }
    if events.is_empty() && record.ordinal > 1 {
        let before = store.history(None, id, Some(record.ordinal - 1)).await?;
        if !before.is_empty() {
            check_older(registry, id, before, None);
        }
    } else if is_known {
        check_current(registry, &record, events);
    }
    Ok(())
}

/// Checks the current execution; gives how it began, if it has.
fn check_current(registry: &Registry, record: &InstanceRecord, events: Vec<Event>) -> Option<ExecutionStarted> {
    let id = &record.id;
    if events.is_empty() {
        assert!(!record.status.is_finished(), "{id} has ended without a history");
        return None;
    }
    history::check(id, &events);
    let started = start_of(id, &events);
    assert_eq!(started.execution, record.execution, "{id}: the history is another execution's");
    let code =
        registry.find_orchestration(&record.name, &record.version).unwrap_or_else(|| panic!("{id}: unknown code"));
    let live = Live::replay_as(code, events, Strictness::Strict).unwrap_or_else(|mismatch| panic!("{id}: {mismatch}"));
    leads_to_what_is_stored(&live, record);
    Some(started)
}

/// Checks an execution that another one has followed, which began as `next` says where that is known; gives how it
/// began.
fn check_older(
    registry: &Registry,
    id: &InstanceId,
    mut events: Vec<Event>,
    next: Option<&ExecutionStarted>,
) -> ExecutionStarted {
    history::check(id, &events);
    let started = start_of(id, &events);
    match events.last().map(|event| &event.kind) {
        Some(EventKind::ContinueAsNew { input, version }) => {
            let handed = (input, version.as_ref().unwrap_or(&started.version));
            let taken = next.map_or(handed, |next| (&next.input, &next.version));
            assert_eq!(taken, handed, "{id}: execution {} is followed by another than it says", started.execution);
        }
        Some(EventKind::ExecutionCompleted { status: RuntimeStatus::Completed, .. }) => {}
        Some(EventKind::ExecutionCompleted { .. }) => {
            // It was rewound, restarted or replaced, maybe because its code was at fault. The code that has taken its
            // place does something else in the turn that went wrong, and the same before it.
            let last = events.iter().rposition(|event| event.kind == EventKind::OrchestratorStarted);
            events.truncate(last.unwrap_or(0));
        }
        other => panic!("{id}: execution {} has not ended, but {other:?} was its last", started.execution),
    }
    // What no current execution needs may have left the registry.
    let code = registry.find_orchestration(&started.name, &started.version).filter(|_| !events.is_empty());
    if let Some(Err(mismatch)) = code.map(|code| Live::replay_as(code, events, Strictness::Strict)) {
        panic!("{id}, execution {}: {mismatch}", started.execution);
    }
    started
}

fn start_of(id: &InstanceId, events: &[Event]) -> ExecutionStarted {
    let start = events.iter().find_map(|event| match &event.kind {
        EventKind::ExecutionStarted(started) => Some(started.clone()),
        _ => None,
    });
    start.unwrap_or_else(|| panic!("{id}: an execution has no start"))
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
