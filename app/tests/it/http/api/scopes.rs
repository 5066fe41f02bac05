//! Each scope and each role against each operation.

use axum::http::Method;
use countersign::portal::{Roles, Scope};

use super::super::browser::ADMIN;
use super::program::{Program, problem};

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
    vec![
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
    let bare = table().into_iter().map(|(method, path, scope, _)| (method, path, "", scope));
    for (method, path, body, scope) in bare.chain(with_bodies()) {
        let others: Vec<_> = Scope::ALL.into_iter().filter(|other| *other != scope).collect();
        let token = program.token_of(ADMIN, &others).await;
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
    problem(&program.call_as(&token, Method::GET, "/api/v1/requests?tab=all", "").await, 403);
}
