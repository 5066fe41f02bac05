//! `/livez` and `/readyz`, for whoever supervises the process.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use super::state::AppState;

/// The process runs and answers.
pub(crate) async fn live() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "ok\n")
}

/// The database answers and the process is not stopping.
pub(crate) async fn ready(State(state): State<AppState>) -> impl IntoResponse {
    let problem = match state.shutdown.has_begun() {
        true => Some(String::from("stopping")),
        false => state.portal.needs_set_up().await.err().map(|error| error.to_string()),
    };
    let status = if problem.is_some() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    let text = problem.unwrap_or_else(|| String::from("ok"));
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{text}\n"))
}
