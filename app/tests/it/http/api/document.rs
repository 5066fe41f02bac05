//! The OpenAPI document describes what the router answers, all of it and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::Value;

use super::super::browser::Browser;
use super::program::json_of;

const METHODS: [(&str, Method); 4] =
    [("get", Method::GET), ("post", Method::POST), ("put", Method::PUT), ("delete", Method::DELETE)];

async fn document(browser: &Browser) -> Value {
    let answer = browser.get("/api/openapi.json").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    json_of(&answer)
}

/// The path with something in place of its parameters.
fn filled(path: &str) -> String {
    let fill = |part: &str| if part.starts_with('{') { String::from("x") } else { part.to_owned() };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_operation_of_the_document_is_answered_and_no_other_method_is() {
    let browser = Browser::new().await;
    let document = document(&browser).await;
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (word, method) in METHODS {
            let status = browser.with_method(method, &filled(path)).await.status.as_u16();
            let is_public = path == "/api/openapi.json" && word == "get";
            match item.get(word) {
                Some(_) if is_public => assert_eq!(status, 200),
                Some(_) => assert_eq!(status, 401, "{word} {path}"),
                // The Durable Functions API asks who calls before it looks what for.
                None => assert!([401, 405].contains(&status), "{word} {path}: {status}"),
            }
        }
    }
}

#[tokio::test]
async fn every_handler_that_is_described_is_in_the_document() {
    let document = document(&Browser::new().await).await;
    let items = document["paths"].as_object().expect("paths").values();
    let known = |item: &Value| METHODS.iter().filter(|(word, _)| item.get(word).is_some()).count();
    let operations: usize = items.map(known).sum();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
    let sources = [sources(&root.join("api")), sources(&root.join("durable"))].concat();
    assert_eq!(operations, sources.matches("#[utoipa::path(").count());
    // Whatever is routed without a description is the catch-all that says there is nothing.
    let bare: BTreeSet<_> = sources.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(bare, BTreeSet::from(["/", "/{*rest}"]));
}

fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            text.push_str(&sources(&path));
        } else {
            text.push_str(&fs::read_to_string(&path).expect("a readable file"));
        }
    }
    text
}

#[tokio::test]
async fn the_document_is_for_everybody_and_sent_only_to_those_who_do_not_have_it() {
    let browser = Browser::new().await;
    let tag = browser.get("/api/openapi.json").await.header("etag").to_owned();
    let known = Request::get("/api/openapi.json").header(header::IF_NONE_MATCH, &tag).body(Body::empty());
    let answer = browser.send(known.expect("a request")).await;
    assert_eq!((answer.status.as_u16(), answer.bytes.len(), answer.header("etag")), (304, 0, tag.as_str()));
}

#[tokio::test]
async fn the_page_shows_every_operation_with_a_call() {
    let browser = Browser::signed_in().await;
    let document = document(&browser).await;
    let page = browser.get("/api").await;
    assert_eq!(page.status, 200);
    let text = page.text();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for operation in METHODS.iter().filter_map(|(word, _)| item.get(word)) {
            let id = operation["operationId"].as_str().expect("an id");
            assert!(text.contains(&format!("id=\"{id}\"")), "{id} of {path}");
        }
    }
    assert!(text.contains("curl -H") && text.contains("/api.js"));
    assert!(page.header("content-security-policy").contains("connect-src 'self'"));
}
