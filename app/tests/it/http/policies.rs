//! `/policies`: the editor without scripts, its preview, import and export; and the choice of a policy for a new request.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use countersign::pages::paths;
use countersign::portal::policies::{TypedPolicy, TypedStage};
use countersign::portal::{Actor, PolicyId};

use super::browser::{ADMIN, Answer, Browser, PASSWORD};

/// A policy with one stage, as its form posts it.
const TRAVEL: [(&str, &str); 9] = [
    ("name", "Travel"),
    ("on_revision", "if_changed"),
    ("assurance", "link"),
    ("stage.0.name", "Lead"),
    ("stage.0.approvers", "ana@x.org"),
    ("stage.0.rule", "any"),
    ("stage.0.due", "3"),
    ("stage.0.due_unit", "days"),
    ("stage.0.from", "09:00"),
];

async fn post(browser: &Browser, path: &str, more: &[(&str, &str)]) -> Answer {
    let form = paths::with_query("", &[TRAVEL.as_slice(), more].concat());
    browser.post(path, form.trim_start_matches('?')).await
}

/// Posts a form with these fields as browsers post files.
async fn post_parts(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let part = |(name, value): &(&str, &str)| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = fields.iter().map(part).collect::<String>() + "--edge--\r\n";
    let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
    browser.send(request.body(Body::from(body)).expect("a request")).await
}

async fn admin(browser: &Browser) -> Actor {
    Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"))
}

async fn made(browser: &Browser, title: &str) -> PolicyId {
    let stage = TypedStage { approvers: "ana@x.org".into(), ..TypedStage::fresh() };
    let typed = TypedPolicy { name: "Travel".into(), title: title.into(), stages: vec![stage], ..TypedPolicy::fresh() };
    let draft = typed.read().expect("nothing is wrong");
    browser.stand.portal.create_policy(&admin(browser).await, draft).await.expect("a policy")
}

#[tokio::test]
async fn the_buttons_of_the_form_change_it_and_lose_nothing() {
    let browser = Browser::signed_in().await;
    let path = paths::NewPolicy.to_string();
    let more = post(&browser, &path, &[("stage.0.rung.0.does", "approve"), ("intent", "add_stage")]).await;
    assert_eq!(more.status, StatusCode::OK);
    let text = more.text();
    assert!(text.contains("value=\"Lead\"") && text.contains("id=\"stage-1\"") && !text.contains("id=\"stage-2\""));
    let rung = post(&browser, &path, &[("intent", "add_rung.0")]).await.text();
    assert!(rung.contains("name=\"stage.0.rung.0.does\""));
    let second = [("stage.1.name", "Board"), ("intent", "remove_stage.0")];
    let fewer = post(&browser, &path, &second).await.text();
    assert!(fewer.contains("value=\"Board\"") && !fewer.contains("value=\"Lead\""));
    assert!(browser.stand.portal.policies(&admin(&browser).await).await.expect("policies").is_empty());
}

#[tokio::test]
async fn a_policy_is_made_changed_and_never_overwritten_unseen() {
    let browser = Browser::signed_in().await;
    let wrong =
        post(&browser, &paths::NewPolicy.to_string(), &[("stage.0.approvers", "nobody"), ("intent", "save")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = wrong.text();
    assert!(text.contains("href=\"#f-stage-0-approvers\"") && text.contains("id=\"f-stage-0-approvers-error\""));

    let done = post(&browser, &paths::NewPolicy.to_string(), &[("intent", "save")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let path = done.header("location").split('?').next().expect("a path").to_owned();
    assert!(browser.get(done.header("location")).await.text().contains("The policy is saved."));
    let second = post(&browser, &path, &[("seen", "1"), ("description", "For trips"), ("intent", "save")]).await;
    assert_eq!(second.status, StatusCode::SEE_OTHER);
    let late = post(&browser, &path, &[("seen", "1"), ("description", "Mine"), ("intent", "save")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let text = late.text();
    assert!(text.contains("saved version 2") && text.contains("Mine") && text.contains("name=\"seen\" value=\"2\""));
    let older = browser.get(&format!("{path}?version=1")).await.text();
    assert!(older.contains("This is version 1.") && !older.contains("For trips"));
    assert_eq!(browser.get(&format!("{path}?version=9")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_preview_names_people_and_times_or_what_is_missing() {
    let browser = Browser::signed_in().await;
    let path = paths::NewPolicy.to_string();
    let shown = post(&browser, &path, &[("intent", "preview")]).await;
    assert_eq!(shown.status, StatusCode::OK);
    let text = shown.text();
    assert!(text.contains("Who will be asked when") && text.contains("The one person asked must approve"));
    let missing = post(&browser, &path, &[("stage.0.manager", "yes"), ("intent", "preview")]).await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(missing.text().contains("Stage 1, Lead: Ada has no manager."));
    assert!(browser.stand.portal.policies(&admin(&browser).await).await.expect("policies").is_empty());
}

#[tokio::test]
async fn what_is_exported_can_be_imported() {
    let browser = Browser::signed_in().await;
    let id = made(&browser, "").await.to_string();
    let export = browser.get(&paths::ExportPolicy(&id).to_string()).await;
    assert_eq!(export.header("content-disposition"), "attachment; filename=\"travel.toml\"");
    let text = export.text().replace("Travel", "Journeys");
    let path = paths::ImportPolicy.to_string();
    let done = post_parts(&browser, &path, &[("text", "ignored"), ("file", &text)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(browser.get(done.header("location")).await.text().contains("value=\"Journeys\""));
    let typo = post_parts(&browser, &path, &[("text", &text.replace("assurance", "asurance")), ("file", "")]).await;
    assert_eq!(typo.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = typo.text();
    assert!(page.contains("Did you mean “assurance”?") && page.contains("asurance ="), "{page}");
}

#[tokio::test]
async fn archiving_and_restoring_is_said_on_the_page() {
    let browser = Browser::signed_in().await;
    let id = made(&browser, "").await.to_string();
    let done = browser.post(&paths::PolicyVerb(&id, "archive").to_string(), "").await;
    assert!(browser.get(done.header("location")).await.text().contains("Nobody can choose this policy."));
    assert!(browser.get(&paths::Policies.to_string()).await.text().contains("Archived"));
    let done = browser.post(&paths::PolicyVerb(&id, "restore").to_string(), "").await;
    assert!(browser.get(done.header("location")).await.text().contains("The policy can be chosen again."));
    assert_eq!(browser.post(&paths::PolicyVerb(&id, "explode").to_string(), "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_new_request_with_a_policy_begins_as_it_says_and_asks_whom_it_names() {
    let browser = Browser::signed_in().await;
    let path = paths::NewRequest.to_string();
    assert!(!browser.get(&path).await.text().contains("name=\"policy\""), "there is none to choose");
    let id = made(&browser, "Journey of {{requester}}").await.to_string();
    let shown = post_parts(&browser, &path, &[("policy", &id), ("intent", "preview")]).await;
    assert_eq!(shown.status, StatusCode::OK);
    let text = shown.text();
    assert!(text.contains("value=\"Journey of Ada\"") && text.contains("ana@x.org"), "{text}");
    let sent = [("title", "Lisbon"), ("policy", id.as_str()), ("approver", "nonsense"), ("intent", "submit")];
    let done = post_parts(&browser, &path, &sent).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "what was typed beside the policy does not count");
    for wrong in ["nonsense", "01a2028b-0a41-74f5-9067-433a0914bd13"] {
        let refused = post_parts(&browser, &path, &[("title", "Lisbon"), ("policy", wrong)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("This policy can no longer be chosen."));
    }
}
