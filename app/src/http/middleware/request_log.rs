//! One line per request, and a span around everything that is logged while it is answered.
//!
//! Instances that a request starts continue the trace that its header `traceparent` names.
//!
//! The line names the route's pattern, never the path or the query, because those may hold a link.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use countersign_engine::Traceparent;
use countersign_engine::observe::within_trace;
use tracing::Instrument;

use super::request_id::RequestId;
use crate::pages::paths;

/// The layer's function.
pub async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("unknown", MatchedPath::as_str).to_owned();
    let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let span = tracing::info_span!("http.request", request.id = id, http.method = %method, http.route = route);
    let started = Instant::now();
    let header = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
    let traceparent = header.and_then(|value| Traceparent::parse(value).ok());
    let response = within_trace(traceparent, next.run(request)).instrument(span.clone()).await;
    let (status, duration_ms) = (response.status().as_u16(), started.elapsed().as_secs_f64() * 1000.0);
    span.in_scope(|| match status {
        500.. => tracing::error!(http.status = status, duration_ms, "{method} {route} failed with {status}"),
        // Supervisors ask every few seconds, and a page asks for several files.
        _ if matches!(route.as_str(), paths::Live::PATTERN | paths::Ready::PATTERN | paths::Asset::PATTERN) => {
            tracing::debug!(http.status = status, duration_ms, "{method} {route} answered {status}");
        }
        _ => tracing::info!(http.status = status, duration_ms, "{method} {route} answered {status}"),
    });
    response
}
