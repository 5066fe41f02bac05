//! Who may do what: no token, each scope, each role, and other people's runs.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use countersign::http::durable::document;
use countersign::portal::Scope;

use super::super::browser::Browser;
use super::api::{ADMINISTRATOR, APPROVER, Api, PREFIX, REQUESTER, json, refused, request};
use crate::portal::stand::draft;

/// Every call of the API's own description, with a name in the place of each parameter.
fn every_call() -> Vec<(Method, String)> {
    let mut calls = Vec::new();
    for (path, item) in document().paths.paths {
        let path = path.replace("{eventName}", "Go").replace("{instanceId}", "nobody").replace("{name}", "Counter");
        let path = path.replace("{key}", "a").replacen(PREFIX, "", 1);
        assert!(!path.contains('{'), "{path}");
        let known = [(Method::GET, item.get), (Method::POST, item.post), (Method::DELETE, item.delete)];
        calls.extend(
            known.into_iter().filter(|(_, operation)| operation.is_some()).map(|(method, _)| (method, path.clone())),
        );
    }
    assert_eq!(calls.len(), 18);
    calls
}

#[tokio::test]
async fn without_a_token_every_call_is_refused_and_a_session_is_none() {
    let browser = Browser::signed_in().await;
    let unknown =
        [(Method::GET, "/".to_owned()), (Method::GET, "/nothing".to_owned()), (Method::PUT, "/instances".to_owned())];
    for (method, path) in every_call().into_iter().chain(unknown) {
        let answer = browser.send(request(method.clone(), &path, "").body(Body::empty()).expect("a request")).await;
        refused(&answer, 401);
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{method} {path}");
    }
}

/// A verb with the scope that it needs. What it is done to exists for its owner only.
fn verbs() -> Vec<(Scope, Method, &'static str)> {
    vec![
        (Scope::InstancesRead, Method::GET, "/instances/run"),
        (Scope::InstancesRead, Method::GET, "/instances/run?showHistory=true"),
        (Scope::InstancesRaise, Method::POST, "/instances/run/raiseEvent/Go"),
        (Scope::InstancesControl, Method::POST, "/instances/run/suspend"),
        (Scope::InstancesControl, Method::POST, "/instances/run/resume"),
        (Scope::InstancesControl, Method::POST, "/instances/run/rewind"),
        (Scope::InstancesStart, Method::POST, "/instances/run/restart"),
        (Scope::InstancesPurge, Method::DELETE, "/instances/run"),
        (Scope::InstancesControl, Method::POST, "/instances/run/terminate"),
    ]
}

/// The same for what is nobody's own.
fn others() -> Vec<(Scope, Method, &'static str)> {
    vec![
        (Scope::InstancesStart, Method::POST, "/orchestrators/Greet"),
        (Scope::InstancesRead, Method::GET, "/instances"),
        (Scope::InstancesPurge, Method::DELETE, "/instances?createdTimeFrom=2020-01-01&createdTimeTo=2020-01-02"),
        (Scope::EntitiesRead, Method::GET, "/entities"),
        (Scope::EntitiesRead, Method::GET, "/entities/Counter/a"),
        (Scope::EntitiesSignal, Method::POST, "/entities/Counter/a?op=reset"),
        (Scope::EntitiesDelete, Method::DELETE, "/entities/Counter/a"),
    ]
}

#[tokio::test]
async fn each_verb_needs_its_scope_and_no_other() {
    let api = Api::new().await;
    let owner = api.person("ana", ADMINISTRATOR).await;
    api.waiting("run").await;
    for (scope, method, path) in verbs().into_iter().chain(others()) {
        let without: Vec<Scope> = Scope::ALL.into_iter().filter(|other| *other != scope).collect();
        let answer = api.call_as(&api.token_of(&owner, &without).await, method.clone(), path, "").await;
        assert!(refused(&answer, 403).contains(scope.word()), "{method} {path}: {}", answer.text());
        let answer = api.call_as(&api.token_of(&owner, &[scope]).await, method.clone(), path, "").await;
        assert!(answer.status != 401 && answer.status != 403, "{method} {path}: {}", answer.text());
    }
    api.stop().await;
}

