//! Requests by the API: their owner's decisions, and nobody else's.

use countersign::portal::{Roles, Scope};
use serde_json::{Value, json};

use super::super::browser::ADMIN;
use super::program::{Program, fields, json_of, problem};

const APPROVER: Roles = Roles { requester: false, approver: true, admin: false };

async fn revision(program: &Program, id: &str) -> Value {
    json_of(&program.get(&format!("/api/v1/requests/{id}")).await)["revision"].clone()
}

#[tokio::test]
async fn whoever_is_asked_decides_with_their_own_token_and_the_first_answer_stands() {
    let program = Program::new().await;
    let ben = program.person("ben", APPROVER).await;
    let token = program.token_of(&ben, &[Scope::RequestsDecide]).await;
    let id = program.submitted("Contract", &[&ben]).await;
    let path = format!("/api/v1/requests/{id}/decision");
    let yes = json!({ "verdict": "approve", "revision": revision(&program, &id).await });
    let receipt = json_of(&program.post_as(&token, &path, &yes).await);
    assert_eq!((&receipt["recorded"], &receipt["request_state"]), (&json!(true), &json!("approved")));
    let no = json!({ "verdict": "reject", "reason": "No.", "revision": receipt["revision"] });
    let again = json_of(&program.post_as(&token, &path, &no).await);
    assert_eq!((&again["recorded"], &again["verdict"]), (&json!(false), &json!("approve")));
    assert_eq!(again["id"], receipt["id"]);
}

#[tokio::test]
async fn nobody_decides_for_somebody_else_not_even_an_admin() {
    let program = Program::new().await;
    let ben = program.person("ben", APPROVER).await;
    let eve = program.person("eve", APPROVER).await;
    let id = program.submitted("Contract", &[&ben]).await;
    let yes = json!({ "verdict": "approve", "revision": revision(&program, &id).await });
    for email in [ADMIN, eve.as_str()] {
        let token = program.token_of(email, &[Scope::RequestsDecide, Scope::RequestsRead]).await;
        problem(&program.post_as(&token, &format!("/api/v1/requests/{id}/decision"), &yes).await, 404);
    }
    let mut named = yes.clone();
    named["user"] = json!(ben);
    let answer = program.post(&format!("/api/v1/requests/{id}/decision"), &named).await;
    assert_eq!(fields(&problem(&answer, 422)), ["user"], "the body cannot name who decides");
    assert_eq!(json_of(&program.get(&format!("/api/v1/requests/{id}")).await)["state"], "waiting");
}

#[tokio::test]
async fn an_answer_is_bound_to_the_revision_that_was_read() {
    let program = Program::new().await;
    let ben = program.person("ben", APPROVER).await;
    let token = program.token_of(&ben, &[Scope::RequestsDecide]).await;
    let id = program.submitted("Contract", &[&ben]).await;
    let path = format!("/api/v1/requests/{id}/decision");
    problem(&program.post_as(&token, &path, &json!({ "verdict": "approve", "revision": "0".repeat(64) })).await, 409);
    let wrong = program.post_as(&token, &path, &json!({ "verdict": "approve", "revision": "x" })).await;
    assert_eq!(fields(&problem(&wrong, 422)), ["revision"]);
    let silent = json!({ "verdict": "reject", "revision": revision(&program, &id).await });
    assert_eq!(fields(&problem(&program.post_as(&token, &path, &silent).await, 422)), ["reason"]);
}

#[tokio::test]
async fn a_request_is_read_as_it_was_written() {
    let program = Program::new().await;
    let id = program.submitted("Contract", &["ben@example.org", "ana@example.org"]).await;
    let request = json_of(&program.get(&format!("/api/v1/requests/{id}")).await);
    assert_eq!(
        (&request["title"], &request["state"], &request["rule"]),
        (&json!("Contract"), &json!("waiting"), &json!("any"))
    );
    assert_eq!(request["asked"].as_array().map(Vec::len), Some(2));
    let (submitted, due) = (&request["submitted_at"], &request["due_at"]);
    assert!(submitted.as_str().is_some_and(|at| at.ends_with('Z') && at.contains('T')), "{submitted}");
    assert!(due.as_str() > submitted.as_str());
}

#[tokio::test]
async fn the_certificate_is_there_once_the_request_has_ended() {
    let program = Program::new().await;
    let ben = program.person("ben", APPROVER).await;
    let token = program.token_of(&ben, &[Scope::RequestsDecide]).await;
    let id = program.submitted("Contract", &[&ben]).await;
    let path = format!("/api/v1/requests/{id}/certificate");
    problem(&program.get(&path).await, 409);
    let yes = json!({ "verdict": "approve", "revision": revision(&program, &id).await });
    json_of(&program.post_as(&token, &format!("/api/v1/requests/{id}/decision"), &yes).await);
    let answer = program.get(&path).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/pdf"));
    assert!(answer.bytes.starts_with(b"%PDF-1.7"));
}
