//! A recorder of metrics and a collector of spans and log lines, for the thread of one test.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry, layer::SubscriberExt};

/// All values of all metrics, in their order; the labels' values are part of the name: `engine.commits committed`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metrics(Arc<Mutex<BTreeMap<String, Vec<f64>>>>);

impl Metrics {
    pub(crate) fn values(&self, name: &str) -> Vec<f64> {
        self.lock().get(name).cloned().unwrap_or_default()
    }

    pub(crate) fn sum(&self, name: &str) -> f64 {
        self.values(name).iter().sum()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.lock().keys().any(|key| key.split(' ').next() == Some(name))
    }

    fn cell(&self, key: &Key) -> Arc<Cell> {
        let words = std::iter::once(key.name()).chain(key.labels().map(metrics::Label::value));
        Arc::new(Cell { name: words.collect::<Vec<_>>().join(" "), metrics: self.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Vec<f64>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Cell {
    name: String,
    metrics: Metrics,
}

impl Cell {
    fn push(&self, value: f64) {
        self.metrics.lock().entry(self.name.clone()).or_default().push(value);
    }
}

impl CounterFn for Cell {
    fn increment(&self, value: u64) {
        self.push(value as f64);
    }
    fn absolute(&self, value: u64) {
        self.push(value as f64);
    }
}

impl GaugeFn for Cell {
    fn increment(&self, value: f64) {
        self.push(value);
    }
    fn decrement(&self, value: f64) {
        self.push(-value);
    }
    fn set(&self, value: f64) {
        self.push(value);
    }
}

impl HistogramFn for Cell {
    fn record(&self, value: f64) {
        self.push(value);
    }
}

impl Recorder for Metrics {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.cell(key))
    }
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.cell(key))
    }
    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.cell(key))
    }
}

/// A span with its fields, or a log line with those of the span around it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) name: String,
    fields: BTreeMap<String, String>,
}

impl Seen {
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name().to_owned(), format!("{value:?}"));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name().to_owned(), value.to_owned());
    }
}

/// The spans in the order of their beginnings, and the log lines of orchestrations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    spans: Arc<Mutex<Vec<(u64, Seen)>>>,
    lines: Arc<Mutex<Vec<(String, String)>>>,
}

impl Log {
    /// Collects what this thread does for as long as the guard lives.
    pub(crate) fn collect(&self) -> tracing::subscriber::DefaultGuard {
        tracing::subscriber::set_default(Registry::default().with(self.clone()))
    }

    pub(crate) fn spans(&self, name: &str) -> Vec<Seen> {
        let spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        spans.iter().map(|(_, seen)| seen.clone()).filter(|seen| seen.name == name).collect()
    }

    /// What orchestrations logged: instance and text.
    pub(crate) fn lines(&self) -> Vec<(String, String)> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn with_span(&self, id: u64, change: impl FnOnce(&mut Seen)) {
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        // Ids are given again after a span has closed: the last one counts.
        if let Some((_, seen)) = spans.iter_mut().rev().find(|(known, _)| *known == id) {
            change(seen);
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Log {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let mut seen = Seen { name: attributes.metadata().name().to_owned(), ..Seen::default() };
        attributes.record(&mut seen);
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).push((id.into_u64(), seen));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        self.with_span(id.into_u64(), |seen| values.record(seen));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() != "orchestration" {
            return;
        }
        let mut line = Seen::default();
        event.record(&mut line);
        let mut instance = String::new();
        if let Some(span) = context.lookup_current() {
            self.with_span(span.id().into_u64(), |seen| instance = seen.field("instance.id").to_owned());
        }
        let line = (instance, line.field("message").to_owned());
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}
