//! Files and their pages as pictures: who gets them, with which headers, and how an open page hears of them.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use countersign::pages::paths;
use countersign::portal::file::RequestFile;
use countersign::portal::{Actor, RequestDraft, RequestId, RevisionDraft, Roles, UploadId};

use super::browser::{ADMIN, Answer, Browser, PASSWORD};
use crate::portal::stand::draft;
use crate::support::documents::{pages, png};

/// A request of the signed-in admin with these files, whose previews are made.
async fn shown(browser: &Browser, files: &[&[u8]]) -> (RequestId, Vec<RequestFile>) {
    let admin = admin_of(browser).await;
    let uploads = uploads(browser, &admin, files).await;
    let request = browser.stand.submit(&admin, RequestDraft { files: uploads, ..draft(&["ana@x.org"], "any") }).await;
    let files = browser.stand.record(request).await.files;
    make(browser, &files).await;
    (request, files)
}

async fn admin_of(browser: &Browser) -> Actor {
    Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"))
}

async fn uploads(browser: &Browser, by: &Actor, files: &[&[u8]]) -> Vec<UploadId> {
    let mut uploads = Vec::new();
    for content in files {
        let mut receiving = browser.stand.portal.receive_file(by, "file").await.expect("an upload");
        receiving.write(content).await.expect("room");
        uploads.push(receiving.finish().await.expect("a file").id);
    }
    uploads
}

/// Makes the previews of these files, as their instances would.
pub(super) async fn make(browser: &Browser, files: &[RequestFile]) {
    let portal = &browser.stand.portal;
    portal.sweep_previews().await.expect("queued");
    for file in files.iter().filter(|file| file.kind.is_drawable()) {
        for page in 1..=portal.count_preview_pages(file.id).await.expect("counted") {
            portal.draw_preview_page(file.id, page).await.expect("tried");
        }
        portal.finish_preview(file.id).await.expect("finished");
    }
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
async fn the_changes_show_the_pages_of_both_revisions_and_no_others() {
    let browser = Browser::signed_in().await;
    let (request, _) = shown(&browser, &[&pages(1)]).await;
    browser.stand.open(request).await;
    let admin = admin_of(&browser).await;
    let files = uploads(&browser, &admin, &[&pages(2)]).await;
    let revision = RevisionDraft { title: "Contract".into(), files, ..RevisionDraft::default() };
    browser.stand.portal.revise(&admin, request, revision).await.expect("revised");
    make(&browser, &browser.stand.record(request).await.files).await;

    let id = request.to_string();
    let changes = browser.get(&paths::Changes(&id).to_string()).await.text();
    for (revision, page, is_there) in [(1, 1, true), (1, 2, false), (2, 1, true), (2, 2, true), (2, 3, false)] {
        let path = paths::RevisionFilePage(&id, revision, 1, page).to_string();
        assert_eq!(changes.contains(&format!("src=\"{path}\"")), is_there, "{path}");
        let picture = browser.get(&path).await;
        if is_there {
            assert_eq!((picture.status, picture.header("content-type")), (StatusCode::OK, "image/png"), "{path}");
            assert_eq!(picture.header("cache-control"), "private, no-cache");
            can_do_nothing(&picture);
        } else {
            assert_eq!(picture.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    assert!(changes.contains("r1 has no page 2."));
}

#[tokio::test]
async fn a_page_that_says_a_preview_is_being_made_is_told_when_that_is_not_so_any_more() {
    let browser = Browser::signed_in().await;
    let (request, _) = shown(&browser, &[&pages(1)]).await;
    let last = browser.stand.record(request).await.events.last().expect("an event").seq;
    // Whoever follows a portal that stops hears what there is to hear, and no more.
    browser.state.shutdown.begin();
    let events = paths::RequestEvents(&request.to_string()).to_string();
    let follow = async |drawing: u32| browser.get(&format!("{events}?after={last}&drawing={drawing}")).await.text();
    let told = follow(1).await;
    assert!(told.contains("data: changed") && !told.contains("id:"), "a preview is no event of the request: {told}");
    assert_eq!(follow(0).await, "");
}

#[tokio::test]
async fn whoever_may_not_see_a_request_sees_no_page_of_it() {
    let mut browser = Browser::signed_in().await;
    let (request, _) = shown(&browser, &[&png(3, 2)]).await;
    let id = request.to_string();
    let ways = [paths::RequestFilePage(&id, 1, 1).to_string(), paths::RevisionFilePage(&id, 1, 1, 1).to_string()];
    for path in &ways {
        assert_eq!(browser.get(path).await.status, StatusCode::OK, "{path}");
    }
    let admin = admin_of(&browser).await;
    browser.stand.member(&admin, "rita@x.org", Roles { requester: true, ..Roles::default() }).await;
    let mut nobodys = None;
    browser.swap_session(&mut nobodys);
    let signed_in = browser.post("/sign-in", "email=rita@x.org&password=open+sesame+now").await;
    let mut ritas = signed_in.header("set-cookie").split(';').next().map(str::to_owned);
    browser.swap_session(&mut ritas);
    for path in &ways {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
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
