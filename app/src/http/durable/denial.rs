//! How the API says no: in the words and the form that clients of Durable Functions read.

use axum::Json;
use axum::body::to_bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_engine::{EngineError, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::portal::PortalError;
use crate::portal::workflows::WorkflowError;

/// The longest text of a bare error that is taken over.
const MAX_TEXT_BYTES: usize = 4_096;

/// Why a call is refused, as the clients read it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DurableError)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ErrorBody {
    /// What is wrong, as a sentence.
    message: String,
    /// The same: some clients read this key.
    exception_message: String,
    /// A word for the kind of error.
    exception_type: String,
    /// Always empty: what the code looks like inside is nobody's business.
    stack_trace: String,
}

/// Why a call is refused.
#[derive(Debug)]
pub(super) struct Denial {
    status: StatusCode,
    kind: &'static str,
    message: String,
}

impl Denial {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self { status, kind, message: message.into() }
    }

    /// The call makes no sense.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidRequest", message)
    }

    /// The caller may not.
    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
    }

    /// There is no such thing, or the caller may not know that there is.
    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", message)
    }

    /// There is no such instance, or the caller may not know that there is.
    pub(super) fn no_instance(id: &str) -> Self {
        Self::not_found(format!("No instance with ID '{id}' was found."))
    }

    /// What a status alone says, for errors that come without words.
    fn of_status(status: StatusCode, text: &str) -> Self {
        let reason = status.canonical_reason().unwrap_or("Error");
        Self::new(status, "Refused", if text.is_empty() { reason } else { text })
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// The same with another status, for verbs whose codes differ from those of all others.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The answer with nothing but the sentence, as a JSON string.
    pub(super) fn as_sentence(&self) -> Response {
        (self.status, Json(&self.message)).into_response()
    }
}

impl From<WorkflowError> for Denial {
    fn from(error: WorkflowError) -> Self {
        let text = error.to_string();
        match error {
            WorkflowError::Unknown { name, known } => {
                let known = known.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
                let text = format!("The function '{name}' doesn't exist here. The following are known: {known}.");
                Self::new(StatusCode::BAD_REQUEST, "UnknownFunction", text)
            }
            WorkflowError::Invalid(_) => Self::invalid(text),
            WorkflowError::NotFound => Self::not_found("There is no such instance."),
            WorkflowError::Exists(_) => Self::new(StatusCode::CONFLICT, "InstanceExists", text),
            WorkflowError::Running(_) => Self::new(StatusCode::CONFLICT, "InstanceRunning", text),
            WorkflowError::Finished(_) => Self::new(StatusCode::GONE, "InstanceFinished", text),
            WorkflowError::NotFailed(_) => Self::new(StatusCode::PRECONDITION_FAILED, "InstanceNotFailed", text),
            WorkflowError::Owned(_) => Self::new(StatusCode::FORBIDDEN, "OwnedByPortal", text),
            WorkflowError::Portal(error) => error.into(),
        }
    }
}

impl From<PortalError> for Denial {
    fn from(error: PortalError) -> Self {
        match error {
            PortalError::Invalid(errors) => {
                Self::invalid(errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join(" "))
            }
            PortalError::NotFound => Self::not_found("There is no such thing."),
            PortalError::Forbidden(reason) => Self::forbidden(reason),
            PortalError::Conflict(reason) => Self::new(StatusCode::CONFLICT, "Conflict", reason),
            PortalError::NotSignedIn => Self::new(
                StatusCode::UNAUTHORIZED,
                "Unauthorized",
                "This needs an API token that works: 'Authorization: Bearer', 'x-functions-key' or 'code' in the query.",
            ),
            PortalError::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "TooLarge", "This is too large."),
            PortalError::TooMany(reason) => Self::new(StatusCode::TOO_MANY_REQUESTS, "TooMany", reason),
            PortalError::Unavailable(reason) => Self::unavailable(reason),
            PortalError::Internal(reason) => Self::fault(&reason),
        }
    }
}

impl From<EngineError> for Denial {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Store(StoreError::NotFound(id)) => Self::no_instance(id.as_str()),
            EngineError::InvalidId(error) => Self::not_found(error.to_string()),
            EngineError::InvalidEntityId(error) => Self::not_found(error.to_string()),
            error => {
                // What a database says of itself names places and settings: it is for the log.
                tracing::warn!("the engine's tables cannot be read right now: {error}");
                PortalError::from(error).into()
            }
        }
    }
}

impl Denial {
    fn unavailable(reason: String) -> Self {
        tracing::warn!(reason, "refused a call for now: {reason}");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Unavailable", reason)
    }

    fn fault(reason: &str) -> Self {
        tracing::error!(reason, "a fault: {reason}");
        let text = "Something is wrong with the portal; the log says what, under the id of the header x-request-id.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Fault", text)
    }
}

impl IntoResponse for Denial {
    fn into_response(self) -> Response {
        let Self { status, kind, message } = self;
        let body = ErrorBody {
            exception_message: message.clone(),
            message,
            exception_type: kind.to_owned(),
            stack_trace: String::new(),
        };
        let mut response = (status, Json(body)).into_response();
        let (name, value) = match status {
            StatusCode::UNAUTHORIZED => (header::WWW_AUTHENTICATE, "Bearer"),
            StatusCode::TOO_MANY_REQUESTS => (header::RETRY_AFTER, "1"),
            StatusCode::SERVICE_UNAVAILABLE => (header::RETRY_AFTER, "5"),
            _ => return response,
        };
        response.headers_mut().insert(name, HeaderValue::from_static(value));
        response
    }
}

/// Gives the bare errors of the router and its extractors (no such path, another method, a bad encoding) the same form.
pub(super) async fn shaped(response: Response) -> Response {
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let is_json = |kind: &HeaderValue| kind.as_bytes().starts_with(b"application/json");
    if !failed || response.headers().get(header::CONTENT_TYPE).is_some_and(is_json) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = to_bytes(body, MAX_TEXT_BYTES).await.unwrap_or_default();
    let mut shaped = Denial::of_status(status, &String::from_utf8_lossy(&text)).into_response();
    if let Some(methods) = parts.headers.get(header::ALLOW) {
        shaped.headers_mut().insert(header::ALLOW, methods.clone());
    }
    shaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_database_says_of_itself_is_not_passed_on() {
        let place = "db.internal:5432";
        for error in [StoreError::Unavailable(place.into()), StoreError::InUse { place: place.into() }] {
            let denial = Denial::from(EngineError::Store(error));
            assert!(denial.status().is_server_error() && !denial.message.contains(place), "{denial:?}");
        }
    }
}
