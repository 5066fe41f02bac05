//! Seven tasks, three at a time; the results come back in the order of the list, and the one that fails sinks no other.
//!
//! `cargo run -p countersign-engine --example fan_out_fan_in`. Kill it and run it again: tasks that were done are not done again.

mod shared;

use countersign_engine::registry::RegistryError;
use countersign_engine::store::Sqlite;
use countersign_engine::{Engine, Registry};
use countersign_samples::fan_out_fan_in::{FAN_OUT_FAN_IN, RUN_TASK, Tasks, fan_out_fan_in, run_task};

/// The orchestration and the activity that carries out one task.
fn registry() -> Result<Registry, RegistryError> {
    Registry::new().orchestration(FAN_OUT_FAN_IN, fan_out_fan_in)?.activity(RUN_TASK, |ctx, name: String| async move {
        println!("  {name}, try {} ..", ctx.attempt());
        shared::work().await;
        run_task(&name)
    })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = Sqlite::open_file("fan_out_fan_in.db").await?;
    let engine = Engine::builder(store, registry()?).start().await?;

    let names = ["Task1", "Task2", "fail3", "Task4", "Task5", "Task6", "Task7"];
    let tasks = Tasks::Limited { tasks: names.map(str::to_owned).into(), max_parallel: Some(3) };
    shared::run(&engine.client(), FAN_OUT_FAN_IN, vec![tasks]).await?;

    engine.shutdown().await;
    Ok(())
}
