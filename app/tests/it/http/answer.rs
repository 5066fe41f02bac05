//! `/a/{token}` and `/answer/{link}`: a guest answers the question of a run from their mail, without an account and without
//! scripts.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use countersign::pages::paths;
use countersign::portal::workflows::StartWorkflow;
use countersign_engine::client::Seen;
use countersign_engine::{InstanceId, InstanceRecord, RuntimeStatus};
use serde_json::{Value, json};

use super::browser::{Answer, Browser};
use crate::support::html::{assert_sound, attribute, tags};

const SOON: Duration = Duration::from_secs(20);

/// A run that waits for Ana, the address in her mail, and the page that it opens.
struct Asked {
    run: InstanceId,
    url: String,
    page: String,
}

async fn asked(browser: &Browser) -> Asked {
    let stand = &browser.stand;
    let starter = stand.link_less_admin().await;
    let input =
        json!({ "document": "Contract", "approver": "ana@x.org", "timeout_seconds": 3_600, "on_timeout": "reject" });
    let start = StartWorkflow { name: "HumanInteraction".into(), version: None, id: None, input, traceparent: None };
    let run = stand.portal.start_workflow(&starter, start).await.expect("started");
    let run = InstanceId::parse(&run).expect("an id");
    let mut seen = Seen::default();
    loop {
        let record = stand.client.wait_for_change(&run, &seen, SOON).await.expect("a change");
        if is_waiting(&record) {
            break;
        }
        seen = record.seen();
    }
    let link = stand.link_of("ana@x.org").await;
    let rows = stand.portal.outbox(&starter, None, None).await.expect("mails").rows;
    let mail = rows.iter().find(|line| line.mail.link == Some(link)).expect("the mail").mail.id;
    let row = stand.portal.mail(&starter, mail).await.expect("a mail").link.expect("a link");
    let url = stand.mailer.link_url(&row).expect("the key is there");
    Asked { run, url, page: paths::Answer(&link.to_string()).to_string() }
}

fn is_waiting(record: &InstanceRecord) -> bool {
    record.custom_status.as_ref().is_some_and(|status| status.as_str().contains("waiting"))
}

/// Asks with the cookie that the link was exchanged for.
async fn with_cookie(browser: &Browser, cookie: &str, request: axum::http::request::Builder, body: String) -> Answer {
    let request = request.header(header::COOKIE, cookie).body(Body::from(body));
    browser.send(request.expect("a request")).await
}

async fn post(browser: &Browser, cookie: &str, page: &str, form: String) -> Answer {
    let kind = "application/x-www-form-urlencoded";
    with_cookie(browser, cookie, Request::post(page).header(header::CONTENT_TYPE, kind), form).await
}

#[tokio::test]
async fn a_guest_opens_the_link_looks_and_answers() {
    let browser = Browser::new().await;
    let engine = browser.stand.run().await;
    let asked = asked(&browser).await;
    let path = asked.url.strip_prefix("http://portal.example.org").expect("our address");
    let exchanged = browser.get(path).await;
    assert_eq!((exchanged.status, exchanged.header("location")), (StatusCode::SEE_OTHER, asked.page.as_str()));
    let set = exchanged.header("set-cookie");
    assert!(set.contains(&format!("Path={};", asked.page)) && set.contains("HttpOnly"), "{set}");
    let cookie = set.split(';').next().expect("a cookie").to_owned();

    let shown = with_cookie(&browser, &cookie, Request::get(&asked.page), String::new()).await.text();
    assert_sound("answer", &shown);
    assert!(tags(&shown, "script").is_empty() && shown.contains("Contract") && shown.contains("ana@x.org"));
    let nonce = tags(&shown, "input").into_iter().find(|tag| attribute(tag, "name") == Some("nonce"));
    let nonce = nonce.and_then(|tag| attribute(tag, "value")).expect("a nonce").to_owned();

    // A scanner that posts the form as it is, or without having seen it, answers nothing.
    let unchosen = post(&browser, &cookie, &asked.page, format!("nonce={nonce}")).await;
    assert_eq!(unchosen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unchosen.text().contains("href=\"#f-verdict\""));
    let unseen = post(&browser, &cookie, &asked.page, "verdict=approve".to_owned()).await;
    assert_eq!(unseen.status, StatusCode::UNPROCESSABLE_ENTITY);
    let waiting = browser.stand.client.status(&asked.run).await.expect("readable").expect("the run");
    assert_eq!(waiting.status, RuntimeStatus::Running);

    let sent = post(&browser, &cookie, &asked.page, format!("nonce={nonce}&verdict=reject")).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let ended = browser.stand.client.wait_for_completion(&asked.run, SOON).await.expect("an end");
    let output: Value = ended.output.expect("completed").decode().expect("JSON");
    assert_eq!(output, json!({ "verdict": "rejected", "by": "ana@x.org", "escalated": false }));
    let after = with_cookie(&browser, &cookie, Request::get(&asked.page), String::new()).await.text();
    assert_sound("answer-recorded", &after);
    assert!(after.contains("Your answer is recorded"));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_link_whose_run_has_ended_says_so_and_one_of_another_purpose_opens_nothing() {
    let browser = Browser::new().await;
    let engine = browser.stand.run().await;
    let asked = asked(&browser).await;
    let path = asked.url.strip_prefix("http://portal.example.org").expect("our address");
    let exchanged = browser.get(path).await;
    let cookie = exchanged.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    browser.stand.client.terminate(&asked.run, "not needed").await.expect("terminated");
    browser.stand.client.wait_for_completion(&asked.run, SOON).await.expect("an end");
    let shown = with_cookie(&browser, &cookie, Request::get(&asked.page), String::new()).await.text();
    assert!(shown.contains("No answer is needed any more"), "{shown}");
    let decide = path.replacen("/a/", "/d/", 1);
    assert_eq!(browser.get(&decide).await.status, StatusCode::NOT_FOUND);
    engine.shutdown().await;
}
