//! Programs that call the API. The engine does not run: what is asked here is rows.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use countersign::auth::ApiToken;
use countersign::portal::tokens::TokenDraft;
use countersign::portal::{Actor, InviteDraft, Roles, Scope};
use serde_json::{Value, json};

use super::super::browser::{ADMIN, Answer, Browser, PASSWORD};

/// A portal, and a program that calls it with a token of its admin.
pub(super) struct Program {
    pub(super) browser: Browser,
    pub(super) token: String,
}

impl Program {
    pub(super) async fn new() -> Self {
        let browser = Browser::new().await;
        let mut program = Self { browser, token: String::new() };
        program.token = program.token_of(ADMIN, &Scope::ALL).await;
        program
    }

    /// The admin with a session.
    pub(super) async fn admin(&self) -> Actor {
        Actor::User(self.browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"))
    }

    /// Makes somebody with these roles; gives their address.
    pub(super) async fn person(&self, name: &str, roles: Roles) -> String {
        let (portal, email) = (&self.browser.stand.portal, format!("{name}@example.org"));
        let admin = self.admin().await;
        let draft = InviteDraft { name: String::new(), email: email.clone(), roles };
        portal.invite(&admin, draft).await.expect("invited");
        let mail = portal.outbox(&admin, None, None).await.expect("mails").rows[0].mail.id;
        let link = portal.mail(&admin, mail).await.expect("a mail").link.expect("a link");
        portal.accept_invitation(link.claims(), name, PASSWORD).await.expect("accepted");
        email
    }

    /// A token of somebody with these scopes.
    pub(super) async fn token_of(&self, email: &str, scopes: &[Scope]) -> String {
        let text = ApiToken::mint();
        let draft = TokenDraft { name: "test".into(), scopes: scopes.iter().copied().collect(), days: Some(7) };
        let made = self.browser.stand.portal.create_token_for(&Actor::Cli, email, draft, text.hash()).await;
        made.expect("a token");
        text.expose().to_owned()
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path, &self.token).body(Body::empty()).expect("a request")).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_as(&self.token, path, body).await
    }

    pub(super) async fn post_as(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.call_as(token, Method::POST, path, &body.to_string()).await
    }

    pub(super) async fn call_as(&self, token: &str, method: Method, path: &str, body: &str) -> Answer {
        let request = self.request(method, path, token).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    }

    /// Posts with an idempotency key.
    pub(super) async fn post_once(&self, key: &str, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path, &self.token).header("idempotency-key", key);
        let request = request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string()));
        self.send(request.expect("a request")).await
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        // The bucket of a token fills with the time of the portal, which else stands still.
        self.browser.stand.pass(Duration::from_millis(200));
        self.browser.send(request).await
    }

    pub(super) fn request(&self, method: Method, path: &str, token: &str) -> axum::http::request::Builder {
        let request = Request::builder().method(method).uri(path);
        if token.is_empty() { request } else { request.header(header::AUTHORIZATION, format!("Bearer {token}")) }
    }

    /// Submits a request to these people; gives its id.
    pub(super) async fn submitted(&self, title: &str, approvers: &[&str]) -> String {
        let answer = self.post("/api/v1/requests", &new_request(title, approvers)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        json_of(&answer)["id"].as_str().expect("an id").to_owned()
    }
}

pub(super) fn new_request(title: &str, approvers: &[&str]) -> Value {
    json!({ "title": title, "approvers": approvers, "rule": "any", "due_in_seconds": 3600, "final_rule": "reject" })
}

pub(super) fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.bytes).unwrap_or_else(|error| panic!("{error}: {}", answer.text()))
}

/// Asserts the status and the form of a problem; gives it.
pub(super) fn problem(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = json_of(answer);
    assert_eq!(problem["status"], status);
    assert_eq!(problem["type"], "about:blank");
    assert_eq!(problem["instance"], answer.header("x-request-id"));
    assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{problem}");
    assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
    problem
}

/// The fields that a 422 names.
pub(super) fn fields(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().into_iter().flatten().filter_map(|error| error["field"].as_str()).collect()
}
