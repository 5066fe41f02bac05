//! `/api/v1/requests`: what people ask for, and the caller's own answers.

mod create;
mod decide;
mod read;
mod shape;
mod words;

use utoipa_axum::router::OpenApiRouter;

use crate::http::state::AppState;

/// Where they are.
pub(super) const PATH: &str = "/api/v1/requests";

/// The routes.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    read::routes().merge(create::routes()).merge(decide::routes())
}
