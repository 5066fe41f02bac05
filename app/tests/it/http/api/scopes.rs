//! Each scope and each role against each operation.

use std::collections::BTreeMap;

use axum::http::Method;
use countersign::portal::{Roles, Scope};

use super::super::browser::ADMIN;
use super::program::{Program, json_of, problem};

const ID: &str = "01a2028b-0a41-74f5-9067-433a0914bd13";
const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };

/// Every operation with the scope that it needs and whether it is for admins only.
fn table() -> Vec<(Method, String, Scope, bool)> {
    let row = |method, path: &str, scope, admin| (method, format!("/api/v1/{path}"), scope, admin);
    let of = |path: &str| format!("{path}/{ID}");
    vec![
        row(Method::GET, "people", Scope::PeopleRead, true),
        row(Method::GET, "requests", Scope::RequestsRead, false),
        row(Method::GET, &of("requests"), Scope::RequestsRead, false),
        row(Method::GET, &format!("requests/{ID}/events"), Scope::RequestsRead, false),
        row(Method::GET, &format!("requests/{ID}/certificate"), Scope::RequestsRead, false),
        row(Method::GET, &format!("requests/{ID}/archive"), Scope::RequestsRead, false),
        row(Method::GET, &format!("requests/{ID}/revisions"), Scope::RequestsRead, false),
        row(Method::GET, &format!("requests/{ID}/revisions/1/files/1"), Scope::RequestsRead, false),
        row(Method::GET, &format!("requests/{ID}/changes"), Scope::RequestsRead, false),
        row(Method::POST, &format!("requests/{ID}/remind"), Scope::RequestsAct, false),
        row(Method::DELETE, &format!("requests/{ID}/observers/{ID}"), Scope::RequestsAct, false),
        row(Method::GET, &format!("policies/{ID}/export"), Scope::PoliciesRead, true),
        row(Method::GET, "policies", Scope::RequestsRead, false),
        row(Method::GET, &of("policies"), Scope::RequestsRead, false),
        row(Method::POST, "files", Scope::RequestsWrite, false),
        row(Method::GET, "workflows", Scope::InstancesRead, false),
        row(Method::GET, "workflows/Greet", Scope::InstancesRead, false),
        row(Method::GET, "workflows/Greet/runs", Scope::InstancesRead, false),
        row(Method::GET, "monitors", Scope::MonitorsRead, false),
        row(Method::GET, &of("monitors"), Scope::MonitorsRead, false),
        row(Method::GET, &format!("monitors/{ID}/checks"), Scope::MonitorsRead, false),
        row(Method::DELETE, &of("monitors"), Scope::MonitorsWrite, false),
        row(Method::POST, &format!("monitors/{ID}/pause"), Scope::MonitorsWrite, false),
        row(Method::POST, &format!("monitors/{ID}/resume"), Scope::MonitorsWrite, false),
        row(Method::POST, &format!("monitors/{ID}/check-now"), Scope::MonitorsWrite, false),
        row(Method::GET, "webhooks", Scope::WebhooksRead, true),
        row(Method::GET, &of("webhooks"), Scope::WebhooksRead, true),
        row(Method::GET, &format!("webhooks/{ID}/deliveries"), Scope::WebhooksRead, true),
        row(Method::DELETE, &of("webhooks"), Scope::WebhooksWrite, true),
        row(Method::POST, &format!("webhooks/{ID}/disable"), Scope::WebhooksWrite, true),
        row(Method::POST, &format!("webhooks/{ID}/enable"), Scope::WebhooksWrite, true),
        row(Method::GET, &of("deliveries"), Scope::WebhooksRead, true),
        row(Method::POST, &format!("deliveries/{ID}/redeliver"), Scope::WebhooksWrite, true),
    ]
}

