//! The table of routes, and what surrounds them.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::any;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::{self, ApiError};
use super::{document, files, monitors, people, policies, requests, webhooks, workflows};
use crate::http::middleware::panics;
use crate::http::state::AppState;

/// Where all of it is.
const PLACE: &str = "/api";
/// The largest body of JSON in bytes: a request's text fits even where every character of it is escaped. Files set their own limit.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

/// Every path, with what describes it.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().nest(PLACE, below())
}

/// The API as part of the whole router.
pub(crate) fn router() -> Router<AppState> {
    let (router, _) = below().split_for_parts();
    let served = router
        .route("/{*rest}", any(nothing_here))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(panics::layer())
        .layer(from_fn(problem::finish));
    Router::new().nest(PLACE, served)
}

fn below() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(document::openapi))
        .merge(people::routes())
        .merge(requests::routes())
        .merge(policies::routes())
        .merge(files::routes())
        .merge(workflows::routes())
        .merge(monitors::routes())
        .merge(webhooks::routes())
}

async fn nothing_here() -> ApiError {
    ApiError::not_found()
}
