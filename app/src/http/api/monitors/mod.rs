//! `/api/v1/monitors`: services that are checked at intervals.

mod change;
mod draft;
mod read;
mod shape;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

/// Where they are.
const PATH: &str = "/api/v1/monitors";

/// The routes.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(read::list, change::create))
        .routes(routes!(read::show, change::edit, change::delete))
        .routes(routes!(read::checks))
        .routes(routes!(change::pause))
        .routes(routes!(change::resume))
        .routes(routes!(change::check_now))
}