/// Operations whose bodies are looked at first, with one that would do.
fn with_bodies() -> Vec<(Method, String, &'static str, Scope)> {
    let monitor = r#"{"name":"Shop","url":"http://127.0.0.1:1/","interval_seconds":60}"#;
    let webhook = r#"{"url":"http://127.0.0.1:1/","events":["request.closed"]}"#;
    let request = r#"{"title":"Contract","approvers":["ben@example.org"],"rule":"any","final_rule":"reject"}"#;
    let decision =
        r#"{"verdict":"approve","revision":"0000000000000000000000000000000000000000000000000000000000000000"}"#;
    let path = |path: &str| format!("/api/v1/{path}");
    let of = |verb: &str| format!("/api/v1/requests/{ID}/{verb}");
    let (email, reason) = (r#"{"email":"ben@example.org"}"#, r#"{"reason":"Urgent"}"#);
    vec![
        (Method::POST, of("revisions"), r#"{"title":"Contract"}"#, Scope::RequestsWrite),
        (Method::POST, of("comments"), r#"{"text":"Hello"}"#, Scope::RequestsAct),
        (Method::POST, of("withdraw"), "{}", Scope::RequestsAct),
        (Method::POST, of("approvers"), email, Scope::RequestsAct),
        (Method::POST, of("observers"), email, Scope::RequestsAct),
        (Method::POST, path(&format!("questions/{ID}/reassign")), r#"{"to":"ben@example.org"}"#, Scope::RequestsAct),
        (Method::POST, of("overrule"), r#"{"verdict":"approve","reason":"Urgent"}"#, Scope::RequestsManage),
        (Method::POST, of("hold"), reason, Scope::RequestsManage),
        (Method::POST, of("resume"), reason, Scope::RequestsManage),
        (Method::POST, of("terminate"), reason, Scope::RequestsManage),
        (Method::POST, of("restart"), reason, Scope::RequestsManage),
        (Method::POST, path("requests"), request, Scope::RequestsWrite),
        (Method::POST, path(&format!("requests/{ID}/decision")), decision, Scope::RequestsDecide),
        (Method::POST, path("workflows/Greet/runs"), "{}", Scope::InstancesStart),
        (Method::POST, path("monitors"), monitor, Scope::MonitorsWrite),
        (Method::PUT, path(&format!("monitors/{ID}")), monitor, Scope::MonitorsWrite),
        (Method::POST, path("webhooks"), webhook, Scope::WebhooksWrite),
        (Method::PUT, path(&format!("webhooks/{ID}")), webhook, Scope::WebhooksWrite),
    ]
}

#[tokio::test]
async fn each_operation_needs_its_scope_and_no_other() {
    let program = Program::new().await;
    let mut lacking = BTreeMap::new();
    for scope in Scope::ALL {
        let others: Vec<_> = Scope::ALL.into_iter().filter(|other| *other != scope).collect();
        lacking.insert(scope.word(), program.token_of(ADMIN, &others).await);
    }
    let bare = table().into_iter().map(|(method, path, scope, _)| (method, path, "", scope));
    for (method, path, body, scope) in bare.chain(with_bodies()) {
        let token = lacking[scope.word()].clone();
        let refused = program.call_as(&token, method.clone(), &path, body).await;
        let detail = problem(&refused, 403)["detail"].clone();
        assert!(detail.as_str().is_some_and(|detail| detail.contains(scope.word())), "{method} {path}: {detail}");
    }
}

#[tokio::test]
async fn the_scope_alone_is_enough_for_an_admin() {
    let program = Program::new().await;
    for scope in Scope::ALL {
        let token = program.token_of(ADMIN, &[scope]).await;
        for (method, path, _, _) in table().into_iter().filter(|(_, _, needed, _)| *needed == scope) {
            let status = program.call_as(&token, method.clone(), &path, "").await.status.as_u16();
            assert!([200, 201, 404].contains(&status), "{method} {path}: {status}");
        }
    }
}

#[tokio::test]
async fn what_is_for_admins_is_for_no_requester_whatever_the_scopes() {
    let program = Program::new().await;
    let rea = program.person("rea", REQUESTER).await;
    let scopes: Vec<_> = Scope::ALL.into_iter().filter(|scope| scope.is_for(REQUESTER)).collect();
    let token = program.token_of(&rea, &scopes).await;
    for (method, path, _, _) in table().into_iter().filter(|(_, _, _, admin)| *admin) {
        problem(&program.call_as(&token, method, &path, "").await, 403);
    }
    for (method, path, body, _) in with_bodies().into_iter().filter(|(.., scope)| *scope == Scope::RequestsManage) {
        problem(&program.call_as(&token, method, &path, body).await, 403);
    }
    problem(&program.call_as(&token, Method::GET, "/api/v1/requests?tab=all", "").await, 403);
}

#[tokio::test]
async fn every_operation_of_the_portals_own_api_stands_in_these_tables() {
    let program = Program::new().await;
    let document = json_of(&program.get("/api/openapi.json").await);
    let called: Vec<_> = table()
        .into_iter()
        .map(|(method, path, ..)| (method, path))
        .chain(with_bodies().into_iter().map(|(method, path, ..)| (method, path)))
        .collect();
    let open = ["/api/openapi.json", "/api/v1/me"];
    let paths = document["paths"].as_object().expect("paths").iter();
    for (path, item) in paths.filter(|(path, _)| path.starts_with("/api/") && !open.contains(&path.as_str())) {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            let is_known = item.get(method.as_str().to_ascii_lowercase()).is_some();
            let is_called = called.iter().any(|(called, at)| *called == method && is_at(path, at));
            assert_eq!(is_known, is_called, "{method} {path}");
        }
    }
}

/// Whether an address is one of a path whose parameters stand in braces.
fn is_at(path: &str, address: &str) -> bool {
    let (parts, of): (Vec<_>, Vec<_>) = (path.split('/').collect(), address.split('/').collect());
    parts.len() == of.len() && parts.iter().zip(of).all(|(part, of)| part.starts_with('{') || *part == of)
}
