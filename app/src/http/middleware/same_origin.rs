//! Refuses what another site makes a browser send (cross-site request forgery).
//!
//! tower-http decides by `Sec-Fetch-Site` and `Origin`, so forms need no token and work without scripts. Programs that
//! are no browsers send neither header and pass.

use axum::body::Body;
use axum::http::Response;
use axum::response::IntoResponse;
use tower_http::csrf::{ConfigError, CsrfLayer, ProtectionError};

use super::super::error::Refusal;
use crate::config::BaseUrl;

const REASON: &str = "This came from another site. If you filled in a form of ours, open the portal anew and send it again; \
                      if that does not help, the proxy in front of the portal changes the header Host.";

/// How a refusal is built.
pub type Answer = fn(ProtectionError) -> Response<Body>;

/// The layer. The origin of the base URL is trusted, so that a proxy may change `Host`.
pub fn layer(base: &BaseUrl) -> Result<CsrfLayer<Answer>, ConfigError> {
    Ok(CsrfLayer::new().add_trusted_origin(base.as_str())?.with_rejection_response(refuse as Answer))
}

fn refuse(error: ProtectionError) -> Response<Body> {
    tracing::info!("refused a request of another origin: {error}");
    Refusal::Forbidden(String::from(REASON)).into_response()
}
