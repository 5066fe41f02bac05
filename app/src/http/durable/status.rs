//! How an instance stands, as the clients read it.

use std::sync::Arc;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_engine::{InstanceRecord, Payload, RuntimeStatus, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::history::HistoryRow;

/// In how many seconds to look again, as the Durable Functions host says.
const NEXT_LOOK: HeaderValue = HeaderValue::from_static("5");

const MICROS_PER_SECOND: i64 = 1_000_000;

/// How an instance stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstanceStatus {
    /// Its orchestration.
    name: String,
    /// Its id.
    instance_id: String,
    /// `Pending`, `Running`, `Suspended`, `Completed`, `Failed`, `Terminated`, `Canceled` or `ContinuedAsNew`.
    runtime_status: String,
    /// What it was started with; null where it was not asked for.
    #[schema(value_type = serde_json::Value)]
    input: Option<Payload>,
    /// What it says of itself.
    #[schema(value_type = serde_json::Value)]
    custom_status: Option<Payload>,
    /// What it gave, or, of a failed one, why it failed.
    #[schema(value_type = serde_json::Value)]
    output: Option<Payload>,
    /// When it was first started.
    #[schema(format = DateTime)]
    created_time: String,
    /// When it changed last.
    #[schema(format = DateTime)]
    last_updated_time: String,
    /// What happened, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<HistoryRow>>)]
    history_events: Option<Arc<RawValue>>,
    /// The same: the host writes `historyEvents`, the clients read this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<HistoryRow>>)]
    history: Option<Arc<RawValue>>,
}

impl InstanceStatus {
    /// How `record` stands, without its history.
    pub(super) fn of(record: InstanceRecord) -> Self {
        let why = || record.failure.as_ref().and_then(|failure| Payload::encode(&failure.to_string()).ok());
        Self {
            name: record.name.to_string(),
            instance_id: record.id.to_string(),
            runtime_status: record.status.as_str().to_owned(),
            output: record.output.or_else(why),
            input: record.input,
            custom_status: record.custom_status,
            created_time: whole_seconds(record.created_at),
            last_updated_time: whole_seconds(record.updated_at),
            history_events: None,
            history: None,
        }
    }

    /// The same without the input.
    pub(super) fn without_input(self) -> Self {
        Self { input: None, ..self }
    }

    /// The same with its history, which is written once and shown under both names.
    pub(super) fn with_history(self, rows: &[HistoryRow]) -> Self {
        let text = serde_json::value::to_raw_value(rows).expect("rows have a JSON form");
        let history: Arc<RawValue> = text.into();
        Self { history_events: Some(history.clone()), history: Some(history), ..self }
    }

    /// The answer: 200 for one that has ended, 202 with `location` for one that goes on.
    pub(super) fn answer(self, state: RuntimeStatus, location: &str) -> Response {
        if state.is_finished() {
            return Json(self).into_response();
        }
        let mut response = (StatusCode::ACCEPTED, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, NEXT_LOOK);
        if let Ok(location) = HeaderValue::from_str(location) {
            headers.insert(header::LOCATION, location);
        }
        response
    }
}

/// The moment as `yyyy-MM-ddTHH:mm:ssZ`.
pub(super) fn whole_seconds(moment: Timestamp) -> String {
    let micros = moment.as_micros();
    Timestamp::from_micros(micros - micros.rem_euclid(MICROS_PER_SECOND)).to_rfc3339()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_whole_seconds() {
        assert_eq!(whole_seconds(Timestamp::from_micros(1_767_225_600_999_999)), "2026-01-01T00:00:00Z");
    }
}
