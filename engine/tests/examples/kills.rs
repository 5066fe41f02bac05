//! Every example is killed (SIGKILL) right after its start, then after its first line, then after its second, and so on, always on
//! the same database. After that it ends as if nothing had happened, with not one instance more or less.

use countersign_engine::{InstanceRecord, RuntimeStatus};

use crate::program::Example;

/// How often each example is killed before it may end.
const KILLS: usize = 5;

/// What is in the database after all that, in the order of the starts.
async fn after_kills(name: &'static str) -> Vec<InstanceRecord> {
    let example = Example::new(name);
    let killed = (0..KILLS).filter(|&lines| example.kill_after(lines)).count();
    assert!(killed > 1, "{name} was killed {killed} times only");
    example.run();
    let mut instances = example.instances().await;
    instances.reverse();
    instances
}

/// Asserts the outputs of a run, in the order of the starts. On a busy machine a kill may come too late, and the next one meets
/// another run; each of them must be whole.
async fn gives(name: &'static str, expected: &[&str]) {
    let instances = after_kills(name).await;
    let outputs: Vec<&str> = instances.iter().map(|ended| ended.output.as_ref().expect("completed").as_str()).collect();
    assert!(!outputs.is_empty(), "{name} started nothing");
    for run in outputs.chunks(expected.len()) {
        assert_eq!(run, expected, "{name}");
    }
}

#[tokio::test]
async fn greet_survives_kills() {
    let greeting = "\"Hello, World. This HTTP triggered function executed successfully.\"";
    let question = "\"This HTTP triggered function executed successfully. Pass a name in the query string or in the request body \
                    for a personalized response.\"";
    gives("greet", &[greeting, question]).await;
}

#[tokio::test]
async fn order_processing_survives_kills() {
    let failed = "\"Order processing failed.\"";
    gives("order_processing", &["\"Order processed successfully!\"", failed, failed, failed]).await;
}

#[tokio::test]
async fn function_chaining_survives_kills() {
    gives("function_chaining", &["\"Order A-17 is confirmed: 129.90 charged.\""]).await;
}

#[tokio::test]
async fn fan_out_fan_in_survives_kills() {
    let results = "[\"Task1 completed\",\"Task2 completed\",\"fail3 failed: it was told to\",\"Task4 completed\",\
                   \"Task5 completed\",\"Task6 completed\",\"Task7 completed\"]";
    gives("fan_out_fan_in", &[results]).await;
}

#[tokio::test]
async fn counter_survives_kills() {
    gives("counter", &["5"]).await;
}

#[tokio::test]
async fn async_http_survives_kills() {
    gives("async_http", &["\"done\""]).await;
}

#[tokio::test]
async fn monitor_survives_kills() {
    let watches = after_kills("monitor").await;
    assert!(watches.iter().all(|watch| watch.status == RuntimeStatus::Terminated), "{watches:?}");
    assert!(watches[0].ordinal > 4, "it went on where it was: {} checks", watches[0].ordinal);
}

#[tokio::test]
async fn human_interaction_survives_kills() {
    let by_the_first = r#"{"verdict":"approved","by":"legal@example.com","escalated":false}"#;
    let by_the_second = r#"{"verdict":"approved","by":"head@example.com","escalated":true}"#;
    gives("human_interaction", &[by_the_first, by_the_second]).await;
}