#[tokio::test]
async fn a_run_of_somebody_else_does_not_exist() {
    let api = Api::new().await;
    let ana = api.token_of(&api.person("ana", REQUESTER).await, &engine_scopes()).await;
    let bea = api.token_of(&api.person("bea", REQUESTER).await, &engine_scopes()).await;
    let started = api.call_as(&ana, Method::POST, "/orchestrators/AsyncHttp/run", r#"{"seconds": 86400}"#).await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{}", started.text());
    for (_, method, path) in verbs() {
        let theirs = api.call_as(&bea, method.clone(), path, "").await;
        let nobodys = api.call_as(&bea, method.clone(), &path.replace("/run", "/none"), "").await;
        let expected = if path.ends_with("restart") { 400 } else { 404 };
        assert_eq!((theirs.status.as_u16(), nobodys.status.as_u16()), (expected, expected), "{method} {path}");
        assert_eq!(theirs.text().replace("run", "none"), nobodys.text().replace("run", "none"), "{method} {path}");
    }
    for (token, runs) in [(&bea, 0), (&ana, 1), (&api.token, 1)] {
        let listed = api.call_as(token, Method::GET, "/instances?instanceIdPrefix=run", "").await;
        assert_eq!(json(&listed).as_array().map(Vec::len), Some(runs));
    }
    let taken = api.call_as(&bea, Method::POST, "/orchestrators/AsyncHttp/run", r#"{"seconds": 1}"#).await;
    refused(&taken, 409);
    // Nothing has happened to it, and its owner and the admin can do everything.
    for (token, verb) in [(&ana, "suspend"), (&api.token, "resume"), (&ana, "terminate")] {
        let answer = api.call_as(token, Method::POST, &format!("/instances/run/{verb}"), "").await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{verb}: {}", answer.text());
    }
    api.end_of("run").await;
    let purged = api.call_as(&ana, Method::DELETE, "/instances/run", "").await;
    assert_eq!(json(&purged)["instancesDeleted"], 1);
    api.stop().await;
}

#[tokio::test]
async fn roles_bound_what_scopes_allow() {
    let api = Api::new().await;
    let requester = api.token_of(&api.person("ana", REQUESTER).await, &engine_scopes()).await;
    let approver = api.person("bea", APPROVER).await;
    let scopes = [Scope::InstancesRead, Scope::InstancesControl, Scope::EntitiesRead, Scope::EntitiesSignal];
    let approver = api.token_of(&approver, &scopes).await;
    let expected = [
        (&requester, Method::POST, "/orchestrators/Greet", 202),
        (&requester, Method::POST, "/entities/Counter/a?op=reset", 202),
        (&requester, Method::POST, "/entities/Counter/a?op=delete", 403),
        (&requester, Method::DELETE, "/entities/Counter/a", 403),
        (&approver, Method::POST, "/orchestrators/Greet", 403),
        (&approver, Method::POST, "/entities/Counter/a?op=reset", 403),
        (&requester, Method::GET, "/entities", 200),
        (&approver, Method::GET, "/entities", 403),
        (&approver, Method::GET, "/entities/Counter", 403),
        (&approver, Method::GET, "/entities/Counter/a", 403),
        (&approver, Method::GET, "/instances", 200),
        (&api.token, Method::DELETE, "/entities/Counter/a", 202),
    ];
    for (token, method, path, status) in expected {
        let answer = api.call_as(token, method.clone(), path, "").await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
    }
    api.stop().await;
}

#[tokio::test]
async fn an_instance_of_the_portals_own_is_read_by_those_who_see_everything_and_steered_by_nobody() {
    let api = Api::new().await;
    let admin = api.browser.stand.link_less_admin().await;
    let request = api.browser.stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    let instance = format!("/instances/request-{request}");
    assert_eq!(api.get(&instance).await.status, StatusCode::ACCEPTED);
    for (_, method, path) in verbs().into_iter().filter(|(scope, ..)| *scope != Scope::InstancesRead) {
        let path = path.replace("/instances/run", &instance);
        let answer = api.call(method.clone(), &path, "").await;
        assert!(refused(&answer, 403).contains("request"), "{method} {path}");
    }
    let requester = api.token_of(&api.person("ana", REQUESTER).await, &engine_scopes()).await;
    assert_eq!(api.call_as(&requester, Method::GET, &instance, "").await.status, StatusCode::NOT_FOUND);
    assert!(api.browser.stand.record(request).await.request.closed.is_none(), "nothing happened to the request");
    for name in ["Approval", "Mail"] {
        refused(&api.post(&format!("/orchestrators/{name}"), "{}").await, 400);
    }
    api.stop().await;
}

#[tokio::test]
async fn answers_say_how_often_a_token_may_still_be_used_and_429_when_it_may_not() {
    let api = Api::new().await;
    let answer = api.get("/instances").await;
    assert_eq!((answer.header("ratelimit-limit"), answer.header("ratelimit-remaining")), ("120", "119"));
    let call = || request(Method::GET, "/instances", "").header("x-functions-key", &api.token).body(Body::empty());
    let mut last = answer;
    for _ in 0..120 {
        // Without the pause that others make between calls.
        last = api.browser.send(call().expect("a request")).await;
        if last.status != StatusCode::OK {
            break;
        }
    }
    refused(&last, 429);
    assert_eq!((last.header("retry-after"), last.header("ratelimit-remaining")), ("1", "0"));
    api.stop().await;
}

/// The scopes for what the engine runs, as far as requesters have them.
fn engine_scopes() -> Vec<Scope> {
    let of_engine = |scope: &Scope| scope.word().starts_with("instances:") || scope.word().starts_with("entities:");
    let for_requesters = |scope: &Scope| *scope != Scope::EntitiesDelete;
    Scope::ALL.into_iter().filter(of_engine).filter(for_requesters).collect()
}
