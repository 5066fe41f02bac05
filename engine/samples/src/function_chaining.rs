//! A chain of functions: each step's output is the next one's input.

use std::time::Duration;

use countersign_engine::{Activity, Failure, Orchestration, OrchestrationContext, RetryPolicy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::receipt::{Receipt, SEND_CONFIRMATION_EMAIL};

/// Takes an order and gives its confirmation.
pub const FUNCTION_CHAINING: Orchestration<Order, String> = Orchestration::named("FunctionChaining");

/// Takes the order in; see [`Order::process`].
pub const PROCESS_ORDER: Activity<Order, ProcessedOrder> = Activity::named("ProcessOrder");

/// Charges what was taken in; see [`ProcessedOrder::charge`].
pub const CHARGE_PAYMENT: Activity<ProcessedOrder, Receipt> = Activity::named("ChargePayment");

/// What somebody ordered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    /// The order's number.
    pub id: String,
    /// What it costs.
    pub amount: f64,
}

/// An order that was taken in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProcessedOrder {
    /// The order's number.
    pub id: String,
    /// What has to be paid.
    pub amount_due: f64,
}

impl Order {
    /// Takes the order in. Doing it twice gives the same.
    pub fn process(self) -> ProcessedOrder {
        ProcessedOrder { id: self.id, amount_due: self.amount }
    }
}

impl ProcessedOrder {
    /// The receipt of the charge. A real payment service takes the idempotency key of the call, so that it charges once.
    pub fn charge(self) -> Receipt {
        Receipt { order: self.id, text: format!("{:.2} charged", self.amount_due) }
    }
}

/// The orchestration of [`FUNCTION_CHAINING`].
pub async fn function_chaining(ctx: OrchestrationContext, order: Order) -> Result<String, Failure> {
    let retry = RetryPolicy::exponential(Duration::from_secs(1), 5);
    let processed = ctx.call(PROCESS_ORDER, &order).retry(retry.clone()).await?;
    let receipt = ctx.call(CHARGE_PAYMENT, &processed).retry(retry.clone()).await?;
    ctx.call(SEND_CONFIRMATION_EMAIL, &receipt).retry(retry).await
}
