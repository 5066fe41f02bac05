//! Counters, changed by signals, by calls and in critical sections: what is counted once stays counted once.
//!
//! `cargo run -p countersign-engine --example counter`. Kill it and run it again: it goes on where it was.

#[expect(dead_code, reason = "nothing in here takes its time")]
mod shared;

use std::time::Duration;

use countersign_engine::clock::{Clock, SystemClock};
use countersign_engine::store::Sqlite;
use countersign_engine::{Client, Engine, EngineError, EntityQuery, Registry};
use countersign_samples::counter::{ADD, COUNTER, DOOR, HOUSE, VISITS, register};

/// Prints each change of the two counters, for as long as it runs.
async fn watch(client: Client) -> Result<(), EngineError> {
    let mut seen = None;
    loop {
        let waiting = client.read_entity(COUNTER, DOOR).await?.unwrap_or(0);
        let inside = client.read_entity(COUNTER, HOUSE).await?.unwrap_or(0);
        if seen.replace((waiting, inside)) != Some((waiting, inside)) {
            println!("{waiting} at the door, {inside} inside");
        }
        SystemClock.sleep_until(SystemClock.now() + Duration::from_millis(50)).await;
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // What can be told to a counter, and an orchestration that tells it.
    let registry = register(Registry::new())?;

    // Where counters and progress are kept.
    let store = Sqlite::open_file("counter.db").await?;
    let engine = Engine::builder(store, registry).start().await?;
    let client = engine.client();
    let watching = tokio::spawn(watch(client.clone()));

    // Anybody may signal a counter, which comes into being by it, and need not wait.
    client.signal_entity(ADD, "starts", &1).await?;

    // An orchestration may also call counters, and lock two of them that belong together.
    shared::run(&client, VISITS, vec![5]).await?;

    watching.abort();
    let counters = EntityQuery { name: Some(COUNTER.name().to_owned()), limit: 10, ..EntityQuery::default() };
    for counter in client.list_entities(&counters).await? {
        let value: Option<i64> = counter.state.map(|state| state.decode()).transpose()?;
        println!("{} = {}", counter.id, value.unwrap_or(0));
    }
    engine.shutdown().await;
    Ok(())
}
