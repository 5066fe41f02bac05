//! What the body of a call holds. A value that a client encoded twice is read once more by the portal, which knows what
//! was meant.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use serde_json::Value;

use super::denial::Denial;

/// The body of a call.
pub(super) struct Input {
    bytes: Bytes,
    is_json: bool,
}

impl<S: Send + Sync> FromRequest<S> for Input {
    type Rejection = axum::response::Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let is_json = says_json(request.headers());
        let bytes = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        Ok(Self { bytes, is_json })
    }
}

fn says_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

impl Input {
    /// The input of an instance, whatever its content type says: Python sends nothing as `application/octet-stream`.
    pub(super) fn of_instance(&self) -> Result<Value, Denial> {
        match self.json()? {
            // What the JavaScript client sends when it is given no input.
            Value::String(text) if text.is_empty() => Ok(Value::Null),
            value => Ok(value),
        }
    }

    /// The value of an event. Without a body there need be no content type either.
    pub(super) fn of_event(&self) -> Result<Value, Denial> {
        if !self.is_json && !self.bytes.is_empty() {
            return Err(Denial::invalid("Only application/json request content is supported."));
        }
        self.json()
    }

    /// The input of an operation: JSON, or else the text itself where the content type does not promise JSON.
    pub(super) fn of_operation(&self) -> Result<Value, Denial> {
        match (self.json(), str::from_utf8(&self.bytes)) {
            (Ok(value), _) => Ok(number_in(value)),
            (Err(_), Ok(text)) if !self.is_json => Ok(Value::String(text.to_owned())),
            (Err(denial), _) => Err(denial),
        }
    }

    fn json(&self) -> Result<Value, Denial> {
        if self.bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.bytes).map_err(|error| Denial::invalid(format!("The body is not JSON: {error}.")))
    }
}

/// The number that a text is. Python sends the 1 that a counter is to add as `"1"`; an event may be an order's number and
/// keeps its quotes.
fn number_in(value: Value) -> Value {
    let number = value.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    number.filter(Value::is_number).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(text: &'static str) -> Input {
        Input { bytes: Bytes::from_static(text.as_bytes()), is_json: true }
    }

    fn plain(text: &'static str) -> Input {
        Input { is_json: false, ..body(text) }
    }

    #[test]
    fn no_input_is_null_however_a_client_says_so() {
        for nothing in [body(""), plain(""), body("\"\"")] {
            assert_eq!(nothing.of_instance().ok(), Some(Value::Null));
        }
        assert_eq!(plain("{\"a\": 1}").of_instance().ok(), Some(json!({ "a": 1 })));
        assert!(body("{").of_instance().is_err());
    }

    #[test]
    fn events_are_json_and_say_so() {
        assert_eq!(body("true").of_event().ok(), Some(json!(true)));
        assert_eq!(plain("").of_event().ok(), Some(Value::Null));
        assert!(plain("true").of_event().is_err());
        assert!(body("tru").of_event().is_err());
    }

    #[test]
    fn operations_take_text_too_and_numbers_in_quotes() {
        assert_eq!(plain("once more").of_operation().ok(), Some(json!("once more")));
        assert_eq!(body("\"-2\"").of_operation().ok(), Some(json!(-2)));
        assert!(body("once more").of_operation().is_err());
        assert!(Input { bytes: Bytes::from_static(b"\xff"), is_json: false }.of_operation().is_err());
    }
}
