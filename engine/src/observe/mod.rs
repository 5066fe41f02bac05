//! What the engine tells those who watch it: spans, log lines and metrics. All their names stand here and nowhere else.
//!
//! - **Spans** ([`names::span`]) are `tracing`'s: one per turn, one per try of an activity, one per replay. Their fields
//!   ([`names::field`]) name instance, execution and attempt, and the place in the starter's W3C trace.
//! - **Traces.** An instance continues the trace in which it was started: the one that the start names, or the one of
//!   [`within_trace`] around it, as around every activity. Each turn and each try of an activity is a span of its own in it;
//!   children continue the turn that started them. Without a trace none is made up.
//! - **OpenTelemetry** is not linked in: its tree is larger than the engine's own, and its versions must match the
//!   program's. A program that exports its spans gives the engine builder a [`Tracer`], a function of three lines that hands
//!   each new span to whatever exporter it has.
//! - **Metrics** ([`METRICS`]) go to the facade `metrics`, which costs next to nothing until the program installs a recorder.

mod metrics;
pub mod names;
mod span;
mod trace;

pub(crate) use metrics::*;
pub use metrics::{METRICS, Metric, MetricKind};
pub(crate) use span::*;
pub use trace::{Tracer, current_trace, within_trace};
