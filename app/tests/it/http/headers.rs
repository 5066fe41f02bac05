//! What every answer carries: request id, policies, caching.

use axum::http::{Method, StatusCode};

use super::browser::Browser;

#[tokio::test]
async fn a_page_is_never_stored_framed_or_indexed() {
    let answer = Browser::new().await.get("/sign-in").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("referrer-policy"), "same-origin");
    assert_eq!(answer.header("x-robots-tag"), "noindex, nofollow");
    assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert_eq!(answer.header("x-request-id").len(), 32);
}

#[tokio::test]
async fn a_page_without_islands_and_live_parts_has_no_script_and_allows_none() {
    let answer = Browser::new().await.get("/sign-in").await;
    assert!(!answer.text().contains("<script"));
    assert!(answer.header("content-security-policy").contains("script-src 'none'"));
}

#[tokio::test]
async fn scripts_carry_the_nonce_of_their_answer_and_only_island_pages_may_run_webassembly() {
    let browser = Browser::signed_in().await;
    let nonces = ["/requests/new", "/"].map(async |path| {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy").to_owned();
        let nonce =
            policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce").to_owned();
        let page = answer.text();
        assert_eq!(page.matches("<script").count(), page.matches(&format!("nonce=\"{nonce}\"")).count(), "{path}");
        assert_eq!(policy.contains("'wasm-unsafe-eval'"), path == "/requests/new", "{path}");
        assert!(!policy.contains("unsafe-inline"), "{path}");
        nonce
    });
    let [new, inbox] = nonces;
    assert_ne!(new.await, inbox.await);
}

#[tokio::test]
async fn a_request_id_is_ours_even_if_the_client_sends_one() {
    let browser = Browser::new().await;
    let request = axum::http::Request::get("/livez").header("x-request-id", "mine").body(axum::body::Body::empty());
    assert_ne!(browser.send(request.expect("a request")).await.header("x-request-id"), "mine");
}

#[tokio::test]
async fn an_asset_of_an_older_hash_is_served_but_not_kept() {
    let browser = Browser::new().await;
    let answer = browser.get("/assets/00000000/app.css").await;
    // Without a built browser part there is no such file; with one it must not be kept.
    assert!(answer.status == StatusCode::NOT_FOUND || answer.header("cache-control") == "no-cache");
    assert_eq!(browser.get("/assets/00000000/secret.key").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn looking_with_head_is_like_get_without_a_body() {
    let answer = Browser::new().await.with_method(Method::HEAD, "/sign-in").await;
    assert_eq!((answer.status, answer.bytes.len()), (StatusCode::OK, 0));
}
