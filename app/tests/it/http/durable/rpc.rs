//! The listener for programs of this machine.

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use countersign::http::durable::rpc;
use serde_json::Value;
use tower::ServiceExt;

use super::super::browser::Browser;

fn listener(browser: &Browser) -> Router {
    rpc(browser.state.clone(), SocketAddr::from(([127, 0, 0, 1], 17071)))
}

async fn ask(router: &Router, request: Request<Body>) -> (StatusCode, Value) {
    let answer = router.clone().oneshot(request).await.expect("the router always answers");
    let status = answer.status();
    let bytes = to_bytes(answer.into_body(), usize::MAX).await.expect("a whole body");
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

fn from(headers: &[(&str, &str)]) -> Request<Body> {
    let request = Request::post("/DurableTask/orchestrators/Greet/one");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(Body::from("\"Ana\"")).expect("a request")
}

#[tokio::test]
async fn programs_of_this_machine_need_no_token_and_get_links_to_where_they_called() {
    let browser = Browser::new().await;
    let (status, body) = ask(&listener(&browser), from(&[("host", "localhost:17071")])).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{body}");
    assert_eq!(body["statusQueryGetUri"], "http://127.0.0.1:17071/durabletask/instances/one");
}

#[tokio::test]
async fn browsers_and_other_names_of_this_machine_are_refused() {
    let browser = Browser::new().await;
    let router = listener(&browser);
    for headers in [
        &[("host", "rebound.example.org:17071")][..],
        &[("host", "127.0.0.1:17071"), ("origin", "https://evil.example")],
        &[("host", "127.0.0.1:17071"), ("sec-fetch-site", "cross-site")],
        &[],
    ] {
        let (status, body) = ask(&router, from(headers)).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{headers:?}");
        assert_eq!(body["ExceptionType"], "Forbidden", "{headers:?}");
    }
    let started = browser.stand.client.count_by_status().await.expect("readable rows");
    assert!(started.is_empty(), "nothing was started: {started:?}");
}

#[tokio::test]
async fn nothing_but_the_api_is_served_there() {
    let browser = Browser::new().await;
    let router = listener(&browser);
    for path in ["/", "/livez", "/people", "/runtime/webhooks/durabletask/instances", "/durabletask"] {
        let request = Request::get(path).header("host", "127.0.0.1:17071").body(Body::empty()).expect("a request");
        assert_eq!(ask(&router, request).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}
