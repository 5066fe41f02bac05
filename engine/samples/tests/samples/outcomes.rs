//! What each sample gives for each kind of input, as its description says.

use std::time::Duration;

use countersign_engine::{Client, EngineError, EventKind, Orchestration, Payload, RuntimeStatus};
use countersign_samples::async_http::{ASYNC_HTTP, Progress};
use countersign_samples::fan_out_fan_in::FAN_OUT_FAN_IN;
use countersign_samples::function_chaining::FUNCTION_CHAINING;
use countersign_samples::greet::{GREET, NO_NAME};
use countersign_samples::human_interaction::{APPROVAL_EVENT, HUMAN_INTERACTION};
use countersign_samples::monitor_service::{Health, MONITOR_SERVICE, State};
use countersign_samples::order_processing::ORDER_PROCESSING;

use crate::support::{World, id, json, record};

/// Starts a sample with JSON text as its input, as clients of an HTTP API do.
async fn start<I, O>(client: &Client, sample: Orchestration<I, O>, input: &str) -> Result<(), EngineError> {
    let untyped: Orchestration<Payload, Payload> = Orchestration::named(sample.name());
    client.start(untyped, &json(input)).id(id()).await.map(|_| ())
}

/// The output of a sample, as JSON text, and what it did to the world.
async fn outcome<I, O>(sample: Orchestration<I, O>, input: &str) -> (String, Vec<String>) {
    let world = World::new().await;
    let node = world.node().await;
    start(&node.client(), sample, input).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    node.check().await.expect("checked");
    let ended = record(&node.client()).await;
    (ended.output.unwrap_or_else(|| panic!("{:?}", ended.failure)).as_str().to_owned(), world.ledger.all())
}

async fn output<I, O>(sample: Orchestration<I, O>, input: &str) -> String {
    outcome(sample, input).await.0
}

