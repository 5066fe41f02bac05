//! What any HTTP trigger starts: a greeting by the name in the query or the body, or a sentence that asks for one.

use std::time::Duration;

use countersign_engine::{Activity, Failure, Orchestration, OrchestrationContext, RetryPolicy};

/// Takes a name, or null, and gives the answer of the trigger.
pub const GREET: Orchestration<Option<String>, String> = Orchestration::named("Greet");

/// Takes a name and gives the greeting; [`greeting`] does the work.
pub const SAY_HELLO: Activity<String, String> = Activity::named("SayHello");

/// The answer when no name was given.
pub const NO_NAME: &str = "This HTTP triggered function executed successfully. Pass a name in the query string or in the \
                           request body for a personalized response.";

/// The orchestration of [`GREET`].
pub async fn greet(ctx: OrchestrationContext, name: Option<String>) -> Result<String, Failure> {
    match name.as_deref().map(str::trim) {
        None | Some("") => Ok(NO_NAME.to_owned()),
        Some(name) => {
            ctx.call(SAY_HELLO, &name.to_owned()).retry(RetryPolicy::exponential(Duration::from_secs(1), 3)).await
        }
    }
}

/// The greeting of `name`.
pub fn greeting(name: &str) -> String {
    format!("Hello, {name}. This HTTP triggered function executed successfully.")
}
