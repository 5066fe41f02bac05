//! What people do to a request beside deciding on it, by programs: the same rules and refusals, in the token's name.

use axum::body::Body;
use axum::http::Method;
use countersign::portal::audit::AuditFilter;
use countersign::portal::{RequestId, Roles, Scope};
use serde_json::{Value, json};

use super::super::browser::{ADMIN, Answer};
use super::program::{Program, fields, json_of, new_request, problem};

const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };
const APPROVER: Roles = Roles { requester: false, approver: true, admin: false };

/// A request of Rita's that waits for Ben and a guest, with tokens of both for what people do who take part.
struct Scene {
    program: Program,
    rita: String,
    ben: String,
    id: String,
}

impl Scene {
    async fn new() -> Self {
        let program = Program::new().await;
        let (rita, ben) = (program.person("rita", REQUESTER).await, program.person("ben", APPROVER).await);
        let rita = program.token_of(&rita, &[Scope::RequestsWrite, Scope::RequestsAct]).await;
        let ben_acts = program.token_of(&ben, &[Scope::RequestsAct]).await;
        let body = new_request("Contract", &[&ben, "ana@example.org"]);
        let made = program.post_as(&rita, "/api/v1/requests", &body).await;
        let id = json_of(&made)["id"].as_str().expect("an id").to_owned();
        program.browser.stand.open(id.parse::<RequestId>().expect("an id")).await;
        Self { program, rita, ben: ben_acts, id }
    }

    fn at(&self, verb: &str) -> String {
        format!("/api/v1/requests/{}/{verb}", self.id)
    }

    async fn post(&self, token: &str, verb: &str, body: Value) -> Answer {
        self.program.post_as(token, &self.at(verb), &body).await
    }

    /// The request as the admin reads it.
    async fn request(&self) -> Value {
        json_of(&self.program.get(&format!("/api/v1/requests/{}", self.id)).await)
    }

    /// The question put to this address.
    async fn question(&self, email: &str) -> Value {
        let asked = self.request().await["asked"].as_array().cloned().expect("questions");
        asked.into_iter().find(|asked| asked["person"]["email"] == email).expect("a question")
    }
}

fn assert_done(answer: &Answer) {
    assert_eq!(answer.status, 204, "{}", answer.text());
}

#[tokio::test]
async fn whoever_takes_part_comments_asks_others_reminds_and_withdraws() {
    let scene = Scene::new().await;
    assert_done(&scene.post(&scene.ben, "comments", json!({ "text": "Which annex?" })).await);
    assert_done(&scene.post(&scene.rita, "approvers", json!({ "email": "nina@example.org" })).await);
    let again = scene.post(&scene.rita, "approvers", json!({ "email": "nina@example.org" })).await;
    assert_eq!(fields(&problem(&again, 422)), ["email"]);
    let reminded = scene.post(&scene.rita, "remind", Value::Null).await;
    assert_eq!(json_of(&reminded), json!({ "people": 3 }));
    problem(&scene.post(&scene.rita, "remind", Value::Null).await, 409);
    assert_done(&scene.post(&scene.rita, "withdraw", json!({ "reason": "Too early" })).await);
    let detail = problem(&scene.post(&scene.rita, "withdraw", json!({})).await, 409)["detail"].clone();
    assert!(detail.as_str().is_some_and(|detail| detail.contains("ended already")), "{detail}");

    assert_eq!(scene.request().await["state"], "withdrawn");
    let events = json_of(&scene.program.get(&scene.at("events")).await);
    let notes: Vec<_> = events["items"].as_array().into_iter().flatten().map(|event| &event["note"]).collect();
    assert!(notes.contains(&&json!("Which annex?")) && notes.contains(&&json!("Too early")), "{notes:?}");
    let admin = scene.program.admin().await;
    let about = AuditFilter { object: scene.id.clone(), ..AuditFilter::default() };
    let log = scene.program.browser.stand.portal.audit_log(&admin, &about, None).await.expect("the log");
    let entries = log.page.rows.into_iter().map(|line| line.row.entry);
    let mut withdrawn = entries.filter(|entry| entry.action == "request.withdrawn");
    assert_eq!(withdrawn.next().expect("a row").actor_kind, "token", "the log names what was used");
}

#[tokio::test]
async fn observers_come_and_go() {
    let scene = Scene::new().await;
    assert_done(&scene.post(&scene.ben, "observers", json!({ "email": "otto@example.org" })).await);
    let observers = scene.request().await["observers"].clone();
    assert_eq!(observers[0]["email"], "otto@example.org");
    let path = scene.at(&format!("observers/{}", observers[0]["id"].as_str().expect("an id")));
    problem(&scene.program.call_as(&scene.ben, Method::DELETE, &path, "").await, 403);
    assert_done(&scene.program.call_as(&scene.rita, Method::DELETE, &path, "").await);
    problem(&scene.program.call_as(&scene.rita, Method::DELETE, &path, "").await, 404);
    assert_eq!(scene.request().await["observers"], json!([]));
}

