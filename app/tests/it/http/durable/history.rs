//! `showHistory`: the rows that clients read.

use serde_json::{Value, json as value};

use super::api::{Api, json};

/// The rows of an instance, without what is different each time.
async fn rows(api: &Api, query: &str) -> Vec<Value> {
    let status = json(&api.get(query).await);
    assert_eq!(status["history"], status["historyEvents"]);
    let mut rows = status["historyEvents"].as_array().expect("rows").clone();
    for row in &mut rows {
        let row = row.as_object_mut().expect("an object");
        for time in ["Timestamp", "ScheduledTime"] {
            if let Some(time) = row.get_mut(time) {
                assert!(time.as_str().is_some_and(|time| time.ends_with('Z')), "{time}");
                *time = value!("…");
            }
        }
    }
    rows
}

#[tokio::test]
async fn a_call_has_one_row_with_what_went_in_and_what_came_out() {
    let api = Api::new().await;
    api.start("FanOutFanIn", "tasks", r#"["Task1"]"#).await;
    api.end_of("tasks").await;
    let expected = value!([
        { "EventType": "ExecutionStarted", "Timestamp": "…", "FunctionName": "FanOutFanIn", "Input": ["Task1"] },
        { "EventType": "TaskCompleted", "Timestamp": "…", "FunctionName": "RunTask", "ScheduledTime": "…",
          "Input": "Task1", "Result": "Task1 completed" },
        { "EventType": "ExecutionCompleted", "Timestamp": "…", "Result": ["Task1 completed"],
          "OrchestrationStatus": "Completed" },
    ]);
    assert_eq!(value!(rows(&api, "/instances/tasks?showHistory=True&showHistoryOutput=True").await), expected);
    let bare = rows(&api, "/instances/tasks?showHistory=true&showInput=false").await;
    assert!(bare.iter().all(|row| row.get("Input").is_none() && row.get("Result").is_none()), "{bare:?}");
    assert_eq!(bare.len(), 3);
    api.stop().await;
}

#[tokio::test]
async fn timers_events_and_reasons_are_shown() {
    let api = Api::new().await;
    api.waiting("waits").await;
    api.post("/instances/waits/raiseEvent/Go", "[1]").await;
    api.post("/instances/waits/terminate?reason=enough", "").await;
    api.end_of("waits").await;
    let rows = rows(&api, "/instances/waits?showHistory=true").await;
    let of =
        |kind: &str| rows.iter().find(|row| row["EventType"] == kind).unwrap_or_else(|| panic!("{kind}: {rows:?}"));
    assert!(of("TimerCreated")["FireAt"].is_string());
    assert_eq!(of("ExecutionTerminated")["Reason"], "enough");
    assert_eq!(of("ExecutionCompleted")["OrchestrationStatus"], "Terminated");
    assert!(rows.iter().all(|row| row["EventType"] != "OrchestratorStarted"));
    api.stop().await;
}
