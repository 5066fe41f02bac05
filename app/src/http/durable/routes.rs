//! The table of routes, the document that describes them, and the two places where they are served.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::any;
use countersign_engine::limits::MAX_PAYLOAD_BYTES;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes as handlers;

use super::described::Refusals;
use super::links::Links;
use super::path::{RPC, WEBHOOKS, normalised};
use super::{entities, instances, orchestrators, surface, verbs};
use crate::http::middleware::{panics, request_id, request_log, security_headers};
use crate::http::state::AppState;

/// Every path of the API, relative to the place where it is served, with what describes it.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(handlers!(orchestrators::start))
        .routes(handlers!(orchestrators::start_with_id))
        .routes(handlers!(instances::list, instances::purge_many))
        .routes(handlers!(instances::show, instances::purge))
        .routes(handlers!(verbs::raise_event))
        .routes(handlers!(verbs::terminate))
        .routes(handlers!(verbs::suspend))
        .routes(handlers!(verbs::resume))
        .routes(handlers!(verbs::rewind))
        .routes(handlers!(verbs::restart))
        .routes(handlers!(entities::list))
        .routes(handlers!(entities::list_of_kind))
        .routes(handlers!(entities::show, entities::signal, entities::delete))
        .routes(handlers!(make_primary))
}

/// The OpenAPI document of the API as callers with a token find it: paths, schemas, and how to show the token.
pub fn document() -> OpenApi {
    let mut document = OpenApiRouter::default().nest(WEBHOOKS, routes()).into_openapi();
    let components = document.components.get_or_insert_with(Components::new);
    let key = ApiKeyValue::new;
    components.add_security_schemes_from_iter([
        ("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer))),
        ("functionsKey", SecurityScheme::ApiKey(ApiKey::Header(key("x-functions-key")))),
        ("code", SecurityScheme::ApiKey(ApiKey::Query(key("code")))),
    ]);
    // One of them is enough.
    let needed = ["bearer", "functionsKey", "code"].map(|name| SecurityRequirement::new(name, Vec::<String>::new()));
    document.security = Some(needed.to_vec());
    document
}

/// The API for callers with a token, as part of the whole router.
pub(crate) fn router(state: &AppState) -> Router<AppState> {
    Router::new().nest(WEBHOOKS, served().layer(from_fn_with_state(state.clone(), surface::by_token)))
}

/// The API for callers of this machine, on the listener at `address`, which must be a loopback one: nobody is asked who
/// they are.
pub fn rpc(state: AppState, address: SocketAddr) -> Router {
    let links = Links::below(format!("http://{address}{RPC}"));
    let router = Router::new()
        .nest(RPC, served())
        .fallback(nothing_here)
        .layer(from_fn_with_state(links, surface::from_this_machine))
        .layer(from_fn(request_log::log))
        .layer(from_fn_with_state(false, security_headers::set))
        .layer(from_fn(request_id::set));
    normalised(router.with_state(state))
}

fn served() -> Router<AppState> {
    let (router, _) = routes().split_for_parts();
    router
        .route("/", any(nothing_here))
        .route("/{*rest}", any(nothing_here))
        .layer(DefaultBodyLimit::max(MAX_PAYLOAD_BYTES))
        .layer(panics::layer())
}

async fn nothing_here() -> StatusCode {
    StatusCode::NOT_FOUND
}

/// Makes this host the primary one. It always is, so nothing happens.
#[utoipa::path(
    post, path = "/makeprimary", operation_id = "makePrimary", tag = "Durable Functions",
    responses(Refusals, (status = 200, description = "It is.")),
)]
async fn make_primary() -> StatusCode {
    StatusCode::OK
}
