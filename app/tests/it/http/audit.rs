//! `GET /audit`.

use axum::http::StatusCode;

use super::browser::Browser;

#[tokio::test]
async fn the_log_is_searched_by_its_address() {
    let browser = Browser::signed_in().await;
    let all = browser.get("/audit").await;
    assert_eq!(all.status, StatusCode::OK);
    assert!(all.text().contains("user.made_admin") && all.text().contains("Command line"));
    for found in
        ["/audit?actor=cli", "/audit?action=user.made_admin", "/audit?action=user", "/audit?actor=cli&action=user"]
    {
        assert!(browser.get(found).await.text().contains("user.made_admin"), "{found}");
    }
    for nothing in ["/audit?actor=eve%40example.org", "/audit?action=made", "/audit?object=x", "/audit?before=1"] {
        let page = browser.get(nothing).await;
        assert_eq!(page.status, StatusCode::OK, "{nothing}");
        assert!(!page.text().contains("user.made_admin"), "{nothing}");
    }
    assert_eq!(browser.get("/audit?before=none").await.status, StatusCode::OK);
}
