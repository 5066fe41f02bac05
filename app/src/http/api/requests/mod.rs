//! `/api/v1/requests`: what people ask for, the caller's own answers, and what else is done to a request.

mod certificate;
mod change;
mod create;
mod decide;
mod manage;
mod read;
mod revise;
mod revisions;
mod shape;
mod take_part;
mod words;

use utoipa_axum::router::OpenApiRouter;

use crate::http::state::AppState;

pub(in crate::http) use certificate::events_json;

/// Where they are.
pub(super) const PATH: &str = "/api/v1/requests";

/// The routes.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    read::routes()
        .merge(create::routes())
        .merge(decide::routes())
        .merge(revise::routes())
        .merge(revisions::routes())
        .merge(certificate::routes())
        .merge(take_part::routes())
        .merge(manage::routes())
}
