//! Another site makes a browser post: every address of the portal that takes a POST refuses it.

use std::fs;
use std::path::Path;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use super::super::browser::Browser;

const ID: &str = "01a2028b-0a41-74f5-9067-433a0914bd13";

/// Every address that the router posts to, from its own table, so that none is left out.
fn posted_to() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(root.join(path)).expect("a readable file");
    let (router, patterns) = (read("src/http/router.rs"), read("src/pages/paths.rs"));
    let routes: Vec<(&str, &str)> =
        router.split("paths::").skip(1).filter_map(|route| route.split_once("::PATTERN")).collect();
    assert_eq!(routes.len(), router.matches("::PATTERN").count(), "a route is written in a way that is not read here");
    let posting = routes.into_iter().filter(|(_, handlers)| handlers.contains("post("));
    posting.map(|(name, _)| address(&patterns, name)).collect()
}

/// The address of a route, with an id for whatever varies.
fn address(patterns: &str, name: &str) -> String {
    let starts = [format!("{name} = "), format!("{name}(")];
    let mut lines = patterns.lines().map(str::trim_start);
    let line = lines.find(|line| starts.iter().any(|start| line.starts_with(start))).expect("the pattern of a route");
    let pattern = line.rsplit('"').nth(1).expect("a text");
    let segments = pattern.split('/').map(|segment| if segment.starts_with('{') { ID } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn no_address_takes_a_post_from_another_site() {
    let browser = Browser::signed_in().await;
    let addresses = posted_to();
    assert!(addresses.len() > 40, "only {} addresses were found", addresses.len());
    let foreign: [&[(&str, &str)]; 3] = [
        &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-site"), ("origin", "http://other.127.0.0.1:3000")],
        &[("origin", "https://evil.example")],
    ];
    for path in addresses {
        for headers in foreign {
            let kind = "application/x-www-form-urlencoded";
            let mut request = Request::post(&path).header(header::CONTENT_TYPE, kind);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let body = Body::from("verdict=approve&reason=because&email=eve%40evil.example");
            let answer = browser.send(request.body(body).expect("a request")).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} with {headers:?}");
            assert!(answer.text().contains("This came from another site"), "{path} with {headers:?}");
        }
    }
}
