//! A list of tasks side by side; the results come back in the order of the list.

use std::num::NonZeroUsize;
use std::time::Duration;

use countersign_engine::{Activity, Failure, Orchestration, OrchestrationContext, RetryPolicy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Takes a list of names, or a list with a limit, and gives a sentence for each, in the order given.
pub const FAN_OUT_FAN_IN: Orchestration<Tasks, Vec<String>> = Orchestration::named("FanOutFanIn");

/// Carries out the task of that name; see [`run_task`].
pub const RUN_TASK: Activity<String, String> = Activity::named("RunTask");

/// The input: `["Task1", "Task2"]` or `{"tasks": ["Task1", "Task2"], "max_parallel": 1}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Tasks {
    /// All at once.
    Unlimited(Vec<String>),
    /// At most so many at a time.
    Limited {
        /// Their names.
        tasks: Vec<String>,
        /// How many may run at a time; all of them for 0 and without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_parallel: Option<usize>,
    },
}

/// The orchestration of [`FAN_OUT_FAN_IN`]. A task that fails for good is reported in its place, the others go on.
pub async fn fan_out_fan_in(ctx: OrchestrationContext, tasks: Tasks) -> Result<Vec<String>, Failure> {
    let (names, limit) = match tasks {
        Tasks::Unlimited(tasks) => (tasks, None),
        Tasks::Limited { tasks, max_parallel } => (tasks, max_parallel),
    };
    let retry = RetryPolicy::exponential(Duration::from_millis(200), 3);
    let calls = ctx.fan_out(&names, |name| ctx.call(RUN_TASK, name).retry(retry.clone()));
    let results = match limit.and_then(NonZeroUsize::new) {
        Some(limit) => calls.limit(limit).await,
        None => calls.await,
    };
    let report = |(name, result): (&String, Result<String, Failure>)| {
        result.unwrap_or_else(|failure| format!("{name} failed: {}", failure.message))
    };
    Ok(names.iter().zip(results).map(report).collect())
}

/// The result of the task `name`. One that begins with `fail` fails.
pub fn run_task(name: &str) -> Result<String, Failure> {
    if name.starts_with("fail") {
        return Err(Failure::new("TaskFailed", "it was told to"));
    }
    Ok(format!("{name} completed"))
}
