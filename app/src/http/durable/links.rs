//! Absolute addresses in answers.

use std::sync::Arc;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::query::Asked;
use crate::pages::paths::Segment;

/// In how many seconds a caller may look for the first time, as the Durable Functions host says.
const FIRST_LOOK_S: &str = "10";

/// What the links of an answer begin with.
///
/// They never hold the caller's token, although those of the Durable Functions host hold a key as `code`. That key is made
/// for links; a token is everything that its owner may do, and answers are logged, stored and handed on to others. Whoever
/// follows a link shows their own token, in a header.
#[derive(Clone, Debug)]
pub(super) struct Links(Arc<str>);

/// What a started instance can be asked by.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CheckStatus {
    /// The instance.
    id: String,
    /// GET: how it stands.
    status_query_get_uri: String,
    /// POST: raises the event whose name takes the place of `{eventName}`.
    send_event_post_uri: String,
    /// POST: ends it, for the reason that takes the place of `{text}`.
    terminate_post_uri: String,
    /// DELETE: removes it and its history.
    purge_history_delete_uri: String,
    /// POST: runs it again.
    restart_post_uri: String,
    /// POST: suspends it.
    suspend_post_uri: String,
    /// POST: resumes it.
    resume_post_uri: String,
}

impl Links {
    /// Links below an address, which does not end with a slash.
    pub(super) fn below(address: String) -> Self {
        Self(address.into())
    }

    /// Where the instance is asked how it stands, by the same questions as now.
    pub(super) fn status(&self, id: &str, asked: &Asked) -> String {
        format!("{}{}", self.instance(id), asked.without_credential())
    }

    /// The answer to who started the instance.
    pub(super) fn accepted(&self, id: &str) -> Response {
        let body = self.check_status(id);
        let headers =
            [(header::LOCATION, body.status_query_get_uri.clone()), (header::RETRY_AFTER, FIRST_LOOK_S.to_owned())];
        (StatusCode::ACCEPTED, headers, Json(body)).into_response()
    }

    fn check_status(&self, id: &str) -> CheckStatus {
        let instance = self.instance(id);
        CheckStatus {
            id: id.to_owned(),
            send_event_post_uri: format!("{instance}/raiseEvent/{{eventName}}"),
            terminate_post_uri: format!("{instance}/terminate?reason={{text}}"),
            purge_history_delete_uri: instance.clone(),
            restart_post_uri: format!("{instance}/restart"),
            suspend_post_uri: format!("{instance}/suspend?reason={{text}}"),
            resume_post_uri: format!("{instance}/resume?reason={{text}}"),
            status_query_get_uri: instance,
        }
    }

    fn instance(&self, id: &str) -> String {
        format!("{}/instances/{}", self.0, Segment(id))
    }
}
