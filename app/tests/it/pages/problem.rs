//! Error pages.

use axum::response::IntoResponse;
use countersign::pages;
use countersign::view::{Frame, Problem};

use crate::support::html::{assert_sound, keep, tags};
use crate::support::views::member;

#[test]
fn every_error_has_its_status_its_words_and_the_number_for_the_log() {
    for status in [400, 403, 404, 405, 409, 413, 422, 429, 500, 503] {
        let page = Problem { status, detail: String::new(), request_id: "0193-f00d".into() };
        let shown = pages::problem(Frame::default(), page);
        let html = keep(&format!("problem-{status}"), &shown);
        assert_sound("problem", &html);
        assert!(tags(&html, "script").is_empty());
        assert!(html.contains("0193-f00d"));
        assert_eq!(shown.into_response().status().as_u16(), status);
    }
}

#[test]
fn an_error_inside_the_portal_keeps_the_navigation() {
    let detail = "A finished instance cannot be suspended.".to_owned();
    let html =
        keep("problem-member", &pages::problem(member(), Problem { status: 409, detail, request_id: "0193".into() }));
    assert_sound("problem", &html);
    assert!(html.contains("aria-label=\"Main\""));
    assert!(html.contains("A finished instance cannot be suspended."));
}
