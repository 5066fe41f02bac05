//! `POST /requests/{id}/withdraw` and `/comments`: the forms of a request's page, as they come back.

use axum::http::StatusCode;
use countersign::pages::paths;
use countersign::portal::{Actor, RequestId};

use super::browser::{ADMIN, Browser, PASSWORD};
use crate::portal::stand::draft;

/// A browser in which the requester of an open request is signed in.
async fn asked() -> (Browser, Actor, RequestId) {
    let browser = Browser::signed_in().await;
    let admin = Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
    let request = browser.stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    browser.stand.open(request).await;
    (browser, admin, request)
}

#[tokio::test]
async fn a_request_is_withdrawn_once_and_after_that_the_page_says_that_it_has_ended() {
    let (browser, _, request) = asked().await;
    let id = request.to_string();
    let (page, form) = (paths::Request(&id).to_string(), paths::WithdrawRequest(&id).to_string());
    assert!(browser.get(&page).await.text().contains(&format!("action=\"{form}\"")));

    let long = browser.post(&form, &format!("reason={}", "x".repeat(501))).await;
    assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(long.text().contains("id=\"withdraw-reason-error\"") && long.text().contains(&"x".repeat(501)));

    let done = browser.post(&form, "reason=Too+dear").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let text = browser.get(done.header("location")).await.text();
    assert!(text.contains("The request is withdrawn.") && text.contains("Too dear"));
    assert!(!text.contains(&form), "there is nothing left to withdraw");

    let again = browser.post(&form, "").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text().contains("The request has ended already"));
}

#[tokio::test]
async fn a_comment_appears_in_the_stream_as_text_with_its_line_breaks() {
    let (browser, _, request) = asked().await;
    let id = request.to_string();
    let form = paths::CommentRequest(&id).to_string();
    let done = browser.post(&form, "text=One%0D%0A%3Cb%3Etwo%3C%2Fb%3E+https%3A%2F%2Fexample.org%2Fx").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let text = browser.get(done.header("location")).await.text();
    assert!(text.contains("Ada commented") && text.contains("Your comment is added."));
    assert!(text.contains("One\n&lt;b&gt;two&lt;/b&gt; https://example.org/x"), "{text}");
    assert!(!text.contains("href=\"https://example.org/x\""));
}

#[tokio::test]
async fn a_comment_that_is_not_taken_comes_back_as_it_was_typed() {
    let (browser, admin, request) = asked().await;
    let form = paths::CommentRequest(&request.to_string()).to_string();
    let empty = browser.post(&form, "text=+%0D%0A").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text().contains("Write something.") && empty.text().contains("href=\"#comment-text\""));
    let long = format!("{}end", "x".repeat(4_000));
    let refused = browser.post(&form, &format!("text={long}")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains(&long));

    while browser.stand.portal.comment(&admin, request, "again").await.is_ok() {}
    let too_often = browser.post(&form, "text=One+too+many").await;
    assert_eq!(too_often.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(too_often.text().contains("One too many") && too_often.text().contains("Wait a few minutes"));
}
