//! `/requests/{id}/certificate.pdf`, `/requests/{id}/archive.zip` and the certificate by the API.

use std::io::{Cursor, Read};

use axum::http::StatusCode;
use countersign::pages::paths;
use countersign::portal::{Actor, RequestDraft, RequestId, UploadId};
use serde_json::Value;
use zip::ZipArchive;

use super::browser::{ADMIN, Browser, PASSWORD};
use crate::portal::stand::draft;

async fn upload(browser: &Browser, by: &Actor, name: &str, content: &[u8]) -> UploadId {
    let mut receiving = browser.stand.portal.receive_file(by, name).await.expect("an upload");
    receiving.write(content).await.expect("room");
    receiving.finish().await.expect("a file").id
}

async fn submitted(browser: &Browser, files: Vec<UploadId>) -> RequestId {
    let admin = Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
    let request = RequestDraft { files, ..draft(&["ana@x.org"], "any") };
    let request = browser.stand.submit(&admin, request).await;
    browser.stand.open(request).await;
    request
}

async fn approve(browser: &Browser, request: RequestId) {
    let stand = &browser.stand;
    let ana = stand.link_actor("ana@x.org").await;
    stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("a decision");
}

fn entry(zip: &mut ZipArchive<Cursor<Vec<u8>>>, name: &str) -> Vec<u8> {
    let mut content = Vec::new();
    zip.by_name(name).expect("an entry").read_to_end(&mut content).expect("a whole entry");
    content
}

#[tokio::test]
async fn an_open_request_has_neither_and_says_why() {
    let browser = Browser::signed_in().await;
    let id = submitted(&browser, Vec::new()).await.to_string();
    for path in [paths::Certificate(&id).to_string(), paths::Archive(&id).to_string()] {
        let answer = browser.get(&path).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{path}");
        assert!(answer.text().contains("This request has not ended yet."), "{path}");
    }
}

#[tokio::test]
async fn a_certificate_is_a_pdf_that_runs_nothing_and_is_the_same_each_time() {
    let browser = Browser::signed_in().await;
    let request = submitted(&browser, Vec::new()).await;
    approve(&browser, request).await;
    let path = paths::Certificate(&request.to_string()).to_string();
    let (one, two) = (browser.get(&path).await, browser.get(&path).await);
    assert_eq!((one.status, one.header("content-type")), (StatusCode::OK, "application/pdf"));
    assert!(one.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(one.header("content-disposition"), format!("inline; filename=\"certificate-{request}.pdf\""));
    assert!(one.bytes.starts_with(b"%PDF-1.7"));
    assert!(one.bytes == two.bytes, "two downloads differ");
}

#[tokio::test]
async fn an_archive_holds_everything_under_names_that_are_safe_and_nothing_secret() {
    let browser = Browser::signed_in().await;
    let admin = Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
    let large: Vec<u8> = (0..1_300_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let files = vec![
        upload(&browser, &admin, "offer.bin", &large).await,
        upload(&browser, &admin, "OFFER.bin", b"two\x00").await,
        upload(&browser, &admin, "nul", b"").await,
        upload(&browser, &admin, "fdp\u{202e}exe.<b>", b"four").await,
    ];
    let request = submitted(&browser, files).await;
    approve(&browser, request).await;
    let answer = browser.get(&paths::Archive(&request.to_string()).to_string()).await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/zip"));
    assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"request-{request}.zip\""));

    let mut zip = ZipArchive::new(Cursor::new(answer.bytes)).expect("a whole ZIP");
    let mut names: Vec<_> = zip.file_names().map(|name| name.expect("a name").into_owned()).collect();
    names.sort();
    assert_eq!(
        names,
        [
            "certificate.pdf",
            "events.json",
            "request.json",
            "revision-1/files/OFFER (2).bin",
            "revision-1/files/_nul",
            "revision-1/files/fdpexe._b_",
            "revision-1/files/offer.bin",
            "revision-1/text.md",
        ]
    );
    assert!(entry(&mut zip, "revision-1/files/offer.bin") == large);
    assert_eq!(entry(&mut zip, "revision-1/files/_nul"), b"");
    assert_eq!(entry(&mut zip, "revision-1/text.md"), b"Please **read**.");
    let facts: Value = serde_json::from_slice(&entry(&mut zip, "request.json")).expect("JSON");
    assert_eq!(facts["end"]["state"], "approved");
    assert_eq!(facts["end"]["how"], "answers");
    let link = browser.stand.link_of("ana@x.org").await.to_string();
    for name in ["request.json", "events.json", "certificate.pdf"] {
        let text = String::from_utf8_lossy(&entry(&mut zip, name)).into_owned();
        assert!(!text.contains("csn_") && !text.contains(&link), "{name}");
    }
}
