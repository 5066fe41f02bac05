//! Calls with an idempotency key take effect once.

use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use countersign::portal::Scope;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use super::super::browser::ADMIN;
use super::program::{Program, fields, json_of, new_request, problem};

const PATH: &str = "/api/v1/requests";

async fn count(program: &Program) -> usize {
    json_of(&program.get("/api/v1/requests?tab=all&limit=100").await)["items"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn a_repeated_call_gets_the_first_answer_and_makes_nothing() {
    let program = Program::new().await;
    let body = new_request("Contract", &["ben@example.org"]);
    let first = program.post_once("key-1", PATH, &body).await;
    let again = program.post_once("key-1", PATH, &body).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201), "{}", again.text());
    assert_eq!((&again.bytes, &again.headers["location"]), (&first.bytes, &first.headers["location"]));
    assert!(!first.headers.contains_key("idempotency-replayed"));
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(count(&program).await, 1);
}

#[tokio::test]
async fn a_key_is_good_for_one_body_one_token_and_one_day() {
    let program = Program::new().await;
    let body = new_request("Contract", &["ben@example.org"]);
    assert_eq!(program.post_once("key-1", PATH, &body).await.status, 201);
    let other = program.post_once("key-1", PATH, &new_request("Another", &["ben@example.org"])).await;
    assert_eq!(fields(&problem(&other, 422)), ["Idempotency-Key"]);
    let second = Program { token: program.token_of(ADMIN, &Scope::ALL).await, ..program };
    assert_eq!(second.post_once("key-1", PATH, &body).await.status, 201);
    assert_eq!(count(&second).await, 2, "another token's keys are others");
    second.browser.stand.pass(Duration::from_secs(25 * 3_600));
    assert_eq!(second.post_once("key-1", PATH, &body).await.status, 201);
    assert_eq!(count(&second).await, 3);
}

#[tokio::test]
async fn keys_are_forgotten_a_day_later_and_not_before() {
    let program = Program::new().await;
    let stand = &program.browser.stand;
    let keys = async || {
        let (database, sql) = (stand.store.read(), "SELECT COUNT(*) FROM idempotency_keys");
        let row = database.query_one_raw(Statement::from_string(database.get_database_backend(), sql)).await;
        row.expect("readable").expect("a row").try_get_by_index::<i64>(0).expect("a number")
    };
    for (key, age) in [("key-1", 0), ("key-2", 20), ("key-3", 5)] {
        stand.pass(Duration::from_secs(age * 3_600));
        assert_eq!(program.post_once(key, PATH, &new_request("Contract", &["ben@example.org"])).await.status, 201);
    }
    stand.portal.sweep_calls().await.expect("swept");
    assert_eq!(keys().await, 2, "the first is 25 hours old, the second 5");
    stand.pass(Duration::from_secs(25 * 3_600));
    stand.portal.sweep_calls().await.expect("swept");
    assert_eq!(keys().await, 0);
}

#[tokio::test]
async fn of_calls_at_the_same_time_one_takes_effect() {
    let program = Program::new().await;
    let body = new_request("Contract", &["ben@example.org"]);
    let calls = (0..8).map(|_| program.post_once("key-1", PATH, &body));
    let answers = futures::future::join_all(calls).await;
    let ids: std::collections::BTreeSet<_> =
        answers.iter().filter(|answer| answer.status == 201).map(|answer| answer.bytes.clone()).collect();
    assert_eq!(ids.len(), 1, "all that were answered name the same request");
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        problem(answer, 409);
    }
    assert_eq!(count(&program).await, 1);
}

#[tokio::test]
async fn what_was_refused_is_not_remembered() {
    let program = Program::new().await;
    problem(&program.post_once("key-1", PATH, &new_request("", &["ben@example.org"])).await, 422);
    let answer = program.post_once("key-1", PATH, &new_request("Contract", &["ben@example.org"])).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

#[tokio::test]
async fn keys_that_are_none_are_refused() {
    let program = Program::new().await;
    let body = new_request("Contract", &["ben@example.org"]);
    for key in ["a b", &"k".repeat(256)] {
        problem(&program.post_once(key, PATH, &body).await, 400);
    }
    assert_eq!(count(&program).await, 0);
}

#[tokio::test]
async fn a_file_is_stored_once_and_attached_by_its_id() {
    let program = Program::new().await;
    let upload = |content: &'static str| {
        let request = program.request(Method::POST, "/api/v1/files?name=note.txt", &program.token);
        let request = request.header("idempotency-key", "file-1").body(Body::from(content)).expect("a request");
        program.send(request)
    };
    let (first, again) = (upload("hello").await, upload("hello").await);
    assert_eq!((first.status.as_u16(), &first.bytes), (201, &again.bytes), "{}", first.text());
    assert_eq!(json_of(&first)["media_type"], "text/plain; charset=utf-8");
    problem(&upload("other").await, 422);

    let mut body = new_request("With a file", &["ben@example.org"]);
    body["files"] = json!([json_of(&first)["id"]]);
    let id = json_of(&program.post(PATH, &body).await)["id"].as_str().expect("an id").to_owned();
    let request = json_of(&program.get(&format!("{PATH}/{id}")).await);
    assert_eq!(request["files"][0]["sha256"], json_of(&first)["sha256"]);
}

#[tokio::test]
async fn the_secret_of_a_webhook_comes_again_with_the_repeated_call() {
    let program = Program::new().await;
    let body = json!({ "url": "http://127.0.0.1:1/hook", "events": ["request.closed"] });
    let first = program.post_once("hook-1", "/api/v1/webhooks", &body).await;
    let again = program.post_once("hook-1", "/api/v1/webhooks", &body).await;
    assert_eq!(first.status, 201, "{}", first.text());
    assert!(json_of(&first)["secret"].as_str().is_some_and(|secret| secret.starts_with("whsec_")));
    assert_eq!(first.bytes, again.bytes);
    let listed = program.get("/api/v1/webhooks").await;
    assert!(!listed.text().contains("whsec_"));
    assert_eq!(json_of(&listed)["items"].as_array().map(Vec::len), Some(1));
}
