//! `/api/v1/webhooks`: other programs are told what happens here.

mod change;
mod deliveries;
mod read;
mod shape;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

/// Where they are.
const PATH: &str = "/api/v1/webhooks";

/// The routes.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(read::list, change::create))
        .routes(routes!(read::show, change::edit, change::delete))
        .routes(routes!(change::disable))
        .routes(routes!(change::enable))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::show))
        .routes(routes!(deliveries::redeliver))
}
