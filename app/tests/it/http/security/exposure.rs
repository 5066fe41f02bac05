//! Nobody but the mailbox ever sees a link: not on a page, not in a table, a file or an answer of the API.

use std::io::{Cursor, Read};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use countersign::auth::ApiToken;
use countersign::pages::paths;
use countersign::portal::tokens::TokenDraft;
use countersign::portal::{Actor, RequestId, Scope};
use countersign_engine::InstanceId;
use zip::ZipArchive;

use super::super::browser::{ADMIN, Browser};
use super::scene::{APPROVER, REQUESTER, SOON, admin_of, join, mailed, secret};
use crate::portal::stand::draft;

const REQUESTERS: &str = "rita@x.org";
const APPROVERS: &str = "ben@x.org";
const OBSERVERS: &str = "otto@x.org";

/// Where something about a link could stand: a request that is open, one that has ended, and their mails and instances.
struct Places {
    open: RequestId,
    ended: RequestId,
    mails: Vec<String>,
    secrets: Vec<String>,
}

/// Two requests whose links were mailed; one of them was decided by its link.
async fn places(browser: &Browser, rita: &Actor) -> Places {
    let (stand, admin) = (&browser.stand, admin_of(browser).await);
    let mut secrets = Vec::new();
    let mut requests = Vec::new();
    for _ in 0..2 {
        let request = stand.submit(rita, draft(&[APPROVERS, "ana@x.org"], "any")).await;
        stand.portal.observe(rita, request, OBSERVERS).await.expect("observed");
        mailed(stand, request, 3).await;
        for email in [APPROVERS, "ana@x.org"] {
            secrets.push(secret(stand, email).await.1);
        }
        requests.push(request);
    }
    let ana = stand.link_actor("ana@x.org").await;
    stand.portal.decide_by_link(&ana, stand.yes(requests[1]).await).await.expect("a decision");
    let id = InstanceId::parse(&format!("request-{}", requests[1])).expect("an id");
    stand.client.wait_for_completion(&id, SOON).await.expect("an end");
    let rows = stand.portal.outbox(&admin, None, None).await.expect("mails").rows;
    let mails = rows.iter().filter(|line| line.mail.link.is_some()).map(|line| line.mail.id.to_string()).collect();
    Places { open: requests[0], ended: requests[1], mails, secrets }
}

impl Places {
    /// Every page on which one of them is named.
    fn pages(&self) -> Vec<String> {
        let mut pages: Vec<String> = ["/", "/?tab=mine", "/?tab=waiting", "/?tab=watching", "/?tab=done", "/?tab=all"]
            .into_iter()
            .chain(["/requests.csv?tab=mine", "/requests.csv?tab=waiting", "/requests.csv?tab=all", "/workload"])
            .chain(["/audit", "/outbox", "/instances", "/people", "/settings", "/absence", "/entities", "/webhooks"])
            .map(str::to_owned)
            .collect();
        for id in [self.open, self.ended].map(|id| id.to_string()) {
            pages.extend([
                paths::Request(&id).to_string(),
                paths::Revisions(&id).to_string(),
                paths::Changes(&id).to_string(),
                paths::Certificate(&id).to_string(),
                paths::Archive(&id).to_string(),
                paths::Instance(&format!("request-{id}")).to_string(),
            ]);
        }
        for id in &self.mails {
            pages.extend([
                paths::Mail(id).to_string(),
                paths::MailHtml(id).to_string(),
                paths::Instance(&format!("mail-{id}")).to_string(),
            ]);
        }
        pages
    }

