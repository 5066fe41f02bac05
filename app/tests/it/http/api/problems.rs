//! Every refusal is a problem that says what happened and what would help.

use axum::body::Body;
use axum::http::{Method, Request, header};
use countersign::portal::Scope;
use serde_json::json;

use super::super::browser::ADMIN;
use super::program::{Program, fields, new_request, problem};

#[tokio::test]
async fn without_a_token_that_works_nothing_is_answered() {
    let program = Program::new().await;
    for token in ["", "cst_forged"] {
        let request = program.request(Method::GET, "/api/v1/me", token).body(Body::empty()).expect("a request");
        let answer = program.send(request).await;
        problem(&answer, 401);
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
    }
}

#[tokio::test]
async fn a_session_is_no_token() {
    let mut program = Program::new().await;
    program.browser.sign_in(ADMIN).await;
    problem(&program.browser.get("/api/v1/me").await, 401);
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let program = Program::new().await;
    let token = program.token_of(ADMIN, &[Scope::PeopleRead]).await;
    let answer = program.call_as(&token, Method::GET, "/api/v1/requests", "").await;
    assert!(problem(&answer, 403)["detail"].as_str().is_some_and(|detail| detail.contains("requests:read")));
}

#[tokio::test]
async fn what_is_not_there_and_what_is_done_in_another_way_are_problems_too() {
    let program = Program::new().await;
    for path in ["/api/nothing", "/api/v1/nothing", "/api/v1/requests/no-id", "/api/v1/requests/%00"] {
        problem(&program.get(path).await, 404);
    }
    let answer = program.call_as(&program.token, Method::DELETE, "/api/v1/requests", "").await;
    problem(&answer, 405);
    assert!(answer.header("allow").contains("GET"));
}

#[tokio::test]
async fn a_body_that_is_no_json_is_told_where() {
    let program = Program::new().await;
    let answer = program.call_as(&program.token, Method::POST, "/api/v1/requests", "{\"title\":\n nix}").await;
    assert!(problem(&answer, 400)["detail"].as_str().is_some_and(|detail| detail.contains("line 2")));
}

#[tokio::test]
async fn a_body_of_another_kind_or_size_is_refused() {
    let program = Program::new().await;
    let request = program.request(Method::POST, "/api/v1/requests", &program.token);
    let request = request.header(header::CONTENT_TYPE, "text/plain").body(Body::from("{}")).expect("a request");
    problem(&program.send(request).await, 415);
    let large = json!({ "title": "x".repeat(3_000_000) }).to_string();
    problem(&program.call_as(&program.token, Method::POST, "/api/v1/requests", &large).await, 413);
}

#[tokio::test]
async fn what_is_wrong_is_told_by_the_names_of_the_body() {
    let program = Program::new().await;
    let mut wrong = new_request("", &["ben@example.org", "nobody"]);
    wrong["due_in_seconds"] = json!(0);
    wrong["escalate_to"] = json!("ana@example.org");
    let refused = program.post("/api/v1/requests", &wrong).await;
    let problem_told = problem(&refused, 422);
    let told = fields(&problem_told);
    for field in ["title", "approvers.1", "due_in_seconds", "escalate_for_seconds"] {
        assert!(told.contains(&field), "{field}: {told:?}");
    }
    let unknown = json!({ "titel": "x" });
    assert_eq!(fields(&problem(&program.post("/api/v1/requests", &unknown).await, 422)), ["titel"]);
}

#[tokio::test]
async fn no_text_holds_a_nul() {
    let program = Program::new().await;
    problem(&program.post("/api/v1/requests", &new_request("a\0b", &["ben@example.org"])).await, 422);
}

#[tokio::test]
async fn queries_that_make_no_sense_are_refused() {
    let program = Program::new().await;
    for query in ["limit=0", "limit=101", "limit=x", "limit=99999999999999999999", "cursor=x", "cursor=%00", "tab=none"]
    {
        problem(&program.get(&format!("/api/v1/requests?{query}")).await, 400);
    }
}

#[tokio::test]
async fn every_answer_says_how_often_one_may_go_on_and_the_refusal_says_when_to_come_back() {
    let program = Program::new().await;
    let answer = program.get("/api/v1/nothing-but/v1").await;
    problem(&answer, 404);
    let call = || program.request(Method::GET, "/api/v1/me", &program.token).body(Body::empty()).expect("a request");
    let first = program.browser.send(call()).await;
    let left: u32 = first.header("ratelimit-remaining").parse().expect("a number");
    for _ in 0..left {
        assert_eq!(program.browser.send(call()).await.status, 200);
    }
    let refused = program.browser.send(call()).await;
    problem(&refused, 429);
    assert_eq!((refused.header("ratelimit-remaining"), refused.header("retry-after")), ("0", "1"));
}

#[tokio::test]
async fn no_link_and_no_secret_of_the_portal_is_reachable() {
    let program = Program::new().await;
    let id = program.submitted("Contract", &["ben@example.org"]).await;
    program.browser.stand.open(id.parse().expect("an id")).await;
    for path in ["", "/events"] {
        let text = program.get(&format!("/api/v1/requests/{id}{path}")).await.text();
        assert!(!text.contains("csn_") && !text.contains("/d/") && !text.contains("/decide/"), "{text}");
    }
    for path in ["/api/v1/mails", "/api/v1/links", "/api/v1/outbox"] {
        problem(&program.get(path).await, 404);
    }
    let foreign = Request::get("/outbox").header(header::AUTHORIZATION, format!("Bearer {}", program.token));
    assert_eq!(
        program.send(foreign.body(Body::empty()).expect("a request")).await.status,
        303,
        "a token opens no page"
    );
}
