//! Validate, check the inventory, take the payment, confirm: each step only if the one before said yes.

use std::time::Duration;

use countersign_engine::{Activity, Failure, Orchestration, OrchestrationContext, RetryPolicy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::receipt::{Receipt, SEND_CONFIRMATION_EMAIL};

/// Takes an order and gives [`PROCESSED`] or [`FAILED`].
pub const ORDER_PROCESSING: Orchestration<Order, String> = Orchestration::named("OrderProcessing");

/// Says whether the order can be carried out at all; see [`Order::is_valid`].
pub const VALIDATE_ORDER: Activity<Order, bool> = Activity::named("ValidateOrder");

/// Says whether there is enough in stock; see [`Order::is_in_stock`].
pub const CHECK_INVENTORY: Activity<Order, bool> = Activity::named("CheckInventory");

/// Takes the money and says whether it was given; see [`Order::is_paid`]. At least once: the payment service is given the
/// idempotency key of the call.
pub const PROCESS_PAYMENT: Activity<Order, bool> = Activity::named("ProcessPayment");

/// The output when every step said yes.
pub const PROCESSED: &str = "Order processed successfully!";

/// The output when a step said no.
pub const FAILED: &str = "Order processing failed.";

/// The most that is in stock of anything.
const STOCK: i64 = 10;

/// What somebody wants to buy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    /// The thing.
    pub item: String,
    /// How many of it.
    pub quantity: i64,
    /// The card that pays.
    pub card: String,
}

impl Order {
    /// Whether it names an item, and at least one of it.
    pub fn is_valid(&self) -> bool {
        !self.item.trim().is_empty() && self.quantity >= 1
    }

    /// Whether there is enough of the item: ten of everything.
    pub fn is_in_stock(&self) -> bool {
        self.quantity <= STOCK
    }

    /// Whether the card pays: any but the one named `declined`.
    pub fn is_paid(&self) -> bool {
        self.card != "declined"
    }
}

/// The orchestration of [`ORDER_PROCESSING`]. A step that says no ends it with [`FAILED`]; a step that cannot be carried out, after
/// its retries, fails the instance, which an admin may rewind.
pub async fn order_processing(ctx: OrchestrationContext, order: Order) -> Result<String, Failure> {
    let retry = RetryPolicy::exponential(Duration::from_secs(1), 5);
    for step in [VALIDATE_ORDER, CHECK_INVENTORY, PROCESS_PAYMENT] {
        if !ctx.call(step, &order).retry(retry.clone()).await? {
            return Ok(FAILED.to_owned());
        }
    }
    let receipt =
        Receipt { order: ctx.instance_id().to_string(), text: format!("{} × {}", order.quantity, order.item) };
    ctx.call(SEND_CONFIRMATION_EMAIL, &receipt).retry(retry).await?;
    Ok(PROCESSED.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(item: &str, quantity: i64, card: &str) -> Order {
        Order { item: item.to_owned(), quantity, card: card.to_owned() }
    }

    #[test]
    fn each_rule_refuses_what_it_should() {
        assert!(order("lamp", 1, "visa").is_valid() && !order(" ", 1, "visa").is_valid());
        assert!(!order("lamp", 0, "visa").is_valid() && !order("lamp", -3, "visa").is_valid());
        assert!(order("lamp", 10, "visa").is_in_stock() && !order("lamp", 11, "visa").is_in_stock());
        assert!(order("lamp", 1, "visa").is_paid() && !order("lamp", 1, "declined").is_paid());
    }
}
