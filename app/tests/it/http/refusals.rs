//! How the edge says no.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use axum::routing::get;

use super::browser::{ADMIN, Browser};

fn form(origin: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::post("/sign-in").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in origin {
        request = request.header(*name, *value);
    }
    request.body(Body::from(format!("email={ADMIN}&password=wrong"))).expect("a request")
}

#[tokio::test]
async fn what_another_site_makes_a_browser_post_is_refused_with_a_page() {
    let browser = Browser::new().await;
    for foreign in [
        &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")][..],
        &[("sec-fetch-site", "same-site"), ("origin", "https://other.example.org")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
    ] {
        let answer = browser.send(form(foreign)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{foreign:?}");
        assert!(answer.text().contains("This came from another site"), "{foreign:?}");
        assert!(!answer.text().contains("ask an administrator"), "no role would change that");
    }
}

#[tokio::test]
async fn forms_of_our_own_pages_pass_with_and_without_fetch_metadata() {
    let browser = Browser::new().await;
    for own in [
        &[("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:3000")][..],
        // Plain http on an intranet name: browsers send no fetch metadata there.
        &[("origin", "http://portal.intranet:3000"), ("host", "portal.intranet:3000")],
        // A proxy changed the host; the configured base URL is trusted.
        &[("origin", "http://127.0.0.1:3000"), ("host", "backend:8080")],
        &[],
    ] {
        let answer = browser.send(form(own)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{own:?}");
        assert!(answer.text().contains("The address or the password is wrong."), "{own:?}");
    }
}

#[tokio::test]
async fn an_unknown_address_is_a_page_with_the_request_id() {
    let answer = Browser::new().await.get("/no/such/page").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.text().contains("There is nothing here"));
    assert!(answer.text().contains(answer.header("x-request-id")));
}

#[tokio::test]
async fn who_is_signed_in_keeps_the_navigation_on_a_page_that_says_no() {
    let browser = Browser::signed_in().await;
    for path in ["/no/such/page", "/instances/none"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text().contains("aria-label=\"Main\""), "{path}");
    }
    let answer = browser.with_method(Method::DELETE, "/people").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(answer.header("allow").contains("GET") && answer.text().contains("aria-label=\"Main\""));
    assert!(!Browser::new().await.get("/no/such/page").await.text().contains("aria-label=\"Main\""));
}

#[tokio::test]
async fn a_method_that_a_page_does_not_know_is_a_page_too() {
    let answer = Browser::new().await.with_method(Method::DELETE, "/sign-in").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(answer.header("allow").contains("POST"));
    assert!(answer.text().contains("That does not work this way"));
}

#[tokio::test]
async fn a_handler_that_panics_answers_with_the_page_for_faults_and_shows_nothing_of_the_panic() {
    let broken = get(async || -> StatusCode { panic!("the secret of the vault") });
    let browser = Browser::with_pages(Router::new().route("/broken", broken)).await;
    let answer = browser.get("/broken").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let page = answer.text();
    assert!(page.contains("Something went wrong on our side") && page.contains(answer.header("x-request-id")));
    assert!(!page.contains("vault") && !page.contains("refusals.rs") && !page.contains("panic"), "{page}");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert_eq!(browser.get("/sign-in").await.status, StatusCode::OK, "the server goes on");
}

#[tokio::test]
async fn a_form_that_is_too_large_is_refused() {
    let answer = Browser::new().await.post("/sign-in", &format!("email={}", "a".repeat(300_000))).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("That is too large"));
}

#[tokio::test]
async fn wrong_input_comes_back_with_what_was_typed_and_without_the_password() {
    let answer = Browser::new().await.post("/sign-in", "email=ben%40example.org&password=hunter2hunter2").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("ben@example.org"));
    assert!(!answer.text().contains("hunter2"));
}

#[tokio::test]
async fn ids_of_nothing_and_of_others_look_alike() {
    let browser = Browser::signed_in().await;
    for path in ["/requests/nonsense", "/requests/01a2028b-0a41-74f5-9067-433a0914bd13", "/outbox/x", "/instances/none"]
    {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(browser.post("/people/x/disable", "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.post("/instances/none/explode", "reason=x").await.status, StatusCode::NOT_FOUND);
}
