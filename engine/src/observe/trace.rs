//! The trace of the present task, and the way to an exporter of spans.

use std::future::Future;
use std::sync::Arc;

use tracing::Span;

use crate::model::Traceparent;

/// Told of each new span and of the place in the trace that it continues; gives the place of the span itself, which its
/// activities, children and calls then continue.
///
/// It is the way to OpenTelemetry: with `tracing-opentelemetry` it sets the span's parent and gives back the context that
/// the exporter chose for it.
pub type Tracer = Arc<dyn Fn(&Span, Option<Traceparent>) -> Option<Traceparent> + Send + Sync>;

tokio::task_local! {
    static TRACE: Option<Traceparent>;
}

/// Runs `work` as part of a trace: instances that it starts continue `traceparent`. A server calls it around a request
/// with the request's header; the engine does around every activity.
pub async fn within_trace<F: Future>(traceparent: Option<Traceparent>, work: F) -> F::Output {
    TRACE.scope(traceparent, work).await
}

/// The trace that the present task is part of, by [`within_trace`].
pub fn current_trace() -> Option<Traceparent> {
    TRACE.try_with(|traceparent| *traceparent).ok().flatten()
}
