//! `GET /assets/{hash}/{name}`: files for the browser, compressed ahead and kept for ever.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::error::Refusal;
use crate::pages::assets;

/// Serves one file. An address with an older hash, from a page that was open during an upgrade, still finds the file,
/// but is not to be kept.
pub(crate) async fn show(Path((hash, name)): Path<(String, String)>, request: HeaderMap) -> Result<Response, Refusal> {
    let kind = kind(&name).ok_or(Refusal::NotFound)?;
    let compressed = accepts_brotli(&request).then(|| assets::find(&format!("{name}.br"))).flatten();
    let encoding = compressed.is_some();
    let content = compressed.or_else(|| assets::find(&name)).ok_or(Refusal::NotFound)?;
    let keep = if hash == assets::hash() { "public, max-age=31536000, immutable" } else { "no-cache" };

    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    Ok(response)
}

/// The content type of what may be fetched; compressed copies are not fetched by name.
fn kind(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "wasm" => Some("application/wasm"),
        _ => None,
    }
}

fn accepts_brotli(request: &HeaderMap) -> bool {
    let values = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|part| {
        let (name, quality) = part.split_once(';').unwrap_or((part, ""));
        name.trim() == "br" && !matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compressed_copy_goes_only_to_those_who_ask_for_it() {
        let asking = |value| HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]);
        assert!(accepts_brotli(&asking("gzip, deflate, br")));
        assert!(accepts_brotli(&asking("br;q=0.5")));
        assert!(!accepts_brotli(&asking("br;q=0")));
        assert!(!accepts_brotli(&asking("gzip")));
        assert!(!accepts_brotli(&HeaderMap::new()));
    }
}
