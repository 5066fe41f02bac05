//! Four orders: validate, check the inventory, take the payment, confirm by mail. Each step only if the one before said yes.
//!
//! `cargo run -p countersign-engine --example order_processing`. Kill it and run it again: no step that was done is done again.

mod shared;

use countersign_engine::registry::RegistryError;
use countersign_engine::store::Sqlite;
use countersign_engine::{Engine, Registry};
use countersign_samples::order_processing::{
    CHECK_INVENTORY, ORDER_PROCESSING, Order, PROCESS_PAYMENT, VALIDATE_ORDER, order_processing,
};
use countersign_samples::receipt::{Receipt, SEND_CONFIRMATION_EMAIL};

/// The orchestration and its four activities.
fn registry() -> Result<Registry, RegistryError> {
    Registry::new()
        .orchestration(ORDER_PROCESSING, order_processing)?
        .activity(VALIDATE_ORDER, |_, order: Order| async move {
            println!("  validating {} × {:?}", order.quantity, order.item);
            Ok(order.is_valid())
        })?
        .activity(CHECK_INVENTORY, |_, order: Order| async move {
            println!("  counting {:?} in stock", order.item);
            shared::work().await;
            Ok(order.is_in_stock())
        })?
        .activity(PROCESS_PAYMENT, |ctx, order: Order| async move {
            // A payment service takes this key, so that a call repeated after a crash charges once.
            println!("  charging the card {:?}, idempotency key {}", order.card, ctx.idempotency_key());
            shared::work().await;
            Ok(order.is_paid())
        })?
        .activity(SEND_CONFIRMATION_EMAIL, |_, receipt: Receipt| async move {
            println!("  mailing: {}", receipt.text);
            Ok(receipt.confirmation())
        })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = Sqlite::open_file("order_processing.db").await?;
    let engine = Engine::builder(store, registry()?).start().await?;

    let order = |item: &str, quantity, card: &str| Order { item: item.to_owned(), quantity, card: card.to_owned() };
    let orders = vec![
        order("lamp", 2, "4242"),
        order("", 1, "4242"),       // not valid
        order("chair", 11, "4242"), // not in stock
        order("desk", 1, "declined"),
    ];
    shared::run(&engine.client(), ORDER_PROCESSING, orders).await?;

    engine.shutdown().await;
    Ok(())
}
