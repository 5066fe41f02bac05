//! What each call answers: codes, headers and bodies.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json as value};

use super::api::{Api, json, refused, request};

const BASE: &str = "http://127.0.0.1:3000/runtime/webhooks/durabletask";

#[tokio::test]
async fn a_start_is_accepted_with_everything_to_steer_it_by() {
    let api = Api::new().await;
    let answer = api.post("/orchestrators/AsyncHttp/a%20b%C3%A9?code=ignored", r#"{"seconds": 86400}"#).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
    let instance = format!("{BASE}/instances/a%20b%C3%A9");
    assert_eq!((answer.header("location"), answer.header("retry-after")), (instance.as_str(), "10"));
    let expected = value!({
        "id": "a bé",
        "statusQueryGetUri": instance,
        "sendEventPostUri": format!("{instance}/raiseEvent/{{eventName}}"),
        "terminatePostUri": format!("{instance}/terminate?reason={{text}}"),
        "purgeHistoryDeleteUri": instance,
        "restartPostUri": format!("{instance}/restart"),
        "suspendPostUri": format!("{instance}/suspend?reason={{text}}"),
        "resumePostUri": format!("{instance}/resume?reason={{text}}"),
    });
    assert_eq!(json(&answer), expected);
    api.stop().await;
}

#[tokio::test]
async fn what_cannot_be_started_is_refused() {
    let api = Api::new().await;
    let unknown = refused(&api.post("/orchestrators/Nothing", "").await, 400);
    assert!(unknown.contains("'Nothing'") && unknown.contains("'Greet'") && !unknown.contains("Approval"), "{unknown}");
    for (path, body) in [
        ("/orchestrators/Greet", "{"),
        ("/orchestrators/Greet", "1e999"),
        ("/orchestrators/Greet/@x", ""),
        ("/orchestrators/Greet/a%00b", ""),
        ("/orchestrators/Greet/a%2Fb", ""),
        ("/orchestrators/Greet/%ff", ""),
        ("/orchestrators/Greet/request-01a2028b-0a41-74f5-9067-433a0914bd13", ""),
        ("/orchestrators/Greet?version=9", ""),
        ("/orchestrators/Greet?version=%00", ""),
        ("/orchestrators/Greet?timeout=-1", ""),
        ("/orchestrators/Greet?timeout=1&pollingInterval=2", ""),
    ] {
        refused(&api.post(path, body).await, 400);
    }
    let long = format!("/orchestrators/Greet/{}", "x".repeat(257));
    refused(&api.post(&long, "").await, 400);
    let large = format!("\"{}\"", "x".repeat(16 * 1024 * 1024));
    refused(&api.post("/orchestrators/Greet", &large).await, 413);
    api.stop().await;
}

#[tokio::test]
async fn an_id_is_taken_until_its_instance_has_ended() {
    let api = Api::new().await;
    api.waiting("one").await;
    refused(&api.post("/orchestrators/AsyncHttp/one", r#"{"seconds": 1}"#).await, 409);
    assert_eq!(api.post("/instances/one/terminate?reason=enough", "").await.status, StatusCode::ACCEPTED);
    api.end_of("one").await;
    api.start("Greet", "one", "\"Ben\"").await;
    let output = api.end_of("one").await.output.map(|output| output.as_str().to_owned());
    assert!(output.is_some_and(|output| output.contains("Ben")));
    api.stop().await;
}

#[tokio::test]
async fn a_start_may_wait_for_the_end() {
    let api = Api::new().await;
    let greeted = api.post("/orchestrators/Greet?timeout=20&pollingInterval=1", "\"Ana\"").await;
    assert_eq!(greeted.status, StatusCode::OK);
    assert!(json(&greeted).as_str().is_some_and(|text| text.starts_with("Hello, Ana.")), "{}", greeted.text());
    let failed = api.post("/orchestrators/AsyncHttp?timeout=20", "true").await;
    assert_eq!((failed.status, &json(&failed)["runtimeStatus"]), (StatusCode::OK, &value!("Failed")));
    let fault = "/orchestrators/AsyncHttp?timeout=20&returnInternalServerErrorOnFailure=TRUE";
    assert_eq!(api.post(fault, "true").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    let waits = api.post("/orchestrators/AsyncHttp?timeout=0.01", r#"{"seconds": 86400}"#).await;
    assert_eq!((waits.status, waits.header("retry-after")), (StatusCode::ACCEPTED, "10"));
    assert!(json(&waits)["statusQueryGetUri"].is_string());
    api.stop().await;
}

#[tokio::test]
async fn input_may_be_encoded_twice_or_missing() {
    let api = Api::new().await;
    for (id, input, expected) in [
        ("plain", r#""Ana""#, "Hello, Ana."),
        ("python", r#""\"Ana\"""#, "Hello, Ana."),
        ("nothing", "", "This HTTP triggered"),
        ("javascript", r#""""#, "This HTTP triggered"),
    ] {
        api.start("Greet", id, input).await;
        let output = api.end_of(id).await.output.expect("an output");
        assert!(output.as_str().starts_with(&format!("\"{expected}")), "{id}: {}", output.as_str());
    }
    api.start("FanOutFanIn", "list", r#""[\"Task1\"]""#).await;
    assert_eq!(api.end_of("list").await.output.expect("an output").as_str(), r#"["Task1 completed"]"#);
    // Without a content type, as Python sends nothing.
    let nothing =
        request(Method::POST, "/orchestrators/Greet", "").header(header::CONTENT_TYPE, "application/octet-stream");
    let nothing = nothing.header("x-functions-key", &api.token).body(Body::empty()).expect("a request");
    assert_eq!(api.send(nothing).await.status, StatusCode::ACCEPTED);
    api.stop().await;
}

#[tokio::test]
async fn the_status_says_how_an_instance_stands_and_when_to_look_again() {
    let api = Api::new().await;
    api.waiting("waits").await;
    let answer = api.get("/instances/waits?code=secret&showInput=False").await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::ACCEPTED, "5"));
    assert_eq!(answer.header("location"), format!("{BASE}/instances/waits?showInput=False"));
    let status = json(&answer);
    assert_eq!((&status["name"], &status["runtimeStatus"]), (&value!("AsyncHttp"), &value!("Running")));
    assert_eq!(status["customStatus"]["of_seconds"], 86_400);
    for key in ["input", "output"] {
        assert_eq!(status.get(key), Some(&Value::Null), "{key} is there");
    }
    assert!(status["createdTime"].as_str().is_some_and(|time| time.len() == 20 && time.ends_with('Z')), "{status}");
    assert_eq!(json(&api.get("/instances/waits").await)["input"], value!({ "seconds": 86_400 }));

    api.completed("done").await;
    let done = api.get("/instances/done").await;
    assert_eq!((done.status, done.header("location"), done.header("retry-after")), (StatusCode::OK, "", ""));
    assert!(json(&done)["output"].as_str().is_some_and(|text| text.starts_with("Hello, Ana.")));
    assert!(json(&done).get("historyEvents").is_none());

    api.failed("broken").await;
    assert_eq!(api.get("/instances/broken").await.status, StatusCode::OK);
    let broken = api.get("/instances/broken?returnInternalServerErrorOnFailure=true").await;
    assert_eq!(broken.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(json(&broken)["output"].as_str().is_some_and(|why| why.contains("InvalidPayload")), "{}", broken.text());
    for unknown in ["/instances/nobody", "/instances/@counter@a", "/instances/a%00b"] {
        refused(&api.get(unknown).await, 404);
    }
    refused(&api.get("/instances/done?showHistory=perhaps").await, 400);
    api.stop().await;
}

#[tokio::test]
async fn verbs_tell_what_runs_from_what_has_ended_and_from_what_is_not_there() {
    let api = Api::new().await;
    api.completed("done").await;
    api.waiting("waits").await;
    for verb in ["terminate", "suspend", "resume", "raiseEvent/Go"] {
        refused(&api.post(&format!("/instances/done/{verb}"), "1").await, 410);
        refused(&api.post(&format!("/instances/nobody/{verb}"), "1").await, 404);
    }
    for (verb, state) in
        [("suspend", "Suspended"), ("suspend", "Suspended"), ("resume", "Running"), ("terminate", "Terminated")]
    {
        let answer = api.post(&format!("/instances/waits/{verb}?reason=because+of+it"), "").await;
        assert_eq!((answer.status, answer.bytes.len()), (StatusCode::ACCEPTED, 0), "{verb}");
        api.until("waits", |record| record.status.as_str() == state).await;
    }
    api.waiting("waits").await;
    let long = format!("/instances/waits/suspend?reason={}", "x".repeat(501));
    refused(&api.post(&long, "").await, 400);
    refused(&api.post("/instances/waits/suspend?reason=%00", "").await, 400);
    api.stop().await;
}

#[tokio::test]
async fn an_event_is_json_that_says_so() {
    let api = Api::new().await;
    let ask =
        r#"{"document": "Contract", "approver": "ana@example.org", "timeout_seconds": 86400, "on_timeout": "reject"}"#;
    for (id, event) in [("plain", "true"), ("python", r#""true""#), ("signed", r#"{"approved": true, "by": "Ben"}"#)] {
        api.start("HumanInteraction", id, ask).await;
        let answer = api.post(&format!("/instances/{id}/raiseEvent/approvalevent"), event).await;
        assert_eq!((answer.status, answer.bytes.len()), (StatusCode::ACCEPTED, 0), "{}", answer.text());
        let output = api.end_of(id).await.output.expect("an output");
        assert!(output.as_str().contains("approved"), "{id}: {}", output.as_str());
    }
    api.waiting("waits").await;
    refused(&api.post("/instances/waits/raiseEvent/Go", "{").await, 400);
    refused(&api.post("/instances/waits/raiseEvent/a%00b", "1").await, 400);
    let form = request(Method::POST, "/instances/waits/raiseEvent/Go", "").header(header::CONTENT_TYPE, "text/plain");
    let form = form.header("x-functions-key", &api.token).body(Body::from("1")).expect("a request");
    assert!(refused(&api.send(form).await, 400).contains("application/json"));
    let nothing = api.post("/instances/waits/raiseEvent/Go", "").await;
    assert_eq!(nothing.status, StatusCode::ACCEPTED, "no value is null");
    api.stop().await;
}

#[tokio::test]
async fn a_rewind_is_refused_with_a_sentence() {
    let api = Api::new().await;
    api.completed("done").await;
    api.failed("broken").await;
    let accepted = api.post("/instances/broken/rewind?reason=mended", "").await;
    assert_eq!(accepted.status, StatusCode::ACCEPTED, "{}", accepted.text());
    for (id, status) in [("done", 412), ("nobody", 404)] {
        let answer = api.post(&format!("/instances/{id}/rewind"), "").await;
        assert_eq!(answer.status, status);
        assert!(json(&answer).is_string(), "{}", answer.text());
    }
    api.stop().await;
}

#[tokio::test]
async fn a_restart_is_another_instance_unless_it_is_to_be_the_same() {
    let api = Api::new().await;
    api.completed("done").await;
    let answer = api.post("/instances/done/restart", "").await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
    let id = json(&answer)["id"].as_str().expect("an id").to_owned();
    assert_ne!(id, "done");
    assert_eq!(api.end_of(&id).await.input.map(|input| input.as_str().to_owned()).as_deref(), Some("\"Ana\""));
    let same = api.post("/instances/done/restart?restartWithNewInstanceId=False&timeout=20", "").await;
    assert_eq!(same.status, StatusCode::OK, "{}", same.text());
    api.waiting("waits").await;
    refused(&api.post("/instances/waits/restart?restartWithNewInstanceId=false", "").await, 409);
    refused(&api.post("/instances/nobody/restart", "").await, 400);
    api.stop().await;
}

#[tokio::test]
async fn what_is_purged_is_gone() {
    let api = Api::new().await;
    api.waiting("waits").await;
    refused(&api.delete("/instances/waits").await, 409);
    refused(&api.delete("/instances/nobody").await, 404);
    for id in ["one", "two", "three"] {
        api.completed(id).await;
    }
    api.failed("broken").await;
    assert_eq!(json(&api.delete("/instances/one").await), value!({ "instancesDeleted": 1 }));
    refused(&api.get("/instances/one").await, 404);
    for wrong in ["", "?createdTimeFrom=soon", "?createdTimeFrom=2020-01-01&runtimeStatus=Complete"] {
        refused(&api.delete(&format!("/instances{wrong}")).await, 400);
    }
    refused(&api.delete("/instances?createdTimeFrom=2020-01-01&createdTimeTo=2020-01-02").await, 404);
    let completed = api.delete("/instances/?createdTimeFrom=2020-01-01T00:00:00.000Z&runtimeStatus=Completed").await;
    assert_eq!(json(&completed), value!({ "instancesDeleted": 2 }));
    assert_eq!(json(&api.delete("/instances?createdTimeFrom=2020-01-01").await), value!({ "instancesDeleted": 1 }));
    assert_eq!(api.get("/instances/waits").await.status, StatusCode::ACCEPTED);
    api.stop().await;
}

#[tokio::test]
async fn a_method_or_a_path_that_is_not_known_is_refused_in_the_same_form() {
    let api = Api::new().await;
    assert_eq!(api.post("/makeprimary", "").await.status, StatusCode::OK);
    refused(&api.get("/nothing/here").await, 404);
    refused(&api.get("").await, 404);
    let answer = api.call(Method::PUT, "/instances/x", "").await;
    refused(&answer, 405);
    assert!(answer.header("allow").contains("DELETE"));
    api.stop().await;
}