    /// What programs may ask about them.
    fn answers(&self) -> Vec<String> {
        let mut answers = vec!["/api/v1/requests".to_owned(), "/runtime/webhooks/durabletask/instances".to_owned()];
        for id in [self.open, self.ended].map(|id| id.to_string()) {
            answers.extend(
                ["", "/events", "/revisions", "/changes", "/certificate"]
                    .map(|part| format!("/api/v1/requests/{id}{part}")),
            );
            let history = "showHistory=true&showHistoryOutput=true&showInput=true";
            answers.push(format!("/runtime/webhooks/durabletask/instances/request-{id}?{history}"));
        }
        let of_mail = |id: &String| format!("/runtime/webhooks/durabletask/instances/mail-{id}?showHistory=true");
        answers.extend(self.mails.iter().map(of_mail));
        answers
    }

    /// Asserts that the bytes hold no link, whole or in part.
    fn assert_none_in(&self, what: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("csn_"), "a link in {what}");
        for secret in &self.secrets {
            // The signature, without which the rest is worth nothing, and which stands nowhere else.
            assert!(!text.contains(&secret[70..100]), "part of a link in {what}");
        }
    }
}

/// What is in an archive, entry by entry.
fn unpacked(bytes: Vec<u8>) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let entries = (0..archive.len()).map(|index| {
        let mut entry = archive.by_index(index).expect("an entry");
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("a whole entry");
        (entry.name().expect("a name").into_owned(), content)
    });
    entries.collect()
}

#[tokio::test]
async fn no_page_table_file_or_archive_shows_a_link_to_anybody() {
    let mut browser = Browser::new().await;
    let engine = browser.stand.run().await;
    let admin = admin_of(&browser).await;
    let rita = join(&browser.stand, &admin, REQUESTERS, REQUESTER).await;
    for email in [APPROVERS, OBSERVERS] {
        join(&browser.stand, &admin, email, APPROVER).await;
    }
    let places = places(&browser, &rita).await;
    // How many of the places each of them sees at least: the search is no search where everything is forbidden.
    for (email, least) in [(ADMIN, 30), (REQUESTERS, 14), (APPROVERS, 14), (OBSERVERS, 14)] {
        browser.sign_in(email).await;
        let mut seen = 0;
        for path in places.pages() {
            let answer = browser.get(&path).await;
            let what = format!("{path} for {email}");
            seen += usize::from(answer.status == StatusCode::OK);
            places.assert_none_in(&what, format!("{:?}", answer.headers).as_bytes());
            places.assert_none_in(&what, &answer.bytes);
            if answer.header("content-type") == "application/zip" {
                for (entry, content) in unpacked(answer.bytes) {
                    places.assert_none_in(&format!("{entry} in {what}"), &content);
                }
            }
        }
        assert!(seen >= least, "{email} saw only {seen}");
    }
    engine.shutdown().await;
}

#[tokio::test]
async fn no_answer_to_a_program_holds_a_link() {
    let browser = Browser::new().await;
    let engine = browser.stand.run().await;
    let admin = admin_of(&browser).await;
    let rita = join(&browser.stand, &admin, REQUESTERS, REQUESTER).await;
    for email in [APPROVERS, OBSERVERS] {
        join(&browser.stand, &admin, email, APPROVER).await;
    }
    let places = places(&browser, &rita).await;
    let text = ApiToken::mint();
    let token = TokenDraft { name: "test".into(), scopes: Scope::ALL.into_iter().collect(), days: Some(7) };
    browser.stand.portal.create_token_for(&Actor::Cli, ADMIN, token, text.hash()).await.expect("a token");
    for path in places.answers() {
        // The bucket of a token fills with the time of the portal, which else stands still.
        browser.stand.pass(Duration::from_millis(200));
        let request = Request::get(&path).header(header::AUTHORIZATION, format!("Bearer {}", text.expose()));
        let answer = browser.send(request.body(Body::empty()).expect("a request")).await;
        let open = path.ends_with("/certificate") && path.contains(&places.open.to_string());
        assert_eq!(answer.status == StatusCode::CONFLICT, open, "{path}: {}", answer.text());
        assert!(open || answer.status.is_success(), "{path}: {} {}", answer.status, answer.text());
        places.assert_none_in(&path, &answer.bytes);
    }
    engine.shutdown().await;
}
