//! Revisions by the API: submitted, listed, compared, and kept; and policies as files.

use axum::body::Body;
use axum::http::Method;
use countersign::portal::{Roles, Scope};
use serde_json::{Value, json};

use super::super::browser::Answer;
use super::program::{Program, fields, json_of, problem};

const APPROVER: Roles = Roles { requester: false, approver: true, admin: false };
const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };

/// A program of the requester's, with a request that waits for Ben, and Ben's token.
struct Scene {
    program: Program,
    ben: String,
    path: String,
}

impl Scene {
    async fn new() -> Self {
        let program = Program::new().await;
        let ben = program.person("ben", APPROVER).await;
        let token = program.token_of(&ben, &[Scope::RequestsDecide]).await;
        let id = program.submitted("Contract", &[&ben]).await;
        Self { program, ben: token, path: format!("/api/v1/requests/{id}") }
    }

    async fn get(&self, below: &str) -> Answer {
        self.program.get(&format!("{}{below}", self.path)).await
    }

    async fn decide(&self, verdict: &str) -> Value {
        let revision = json_of(&self.get("").await)["revision"].clone();
        let body = json!({ "verdict": verdict, "reason": "The notice period.", "revision": revision });
        json_of(&self.program.post_as(&self.ben, &format!("{}/decision", self.path), &body).await)
    }

    async fn revise(&self, body: Value) -> Answer {
        self.program.post(&format!("{}/revisions", self.path), &body).await
    }
}

#[tokio::test]
async fn what_was_sent_back_is_submitted_anew_compared_decided_and_kept() {
    let scene = Scene::new().await;
    assert_eq!(scene.decide("request_changes").await["request_state"], "changes_requested");
    let upload = scene.program.request(Method::POST, "/api/v1/files?name=annex.txt", &scene.program.token);
    let upload = scene.program.send(upload.body(Body::from("Annex")).expect("a request")).await;
    let files = json!([json_of(&upload)["id"]]);
    let revised = json!({ "title": "Contract, mended", "text": "Four weeks.", "files": files, "note": "As you say." });
    let answer = scene.revise(revised).await;
    assert_eq!(answer.status, 204, "{}", answer.text());

    let request = json_of(&scene.get("").await);
    assert_eq!((&request["state"], &request["revision_number"]), (&json!("waiting"), &json!(2)));
    let revisions = json_of(&scene.get("/revisions").await)["items"].clone();
    assert_eq!((&revisions[0]["title"], &revisions[1]["note"]), (&json!("Contract"), &json!("As you say.")));
    assert_eq!(revisions[1]["revision"], request["revision"]);
    let changes = json_of(&scene.get("/changes").await);
    assert_eq!(changes["text"], json!([{ "kind": "new", "text": "Four weeks.", "lines": 0 }]));
    assert_eq!((&changes["files"][0]["fate"], &changes["files"][0]["from"]), (&json!("added"), &Value::Null));
    assert_eq!(json_of(&scene.get("/changes?from=1&to=1").await)["files"], json!([]));
    problem(&scene.get("/changes?from=1&to=9").await, 404);
    problem(&scene.get("/changes?from=one").await, 400);
    let file = scene.get("/revisions/2/files/1").await;
    assert_eq!((file.status.as_u16(), file.bytes.as_slice()), (200, b"Annex".as_slice()));
    problem(&scene.get("/revisions/1/files/1").await, 404);

    problem(&scene.get("/archive").await, 409);
    assert_eq!(scene.decide("approve").await["request_state"], "approved");
    let archive = scene.get("/archive").await;
    assert_eq!((archive.status.as_u16(), archive.header("content-type")), (200, "application/zip"));
    assert!(archive.bytes.starts_with(b"PK"));
    problem(&scene.revise(json!({ "title": "Too late" })).await, 409);
}

#[tokio::test]
async fn a_revision_is_refused_by_its_fields_and_to_everybody_but_the_requester() {
    let scene = Scene::new().await;
    let same = scene.revise(json!({ "title": "Contract" })).await;
    assert_eq!(fields(&problem(&same, 422)), ["title"], "nothing was changed");
    assert_eq!(fields(&problem(&scene.revise(json!({ "title": "x", "files": ["1"] })).await, 422)), ["files.0"]);
    let gone = json!({ "title": "x", "files": ["01a2028b-0a41-74f5-9067-433a0914bd13"] });
    assert_eq!(fields(&problem(&scene.revise(gone).await, 422)), ["files"]);
    assert_eq!(fields(&problem(&scene.revise(json!({ "title": "x", "keeps": [1] })).await, 422)), ["keeps"]);
    let rea = scene.program.person("rea", REQUESTER).await;
    let rea = scene.program.token_of(&rea, &[Scope::RequestsWrite]).await;
    let path = format!("{}/revisions", scene.path);
    problem(&scene.program.post_as(&rea, &path, &json!({ "title": "Mine" })).await, 404);
    assert_eq!(json_of(&scene.get("").await)["revision_number"], 1);
}

#[tokio::test]
async fn a_revision_that_is_sent_again_with_its_key_is_submitted_once() {
    let scene = Scene::new().await;
    let (path, body) = (format!("{}/revisions", scene.path), json!({ "title": "Contract, mended" }));
    let first = scene.program.post_once("revision-1", &path, &body).await;
    let again = scene.program.post_once("revision-1", &path, &body).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (204, 204), "{}", again.text());
    assert_eq!(json_of(&scene.get("").await)["revision_number"], 2);
}

#[tokio::test]
async fn a_policy_asks_whom_its_preview_names_and_is_exported_as_the_portal_imports_it() {
    let program = Program::new().await;
    let (portal, admin) = (&program.browser.stand.portal, program.admin().await);
    let text = "name = \"Travel\"\n[[stage]]\naddresses = [\"ben@example.org\"]\nrule = \"all\"\ndue_in = \"3 days\"\n\
                [[stage.ladder]]\nat = \"due\"\ndo = \"reject\"\n";
    let id = portal.import_policy(&admin, text).await.expect("a policy");
    let path = format!("/api/v1/policies/{id}");
    let exported = program.get(&format!("{path}/export")).await;
    assert!(exported.header("content-type").starts_with("application/toml"), "{}", exported.text());
    assert_eq!(portal.import_policy(&admin, &exported.text()).await, Ok(id), "{}", exported.text());

    let preview = json_of(&program.get(&path).await)["preview"].clone();
    assert_eq!(preview[0]["asked"][0]["email"], "ben@example.org");
    let made = program.post("/api/v1/requests", &json!({ "title": "Lisbon", "policy": id.to_string() })).await;
    let id = json_of(&made)["id"].as_str().expect("an id").to_owned();
    let request = json_of(&program.get(&format!("/api/v1/requests/{id}")).await);
    assert_eq!(request["asked"][0]["person"]["email"], "ben@example.org");
    assert_eq!(request["policy"]["name"], "Travel");
}
