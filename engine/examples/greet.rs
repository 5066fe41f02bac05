//! What any HTTP trigger starts: a greeting by name, or a sentence that asks for one.
//!
//! `cargo run -p countersign-engine --example greet`. Kill it and run it again: it goes on where it was.

mod shared;

use countersign_engine::store::Sqlite;
use countersign_engine::{Engine, Registry};
use countersign_samples::greet::{GREET, SAY_HELLO, greet, greeting};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // What can run: an orchestration, which decides, and an activity, which does.
    let registry = Registry::new().orchestration(GREET, greet)?.activity(SAY_HELLO, |_, name: String| async move {
        println!("Looking for kind words for {name} ..");
        shared::work().await;
        Ok(greeting(&name))
    })?;

    // Where progress is kept.
    let store = Sqlite::open_file("greet.db").await?;
    let engine = Engine::builder(store, registry).start().await?;

    // With a name, and without one.
    shared::run(&engine.client(), GREET, vec![Some("World".to_owned()), None]).await?;

    engine.shutdown().await;
    Ok(())
}
