//! What happened to an instance, in the rows that clients of Durable Functions read.
//!
//! Turns have no rows, and a call has one: that of its answer, which says what was called and when. A call without an
//! answer keeps the row of its own. One pass over the events, however many there are.

use std::collections::HashMap;
use std::sync::Arc;

use countersign_engine::ids::EventId;
use countersign_engine::{Event, EventKind, Failure, Payload, RuntimeStatus};
use serde::Serialize;
use utoipa::ToSchema;

/// Which values are shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    /// What went in.
    pub(super) inputs: bool,
    /// What came out.
    pub(super) results: bool,
}

/// Something that happened.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct HistoryRow {
    /// What kind of thing.
    #[schema(value_type = String)]
    event_type: &'static str,
    /// When.
    #[schema(format = DateTime)]
    timestamp: String,
    /// The orchestration, activity or entity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    function_name: Option<Arc<str>>,
    /// When it was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    scheduled_time: Option<String>,
    /// What went in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = serde_json::Value, required = false)]
    input: Option<Payload>,
    /// What came out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = serde_json::Value, required = false)]
    result: Option<Payload>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The kind of failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<String>,
    /// The name of an event, an operation or a patch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    name: Option<Arc<str>>,
    /// When a timer is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    fire_at: Option<String>,
    /// How an execution ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    orchestration_status: Option<&'static str>,
}

/// The rows of a history.
pub(super) fn rows(events: Vec<Event>, shown: Shown) -> Vec<HistoryRow> {
    let mut table = Table { rows: Vec::with_capacity(events.len()), open: HashMap::new() };
    for event in events {
        table.add(event);
    }
    let kept = table.rows.into_iter().flatten();
    kept.map(|row| HistoryRow {
        input: row.input.filter(|_| shown.inputs),
        result: row.result.filter(|_| shown.results),
        ..row
    })
    .collect()
}

/// What becomes of an event's row.
enum Place {
    /// It has none.
    Nowhere,
    /// It stands for itself.
    Alone,
    /// It stands until the call is answered.
    Call(EventId),
    /// It takes the place of the call's.
    Answer(EventId),
}

#[derive(Default)]
struct Table {
    rows: Vec<Option<HistoryRow>>,
    /// Where the rows of unanswered calls are.
    open: HashMap<EventId, usize>,
}

impl Table {
    fn add(&mut self, event: Event) {
        let timestamp = event.at.to_rfc3339();
        let mut row = HistoryRow { event_type: event.kind.name(), timestamp, ..HistoryRow::default() };
        match row.take_call(event.kind) {
            Place::Nowhere => {}
            Place::Alone => self.rows.push(Some(row)),
            Place::Call(call) => {
                self.open.insert(call, self.rows.len());
                self.rows.push(Some(row));
            }
            Place::Answer(call) => {
                let called = self.open.remove(&call).and_then(|place| self.rows[place].take());
                self.rows.push(Some(match called {
                    Some(called) => HistoryRow {
                        function_name: called.function_name,
                        scheduled_time: Some(called.timestamp),
                        input: called.input,
                        ..row
                    },
                    None => row,
                }));
            }
        }
    }
}

impl HistoryRow {
    /// Takes over what calls and their answers say.
    fn take_call(&mut self, kind: EventKind) -> Place {
        match kind {
            EventKind::TaskScheduled(call) => self.call(call.name, call.input, call.event_id),
            EventKind::SubOrchestrationInstanceCreated(call) => self.call(call.name, call.input, call.event_id),
            EventKind::TaskCompleted { task_scheduled_id, result }
            | EventKind::SubOrchestrationInstanceCompleted { task_scheduled_id, result } => {
                self.result = Some(result);
                Place::Answer(task_scheduled_id)
            }
            EventKind::TaskFailed { task_scheduled_id, failure }
            | EventKind::SubOrchestrationInstanceFailed { task_scheduled_id, failure } => {
                self.fail(failure);
                Place::Answer(task_scheduled_id)
            }
            kind => self.take_message(kind),
        }
    }

    /// Takes over what timers, events and entities say.
    fn take_message(&mut self, kind: EventKind) -> Place {
        match kind {
            EventKind::TimerCreated { fire_at, .. } | EventKind::TimerFired { fire_at, .. } => {
                self.fire_at = Some(fire_at.to_rfc3339());
            }
            EventKind::EventSent { name, input, .. } => (self.name, self.input) = (Some(name), Some(input)),
            EventKind::EventRaised(raised) => (self.name, self.input) = (Some(raised.name), Some(raised.input)),
            EventKind::EntityOperationSignaled(sent) | EventKind::EntityOperationCalled(sent) => {
                self.function_name = Some(sent.entity.as_str().into());
                (self.name, self.input) = (Some(sent.operation), Some(sent.input));
            }
            EventKind::EntityOperationCompleted { result, .. } => self.result = Some(result),
            EventKind::EntityOperationFailed { failure, .. } => self.fail(failure),
            EventKind::PatchApplied { name, .. } => self.name = Some(name),
            kind => return self.take_life(kind),
        }
        Place::Alone
    }

    /// Takes over what an execution's beginning, its end and clients' verbs say.
    fn take_life(&mut self, kind: EventKind) -> Place {
        match kind {
            EventKind::OrchestratorStarted => return Place::Nowhere,
            EventKind::ExecutionStarted(started) => {
                (self.function_name, self.input) = (Some(started.name), Some(started.input));
            }
            EventKind::ContinueAsNew { input, .. } => self.input = Some(input),
            EventKind::ExecutionRewound { reason, .. }
            | EventKind::ExecutionSuspended { reason }
            | EventKind::ExecutionResumed { reason }
            | EventKind::ExecutionTerminated { reason } => self.reason = reason,
            EventKind::ExecutionCompleted { status, result, failure } => self.end(status, result, failure),
            // Locks: nobody's clients know them, so that their name has to do.
            _ => {}
        }
        Place::Alone
    }

    fn call(&mut self, name: Arc<str>, input: Payload, id: EventId) -> Place {
        (self.function_name, self.input) = (Some(name), Some(input));
        Place::Call(id)
    }

    fn end(&mut self, status: RuntimeStatus, result: Option<Payload>, failure: Option<Failure>) {
        (self.orchestration_status, self.result) = (Some(status.as_str()), result);
        if let Some(failure) = failure {
            self.fail(failure);
        }
    }

    fn fail(&mut self, failure: Failure) {
        (self.reason, self.details) = (Some(failure.message), Some(failure.kind));
    }
}
