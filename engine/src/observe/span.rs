//! The spans, and the log lines of orchestrations.

use tracing::field::{Empty, display};
use tracing::{Level, Span};

use super::names::{ORCHESTRATION_LOG, field, span};
use crate::model::{ExecutionStarted, Task, Traceparent};
use crate::store::Claim;

/// The span of a turn of `claim`'s execution over so many messages.
pub(crate) fn turn_span(started: &ExecutionStarted, claim: &Claim, messages: usize) -> Span {
    tracing::info_span!(
        span::TURN,
        { field::INSTANCE_ID } = %claim.instance,
        { field::ORCHESTRATION_NAME } = %started.name,
        { field::ORCHESTRATION_VERSION } = %started.version,
        { field::EXECUTION_ID } = %claim.execution,
        { field::EXECUTION_ORDINAL } = claim.ordinal,
        { field::MESSAGES } = messages,
        { field::EVENTS } = Empty,
        { field::TRACE_ID } = Empty,
        { field::TRACE_PARENT } = Empty,
        { field::SPAN_ID } = Empty,
    )
}

/// The span of a turn of the claim's entity over so many messages.
pub(crate) fn entity_span(claim: &Claim, messages: usize) -> Span {
    tracing::info_span!(span::ENTITY, { field::ENTITY_ID } = %claim.instance, { field::MESSAGES } = messages)
}

/// The span of one try of an activity.
pub(crate) fn activity_span(task: &Task) -> Span {
    tracing::info_span!(
        span::ACTIVITY,
        { field::INSTANCE_ID } = %task.instance,
        { field::EXECUTION_ID } = %task.execution,
        { field::EVENT_ID } = task.event_id.0,
        { field::ACTIVITY_NAME } = %task.name,
        { field::ACTIVITY_ATTEMPT } = task.attempt,
        { field::ACTIVITY_RECOVERIES } = task.recoveries,
        { field::OUTCOME } = Empty,
        { field::TRACE_ID } = Empty,
        { field::TRACE_PARENT } = Empty,
        { field::SPAN_ID } = Empty,
    )
}

/// The span of the rebuilding of an execution from so many events.
pub(crate) fn replay_span(claim: &Claim, events: usize) -> Span {
    tracing::debug_span!(
        span::REPLAY,
        { field::INSTANCE_ID } = %claim.instance,
        { field::EXECUTION_ID } = %claim.execution,
        { field::EVENTS } = events,
    )
}

/// Notes the span's place in the trace.
pub(crate) fn place_span(span: &Span, continued: Option<Traceparent>, own: Option<Traceparent>) {
    if let Some(own) = own {
        span.record(field::TRACE_ID, own.trace_id());
        span.record(field::SPAN_ID, display(own.span_id()));
    }
    if let Some(continued) = continued {
        span.record(field::TRACE_PARENT, display(continued.span_id()));
    }
}

/// Writes a line that an orchestration logged. The level of a `tracing` event is part of its call, hence the list.
pub(crate) fn log_line(level: Level, message: &str) {
    match level {
        Level::ERROR => tracing::error!(target: ORCHESTRATION_LOG, "{message}"),
        Level::WARN => tracing::warn!(target: ORCHESTRATION_LOG, "{message}"),
        Level::INFO => tracing::info!(target: ORCHESTRATION_LOG, "{message}"),
        Level::DEBUG => tracing::debug!(target: ORCHESTRATION_LOG, "{message}"),
        Level::TRACE => tracing::trace!(target: ORCHESTRATION_LOG, "{message}"),
    }
}
