//! What the examples share: how a run begins, goes on after it was cut, and ends.

use std::error::Error;
use std::time::Duration;

use countersign_engine::clock::{Clock, SystemClock};
use countersign_engine::{
    Client, EngineError, InstanceFilter, InstanceId, InstanceQuery, Orchestration, RuntimeStatus,
};
use serde::Serialize;

/// Starts an instance for each input, or goes on with those that a killed run left; prints how each ends.
pub(crate) async fn run<I, O>(
    client: &Client,
    what: Orchestration<I, O>,
    inputs: Vec<I>,
) -> Result<Vec<InstanceId>, Box<dyn Error>>
where
    I: Serialize + Send + Sync + 'static,
    O: 'static,
{
    let mut instances = unfinished(client, what.name()).await?;
    if instances.is_empty() {
        instances = start_all(client, what, inputs).await?;
    } else {
        println!("Going on with what the last run left: {} unfinished.", instances.len());
    }
    for id in &instances {
        let ended = client.wait_for_completion(id, Duration::from_secs(60)).await?;
        let input = ended.input.as_ref().map_or("", |input| input.as_str());
        match (&ended.output, &ended.failure) {
            (Some(output), _) => println!("{} -> {}", input, output.as_str()),
            (None, Some(failure)) => println!("{} failed, {failure}", input),
            (None, None) => println!("{} is {}", input, ended.status.as_str()),
        }
    }
    Ok(instances)
}

/// The instances that have not ended, oldest first.
async fn unfinished(client: &Client, name: &str) -> Result<Vec<InstanceId>, EngineError> {
    let statuses = vec![RuntimeStatus::Pending, RuntimeStatus::Running];
    let filter = InstanceFilter { name: Some(name.to_owned()), statuses, ..InstanceFilter::default() };
    let page = client.query(&InstanceQuery { filter, limit: 100, ..InstanceQuery::default() }).await?;
    Ok(page.into_iter().rev().map(|instance| instance.id).collect())
}

/// Starts all of them or, whatever happens, none: they share a transaction.
async fn start_all<I, O>(
    client: &Client,
    what: Orchestration<I, O>,
    inputs: Vec<I>,
) -> Result<Vec<InstanceId>, EngineError>
where
    I: Serialize + Send + Sync + 'static,
    O: 'static,
{
    let starting = client.clone();
    let transaction = client.transaction("start_all", move |tx| {
        Box::pin(async move {
            let mut started = Vec::new();
            for input in &inputs {
                started.push(starting.within(tx).start(what, input).await?);
            }
            Ok(started)
        })
    });
    transaction.await
}

/// Work takes its time here, so that there is a moment to kill the example in.
pub(crate) async fn work() {
    SystemClock.sleep_until(SystemClock.now() + Duration::from_millis(300)).await;
}
