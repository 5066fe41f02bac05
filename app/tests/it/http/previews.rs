//! Files and their pages as pictures: who gets them, and with which headers.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use countersign::pages::paths;
use countersign::portal::file::RequestFile;
use countersign::portal::{Actor, RequestDraft, RequestId, Roles};

use super::browser::{ADMIN, Answer, Browser, PASSWORD};
use crate::portal::stand::draft;
use crate::support::documents::{pages, png};

/// A request of the signed-in admin with these files, whose previews are made.
async fn shown(browser: &Browser, files: &[&[u8]]) -> (RequestId, Vec<RequestFile>) {
    let portal = &browser.stand.portal;
    let admin = Actor::User(portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
    let mut uploads = Vec::new();
    for content in files {
        let mut receiving = portal.receive_file(&admin, "file").await.expect("an upload");
        receiving.write(content).await.expect("room");
        uploads.push(receiving.finish().await.expect("a file").id);
    }
    let request = browser.stand.submit(&admin, RequestDraft { files: uploads, ..draft(&["ana@x.org"], "any") }).await;
    portal.sweep_previews().await.expect("queued");
    let files = browser.stand.record(request).await.files;
    for file in files.iter().filter(|file| file.kind.is_drawable()) {
        for page in 1..=portal.count_preview_pages(file.id).await.expect("counted") {
            portal.draw_preview_page(file.id, page).await.expect("tried");
        }
        portal.finish_preview(file.id).await.expect("finished");
    }
    (request, files)
}

fn can_do_nothing(answer: &Answer) {
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
}

#[tokio::test]
async fn a_page_is_a_picture_that_the_browser_keeps_and_asks_about_again() {
    let browser = Browser::signed_in().await;
    let (request, _) = shown(&browser, &[&pages(1), &png(3, 2)]).await;
    let id = request.to_string();
    let path = paths::RequestFilePage(&id, 1, 1).to_string();
    let page = browser.get(&paths::Request(&id).to_string()).await.text();
    assert!(page.contains(&format!("src=\"{path}\"")) && !page.contains("<iframe"));

    let answer = browser.get(&path).await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "image/png"));
    assert!(answer.bytes.starts_with(b"\x89PNG"));
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    assert!(answer.header("content-security-policy").contains("sandbox"));
    can_do_nothing(&answer);

    let tag = answer.header("etag").to_owned();
    let again = Request::get(&path).header(header::IF_NONE_MATCH, &tag).body(Body::empty()).expect("a request");
    let again = browser.send(again).await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(again.header("etag"), tag);
    for (file, page) in [(1, 0), (1, 2), (3, 1)] {
        let path = paths::RequestFilePage(&id, file, page).to_string();
        assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn whoever_may_not_see_a_request_sees_no_page_of_it() {
    let mut browser = Browser::signed_in().await;
    let (request, _) = shown(&browser, &[&png(3, 2)]).await;
    let path = paths::RequestFilePage(&request.to_string(), 1, 1).to_string();
    assert_eq!(browser.get(&path).await.status, StatusCode::OK);
    let admin = Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
    browser.stand.member(&admin, "rita@x.org", Roles { requester: true, ..Roles::default() }).await;
    let mut nobodys = None;
    browser.swap_session(&mut nobodys);
    let signed_in = browser.post("/sign-in", "email=rita@x.org&password=open+sesame+now").await;
    let mut ritas = signed_in.header("set-cookie").split(';').next().map(str::to_owned);
    browser.swap_session(&mut ritas);
    assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn files_are_what_they_hold_and_what_could_run_is_a_download() {
    let browser = Browser::signed_in().await;
    let markup = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let page = b"\xef\xbb\xbf\n<!doctype html><script>alert(1)</script>";
    let (request, _) = shown(&browser, &[&pages(1), &png(3, 2), b"plain words", markup, page]).await;
    let expected = [
        ("application/pdf", "inline"),
        ("image/png", "inline"),
        ("text/plain; charset=utf-8", "inline"),
        ("application/octet-stream", "attachment"),
        ("application/octet-stream", "attachment"),
    ];
    for (number, (kind, disposition)) in (1..).zip(expected) {
        let answer = browser.get(&paths::RequestFile(&request.to_string(), number).to_string()).await;
        assert_eq!(answer.header("content-type"), kind);
        assert!(answer.header("content-disposition").starts_with(disposition), "{number}");
        assert_eq!(answer.header("content-security-policy").contains("sandbox"), number != 1, "{number}");
        can_do_nothing(&answer);
    }
}