#[tokio::test]
async fn a_question_is_passed_on_by_whoever_has_it_and_once() {
    let scene = Scene::new().await;
    let question = scene.question("ben@example.org").await;
    let path = format!("/api/v1/questions/{}/reassign", question["id"].as_str().expect("an id"));
    let to_nina = json!({ "to": "nina@example.org" });
    problem(&scene.program.post_as(&scene.rita, &path, &to_nina).await, 403);
    assert_done(&scene.program.post_as(&scene.ben, &path, &to_nina).await);
    assert_eq!(scene.question("nina@example.org").await["state"], "pending");
    problem(&scene.program.post_as(&scene.ben, &path, &json!({ "to": "eve@example.org" })).await, 404);
}

#[tokio::test]
async fn an_admins_token_reaches_what_its_owner_takes_no_part_in_only_with_the_scope_to_manage() {
    let scene = Scene::new().await;
    let question = scene.question("ana@example.org").await;
    let path = format!("/api/v1/questions/{}/reassign", question["id"].as_str().expect("an id"));
    let to_nina = json!({ "to": "nina@example.org", "reason": "Away" });
    let acting = scene.program.token_of(ADMIN, &[Scope::RequestsAct]).await;
    problem(&scene.program.post_as(&acting, &path, &to_nina).await, 404);
    problem(&scene.post(&acting, "withdraw", json!({})).await, 404);
    problem(&scene.post(&acting, "comments", json!({ "text": "Hello" })).await, 404);

    let managing = scene.program.token_of(ADMIN, &[Scope::RequestsAct, Scope::RequestsManage]).await;
    let silent = scene.program.post_as(&managing, &path, &json!({ "to": "nina@example.org" })).await;
    assert_eq!(fields(&problem(&silent, 422)), ["reason"]);
    assert_done(&scene.program.post_as(&managing, &path, &to_nina).await);
    assert_done(&scene.post(&managing, "comments", json!({ "text": "Nina takes over." })).await);
}

#[tokio::test]
async fn admins_hold_resume_and_overrule_and_lost_races_say_how_it_stands() {
    let scene = Scene::new().await;
    let managing = scene.program.token_of(ADMIN, &[Scope::RequestsManage]).await;
    let why = json!({ "reason": "Audit" });
    assert_done(&scene.post(&managing, "hold", why.clone()).await);
    let detail = problem(&scene.post(&managing, "hold", why.clone()).await, 409)["detail"].clone();
    assert!(detail.as_str().is_some_and(|detail| detail.contains("on hold already")), "{detail}");
    assert_eq!(scene.request().await["state"], "on_hold");
    let approved = json!({ "verdict": "approve", "reason": "Urgent" });
    problem(&scene.post(&managing, "overrule", approved.clone()).await, 409);
    assert_done(&scene.post(&managing, "resume", why.clone()).await);
    problem(&scene.post(&managing, "restart", why).await, 409);
    assert_eq!(fields(&problem(&scene.post(&managing, "terminate", json!({ "reason": " " })).await, 422)), ["reason"]);
    problem(&scene.post(&managing, "overrule", json!({ "verdict": "request_changes", "reason": "x" })).await, 422);
    assert_done(&scene.post(&managing, "overrule", approved.clone()).await);
    assert_eq!(scene.request().await["state"], "approved");
    problem(&scene.post(&managing, "overrule", approved).await, 409);
}

#[tokio::test]
async fn a_comment_that_is_sent_again_with_its_key_stands_there_once() {
    let scene = Scene::new().await;
    let send = async || {
        let request = scene.program.request(Method::POST, &scene.at("comments"), &scene.ben);
        let request = request.header("content-type", "application/json").header("idempotency-key", "comment-1");
        scene.program.send(request.body(Body::from(r#"{"text":"Once"}"#)).expect("a request")).await
    };
    let (first, again) = (send().await, send().await);
    assert_done(&first);
    assert_done(&again);
    assert!(!first.headers.contains_key("idempotency-replayed"));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let events = json_of(&scene.program.get(&scene.at("events")).await);
    let comments = events["items"].as_array().into_iter().flatten().filter(|event| event["kind"] == "commented");
    assert_eq!(comments.count(), 1);
}

#[tokio::test]
async fn who_observes_already_is_no_error_with_or_without_the_key_of_the_first_call() {
    let scene = Scene::new().await;
    let body = json!({ "email": "otto@example.org" });
    assert_done(&scene.post(&scene.ben, "observers", body.clone()).await);
    for _ in 0..2 {
        let request = scene.program.request(Method::POST, &scene.at("observers"), &scene.ben);
        let request = request.header("content-type", "application/json").header("idempotency-key", "observer-1");
        let answer = scene.program.send(request.body(Body::from(body.to_string())).expect("a request")).await;
        assert_done(&answer);
    }
    assert_eq!(scene.request().await["observers"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn strangers_find_nothing_whatever_the_verb() {
    let scene = Scene::new().await;
    let eve = scene.program.person("eve", REQUESTER).await;
    let eve = scene.program.token_of(&eve, &[Scope::RequestsAct, Scope::RequestsWrite]).await;
    let bodies = [
        ("comments", json!({ "text": "Hello" })),
        ("withdraw", json!({})),
        ("approvers", json!({ "email": "eve@example.org" })),
        ("observers", json!({ "email": "eve@example.org" })),
        ("remind", Value::Null),
        ("revisions", json!({ "title": "Mine" })),
    ];
    let before = scene.request().await;
    for (verb, body) in bodies {
        problem(&scene.post(&eve, verb, body).await, 404);
    }
    assert_eq!(scene.request().await, before);
}
