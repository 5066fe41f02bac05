//! Turns refusals, and the router's own bare errors, into pages: what happened, what to do now, and the request id.

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::super::error::Explanation;
use super::request_id::RequestId;
use crate::pages;
use crate::view::{Frame, Problem};

/// The layer's function.
pub async fn show(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let response = next.run(request).await;
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    if !failed || has_page(response.headers()) {
        return response;
    }
    let detail = response.extensions().get::<Explanation>().map(|said| said.0.clone()).unwrap_or_default();
    let problem = Problem { status: status.as_u16(), detail, request_id: id };
    let mut page = pages::problem(Frame::default(), problem).with_status(status).into_response();
    // `Allow` of a 405, `Retry-After` of a 503; the body's own headers belong to the body that is dropped.
    let kept = response.headers().iter().filter(|(name, _)| **name == header::ALLOW || **name == header::RETRY_AFTER);
    page.headers_mut().extend(kept.map(|(name, value)| (name.clone(), value.clone())));
    page
}

fn has_page(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}
