//! `/requests/{id}/revise`: another revision, with files.

use axum::http::StatusCode;
use countersign::pages::paths;
use countersign::portal::policy::Verdict;
use countersign::portal::{Actor, Answer, RequestId};

use super::browser::{ADMIN, Browser, PASSWORD};
use super::files::{field, file, send, whole};
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
async fn a_revision_with_files_keeps_what_is_ticked_and_leads_back_to_the_request() {
    let (browser, _, request) = asked().await;
    let id = request.to_string();
    let (page, form) = (paths::Request(&id).to_string(), paths::ReviseRequest(&id).to_string());
    assert!(browser.get(&page).await.text().contains(&format!("href=\"{form}\"")));
    let first = [
        field("title", "Contract"),
        field("text", "Please **read**."),
        file("one.txt", b"one"),
        file("two.txt", b"two"),
        file("", b""),
    ];
    let done = send(&browser, &form, whole(&first)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert!(browser.get(done.header("location")).await.text().contains("The new revision is submitted."));

    let opened = browser.get(&form).await.text();
    assert!(opened.contains("value=\"Contract\"") && opened.contains("Please **read**."));
    assert_eq!(opened.matches("name=\"keep\"").count(), 2);
    let second = [
        field("title", "Contract"),
        field("text", "Shorter"),
        field("keep", "2"),
        field("keep", "x"),
        field("note", "Two is enough."),
    ];
    assert_eq!(send(&browser, &form, whole(&second)).await.status, StatusCode::SEE_OTHER);
    let text = browser.get(&page).await.text();
    assert!(text.contains("two.txt") && !text.contains("one.txt") && text.contains("Two is enough."));
    let (revisions, changes) = (paths::Revisions(&id).to_string(), paths::Changes(&id).to_string());
    assert!(text.contains(&format!("href=\"{revisions}\"")) && text.contains(&format!("href=\"{changes}\"")));
    assert!(text.contains("Revision 3") && text.contains("Changes since r2"));
}

#[tokio::test]
async fn a_refused_revision_comes_back_with_everything_typed_and_its_files() {
    let (browser, _, request) = asked().await;
    let form = paths::ReviseRequest(&request.to_string()).to_string();
    let parts = [field("title", " "), field("text", "New <text>"), field("note", "Mended"), file("new.txt", b"new")];
    let refused = send(&browser, &form, whole(&parts)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = refused.text();
    assert!(text.contains("Enter a title.") && text.contains("New &lt;text&gt;") && text.contains("Mended"));
    let token = text.split("name=\"kept_file\"").nth(1).and_then(|rest| rest.split("value=\"").nth(1));
    let token = token.and_then(|rest| rest.split('"').next()).expect("a kept file").to_owned();
    let again = [field("title", "Titled"), field("text", "New text"), field("kept_file", &token)];
    assert_eq!(send(&browser, &form, whole(&again)).await.status, StatusCode::SEE_OTHER);
    let record = browser.stand.record(request).await;
    assert_eq!((record.request.title.as_str(), record.files[0].name.as_str()), ("Titled", "new.txt"));

    let huge = whole(&[file("huge.bin", &vec![1; 2_000_001]), field("title", "Kept title")]);
    let refused = send(&browser, &form, huge).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("huge.bin is too large") && refused.text().contains("Kept title"));
}

#[tokio::test]
async fn who_asked_for_changes_and_why_stands_above_the_page_and_the_form() {
    let (browser, _, request) = asked().await;
    let id = request.to_string();
    let ana = browser.stand.link_actor("ana@x.org").await;
    let shown = browser.stand.record(request).await.request.revision_hash;
    let answer = Answer { verdict: Some(Verdict::RequestChanges), reason: "The notice period.".into(), shown };
    browser.stand.portal.decide_by_link(&ana, answer).await.expect("an answer");
    for path in [paths::Request(&id).to_string(), paths::ReviseRequest(&id).to_string()] {
        let text = browser.get(&path).await.text();
        assert!(text.contains("data-tone=\"changes\""), "{path}");
        assert!(text.contains("ana@x.org") && text.contains("The notice period."), "{path}");
    }
}

#[tokio::test]
async fn what_cannot_be_changed_says_so_and_loses_nothing_typed() {
    let (browser, admin, request) = asked().await;
    let form = paths::ReviseRequest(&request.to_string()).to_string();
    browser.stand.portal.hold(&admin, request, "a moment").await.expect("held");
    let held = browser.get(&form).await;
    assert_eq!(held.status, StatusCode::CONFLICT);
    assert!(held.text().contains("on hold"));
    let late = send(&browser, &form, whole(&[field("title", "Mended"), field("text", "Long typed")])).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text().contains("on hold") && late.text().contains("Long typed"));
    assert_eq!(browser.stand.record(request).await.request.revision, 1);
}

#[tokio::test]
async fn somebody_elses_request_is_not_changed_and_nothing_of_the_body_is_stored() {
    let browser = Browser::signed_in().await;
    let bo = browser.stand.link_less_admin().await;
    let request = browser.stand.submit(&bo, draft(&["ana@x.org"], "any")).await;
    let form = paths::ReviseRequest(&request.to_string()).to_string();
    assert_eq!(browser.get(&form).await.status, StatusCode::FORBIDDEN);
    let refused = send(&browser, &form, whole(&[field("title", "Mine"), file("mine.txt", b"mine")])).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
