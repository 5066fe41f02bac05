//! Every sample on a node that dies at its first store call, at its second, and so on, before the call takes effect and after:
//! it ends as if nothing had happened, what it did to the world it did once, and its history replays.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::store::Store;
use countersign_engine::testing::{CrashAt, CrashingStore, Stepper, crash_at_every_call};
use countersign_engine::{EngineError, Orchestration, Payload, RuntimeStatus, StoreError};
use countersign_samples::async_http::ASYNC_HTTP;
use countersign_samples::fan_out_fan_in::FAN_OUT_FAN_IN;
use countersign_samples::function_chaining::FUNCTION_CHAINING;
use countersign_samples::greet::GREET;
use countersign_samples::human_interaction::{APPROVAL_EVENT, HUMAN_INTERACTION};
use countersign_samples::monitor_service::MONITOR_SERVICE;
use countersign_samples::order_processing::ORDER_PROCESSING;

use crate::support::{World, id, json, record, registry};

/// What a client does with a sample, and how that must end.
struct Scenario {
    sample: &'static str,
    input: &'static str,
    /// A value of [`APPROVAL_EVENT`], raised after the first turns.
    decision: Option<&'static str>,
    /// A minute passes so often before the client terminates an instance that would go on for ever.
    minutes: u32,
    /// The output, or none for what is terminated.
    output: Option<&'static str>,
    /// What was done to the world, sorted.
    effects: &'static [&'static str],
}

impl Scenario {
    fn of<I, O>(sample: Orchestration<I, O>, input: &'static str) -> Self {
        Self { sample: sample.name(), input, decision: None, minutes: 0, output: None, effects: &[] }
    }

    /// The client's calls and the node's work. After a crash the same is done again on the next node, which is what a client does
    /// that was not answered.
    async fn play(&self, node: &Stepper, world: &World) -> Result<(), EngineError> {
        let client = node.client();
        let sample: Orchestration<Payload, Payload> = Orchestration::named(self.sample);
        repeatable(client.start(sample, &json(self.input)).id(id()).await.map(|_| ()))?;
        node.run_until_idle().await?;
        if let Some(decision) = self.decision {
            repeatable(client.raise_event(&id(), APPROVAL_EVENT, &json(decision)).await)?;
        }
        if self.minutes == 0 {
            node.run_to_the_end().await?;
            return Ok(());
        }
        for _ in 0..self.minutes {
            node.run_until_idle().await?;
            world.clock.advance(Duration::from_secs(60));
        }
        repeatable(client.terminate(&id(), "seen enough").await)?;
        node.run_until_idle().await?;
        Ok(())
    }

    /// Crashes at `at`, goes on with another node, and looks at what came of it. Gives whether the crash happened.
    async fn survives(&self, at: CrashAt) -> bool {
        let world = World::new().await;
        let crashing = Arc::new(CrashingStore::new(Arc::clone(&world.store), at));
        let dying: Arc<dyn Store> = crashing.clone();
        let names = registry(&world.ledger).expect("the names differ");
        if let Ok(node) = Stepper::start(dying, names, world.clock.clone()).await {
            let _ = self.play(&node, &world).await;
        }
        let node = world.node().await;
        self.play(&node, &world).await.expect("the second node lives");
        node.check().await.expect("checked");
        let ended = record(&node.client()).await;
        match self.output {
            Some(output) => assert_eq!(ended.output.as_ref().map(Payload::as_str), Some(output), "{at:?}: {ended:?}"),
            None => assert_eq!(ended.status, RuntimeStatus::Terminated, "{at:?}"),
        }
        let mut effects = world.ledger.all();
        effects.retain(|effect| !effect.starts_with("check"));
        effects.sort();
        assert_eq!(effects, self.effects, "{at:?}");
        crashing.has_crashed()
    }

    async fn survives_everything(self) {
        for crash in [CrashAt::Before, CrashAt::After] {
            let calls = crash_at_every_call(crash, async |at| self.survives(at).await).await;
            assert!(calls >= 8, "the scenario makes only {calls} calls");
        }
    }
}

/// A call whose first try took effect although its answer was lost.
fn repeatable(result: Result<(), EngineError>) -> Result<(), EngineError> {
    match result {
        Err(EngineError::Store(StoreError::Exists(_) | StoreError::Finished { .. })) => Ok(()),
        other => other,
    }
}

#[tokio::test]
async fn greet_survives_a_crash_at_every_call() {
    let output = Some(r#""Hello, Ada. This HTTP triggered function executed successfully.""#);
    Scenario { output, ..Scenario::of(GREET, r#""Ada""#) }.survives_everything().await;
}

#[tokio::test]
async fn order_processing_survives_a_crash_at_every_call() {
    let input = r#"{"item": "lamp", "quantity": 2, "card": "4242"}"#;
    let output = Some(r#""Order processed successfully!""#);
    let effects = &["mail 2 × lamp", "pay 4242"];
    Scenario { output, effects, ..Scenario::of(ORDER_PROCESSING, input) }.survives_everything().await;
}

#[tokio::test]
async fn function_chaining_survives_a_crash_at_every_call() {
    let output = Some(r#""Order A-17 is confirmed: 12.50 charged.""#);
    let effects = &["charge 12.50", "mail 12.50 charged"];
    let input = r#"{"id": "A-17", "amount": 12.5}"#;
    Scenario { output, effects, ..Scenario::of(FUNCTION_CHAINING, input) }.survives_everything().await;
}

#[tokio::test]
async fn fan_out_fan_in_survives_a_crash_at_every_call() {
    let output = Some(r#"["Task1 completed","fail2 failed: it was told to","Task3 completed"]"#);
    let effects = &["run Task1", "run Task3", "run fail2"];
    let input = r#"{"tasks": ["Task1", "fail2", "Task3"], "max_parallel": 2}"#;
    Scenario { output, effects, ..Scenario::of(FAN_OUT_FAN_IN, input) }.survives_everything().await;
}

#[tokio::test]
async fn async_http_survives_a_crash_at_every_call() {
    let output = Some(r#""done""#);
    Scenario { output, ..Scenario::of(ASYNC_HTTP, r#"{"seconds": 3}"#) }.survives_everything().await;
}

#[tokio::test]
async fn monitor_service_survives_a_crash_at_every_call() {
    let input = r#"{"url": "http://service/health", "alert": "operator", "interval_seconds": 60}"#;
    let effects = &["alert operator Down", "alert operator Recovered"];
    Scenario { minutes: 7, effects, ..Scenario::of(MONITOR_SERVICE, input) }.survives_everything().await;
}

#[tokio::test]
async fn human_interaction_survives_a_crash_at_every_call() {
    let input = r#"{"document": "Contract", "approver": "first", "timeout_seconds": 60, "on_timeout": "reject"}"#;
    let output = Some(r#"{"verdict":"approved","by":"first","escalated":false}"#);
    let effects = &["archive Contract", "ask first", "finalize Contract", "tell Approved"];
    let decision = Some("true");
    Scenario { decision, output, effects, ..Scenario::of(HUMAN_INTERACTION, input) }.survives_everything().await;
}

#[tokio::test]
async fn an_escalation_survives_a_crash_at_every_call() {
    let input = r#"{"document": "Contract", "approver": "first", "timeout_seconds": 60, "on_timeout": "escalate",
                    "escalate_to": "second"}"#;
    let output = Some(r#"{"verdict":"rejected","by":"deadline","escalated":true}"#);
    let effects = &["ask first", "ask second", "tell Rejected"];
    Scenario { output, effects, ..Scenario::of(HUMAN_INTERACTION, input) }.survives_everything().await;
}
