//! A portal that dies at its first store call, at its second, and so on, while a webhook is told of a request from its
//! submission to its end. On the next start everything is told that happened, under one id each, and hardly anything twice.

use std::collections::HashMap;
use std::sync::Arc;

use countersign::portal::webhooks::{DeliveryState, WebhookDraft, WebhookEvent};
use countersign::portal::{AccountDraft, Actor, PortalError, WebhookId};
use countersign_engine::testing::{CrashAt, CrashingStore};

use super::crash_points::{Process, World, crash_at_calls};
use crate::portal::stand::draft;
use crate::support::receiver::Receiver;

/// What a caller was told.
#[derive(Default)]
struct Acknowledged {
    webhook: Option<WebhookId>,
    submitted: bool,
}

async fn admin(process: &Process) -> Result<Actor, PortalError> {
    let account = AccountDraft { name: "Ada".into(), email: "ada@x.org".into(), password: "correct horse".into() };
    match process.portal.create_admin(&Actor::Cli, account).await {
        Ok(admin) => Ok(Actor::User(admin)),
        // It was made before.
        Err(PortalError::Conflict(_) | PortalError::Invalid(_)) => {
            Ok(Actor::User(process.portal.sign_in("ada@x.org", "correct horse").await?))
        }
        Err(error) => Err(error),
    }
}

/// Does whatever has not been acknowledged yet, and gives up at the first error.
async fn scenario(process: &Process, receiver: &Receiver, done: &mut Acknowledged) -> Result<Actor, PortalError> {
    let admin = admin(process).await?;
    if done.webhook.is_none() {
        let events = WebhookEvent::SUBSCRIBABLE.map(|event| event.word().to_owned()).to_vec();
        let draft = WebhookDraft { url: receiver.url.clone(), events, ..WebhookDraft::default() };
        // One may be there already of which nobody was told.
        let made = process.portal.webhooks(&admin).await?.pop().map(|line| line.webhook.id);
        done.webhook = match made {
            Some(id) => Some(id),
            None => Some(process.portal.create_webhook(&admin, draft).await?.webhook),
        };
    }
    if !done.submitted {
        process.portal.submit(&admin, draft(&["ana@x.org"], "any")).await?;
        done.submitted = true;
    }
    process.node.run_to_the_end().await.map_err(|error| PortalError::Internal(error.to_string()))?;
    Ok(admin)
}

/// Runs the scenario into a crash, goes on with a second process, and checks what must hold. Whether there was a crash.
async fn survives(at: CrashAt) -> bool {
    let (world, receiver, mut done) = (World::new().await, Receiver::start().await, Acknowledged::default());
    let crashing = Arc::new(CrashingStore::new(world.database.store(), at));
    if let Some(process) = world.process(crashing.clone()).await {
        let _ = scenario(&process, &receiver, &mut done).await;
    }
    let process = world.process(world.database.store()).await.expect("the second process starts");
    let admin = scenario(&process, &receiver, &mut done).await.unwrap_or_else(|error| panic!("{at:?}: {error}"));
    let webhook = done.webhook.expect("acknowledged");
    let page = process.portal.webhook(&admin, webhook, None).await.expect("the webhook");

    let mut copies: HashMap<String, Vec<String>> = HashMap::new();
    for message in receiver.received() {
        copies.entry(message.header("webhook-id").to_owned()).or_default().push(message.body);
    }
    for delivery in &page.deliveries.rows {
        assert_eq!(delivery.state, DeliveryState::Delivered, "{at:?}: {delivery:?}");
        let bodies = copies.remove(&delivery.id.to_string()).unwrap_or_default();
        assert!((1..=2).contains(&bodies.len()), "{at:?}: posted {} times", bodies.len());
        assert!(bodies.iter().all(|body| *body == delivery.payload), "{at:?}: always the same");
    }
    assert!(copies.is_empty(), "{at:?}: {copies:?} is no delivery");
    let told = |event| page.deliveries.rows.iter().filter(|delivery| delivery.event == event).count();
    // A submission that took effect but was not acknowledged is repeated by its requester.
    let requests = told(WebhookEvent::RequestSubmitted);
    assert!((1..=2).contains(&requests) && told(WebhookEvent::RequestClosed) == requests, "{at:?}");
    process.node.check().await.expect("checked");
    crashing.has_crashed()
}

#[tokio::test]
async fn every_crash_before_a_call_takes_effect_loses_no_message() {
    let calls = crash_at_calls(CrashAt::Before, survives).await;
    assert!(calls >= 40, "the scenario makes only {calls} calls");
}

#[tokio::test]
async fn every_crash_after_a_call_took_effect_loses_no_message() {
    let calls = crash_at_calls(CrashAt::After, survives).await;
    assert!(calls >= 40, "the scenario makes only {calls} calls");
}
