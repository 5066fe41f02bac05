//! Lists of instances: what they may be asked for, and their pages.

use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode};

use super::super::browser::Answer;
use super::api::{Api, json, refused, request};

async fn ids(api: &Api, query: &str) -> Vec<String> {
    ids_of(&api.get(&format!("/instances{query}")).await)
}

fn ids_of(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let list = json(answer);
    let rows = list.as_array().expect("a list").iter();
    rows.map(|row| row["instanceId"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn a_list_may_ask_for_states_times_and_ids() {
    let api = Api::new().await;
    for id in ["order-1", "order-2"] {
        api.completed(id).await;
    }
    api.failed("broken").await;
    api.waiting("waits").await;
    for (query, expected) in [
        ("", vec!["waits", "broken", "order-2", "order-1"]),
        ("/?runtimeStatus=completed,FAILED", vec!["broken", "order-2", "order-1"]),
        ("?runtimeStatus=Completed&runtimeStatus=Running", vec!["waits", "order-2", "order-1"]),
        ("?runtimeStatus=Bogus,Failed", vec!["broken"]),
        ("?runtimeStatus=Bogus", vec!["waits", "broken", "order-2", "order-1"]),
        ("?instanceIdPrefix=order-&top=50000", vec!["order-2", "order-1"]),
        ("?instanceIdPrefix=order-&runtimeStatus=Running", vec![]),
        ("?createdTimeTo=2020-01-01T00:00:00Z", vec![]),
        (
            "?createdTimeFrom=2020-01-01T00:00:00Z&createdTimeTo=9000-01-01",
            vec!["waits", "broken", "order-2", "order-1"],
        ),
        ("?taskHub=any&connection=Storage&instanceIdPrefix=b", vec!["broken"]),
    ] {
        assert_eq!(ids(&api, query).await, expected, "{query}");
    }
    let bare = json(&api.get("/instances?instanceIdPrefix=order-1&showInput=false").await);
    assert!(
        bare[0]["input"].is_null() && bare[0]["output"].is_string() && bare[0].get("customStatus").is_some(),
        "{bare}"
    );
    assert_eq!(json(&api.get("/instances?instanceIdPrefix=order-1").await)[0]["input"], "Ana");
    api.stop().await;
}

#[tokio::test]
async fn pages_follow_each_other_while_instances_change() {
    let api = Api::new().await;
    let names: Vec<String> = (0..7).map(|number| format!("é-{number}")).collect();
    for name in &names {
        api.waiting(name).await;
    }
    let (mut seen, mut token, mut pages) = (Vec::new(), None::<HeaderValue>, 0);
    loop {
        let mut page = request(Method::GET, "/instances?top=2&runtimeStatus=Running,Suspended,Completed", "");
        if let Some(token) = token.take() {
            page = page.header("x-ms-continuation-token", token);
        }
        let page = page.header("x-functions-key", &api.token).body(Body::empty()).expect("a request");
        let answer = api.send(page).await;
        seen.extend(ids_of(&answer));
        pages += 1;
        token = answer.headers.get("x-ms-continuation-token").cloned();
        if token.is_none() {
            break;
        }
        // One is new, one that comes later changes its state, and the last one shown is gone.
        api.completed(&format!("new-{pages}")).await;
        api.post("/instances/%C3%A9-1/suspend", "").await;
        let shown = seen.last().expect("a row").clone();
        api.post(&format!("/instances/{}/terminate", shown.replace('é', "%C3%A9")), "").await;
        api.end_of(&shown).await;
        api.delete(&format!("/instances/{}", shown.replace('é', "%C3%A9"))).await;
    }
    let expected: Vec<String> = names.iter().rev().cloned().collect();
    assert_eq!((seen, pages), (expected, 4));
    api.stop().await;
}

#[tokio::test]
async fn a_full_last_page_has_no_token() {
    let api = Api::new().await;
    for id in ["one", "two"] {
        api.completed(id).await;
    }
    let page = api.get("/instances?top=2").await;
    assert_eq!((ids_of(&page).len(), page.headers.contains_key("x-ms-continuation-token")), (2, false));
    let page = api.get("/instances?top=1").await;
    assert_eq!((ids_of(&page).len(), page.headers.contains_key("x-ms-continuation-token")), (1, true));
    api.stop().await;
}

#[tokio::test]
async fn a_page_ends_early_where_values_are_large_and_the_next_one_goes_on() {
    let api = Api::new().await;
    let large = format!("\"{}\"", "a".repeat(2 * 1024 * 1024));
    let names: Vec<String> = (0..6).rev().map(|number| format!("large-{number}")).collect();
    for name in names.iter().rev() {
        api.start("Greet", name, &large).await;
        api.end_of(name).await;
    }
    let first = api.get("/instances").await;
    let token = first.headers.get("x-ms-continuation-token").cloned().expect("there is more");
    assert!(first.bytes.len() < 20 * 1024 * 1024, "{} bytes", first.bytes.len());
    assert!(json(&first)[0]["input"].as_str().is_some_and(|input| input.len() == 2 * 1024 * 1024), "values are whole");
    let next = request(Method::GET, "/instances", "").header("x-ms-continuation-token", token);
    let next = next.header("x-functions-key", &api.token).body(Body::empty()).expect("a request");
    let second = api.send(next).await;
    assert!(!second.headers.contains_key("x-ms-continuation-token"));
    assert_eq!([ids_of(&first), ids_of(&second)].concat(), names);
    api.stop().await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let api = Api::new().await;
    for query in [
        "?top=0",
        "?top=-1",
        "?top=many",
        "?top=99999999999999999999",
        "?createdTimeFrom=yesterday",
        "?createdTimeTo=999999999-01-01T00:00:00Z",
        "?instanceIdPrefix=%00",
        "?showInput=2",
    ] {
        refused(&api.get(&format!("/instances{query}")).await, 400);
    }
    for token in ["x", "%%%", "bm8gcGxhY2U", "AAAA"] {
        let page = request(Method::GET, "/instances", "").header("x-ms-continuation-token", token);
        let page = page.header("x-functions-key", &api.token).body(Body::empty()).expect("a request");
        refused(&api.send(page).await, 400);
    }
    api.stop().await;
}
