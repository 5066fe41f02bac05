//! A start that waits for the end.

use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use countersign_engine::{InstanceId, InstanceRecord, Payload, RuntimeStatus};

use super::denial::Denial;
use super::query::Asked;
use super::status::InstanceStatus;
use super::surface::Caller;
use crate::http::state::AppState;

/// The longest wait: proxies hang up on an answer that takes longer. Who asks for more gets the 202 then.
const LONGEST: Duration = Duration::from_secs(230);

/// How long a call may wait.
pub(super) struct Wait {
    /// Not at all for `None`.
    time: Option<Duration>,
    /// Whether a failure is answered as a fault.
    failure_is_fault: bool,
}

impl Wait {
    /// What `timeout`, `pollingInterval` and `returnInternalServerErrorOnFailure` say. Nobody polls here, so the interval
    /// only has to make sense.
    pub(super) fn asked(asked: &Asked) -> Result<Self, Denial> {
        let (time, interval) = (asked.seconds("timeout")?, asked.seconds("pollingInterval")?);
        if let (Some(time), Some(interval)) = (time, interval)
            && interval > time
        {
            return Err(Denial::invalid("'timeout' must not be less than 'pollingInterval'."));
        }
        let failure_is_fault = asked.flag("returnInternalServerErrorOnFailure")?.unwrap_or(false);
        Ok(Self { time: time.map(|time| time.min(LONGEST)), failure_is_fault })
    }

    /// The answer to who started the instance: how it ended, or, when it has not within the time, how to ask.
    pub(super) async fn answer(self, state: &AppState, caller: &Caller, id: &str) -> Response {
        match self.end(state, id).await {
            Some(record) => self.ended(record),
            None => caller.links.accepted(id),
        }
    }

    /// Also nothing when it cannot be told: the instance was started, and that is what matters.
    async fn end(&self, state: &AppState, id: &str) -> Option<InstanceRecord> {
        let (time, id) = (self.time?, InstanceId::parse(id).ok()?);
        tokio::select! {
            ended = state.engine.wait_for_completion(&id, time) => ended.ok(),
            () = state.shutdown.begun() => None,
        }
    }

    fn ended(&self, record: InstanceRecord) -> Response {
        match record.status {
            RuntimeStatus::Completed => Json(record.output.unwrap_or_else(Payload::null)).into_response(),
            RuntimeStatus::Failed if self.failure_is_fault => {
                (StatusCode::INTERNAL_SERVER_ERROR, Json(InstanceStatus::of(record))).into_response()
            }
            _ => Json(InstanceStatus::of(record)).into_response(),
        }
    }
}
