//! Entities: told, read, listed, deleted.

use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode, header};
use countersign_engine::{EntityId, Payload};
use serde_json::{Value, json as value};
use tokio::time::timeout;

use super::api::{Api, PATIENCE, json, refused, request};

impl Api {
    /// Waits until a counter has this state.
    async fn counts(&self, key: &str, expected: Option<i64>) {
        let id = EntityId::new("Counter", key).expect("an entity's id");
        let client = &self.browser.stand.client;
        let expected = expected.map(|count| count.to_string());
        let reached = async {
            // Nobody tells of changes of entities.
            loop {
                let state = client.find_entity(&id).await.expect("readable rows").and_then(|record| record.state);
                if state.as_ref().map(Payload::as_str) == expected.as_deref() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, reached).await.unwrap_or_else(|_| panic!("{id} never is {expected:?}"));
    }
}

#[tokio::test]
async fn a_counter_counts_whatever_the_client_makes_of_the_number() {
    let api = Api::new().await;
    for amount in ["2", r#""3""#] {
        let answer = api.post("/entities/Counter/visits?op=ADD", amount).await;
        assert_eq!((answer.status, answer.bytes.len()), (StatusCode::ACCEPTED, 0), "{}", answer.text());
    }
    let text = request(Method::POST, "/entities/counter/visits?op=add", "").header(header::CONTENT_TYPE, "text/plain");
    let text = text.header("x-functions-key", &api.token).body(Body::from("4")).expect("a request");
    assert_eq!(api.send(text).await.status, StatusCode::ACCEPTED);
    api.counts("visits", Some(9)).await;
    assert_eq!(json(&api.get("/entities/COUNTER/visits").await), value!(9));
    assert_eq!(api.delete("/entities/Counter/visits").await.status, StatusCode::ACCEPTED);
    api.counts("visits", None).await;
    refused(&api.get("/entities/Counter/visits").await, 404);
    api.stop().await;
}

#[tokio::test]
async fn the_empty_key_is_a_dollar() {
    let api = Api::new().await;
    assert_eq!(api.post("/entities/Counter/$?op=add", "1").await.status, StatusCode::ACCEPTED);
    api.counts("", Some(1)).await;
    assert_eq!(json(&api.get("/entities/Counter/$").await), value!(1));
    api.stop().await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let api = Api::new().await;
    for (path, body) in [
        ("/entities/Counter/a", "1"),
        ("/entities/Counter/a?op=", "1"),
        ("/entities/Counter/a?op=a%00b", "1"),
        ("/entities/Nothing/a?op=add", "1"),
        ("/entities/Counter/a?op=add", "{"),
    ] {
        refused(&api.post(path, body).await, 400);
    }
    for path in ["/entities/Nothing/a", "/entities/Counter/a%00b", "/entities/Counter/a%2Fb"] {
        refused(&api.get(path).await, 404);
    }
    for path in ["/entities?top=0", "/entities?fetchState=1", "/entities?lastOperationTimeFrom=soon"] {
        refused(&api.get(path).await, 400);
    }
    api.stop().await;
}

#[tokio::test]
async fn entities_are_listed_page_by_page() {
    let api = Api::new().await;
    for (number, key) in ["a", "b", "c", "d", "e"].into_iter().enumerate() {
        api.post(&format!("/entities/Counter/{key}?op=add"), &number.to_string()).await;
        api.counts(key, i64::try_from(number).ok()).await;
    }
    let (mut seen, mut token) = (Vec::new(), None::<HeaderValue>);
    loop {
        let mut page = request(Method::GET, "/entities/counter?top=2&fetchState=true", "");
        if let Some(token) = token.take() {
            page = page.header("x-ms-continuation-token", token);
        }
        let page = page.header("x-functions-key", &api.token).body(Body::empty()).expect("a request");
        let answer = api.send(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        for row in json(&answer).as_array().expect("a list") {
            assert_eq!(row["entityId"]["name"], "counter");
            seen.push((row["entityId"]["key"].as_str().expect("a key").to_owned(), row["state"].clone()));
        }
        token = answer.headers.get("x-ms-continuation-token").cloned();
        if token.is_none() {
            break;
        }
    }
    let expected: Vec<_> =
        ["a", "b", "c", "d", "e"].into_iter().zip(0..).map(|(key, n)| (key.to_owned(), value!(n))).collect();
    assert_eq!(seen, expected);
    let all = json(&api.get("/entities").await);
    assert_eq!(all.as_array().map(Vec::len), Some(5));
    assert!(all[0].get("state").is_none_or(Value::is_null) && all[0]["lastOperationTime"].is_string());
    assert_eq!(json(&api.get("/entities?lastOperationTimeTo=2020-01-01").await), value!([]));
    assert_eq!(json(&api.get("/entities/nothing").await), value!([]));
    api.stop().await;
}
