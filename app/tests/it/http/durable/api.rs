//! Programs that call the API.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use countersign::auth::ApiToken;
use countersign::portal::tokens::TokenDraft;
use countersign::portal::{Actor, InviteDraft, Roles, Scope};
use countersign_engine::{Engine, InstanceId, InstanceRecord};
use serde_json::Value;

use super::super::browser::{ADMIN, Answer, Browser, PASSWORD};

pub(super) const PREFIX: &str = "/runtime/webhooks/durabletask";
pub(super) const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };
pub(super) const APPROVER: Roles = Roles { requester: false, approver: true, admin: false };
pub(super) const ADMINISTRATOR: Roles = Roles { requester: false, approver: false, admin: true };

/// How long a test waits for an instance, in case it never ends.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// A portal whose engine runs, and a program that calls it with a token of its admin.
pub(super) struct Api {
    pub(super) browser: Browser,
    pub(super) token: String,
    engine: Engine,
}

impl Api {
    pub(super) async fn new() -> Self {
        let browser = Browser::new().await;
        let engine = browser.stand.run().await;
        let mut api = Self { browser, engine, token: String::new() };
        api.token = api.token_of(ADMIN, &Scope::ALL).await;
        api
    }

    /// Makes somebody with these roles; gives their address.
    pub(super) async fn person(&self, name: &str, roles: Roles) -> String {
        let (portal, email) = (&self.browser.stand.portal, format!("{name}@example.org"));
        let admin = Actor::User(portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
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
        let draft = TokenDraft { name: "test".into(), scopes: scopes.iter().copied().collect(), days: Some(1) };
        let made = self.browser.stand.portal.create_token_for(&Actor::Cli, email, draft, text.hash()).await;
        made.expect("a token");
        text.expose().to_owned()
    }

    /// Calls with the admin's token and a JSON body.
    pub(super) async fn call(&self, method: Method, path: &str, body: &str) -> Answer {
        self.call_as(&self.token, method, path, body).await
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, "").await
    }

    pub(super) async fn post(&self, path: &str, body: &str) -> Answer {
        self.call(Method::POST, path, body).await
    }

    pub(super) async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, "").await
    }

    pub(super) async fn call_as(&self, token: &str, method: Method, path: &str, body: &str) -> Answer {
        let request = request(method, path, body).header("x-functions-key", token);
        self.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        // The bucket of a token fills with the time of the portal, which else stands still.
        self.browser.stand.pass(Duration::from_secs(1));
        self.browser.send(request).await
    }

    /// Starts a workflow under an id.
    pub(super) async fn start(&self, name: &str, id: &str, input: &str) {
        let answer = self.post(&format!("/orchestrators/{name}/{id}"), input).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
    }

    /// Waits until an instance has ended.
    pub(super) async fn end_of(&self, id: &str) -> InstanceRecord {
        let ended = self.browser.stand.client.wait_for_completion(&parsed(id), PATIENCE).await;
        ended.unwrap_or_else(|error| panic!("{id}: {error}"))
    }

    /// Waits until an instance shows something that `is` right.
    pub(super) async fn until(&self, id: &str, is: impl Fn(&InstanceRecord) -> bool) -> InstanceRecord {
        let client = &self.browser.stand.client;
        let mut record = client.status(&parsed(id)).await.expect("a readable row").expect("the instance");
        while !is(&record) {
            record = client.wait_for_change(&parsed(id), &record.seen(), PATIENCE).await.expect("another state");
        }
        record
    }

    /// An instance that waits for ever: nobody answers.
    pub(super) async fn waiting(&self, id: &str) {
        self.start("AsyncHttp", id, r#"{"seconds": 86400}"#).await;
        self.until(id, |record| record.custom_status.is_some()).await;
    }

    /// An instance that has failed: its input is of the wrong kind.
    pub(super) async fn failed(&self, id: &str) {
        self.start("AsyncHttp", id, "true").await;
        self.end_of(id).await;
    }

    /// An instance that has completed.
    pub(super) async fn completed(&self, id: &str) {
        self.start("Greet", id, "\"Ana\"").await;
        self.end_of(id).await;
    }

    /// Stops the engine, so that the database is closed in order.
    pub(super) async fn stop(self) {
        self.engine.shutdown().await;
    }
}

pub(super) fn request(method: Method, path: &str, body: &str) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(format!("{PREFIX}{path}"));
    if body.is_empty() { request } else { request.header(header::CONTENT_TYPE, "application/json") }
}

fn parsed(id: &str) -> InstanceId {
    InstanceId::parse(id).expect("a valid id")
}

pub(super) fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.bytes).unwrap_or_else(|error| panic!("{error}: {}", answer.text()))
}

/// Asserts the status and the form of a refusal; gives its sentence.
pub(super) fn refused(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.text());
    let body = json(answer);
    let text = |key: &str| body[key].as_str().unwrap_or_else(|| panic!("{key}: {body}")).to_owned();
    assert_eq!(text("Message"), text("ExceptionMessage"));
    assert_eq!(text("StackTrace"), "");
    assert!(!text("ExceptionType").is_empty() && !text("Message").is_empty(), "{body}");
    text("Message")
}
