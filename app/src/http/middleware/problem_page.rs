//! Turns refusals, and the router's own bare errors, into pages: what happened, what to do now, and the request id.

use std::sync::{Arc, OnceLock};

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::super::error::Explanation;
use super::request_id::RequestId;
use crate::pages;
use crate::view::{Frame, Problem, Viewer};

/// Where the reader of a page is noted as soon as they are known, so that the page of a later refusal has their navigation.
#[derive(Clone, Debug, Default)]
pub(crate) struct KnownReader(Arc<OnceLock<Viewer>>);

impl KnownReader {
    /// Notes who reads.
    pub(crate) fn is(&self, viewer: &Viewer) {
        self.0.get_or_init(|| viewer.clone());
    }
}

/// The layer's function.
pub async fn show(mut request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let reader = KnownReader::default();
    request.extensions_mut().insert(reader.clone());
    let response = next.run(request).await;
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    if !failed || has_page(response.headers()) {
        return response;
    }
    let detail = response.extensions().get::<Explanation>().map(|said| said.0.clone()).unwrap_or_default();
    let problem = Problem { status: status.as_u16(), detail, request_id: id };
    let frame = Frame { viewer: reader.0.get().cloned(), notice: None };
    let mut page = pages::problem(frame, problem).with_status(status).into_response();
    // `Allow` of a 405, `Retry-After` of a 503; the body's own headers belong to the body that is dropped.
    let kept = response.headers().iter().filter(|(name, _)| **name == header::ALLOW || **name == header::RETRY_AFTER);
    page.headers_mut().extend(kept.map(|(name, value)| (name.clone(), value.clone())));
    page
}

fn has_page(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}
