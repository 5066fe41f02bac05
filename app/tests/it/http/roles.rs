//! Who may do what: each role against each route that is not for everybody, and the list of routes against the router.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use axum::http::{Method, StatusCode};
use countersign::pages::paths;

use countersign::portal::{Actor, InviteDraft, Roles};
use countersign::view::Verb;

use super::browser::{ADMIN, Browser, PASSWORD};
use crate::portal::stand::draft;

pub(super) const APPROVER: Roles = Roles { requester: false, approver: true, admin: false };
pub(super) const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };

/// A portal in which somebody with these roles is signed in.
pub(super) async fn signed_in_with(roles: Roles) -> Browser {
    let mut browser = Browser::new().await;
    let portal = &browser.stand.portal;
    let admin = Actor::User(portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
    let draft = InviteDraft { name: String::new(), email: "bea@example.org".into(), roles };
    portal.invite(&admin, draft).await.expect("invited");
    let mail = portal.outbox(&admin, None, None).await.expect("mails").rows[0].mail.id;
    let link = portal.mail(&admin, mail).await.expect("a mail").link.expect("a link");
    portal.accept_invitation(link.claims(), "Bea", PASSWORD).await.expect("accepted");
    browser.sign_in("bea@example.org").await;
    browser
}

fn for_admins() -> Vec<(Method, String)> {
    let id = "01a2028b-0a41-74f5-9067-433a0914bd13";
    let entity = "@counter@door";
    let get = |path: String| (Method::GET, path);
    let post = |path: String| (Method::POST, path);
    vec![
        post(paths::OverruleRequest(id).to_string()),
        get(paths::Entities.to_string()),
        get(paths::Entity(entity).to_string()),
        post(paths::Entity(entity).to_string()),
        post(paths::DeleteEntity(entity).to_string()),
        get(paths::People.to_string()),
        post(paths::InvitePerson.to_string()),
        post(paths::PersonVerb(id, "disable").to_string()),
        post(paths::PersonVerb(id, "enable").to_string()),
        post(paths::PersonVerb(id, "roles").to_string()),
        post(paths::PersonVerb(id, "invite-again").to_string()),
        post(paths::PersonVerb(id, "manager").to_string()),
        get(paths::Person(id).to_string()),
        get(paths::Groups.to_string()),
        post(paths::Groups.to_string()),
        get(paths::Group(id).to_string()),
        post(paths::Group(id).to_string()),
        post(paths::DeleteGroup(id).to_string()),
        get(paths::PersonAbsence(id).to_string()),
        post(paths::PersonAbsence(id).to_string()),
        post(paths::PersonBackup(id).to_string()),
        post(paths::CancelPersonAbsence(id, id).to_string()),
        get(paths::Workload.to_string()),
        get(paths::Policies.to_string()),
        get(paths::NewPolicy.to_string()),
        post(paths::NewPolicy.to_string()),
        get(paths::ImportPolicy.to_string()),
        get(paths::Policy(id).to_string()),
        post(paths::Policy(id).to_string()),
        get(paths::ExportPolicy(id).to_string()),
        post(paths::PolicyVerb(id, "archive").to_string()),
        post(paths::PolicyVerb(id, "restore").to_string()),
        get(paths::Audit.to_string()),
        get(paths::Outbox.to_string()),
        get(paths::Mail(id).to_string()),
        get(paths::MailHtml(id).to_string()),
        post(paths::RetryMail(id).to_string()),
        post(paths::TestMail.to_string()),
        get(paths::Webhooks.to_string()),
        post(paths::Webhooks.to_string()),
        get(paths::Webhook(id).to_string()),
        post(paths::Webhook(id).to_string()),
        post(paths::WebhookVerb(id, "enable").to_string()),
        post(paths::WebhookVerb(id, "disable").to_string()),
        post(paths::WebhookVerb(id, "rotate").to_string()),
        post(paths::WebhookVerb(id, "test").to_string()),
        post(paths::WebhookVerb(id, "delete").to_string()),
        get(paths::Delivery(id).to_string()),
        post(paths::Redeliver(id).to_string()),
    ]
}

#[tokio::test]
async fn what_admins_do_is_forbidden_to_everybody_else() {
    for roles in [APPROVER, REQUESTER] {
        let browser = signed_in_with(roles).await;
        for (method, path) in for_admins() {
            let answer = match method {
                Method::POST => browser.post(&path, "reason=because&name=x&email=x%40x.org&approver=on").await,
                _ => browser.get(&path).await,
            };
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path} as {roles:?}");
            let page = answer.text();
            assert!(page.contains("ask an administrator") && page.contains("aria-label=\"Main\""), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn what_the_engine_runs_for_the_portal_looks_like_nothing_to_everybody_but_admins() {
    for roles in [APPROVER, REQUESTER] {
        let browser = signed_in_with(roles).await;
        let admin = Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
        let request = browser.stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
        let id = format!("request-{request}");
        for path in [paths::Instance(&id).to_string(), paths::InstanceEvents(&id).to_string()] {
            assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND, "{path} as {roles:?}");
        }
        let verbs = Verb::ALL.map(|verb| paths::InstanceVerb(&id, verb.key()).to_string());
        for path in verbs.into_iter().chain([paths::RaiseEvent(&id).to_string()]) {
            let answer = browser.post(&path, &format!("reason=because&confirm={id}&event=x")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path} as {roles:?}");
        }
        let list = browser.get(&paths::Instances.to_string()).await;
        assert_eq!(list.status, StatusCode::OK);
        assert!(!list.text().contains(&id), "as {roles:?}");
        assert!(browser.stand.record(request).await.request.closed.is_none(), "nothing happened to the request");
    }
}

#[tokio::test]
async fn an_approver_may_start_nothing() {
    let browser = signed_in_with(APPROVER).await;
    for path in [paths::Workflows.to_string(), paths::Workflow("Greet").to_string()] {
        assert_eq!(browser.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let answer = browser.post(&paths::Workflow("Greet").to_string(), "way=fields&in=Ada").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn somebody_elses_request_looks_like_none() {
    let browser = signed_in_with(REQUESTER).await;
    let admin = Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
    let id = browser.stand.submit(&admin, draft(&["ana@x.org"], "any")).await.to_string();
    for path in [
        paths::Request(&id).to_string(),
        paths::RequestEvents(&id).to_string(),
        paths::RequestFile(&id, 1).to_string(),
        paths::ReviseRequest(&id).to_string(),
    ] {
        assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for (path, form) in [
        (paths::DecideRequest(&id).to_string(), "verdict=approve"),
        (paths::WithdrawRequest(&id).to_string(), ""),
        (paths::CommentRequest(&id).to_string(), "text=hello"),
        (paths::CommentRequest(&id).to_string(), "text="),
        (paths::RemindRequest(&id).to_string(), ""),
        (paths::AddApprover(&id).to_string(), "approver=eve%40x.org"),
        (paths::AddApprover(&id).to_string(), "approver=nobody"),
        (paths::ReassignQuestion(&id).to_string(), "question=1&to=eve%40x.org"),
        (paths::AddObserver(&id).to_string(), "observer=eve%40x.org"),
        (paths::RemoveObserver(&id, &id).to_string(), ""),
    ] {
        assert_eq!(browser.post(&path, form).await.status, StatusCode::NOT_FOUND, "{path} with {form}");
    }
}

#[tokio::test]
async fn an_approver_may_not_submit() {
    let browser = signed_in_with(APPROVER).await;
    assert_eq!(browser.get(&paths::NewRequest.to_string()).await.status, StatusCode::FORBIDDEN);
}

/// The names of typed paths that `text` mentions in the form that `ends` gives.
fn named(text: &str, ends: &[&str]) -> BTreeSet<String> {
    let mentioned = text.split("paths::").skip(1).filter_map(|rest| {
        let length = rest.find(|c: char| !c.is_alphanumeric())?;
        ends.iter().any(|end| rest[length..].starts_with(end)).then(|| rest[..length].to_owned())
    });
    mentioned.collect()
}

#[test]
fn every_route_of_the_router_is_in_the_access_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(root.join(path)).expect("a readable file");
    let routes = named(&read("src/http/router.rs"), &["::PATTERN"]);
    let tested = named(&read("tests/it/http/access.rs"), &["(", "."]);
    assert!(routes.len() > 20, "only {} routes were found", routes.len());
    // Assets are for everybody; what they answer is tested with the headers. Sign-out needs nobody to be signed in.
    let open = BTreeSet::from(["Asset".to_owned(), "SignOut".to_owned()]);
    let untested: Vec<_> = routes.difference(&tested).filter(|name| !open.contains(*name)).collect();
    assert!(untested.is_empty(), "no access test knows {untested:?}");
}