#[tokio::test]
async fn greet_greets_by_name_or_asks_for_one() {
    assert_eq!(output(GREET, r#""Ada""#).await, r#""Hello, Ada. This HTTP triggered function executed successfully.""#);
    let asks = format!("{NO_NAME:?}");
    assert_eq!(output(GREET, "null").await, asks);
    assert_eq!(output(GREET, r#""  ""#).await, asks);
}

#[tokio::test]
async fn an_order_goes_on_only_while_each_step_says_yes() {
    let (output, effects) = outcome(ORDER_PROCESSING, r#"{"item": "lamp", "quantity": 2, "card": "4242"}"#).await;
    assert_eq!(output, r#""Order processed successfully!""#);
    assert_eq!(effects, ["pay 4242", "mail 2 × lamp"]);
    for (refused, expected) in [
        (r#"{"item": "", "quantity": 2, "card": "4242"}"#, vec![]),
        (r#"{"item": "lamp", "quantity": 0, "card": "4242"}"#, vec![]),
        (r#"{"item": "lamp", "quantity": 11, "card": "4242"}"#, vec![]),
        (r#"{"item": "lamp", "quantity": 2, "card": "declined"}"#, vec!["pay declined"]),
    ] {
        let (output, effects) = outcome(ORDER_PROCESSING, refused).await;
        assert_eq!(output, r#""Order processing failed.""#, "{refused}");
        assert_eq!(effects, expected, "{refused}");
    }
}

#[tokio::test]
async fn a_chain_hands_each_output_on_and_keeps_it_in_the_history() {
    let world = World::new().await;
    let node = world.node().await;
    start(&node.client(), FUNCTION_CHAINING, r#"{"id": "A-17", "amount": 12.5}"#).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    let done = record(&node.client()).await;
    assert_eq!(done.output.expect("completed").as_str(), r#""Order A-17 is confirmed: 12.50 charged.""#);
    let history = node.client().history(&id(), None).await.expect("history");
    let inputs: Vec<_> = history
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::TaskScheduled(task) => Some(task.input.as_str()),
            _ => None,
        })
        .collect();
    let outputs: Vec<_> = history
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::TaskCompleted { result, .. } => Some(result.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!((inputs.len(), &inputs[1..]), (3, &outputs[..2]));
}

#[tokio::test]
async fn a_fan_out_gives_its_results_in_order_and_reports_what_failed() {
    let all = r#"["Task1 completed","fail2 failed: it was told to","Task3 completed"]"#;
    let (unlimited, effects) = outcome(FAN_OUT_FAN_IN, r#"["Task1", "fail2", "Task3"]"#).await;
    assert_eq!(unlimited, all);
    assert_eq!(effects.len(), 3, "the tries of one call share their idempotency key");
    assert_eq!(output(FAN_OUT_FAN_IN, r#"{"tasks": ["Task1", "fail2", "Task3"], "max_parallel": 1}"#).await, all);
    assert_eq!(output(FAN_OUT_FAN_IN, r#"{"tasks": ["Task1"]}"#).await, r#"["Task1 completed"]"#);
    assert_eq!(output(FAN_OUT_FAN_IN, "[]").await, "[]");
    assert_eq!(output(FAN_OUT_FAN_IN, r#"{"tasks": [], "max_parallel": 0}"#).await, "[]");
}

#[tokio::test]
async fn a_limited_fan_out_schedules_no_more_than_its_limit_at_a_time() {
    let world = World::new().await;
    let node = world.node().await;
    let input = r#"{"tasks": ["Task1", "Task2", "Task3", "Task4", "Task5"], "max_parallel": 2}"#;
    start(&node.client(), FAN_OUT_FAN_IN, input).await.expect("started");
    node.run_to_the_end().await.expect("it runs");
    let (mut running, mut most, mut all) = (0, 0, 0);
    for event in node.client().history(&id(), None).await.expect("history") {
        match event.kind {
            EventKind::TaskScheduled(_) => (running, all) = (running + 1, all + 1),
            EventKind::TaskCompleted { .. } => running -= 1,
            _ => {}
        }
        most = most.max(running);
    }
    assert_eq!((most, all), (2, 5));
}

#[tokio::test]
async fn asynchronous_work_takes_its_time_and_tells_how_far_it_is() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    start(&client, ASYNC_HTTP, r#"{"seconds": 20}"#).await.expect("started");
    let began = node.now();
    node.run_until_idle().await.expect("it runs");
    for _ in 0..2 {
        world.clock.advance(Duration::from_secs(2));
        node.run_until_idle().await.expect("it runs");
    }
    let status: Progress = record(&client).await.custom_status.expect("a status").decode().expect("progress");
    assert_eq!(status, Progress { done_seconds: 4, of_seconds: 20 });
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(record(&client).await.output.expect("completed").as_str(), r#""done""#);
    assert_eq!(node.now().since(began), Duration::from_secs(20));
    assert_eq!(output(ASYNC_HTTP, r#"{"seconds": 0}"#).await, r#""done""#);
    let century = r#"{"seconds": 3155760000}"#;
    assert_eq!(output(ASYNC_HTTP, century).await, r#""done""#, "a timer may be of any length");
}

#[tokio::test]
async fn a_monitor_tells_once_when_a_service_goes_down_and_once_when_it_is_back() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    let input = r#"{"url": "http://service/health", "alert": "operator", "interval_seconds": 60,
                    "failures_before_alert": 2, "escalate_to": "head", "failures_before_escalation": 3}"#;
    start(&client, MONITOR_SERVICE, input).await.expect("started");
    let mut states = Vec::new();
    for _ in 0..7 {
        node.run_until_idle().await.expect("it runs");
        let health: Health =
            record(&client).await.custom_status.expect("a status").decode().expect("the monitor's status");
        states.push(health.state);
        world.clock.advance(Duration::from_secs(60));
    }
    assert_eq!(states, [State::Up, State::Up, State::Up, State::Down, State::Down, State::Up, State::Up]);
    let alerts = ["alert operator Down", "alert head StillDown", "alert operator Recovered", "alert head Recovered"];
    assert_eq!(world.ledger.of("alert"), alerts);
    let watching = record(&client).await;
    assert_eq!((watching.status, watching.ordinal), (RuntimeStatus::Running, 7), "one execution for each check");
}

/// Starts an approval, raises `event` if there is one, and gives output and effects.
async fn decided(on_timeout: &str, event: Option<&str>) -> (String, Vec<String>) {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    let input = format!(
        r#"{{"document": "Contract", "approver": "first", "timeout_seconds": 60, "on_timeout": "{on_timeout}",
             "escalate_to": "second"}}"#
    );
    start(&client, HUMAN_INTERACTION, &input).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    if let Some(event) = event {
        client.raise_event(&id(), APPROVAL_EVENT, &json(event)).await.expect("raised");
    }
    node.run_to_the_end().await.expect("it runs");
    node.check().await.expect("checked");
    let ended = record(&client).await;
    (ended.output.unwrap_or_else(|| panic!("{:?}", ended.failure)).as_str().to_owned(), world.ledger.all())
}

#[tokio::test]
async fn a_person_decides_by_word_or_by_name() {
    let approved = ["ask first", "finalize Contract", "tell Approved", "archive Contract"];
    let (output, effects) = decided("reject", Some("true")).await;
    assert_eq!(output, r#"{"verdict":"approved","by":"first","escalated":false}"#);
    assert_eq!(effects, approved);
    let (output, effects) = decided("reject", Some(r#"{"approved": true, "by": "deputy"}"#)).await;
    assert_eq!(output, r#"{"verdict":"approved","by":"deputy","escalated":false}"#);
    assert_eq!(effects, approved);
    let (output, effects) = decided("approve", Some("false")).await;
    assert_eq!(output, r#"{"verdict":"rejected","by":"first","escalated":false}"#);
    assert_eq!(effects, ["ask first", "tell Rejected"]);
}

#[tokio::test]
async fn a_deadline_approves_rejects_or_asks_somebody_else() {
    assert_eq!(decided("approve", None).await.0, r#"{"verdict":"approved","by":"deadline","escalated":false}"#);
    assert_eq!(decided("reject", None).await.0, r#"{"verdict":"rejected","by":"deadline","escalated":false}"#);
    let (output, effects) = decided("escalate", None).await;
    assert_eq!(output, r#"{"verdict":"rejected","by":"deadline","escalated":true}"#);
    assert_eq!(effects, ["ask first", "ask second", "tell Rejected"]);
}
