//! A chain: what `ProcessOrder` gives goes to `ChargePayment`, and what that gives to `SendConfirmationEmail`.
//!
//! `cargo run -p countersign-engine --example function_chaining`. At the end it prints the history in which each step's output stands:
//! it is what a killed run goes on from.

mod shared;

use countersign_engine::registry::RegistryError;
use countersign_engine::store::Sqlite;
use countersign_engine::{Engine, EventKind, Registry};
use countersign_samples::function_chaining::{
    CHARGE_PAYMENT, FUNCTION_CHAINING, Order, PROCESS_ORDER, ProcessedOrder, function_chaining,
};
use countersign_samples::receipt::{Receipt, SEND_CONFIRMATION_EMAIL};

/// The orchestration and the three links of its chain.
fn registry() -> Result<Registry, RegistryError> {
    Registry::new()
        .orchestration(FUNCTION_CHAINING, function_chaining)?
        .activity(PROCESS_ORDER, |_, order: Order| async move {
            println!("Taking in order {} ..", order.id);
            shared::work().await;
            Ok(order.process())
        })?
        .activity(CHARGE_PAYMENT, |_, order: ProcessedOrder| async move {
            println!("Charging {:.2} ..", order.amount_due);
            shared::work().await;
            Ok(order.charge())
        })?
        .activity(SEND_CONFIRMATION_EMAIL, |_, receipt: Receipt| async move {
            println!("Mailing the receipt of order {} ..", receipt.order);
            shared::work().await;
            Ok(receipt.confirmation())
        })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = Sqlite::open_file("function_chaining.db").await?;
    let engine = Engine::builder(store, registry()?).start().await?;
    let client = engine.client();

    let order = Order { id: "A-17".to_owned(), amount: 129.9 };
    for id in shared::run(&client, FUNCTION_CHAINING, vec![order]).await? {
        println!("The history of the instance:");
        for event in client.history(&id, None).await? {
            let detail = match &event.kind {
                EventKind::TaskScheduled(task) => format!("{} {}", task.name, task.input.as_str()),
                EventKind::TaskCompleted { result, .. } => result.as_str().to_owned(),
                _ => String::new(),
            };
            println!("  {:>2} {} {detail}", event.sequence, event.kind.name());
        }
    }

    engine.shutdown().await;
    Ok(())
}
