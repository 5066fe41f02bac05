//! A counter: a small piece of state that is added to, reset and read, whoever asks and however often the program dies.

use std::time::Duration;

use countersign_engine::registry::RegistryError;
use countersign_engine::{Entity, EntityContext, Failure, Operation, Orchestration, OrchestrationContext, Registry};

/// The counters, each under a key of its own.
pub const COUNTER: Entity<i64> = Entity::named("Counter");

/// Adds an integer and gives the sum.
pub const ADD: Operation<i64, i64, i64> = COUNTER.operation("add");

/// Begins at 0 again.
pub const RESET: Operation<i64, (), ()> = COUNTER.operation("reset");

/// Gives the present value.
pub const GET: Operation<i64, (), i64> = COUNTER.operation("get");

/// Lets so many visitors into a house, one after the other; gives how many are inside in the end.
pub const VISITS: Orchestration<u32, i64> = Orchestration::named("Visits");

/// The key of the counter of those who wait at the door.
pub const DOOR: &str = "door";

/// The key of the counter of those who are inside.
pub const HOUSE: &str = "house";

/// Registers the counter's operations and the orchestration that uses them.
pub fn register(registry: Registry) -> Result<Registry, RegistryError> {
    registry.operation(ADD, add)?.operation(RESET, reset)?.operation(GET, get)?.orchestration(VISITS, visits)
}

/// The operation [`ADD`]. A sum that no integer can hold is a failure, which leaves the counter as it is.
pub async fn add(counter: EntityContext<i64>, amount: i64) -> Result<i64, Failure> {
    let sum = counter.get().checked_add(amount);
    let sum = sum.ok_or_else(|| Failure::new("Overflow", format!("{amount} is too much for the counter")))?;
    counter.set(sum);
    Ok(sum)
}

/// The operation [`RESET`].
pub async fn reset(counter: EntityContext<i64>, (): ()) -> Result<(), Failure> {
    counter.set(0);
    Ok(())
}

/// The operation [`GET`].
pub async fn get(counter: EntityContext<i64>, (): ()) -> Result<i64, Failure> {
    Ok(counter.get())
}

/// The orchestration of [`VISITS`].
pub async fn visits(ctx: OrchestrationContext, visitors: u32) -> Result<i64, Failure> {
    for key in [DOOR, HOUSE] {
        ctx.signal_entity(RESET, key, &())?;
    }
    for visitor in 1..=visitors {
        ctx.signal_entity(ADD, DOOR, &1)?;
        ctx.timer(Duration::from_millis(300)).await;
        // Both counters change together: whoever takes both locks finds every visitor in one place.
        let locks = ctx.lock([COUNTER.id(DOOR)?, COUNTER.id(HOUSE)?]).await?;
        let waiting = ctx.call_entity(ADD, DOOR, &-1).await?;
        let inside = ctx.call_entity(ADD, HOUSE, &1).await?;
        drop(locks);
        ctx.set_custom_status(&format!("visitor {visitor}: {waiting} at the door, {inside} inside"))?;
    }
    ctx.call_entity(GET, HOUSE, &()).await
}
