//! Long work behind an HTTP API that answers at once: 202, and a status to poll until it is done.

use std::time::Duration;

use countersign_engine::{Failure, Orchestration, OrchestrationContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Takes as long as it is told and gives `"done"`; [`Progress`] is its custom status meanwhile.
pub const ASYNC_HTTP: Orchestration<Work, String> = Orchestration::named("AsyncHttp");

/// The most parts that the work is done in, so that its history stays short however long it takes.
const MAX_STEPS: u64 = 10;

/// How much there is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Work {
    /// How long it takes, in seconds.
    pub seconds: u64,
}

/// How far the work is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The seconds done.
    pub done_seconds: u64,
    /// The seconds that it takes.
    pub of_seconds: u64,
}

/// The orchestration of [`ASYNC_HTTP`]: durable timers, so that the wait costs a row and no thread.
pub async fn async_http(ctx: OrchestrationContext, work: Work) -> Result<String, Failure> {
    let began = ctx.now();
    let of_seconds = work.seconds;
    let steps = of_seconds.clamp(1, MAX_STEPS);
    ctx.set_custom_status(&Progress { done_seconds: 0, of_seconds })?;
    for step in 1..=steps {
        // In 128 bits, because anybody may ask for any number of seconds.
        let done_seconds =
            u64::try_from(u128::from(of_seconds) * u128::from(step) / u128::from(steps)).unwrap_or(of_seconds);
        ctx.timer_at(began + Duration::from_secs(done_seconds)).await;
        ctx.set_custom_status(&Progress { done_seconds, of_seconds })?;
    }
    Ok("done".to_owned())
}
