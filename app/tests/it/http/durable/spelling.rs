//! How paths may be spelled.

use axum::http::{Method, StatusCode};

use super::api::Api;

#[tokio::test]
async fn case_and_slashes_of_the_apis_own_words_do_not_matter() {
    let api = Api::new().await;
    api.waiting("Order-1").await;
    for (method, path, status) in [
        (Method::GET, "/Instances/Order-1", StatusCode::ACCEPTED),
        (Method::GET, "//instances//Order-1//", StatusCode::ACCEPTED),
        (Method::GET, "/instances/", StatusCode::OK),
        (Method::POST, "/INSTANCES/Order-1/RAISEEVENT/Go/", StatusCode::ACCEPTED),
        (Method::POST, "/instances/Order-1//Suspend?reason=x", StatusCode::ACCEPTED),
        (Method::POST, "/Orchestrators//greet/", StatusCode::ACCEPTED),
        (Method::POST, "/MakePrimary/", StatusCode::OK),
        (Method::POST, "/Entities/counter/A?op=add", StatusCode::ACCEPTED),
        // Ids are not the API's own.
        (Method::GET, "/instances/order-1", StatusCode::NOT_FOUND),
    ] {
        let body = if path.ends_with("op=add") { "1" } else { "" };
        let answer = api.call(method.clone(), path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
    }
    api.stop().await;
}

#[tokio::test]
async fn the_place_may_be_spelled_in_any_case_too_and_everything_else_may_not() {
    let api = Api::new().await;
    let browser = &api.browser;
    for path in ["/Runtime/Webhooks/DurableTask/Instances", "//runtime//webhooks//durabletask//instances//"] {
        let answer = browser.get(&format!("{path}?code={}", api.token)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
    for path in ["/Sign-In", "//livez", "/durabletask/instances"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    api.stop().await;
}
