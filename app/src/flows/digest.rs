//! Somebody's digests. The instance never ends by itself: each execution takes one turn and waits for the next, or for a
//! change of their settings, so that neither its history nor what is kept of it grows. It stays even when they want no
//! digests any more, because otherwise it could end at the very moment at which they change their mind.

use countersign_engine::clock::Timestamp;
use countersign_engine::model::Failure;
use countersign_engine::registry::{Registry, RegistryError};
use countersign_engine::replay::OrchestrationContext;
use serde_json::json;

use super::approval::{failure, patiently};
use super::names::{DIGEST, DIGEST_CHANGED, DigestInput, DigestTurn, TAKE_DIGEST_TURN};
use crate::portal::digests::Turn;
use crate::portal::{Portal, Time, UserId};

pub(super) fn register(registry: Registry, portal: &Portal) -> Result<Registry, RegistryError> {
    let portal = portal.clone();
    registry.orchestration(DIGEST, digest)?.activity(TAKE_DIGEST_TURN, move |_, input| {
        let portal = portal.clone();
        async move { take(&portal, input).await }
    })
}

async fn digest(ctx: OrchestrationContext, input: DigestInput) -> Result<String, Failure> {
    let turn = ctx.call(TAKE_DIGEST_TURN, &input).retry(patiently()).await?;
    ctx.set_custom_status(&json!({ "next_digest_at": turn.map(|turn| turn.at) }))?;
    // What the event says does not matter: the rows do.
    let changed = ctx.external_event::<()>(DIGEST_CHANGED);
    match turn {
        Some(turn) => _ = ctx.first_of(changed, ctx.timer_at(Timestamp::from_micros(turn.at))).await,
        None => _ = changed.await,
    }
    ctx.continue_as_new(&DigestInput { turn, ..input }).await
}

/// Writes the digest that is due, if one is. A crash before the turn is recorded takes it once more, and finds the digest written.
async fn take(portal: &Portal, input: DigestInput) -> Result<Option<DigestTurn>, Failure> {
    let turn = input.turn.map(|turn| Turn { at: Time(turn.at), since: Time(turn.since) });
    let next = portal.digest_turn(UserId(input.user), turn).await.map_err(|error| failure(&error))?;
    Ok(next.map(|turn| DigestTurn { at: turn.at.micros(), since: turn.since.micros() }))
}
