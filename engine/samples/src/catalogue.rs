//! What a host tells people who choose a sample: what it does, what goes in, and an input that works.

use countersign_engine::Orchestration;
use schemars::{JsonSchema, schema_for};
use serde::Serialize;
use serde_json::Value;

use crate::async_http::{ASYNC_HTTP, Work};
use crate::counter::{ADD, COUNTER, GET, RESET};
use crate::fan_out_fan_in::{FAN_OUT_FAN_IN, Tasks};
use crate::function_chaining::{self, FUNCTION_CHAINING};
use crate::greet::GREET;
use crate::human_interaction::{HUMAN_INTERACTION, OnTimeout, Request};
use crate::monitor_service::{MONITOR_SERVICE, Monitor};
use crate::order_processing::{self, ORDER_PROCESSING};

/// A workflow that can be started.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The orchestration's name.
    pub name: &'static str,
    /// Its version, empty for code without versions.
    pub version: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// What goes in, what comes out and what happens in between.
    pub description: &'static str,
    /// The JSON schema of its input.
    pub input_schema: Value,
    /// An input that works.
    pub example: Value,
}

/// A kind of entities that can be told to do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntitySample {
    /// The entities' name.
    pub name: &'static str,
    /// Their operations.
    pub operations: Vec<&'static str>,
}

/// Every workflow, the simplest first.
pub fn catalogue() -> Vec<Sample> {
    chains().into_iter().chain(waits()).collect()
}

/// Every kind of entities.
pub fn entities() -> Vec<EntitySample> {
    vec![EntitySample { name: COUNTER.name(), operations: vec![ADD.name(), RESET.name(), GET.name()] }]
}

/// Those that run through.
fn chains() -> [Sample; 4] {
    [
        sample(GREET, &Some("Ada".to_owned())).about(
            "Greets somebody by name",
            "Takes a name and gives a greeting. Without a name it gives a sentence that asks for one.",
        ),
        sample(ORDER_PROCESSING, &order_processing::Order { item: "Lamp".into(), quantity: 2, card: "4242".into() })
            .about(
                "Validates, checks the stock, takes the payment, confirms",
                "Each step goes on only if the one before said yes: the item is named and wanted at least once, at most ten \
                 are in stock, the card is any but \"declined\". The confirmation is mailed to whoever started it.",
            ),
        sample(FUNCTION_CHAINING, &function_chaining::Order { id: "A-17".into(), amount: 12.5 }).about(
            "Hands each step's output to the next one",
            "An order is taken in, charged and confirmed. Each output is in the history, and the confirmation is mailed to \
             whoever started it.",
        ),
        sample(FAN_OUT_FAN_IN, &Tasks::Unlimited(vec!["Task1".into(), "Task2".into(), "Task3".into()])).about(
            "Carries out a list of tasks side by side",
            "Takes a list of names, or a list with a limit of how many may run at a time, and gives a sentence for each in the \
             order of the list. A task whose name begins with \"fail\" fails after its retries; the others complete.",
        ),
    ]
}

/// Those that wait: for time, for a service, for a person.
fn waits() -> [Sample; 3] {
    [
        sample(ASYNC_HTTP, &Work { seconds: 30 }).about(
            "Long work to be polled",
            "Takes as many seconds as it is told and gives \"done\". Its custom status counts the seconds done meanwhile.",
        ),
        sample(MONITOR_SERVICE, &watch()).about(
            "Watches a service until it is terminated",
            "Asks an address how it is, at an interval, and mails an alert when it goes down, stays down or comes back. It \
             continues as new after each check. Its custom status says up or down, since when, and the last latency.",
        ),
        sample(HUMAN_INTERACTION, &request()).about(
            "Asks a person to approve, with a deadline",
            "Mails a document to an approver and waits for the answer, which the link in the mail gives, or the event \
             ApprovalEvent with true, false or {\"approved\": true, \"by\": \"…\"}. After the deadline it approves, rejects, or \
             asks somebody else. Gives the verdict, who gave it, and whether it was escalated.",
        ),
    ]
}

fn watch() -> Monitor {
    Monitor {
        url: "https://example.com/health".into(),
        interval_seconds: 300,
        alert: "operator@example.com".into(),
        failures_before_alert: 2,
        escalate_to: None,
        failures_before_escalation: 12,
        health: None,
    }
}

fn request() -> Request {
    Request {
        document: "Contract".into(),
        approver: "legal@example.com".into(),
        timeout_seconds: 86_400,
        on_timeout: OnTimeout::Escalate,
        escalate_to: Some("head@example.com".into()),
    }
}

fn sample<I: JsonSchema + Serialize, O>(orchestration: Orchestration<I, O>, example: &I) -> Sample {
    Sample {
        name: orchestration.name(),
        version: orchestration.version_name(),
        summary: "",
        description: "",
        input_schema: schema_for!(I).to_value(),
        example: serde_json::to_value(example).expect("the input of a sample has a JSON form"),
    }
}

impl Sample {
    fn about(self, summary: &'static str, description: &'static str) -> Self {
        Self { summary, description, ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_sample_is_described_once_and_says_what_goes_in() {
        let samples = catalogue();
        let names: BTreeSet<_> = samples.iter().map(|sample| sample.name).collect();
        assert_eq!(names.len(), 7, "{names:?}");
        for Sample { name, summary, description, input_schema, .. } in samples {
            assert!(!summary.is_empty() && summary.len() < 80 && description.ends_with('.'), "{name}");
            assert!(input_schema.get("type").or(input_schema.get("anyOf")).is_some(), "{name}: {input_schema}");
            assert!(!input_schema.to_string().contains("[`"), "{name}: a description is for people, not for Rust");
        }
    }

    #[test]
    fn what_an_execution_hands_to_the_next_is_nothing_to_be_typed() {
        let schema = sample(MONITOR_SERVICE, &watch()).input_schema;
        let properties = schema["properties"].as_object().expect("an object's properties");
        assert!(properties.contains_key("url") && !properties.contains_key("health"));
        assert_eq!(schema["required"], serde_json::json!(["url", "alert"]));
    }
}
