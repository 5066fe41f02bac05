//! What each example prints when nobody disturbs it, and that the next run starts anew.

use crate::program::Example;

/// Runs an example twice; both times it prints these lines, in this order, among others.
fn prints(name: &'static str, expected: &[&str]) {
    let example = Example::new(name);
    for run in ["first", "second"] {
        let printed = example.run();
        let mut rest = printed.iter();
        for line in expected {
            assert!(
                rest.any(|printed| printed.contains(line)),
                "{name}, {run} run: no {line:?} in its place in {printed:#?}"
            );
        }
        assert!(!printed.iter().any(|line| line.contains("Going on")), "{name}: the {run} run starts anew");
    }
}

#[test]
fn greet_greets() {
    prints(
        "greet",
        &["\"World\" -> \"Hello, World. ", "null -> \"This HTTP triggered function executed successfully. Pass"],
    );
}

#[test]
fn order_processing_accepts_one_order_and_refuses_three() {
    let lines = [
        r#""item":"lamp","quantity":2,"card":"4242"} -> "Order processed successfully!""#,
        r#""item":"","quantity":1,"card":"4242"} -> "Order processing failed.""#,
        r#""item":"chair","quantity":11,"card":"4242"} -> "Order processing failed.""#,
        r#""item":"desk","quantity":1,"card":"declined"} -> "Order processing failed.""#,
    ];
    prints("order_processing", &lines);
}

#[test]
fn function_chaining_shows_each_output_in_the_history() {
    let lines = [
        "Taking in order A-17",
        "Charging 129.90",
        "Mailing the receipt of order A-17",
        r#"-> "Order A-17 is confirmed: 129.90 charged.""#,
        r#"TaskScheduled ProcessOrder {"id":"A-17","amount":129.9}"#,
        r#"TaskCompleted {"id":"A-17","amount_due":129.9}"#,
        r#"TaskScheduled ChargePayment {"id":"A-17","amount_due":129.9}"#,
        r#"TaskCompleted {"order":"A-17","text":"129.90 charged"}"#,
        r#"TaskScheduled SendConfirmationEmail {"order":"A-17","text":"129.90 charged"}"#,
        "ExecutionCompleted",
    ];
    prints("function_chaining", &lines);
}

#[test]
fn fan_out_fan_in_gives_results_in_order_and_tries_the_failing_task_three_times() {
    let result =
        r#"-> ["Task1 completed","Task2 completed","fail3 failed: it was told to","Task4 completed","Task5 completed""#;
    prints("fan_out_fan_in", &["fail3, try 1", "fail3, try 2", "fail3, try 3", result]);
}

#[test]
fn counter_lets_five_visitors_in() {
    let lines = ["1 at the door, 0 inside", "5 -> 5", "@counter@door = 0", "@counter@house = 5"];
    prints("counter", &lines);
}

#[test]
fn async_http_answers_202_until_it_answers_200() {
    let lines = [
        "/work: 202 Accepted, Retry-After Some(\"1\")",
        r#": 202 Accepted {"customStatus":{"done_seconds":"#,
        r#": 200 OK {"customStatus":{"done_seconds":3,"of_seconds":3},"output":"done","runtimeStatus":"Completed"}"#,
    ];
    prints("async_http", &lines);
}

#[test]
fn monitor_tells_of_the_fall_and_of_the_recovery() {
    let lines =
        ["check: 200 OK", "check: http status: 503", "is Down", "check: 200 OK", "is Recovered", "the service is Up"];
    prints("monitor", &lines);
}

#[test]
fn human_interaction_is_decided_once_by_a_link_and_once_after_an_escalation() {
    let lines = [
        "To away@example.com: please decide about \"Invoice, ready to sign\" here: http://127.0.0.1:",
        r#""document":"Contract""#,
        "To head@example.com",
        r#""document":"Invoice""#,
    ];
    prints("human_interaction", &lines);
}
