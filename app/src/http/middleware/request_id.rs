//! Gives each request an id that stands in the log, in the header `x-request-id` and on error pages.
//!
//! An id that a client sends is not taken over: it could be anything, and two requests could share it.

use std::fmt;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, in its extensions.
#[derive(Clone, Copy, Debug)]
pub struct RequestId(Uuid);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

/// The layer's function.
pub async fn set(mut request: Request, next: Next) -> Response {
    let id = RequestId(Uuid::now_v7());
    request.extensions_mut().insert(id);
    let mut response = next.run(request).await;
    let value = HeaderValue::try_from(id.to_string()).expect("hexadecimal digits");
    response.headers_mut().insert(HEADER, value);
    response
}
