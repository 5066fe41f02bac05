//! `/settings`, and the time zone in which every page is read.

use axum::http::StatusCode;
use countersign::pages::paths;
use countersign::portal::{Actor, Digest, SettingsDraft, Zone};

use super::browser::{ADMIN, Browser, PASSWORD};
use super::roles::{REQUESTER, signed_in_with};
use crate::portal::stand::draft;

#[tokio::test]
async fn settings_are_saved_and_shown_again() {
    let browser = signed_in_with(REQUESTER).await;
    let form = "name=Bea+Lind&language=de&zone=Asia%2FTokyo&digest=daily";
    let saved = browser.post(&paths::Settings.to_string(), form).await;
    assert_eq!((saved.status, saved.header("location")), (StatusCode::SEE_OTHER, "/settings?done=settings"));
    let page = browser.get("/settings").await.text();
    assert!(page.contains("value=\"Bea Lind\"") && page.contains("value=\"Asia/Tokyo\" list=\"zones\""), "{page}");
    assert!(page.contains(" JST there."));
}

#[tokio::test]
async fn refused_settings_come_back_with_what_was_typed() {
    let browser = signed_in_with(REQUESTER).await;
    let refused = browser.post("/settings", "name=Bea&language=en&zone=Mars%2FBase").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text();
    assert!(page.contains("value=\"Mars/Base\"") && page.contains("f-zone-error"));
    let refused = browser.post("/settings/password", "current=wrong&password=ten+little+stones").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text();
    assert!(page.contains("f-current-error") && !page.contains("ten little stones"));
}

/// An admin who is signed in twice, and the other session.
async fn signed_in_twice() -> (Browser, Option<String>) {
    let (mut browser, mut other) = (Browser::signed_in().await, None);
    browser.swap_session(&mut other);
    browser.sign_in(ADMIN).await;
    (browser, other)
}

#[tokio::test]
async fn a_new_password_keeps_this_session_and_ends_the_others() {
    let (mut browser, mut other) = signed_in_twice().await;
    let form = format!("current={}&password=ten+little+stones", PASSWORD.replace(' ', "+"));
    let changed = browser.post("/settings/password", &form).await;
    assert_eq!((changed.status, changed.header("location")), (StatusCode::SEE_OTHER, "/settings?done=password"));
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    browser.swap_session(&mut other);
    assert_eq!(browser.get("/").await.header("location"), "/sign-in");
}

#[tokio::test]
async fn signing_out_everywhere_else_leaves_this_session() {
    let (mut browser, mut other) = signed_in_twice().await;
    assert!(browser.get("/settings").await.text().contains("Another one"));
    assert_eq!(browser.post("/settings/sessions/end", "").await.status, StatusCode::SEE_OTHER);
    let page = browser.get("/settings").await.text();
    assert!(page.contains("This one") && !page.contains("Another one"));
    browser.swap_session(&mut other);
    assert_eq!(browser.get("/").await.header("location"), "/sign-in");
}

#[tokio::test]
async fn pages_show_times_as_the_readers_clocks_do() {
    let browser = Browser::signed_in().await;
    let admin = Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
    browser.stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    let pages = ["/?tab=mine", "/people", "/instances"];
    for path in pages {
        assert!(browser.get(path).await.text().contains(" UTC ("), "{path}");
    }
    // A place without summer time, so that the test is the same all year.
    let zone = Zone::of("Asia/Tokyo").expect("a zone").name().to_owned();
    let settings = SettingsDraft { name: "Ada".into(), language: "en".into(), zone, digest: Digest::Never };
    browser.stand.portal.save_settings(&admin, &settings).await.expect("saved");
    for path in pages {
        let page = browser.get(path).await.text();
        assert!(page.contains(" JST (") && !page.contains(" UTC ("), "{path}");
    }
}
