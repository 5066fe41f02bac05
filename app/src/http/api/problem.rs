//! How the API says no: problem details after RFC 9457, for every error below `/api/`, the router's own included.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use countersign_engine::EngineError;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::SeenRate;
use crate::http::middleware::request_id::RequestId;
use crate::portal::workflows::WorkflowError;
use crate::portal::{FieldError, PortalError};

/// The media type of [`Problem`].
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong, after RFC 9457.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    kind: String,
    /// The words of the status.
    title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What happened here and what would help, for people.
    detail: String,
    /// The id of the request, as in the header `x-request-id` and in the log.
    instance: String,
    /// What is wrong with which field of the body; only with status 422.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ProblemField>,
}

/// One thing that is wrong with the body.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProblemField {
    /// The field, such as `title` or `approvers.2`; empty for the body as a whole.
    field: String,
    /// What is wrong and what would be right.
    message: String,
}

/// Why a call is not answered as asked. It becomes a bare response that [`finish`] fills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    status: StatusCode,
    detail: String,
    errors: Vec<FieldError>,
}

impl ApiError {
    /// A problem of this status. The text is for people; it may be empty.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), errors: Vec::new() }
    }

    /// There is no such thing, or the caller may not know that there is.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "")
    }

    /// The call cannot be understood.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// One field of the body is wrong.
    pub(crate) fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        PortalError::field(field, message).into()
    }

    /// The same with the fields of the portal's forms named as the API names them: `pairs` of the portal's name and ours. What
    /// follows a dot is kept.
    #[must_use]
    pub(crate) fn renamed(mut self, pairs: &[(&str, &str)]) -> Self {
        for error in &mut self.errors {
            let (head, tail) = error.field.split_at(error.field.find('.').unwrap_or(error.field.len()));
            if let Some((_, ours)) = pairs.iter().find(|(theirs, _)| *theirs == head) {
                error.field = format!("{ours}{tail}");
            }
        }
        self
    }
}

impl From<PortalError> for ApiError {
    fn from(error: PortalError) -> Self {
        match error {
            PortalError::Invalid(errors) => {
                let detail = String::from("What was sent is not right; errors says what.");
                Self { status: StatusCode::UNPROCESSABLE_ENTITY, detail, errors }
            }
            PortalError::NotFound => Self::not_found(),
            PortalError::Forbidden(reason) => Self::new(StatusCode::FORBIDDEN, reason),
            PortalError::Conflict(reason) => Self::new(StatusCode::CONFLICT, reason),
            PortalError::NotSignedIn => Self::new(StatusCode::UNAUTHORIZED, ""),
            PortalError::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, ""),
            PortalError::TooMany(reason) => Self::new(StatusCode::TOO_MANY_REQUESTS, reason),
            PortalError::Unavailable(reason) => {
                tracing::warn!(reason, "refused a call for now: {reason}");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, reason)
            }
            PortalError::Internal(reason) => {
                tracing::error!(reason, "a fault: {reason}");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "")
            }
        }
    }
}

impl From<WorkflowError> for ApiError {
    fn from(error: WorkflowError) -> Self {
        match error {
            // It is the address that names the workflow.
            WorkflowError::Unknown { .. } => Self::not_found(),
            WorkflowError::Invalid(message) => Self::field("", message),
            other => PortalError::from(other).into(),
        }
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        PortalError::from(error).into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The layer's function: makes problem details of every error, and says how often the caller may go on.
pub(crate) async fn finish(mut request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let seen = SeenRate::default();
    request.extensions_mut().insert(seen.clone());
    let mut response = next.run(request).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        response = explained(&response, id);
    }
    if let Some(rate) = seen.rate() {
        rate.apply(response.headers_mut());
    }
    response
}

fn explained(response: &Response, instance: String) -> Response {
    let status = response.status();
    let told = response.extensions().get::<ApiError>().cloned();
    let told = told.unwrap_or_else(|| ApiError::new(status, ""));
    let detail = if told.detail.is_empty() { general(status).to_owned() } else { told.detail };
    let field = |FieldError { field, message }| ProblemField { field, message };
    let problem = Problem {
        kind: String::from("about:blank"),
        title: status.canonical_reason().unwrap_or("Error").to_owned(),
        status: status.as_u16(),
        detail,
        instance,
        errors: told.errors.into_iter().map(field).collect(),
    };
    let mut answer = (status, axum::Json(problem)).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    if let Some(allow) = response.headers().get(header::ALLOW) {
        headers.insert(header::ALLOW, allow.clone());
    }
    if let Some((name, value)) = advice(status) {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// What the header of a refusal tells a program to do about it.
fn advice(status: StatusCode) -> Option<(HeaderName, &'static str)> {
    match status {
        StatusCode::UNAUTHORIZED => Some((header::WWW_AUTHENTICATE, "Bearer realm=\"Countersign\"")),
        StatusCode::TOO_MANY_REQUESTS => Some((header::RETRY_AFTER, "1")),
        StatusCode::SERVICE_UNAVAILABLE => Some((header::RETRY_AFTER, "5")),
        _ => None,
    }
}

/// What is said where nothing more is known.
fn general(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "The call cannot be understood.",
        StatusCode::UNAUTHORIZED => {
            "This needs an API token that works, as Authorization: Bearer, as x-functions-key or as code in the query."
        }
        StatusCode::NOT_FOUND => "There is nothing here, or this token may not see it.",
        StatusCode::METHOD_NOT_ALLOWED => {
            "This address does not know the method; the header Allow names those that it does."
        }
        StatusCode::PAYLOAD_TOO_LARGE => "The body is larger than allowed.",
        StatusCode::INTERNAL_SERVER_ERROR => "A fault of ours. Tell your administrator the instance above.",
        _ => "The call was refused.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_as_the_api_names_them() {
        let errors = ["due", "approver.3", "title"].map(|field| FieldError::new(field, "")).to_vec();
        let error = ApiError::from(PortalError::Invalid(errors));
        let renamed = error.renamed(&[("due", "due_in_seconds"), ("approver", "approvers")]);
        let names: Vec<_> = renamed.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(names, ["due_in_seconds", "approvers.3", "title"]);
    }
}
