//! `/api/v1/requests`: what people ask for, and the caller's own answers.

mod certificate;
mod create;
mod decide;
mod read;
mod shape;
mod words;

use utoipa_axum::router::OpenApiRouter;

use crate::http::state::AppState;

pub(in crate::http) use certificate::events_json;

/// Where they are.
pub(super) const PATH: &str = "/api/v1/requests";

/// The routes.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    read::routes().merge(create::routes()).merge(decide::routes()).merge(certificate::routes())
}
