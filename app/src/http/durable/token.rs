//! Places in lists, as the header that clients send back to get the next page.

use std::fmt::Display;
use std::str::FromStr;

use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::denial::Denial;

/// Absent from the last page: clients go on for as long as it is there.
const HEADER: &str = "x-ms-continuation-token";

/// The place after which the page begins that is asked for.
pub(super) fn asked_for<T: FromStr>(headers: &HeaderMap) -> Result<Option<T>, Denial> {
    let Some(value) = headers.get(HEADER).filter(|value| !value.is_empty()) else { return Ok(None) };
    let text = URL_SAFE_NO_PAD.decode(value.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let place = text.and_then(|text| text.parse().ok());
    place.map(Some).ok_or_else(|| Denial::invalid(format!("'{HEADER}' is not one that was given here.")))
}

/// A page, with the place of its last row when there are more.
pub(super) fn page(body: impl IntoResponse, last: Option<impl Display>) -> Response {
    let mut response = body.into_response();
    if let Some(last) = last {
        // An id may hold any letters, a header may not.
        let text = URL_SAFE_NO_PAD.encode(last.to_string());
        let value = HeaderValue::try_from(text).expect("letters and digits");
        response.headers_mut().insert(HEADER, value);
    }
    response
}
