//! A new request with files: multipart in, stored files out.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use super::browser::{Answer, Browser};

const BOUNDARY: &str = "countersign-test";

/// A field of a multipart form.
pub(super) fn field(name: &str, value: &str) -> Vec<u8> {
    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
}

/// A file of the field `file`.
pub(super) fn file(name: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    [head.as_bytes(), content, b"\r\n"].concat()
}

/// A whole form.
pub(super) fn whole(parts: &[Vec<u8>]) -> Vec<u8> {
    [parts.concat(), format!("--{BOUNDARY}--\r\n").into_bytes()].concat()
}

async fn submit(browser: &Browser, body: Vec<u8>) -> Answer {
    send(browser, "/requests/new", body).await
}

/// Posts a multipart form.
pub(super) async fn send(browser: &Browser, path: &str, body: Vec<u8>) -> Answer {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let request = Request::post(path).header(header::CONTENT_TYPE, kind).body(Body::from(body));
    browser.send(request.expect("a request")).await
}

fn proper(title: &str) -> Vec<u8> {
    let fields = [
        ("title", title),
        ("approver", "ben@example.org"),
        ("rule", "any"),
        ("final_rule", "reject"),
        ("intent", "submit"),
    ];
    fields.iter().flat_map(|(name, value)| field(name, value)).collect()
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_sent_and_can_do_nothing() {
    let browser = Browser::signed_in().await;
    let content: Vec<u8> = (0..1_300_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let parts = [
        proper("With files"),
        file("x.html", b"<script>alert(1)</script>\x01"),
        file("large.bin", &content),
        file("", b""),
    ];
    let answer = submit(&browser, whole(&parts)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let request = answer.header("location").split('?').next().expect("a path").to_owned();

    let html = browser.get(&format!("{request}/files/1")).await;
    assert_eq!(html.header("content-type"), "application/octet-stream");
    assert!(html.header("content-disposition").starts_with("attachment"));
    assert!(html.header("content-security-policy").contains("sandbox"));
    let large = browser.get(&format!("{request}/files/2")).await;
    assert!(large.bytes == content);
    assert_eq!(large.header("content-length"), "1300000");
    assert_eq!(browser.get(&format!("{request}/files/3")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed_and_the_files_for_the_next_try() {
    let browser = Browser::signed_in().await;
    let parts = [proper(""), field("text", "Please <look>"), file("note.txt", b"hello")];
    let answer = submit(&browser, whole(&parts)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text();
    assert!(
        page.contains("Enter a title.") && page.contains("Please &lt;look&gt;") && page.contains("ben@example.org")
    );
    let token =
        page.split("name=\"kept_file\"").nth(1).and_then(|rest| rest.split("value=\"").nth(1)).expect("a kept file");
    let token = token.split('"').next().expect("its token").to_owned();

    let again = submit(&browser, whole(&[proper("Titled"), field("kept_file", &token)])).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text());
    let request = again.header("location").split('?').next().expect("a path").to_owned();
    assert_eq!(browser.get(&format!("{request}/files/1")).await.bytes, b"hello");
}

#[tokio::test]
async fn a_file_that_is_too_large_is_named_and_the_rest_is_kept() {
    let browser = Browser::signed_in().await;
    let answer = submit(&browser, whole(&[file("huge.bin", &vec![1; 2_000_001]), proper("Kept title")])).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text();
    assert!(page.contains("huge.bin is too large") && page.contains("Kept title"));
}

#[tokio::test]
async fn an_upload_that_breaks_off_is_refused_and_submits_nothing() {
    let browser = Browser::signed_in().await;
    let answer = submit(&browser, [proper("Broken"), file("half.bin", &[1; 1000])].concat()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text().contains("interrupted"));
    assert!(!browser.get("/?tab=mine").await.text().contains("Broken"));
}

#[tokio::test]
async fn more_rows_come_without_submitting_anything() {
    let browser = Browser::signed_in().await;
    let parts = [proper("Unfinished"), field("intent", "more_rows")];
    let answer = submit(&browser, whole(&parts)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.text().matches("name=\"approver\"").count(), 6);
}
