//! Bodies: JSON that is checked before anything is done with it.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

use super::once::fingerprint;
use super::problem::ApiError;
use crate::http::state::AppState;
use crate::portal::ids::Fingerprint;

/// A body of JSON, with what tells it from other calls.
#[derive(Debug)]
pub(crate) struct JsonBody<T> {
    /// The body.
    pub(crate) value: T,
    /// Over method, address and body.
    pub(crate) fingerprint: Fingerprint,
}

impl<T: DeserializeOwned> FromRequest<AppState> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            let detail = "The body must be JSON and say so: Content-Type: application/json.";
            return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let bytes = Bytes::from_request(request, state).await.map_err(unread)?;
        let value = read(&bytes)?;
        Ok(Self { value, fingerprint: fingerprint(&method, &path, &bytes) })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn unread(rejection: BytesRejection) -> ApiError {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, ""),
        _ => ApiError::bad_request("The body broke off before it was complete."),
    }
}

/// What the bytes say, or where they are no JSON, or what does not fit.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    if may_hold_nul(bytes) && serde_json::from_slice::<Value>(bytes).is_ok_and(|value| holds_nul(&value)) {
        return Err(ApiError::field("", "Texts may not hold the character U+0000."));
    }
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Data => {
            let message = error.to_string();
            ApiError::field(field_in(&message), message.clone())
        }
        Category::Io | Category::Syntax | Category::Eof => {
            let (line, column) = (error.line(), error.column());
            ApiError::bad_request(format!("The body is no JSON: line {line}, column {column}: {error}."))
        }
    })
}

/// The field that a message names: those that are missing or unknown.
fn field_in(message: &str) -> &str {
    let named = ["missing field `", "unknown field `"].iter().find_map(|start| message.strip_prefix(start));
    named.and_then(|rest| rest.split('`').next()).unwrap_or_default()
}

/// Whether there could be one: JSON writes it in this way only.
fn may_hold_nul(bytes: &[u8]) -> bool {
    bytes.windows(6).any(|six| six == br"\u0000")
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Named {
        #[expect(dead_code, reason = "only read by serde")]
        name: String,
    }

    fn refused(body: &str) -> String {
        format!("{:?}", read::<Named>(body.as_bytes()).expect_err(body))
    }

    #[test]
    fn what_is_no_json_is_told_where() {
        assert!(refused("{\"name\":\n nix}").contains("line 2, column"));
        assert!(refused("").contains("400"));
    }

    #[test]
    fn what_does_not_fit_is_told_by_its_field() {
        for (body, field) in [("{}", "\"name\""), ("{\"name\":\"a\",\"age\":1}", "\"age\"")] {
            let refusal = refused(body);
            assert!(refusal.contains("422") && refusal.contains(&format!("field: {field}")), "{refusal}");
        }
        assert!(refused("{\"name\":1}").contains("422"));
    }

    #[test]
    fn no_text_holds_a_nul_and_a_backslash_is_none() {
        assert!(refused(r#"{"name":"a\u0000"}"#).contains("U+0000"));
        assert!(read::<Named>(br#"{"name":"a\\u0000"}"#).is_ok());
    }
}
