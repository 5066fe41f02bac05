//! Every route: what somebody without a session gets. A new route must be listed here.

use axum::http::{Method, StatusCode};
use countersign::pages::paths;

use super::browser::Browser;

/// Routes for people with a session, each with the method that does something.
fn closed() -> Vec<(Method, String)> {
    let id = "01a2028b-0a41-74f5-9067-433a0914bd13";
    let get = |path: String| (Method::GET, path);
    let post = |path: String| (Method::POST, path);
    vec![
        get(paths::Inbox.to_string()),
        get(paths::RequestTable.to_string()),
        get(paths::SavedViews.to_string()),
        post(paths::SavedViews.to_string()),
        post(paths::RenameView(id).to_string()),
        post(paths::DeleteView(id).to_string()),
        post(paths::Shortcuts.to_string()),
        get(paths::DecideRequests.to_string()),
        post(paths::DecideRequests.to_string()),
        get(paths::NewRequest.to_string()),
        post(paths::NewRequest.to_string()),
        get(paths::Request(id).to_string()),
        post(paths::DecideRequest(id).to_string()),
        post(paths::WithdrawRequest(id).to_string()),
        post(paths::CommentRequest(id).to_string()),
        get(paths::ReviseRequest(id).to_string()),
        post(paths::ReviseRequest(id).to_string()),
        post(paths::RemindRequest(id).to_string()),
        post(paths::AddApprover(id).to_string()),
        post(paths::ReassignQuestion(id).to_string()),
        post(paths::AddObserver(id).to_string()),
        post(paths::RemoveObserver(id, id).to_string()),
        post(paths::OverruleRequest(id).to_string()),
        get(paths::RequestEvents(id).to_string()),
        get(paths::RequestFile(id, 1).to_string()),
        get(paths::RequestFilePage(id, 1, 1).to_string()),
        get(paths::Certificate(id).to_string()),
        get(paths::Archive(id).to_string()),
        get(paths::Revisions(id).to_string()),
        get(paths::RevisionFile(id, 1, 1).to_string()),
        get(paths::RevisionFilePage(id, 1, 1, 1).to_string()),
        get(paths::Changes(id).to_string()),
        get(paths::Instances.to_string()),
        get(paths::Instance(id).to_string()),
        post(paths::InstanceVerb(id, "terminate").to_string()),
        get(paths::InstanceEvents(id).to_string()),
        post(paths::RaiseEvent(id).to_string()),
        get(paths::Workflows.to_string()),
        get(paths::Workflow("OrderProcessing").to_string()),
        post(paths::Workflow("OrderProcessing").to_string()),
        get(paths::Entities.to_string()),
        get(paths::Entity("@counter@door").to_string()),
        post(paths::Entity("@counter@door").to_string()),
        post(paths::DeleteEntity("@counter@door").to_string()),
        get(paths::People.to_string()),
        post(paths::InvitePerson.to_string()),
        post(paths::PersonVerb(id, "disable").to_string()),
        get(paths::Person(id).to_string()),
        get(paths::Groups.to_string()),
        post(paths::Groups.to_string()),
        get(paths::Group(id).to_string()),
        post(paths::Group(id).to_string()),
        post(paths::DeleteGroup(id).to_string()),
        get(paths::Settings.to_string()),
        post(paths::Settings.to_string()),
        post(paths::ChangePassword.to_string()),
        post(paths::EndSessions.to_string()),
        get(paths::Tokens.to_string()),
        post(paths::Tokens.to_string()),
        post(paths::RevokeToken(id).to_string()),
        get(paths::Webhooks.to_string()),
        post(paths::Webhooks.to_string()),
        get(paths::Webhook(id).to_string()),
        post(paths::Webhook(id).to_string()),
        post(paths::WebhookVerb(id, "rotate").to_string()),
        get(paths::Delivery(id).to_string()),
        post(paths::Redeliver(id).to_string()),
        get(paths::Api.to_string()),
        get(paths::Monitors.to_string()),
        get(paths::NewMonitor.to_string()),
        post(paths::NewMonitor.to_string()),
        get(paths::Monitor(id).to_string()),
        post(paths::Monitor(id).to_string()),
        get(paths::MonitorEvents(id).to_string()),
        post(paths::MonitorVerb(id, "pause").to_string()),
        get(paths::Absence.to_string()),
        post(paths::Absence.to_string()),
        post(paths::Backup.to_string()),
        post(paths::CancelAbsence(id).to_string()),
        get(paths::PersonAbsence(id).to_string()),
        post(paths::PersonAbsence(id).to_string()),
        post(paths::PersonBackup(id).to_string()),
        post(paths::CancelPersonAbsence(id, id).to_string()),
        get(paths::Workload.to_string()),
        get(paths::Policies.to_string()),
        get(paths::NewPolicy.to_string()),
        post(paths::NewPolicy.to_string()),
        get(paths::ImportPolicy.to_string()),
        post(paths::ImportPolicy.to_string()),
        get(paths::Policy(id).to_string()),
        post(paths::Policy(id).to_string()),
        get(paths::ExportPolicy(id).to_string()),
        post(paths::PolicyVerb(id, "archive").to_string()),
        get(paths::Audit.to_string()),
        get(paths::Outbox.to_string()),
        post(paths::TestMail.to_string()),
        get(paths::Mail(id).to_string()),
        get(paths::MailHtml(id).to_string()),
        post(paths::RetryMail(id).to_string()),
    ]
}

#[tokio::test]
async fn without_a_session_everything_but_the_doors_leads_to_sign_in() {
    let browser = Browser::new().await;
    for (method, path) in closed() {
        let answer = browser.with_method(method.clone(), &path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{method} {path}");
        assert!(answer.header("location").starts_with("/sign-in"), "{method} {path}");
    }
}

#[tokio::test]
async fn the_doors_open_with_their_key_only() {
    let browser = Browser::new().await;
    let link = "00000000-0000-0000-0000-000000000000";
    let expected = [
        (paths::SignIn.to_string(), StatusCode::OK),
        // There is an admin already.
        (paths::SetUp.to_string(), StatusCode::SEE_OTHER),
        (paths::Invitation("csn_forged").to_string(), StatusCode::GONE),
        (paths::Link("csn_forged").to_string(), StatusCode::NOT_FOUND),
        (paths::Decide(link).to_string(), StatusCode::FORBIDDEN),
        (paths::DecideFile(link, 1).to_string(), StatusCode::FORBIDDEN),
        (paths::DecideFilePage(link, 1, 1).to_string(), StatusCode::FORBIDDEN),
        (paths::DecideCertificate(link).to_string(), StatusCode::FORBIDDEN),
        (paths::DecideChanges(link).to_string(), StatusCode::FORBIDDEN),
        (paths::DecideRevisionFile(link, 1, 1).to_string(), StatusCode::FORBIDDEN),
        (paths::DecideRevisionFilePage(link, 1, 1, 1).to_string(), StatusCode::FORBIDDEN),
        (paths::AnswerLink("csn_forged").to_string(), StatusCode::NOT_FOUND),
        (paths::Answer(link).to_string(), StatusCode::FORBIDDEN),
        (paths::Unsubscribe("csn_forged").to_string(), StatusCode::GONE),
        (paths::Live.to_string(), StatusCode::OK),
        (paths::Ready.to_string(), StatusCode::OK),
    ];
    for (path, status) in expected {
        assert_eq!(browser.get(&path).await.status, status, "{path}");
    }
    assert_eq!(browser.post(&paths::NewLink(link).to_string(), "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.post(&paths::MailCode(link).to_string(), "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.post(&paths::Decide(link).to_string(), "verdict=approve").await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.post(&paths::Unsubscribe("csn_forged").to_string(), "").await.status, StatusCode::GONE);
    assert_eq!(browser.post(&paths::Answer(link).to_string(), "verdict=approve").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn signing_in_comes_back_to_where_it_was_asked_for() {
    let browser = Browser::new().await;
    let answer = browser.get("/instances?status=running").await;
    assert_eq!(answer.header("location"), "/sign-in?next=%2Finstances%3Fstatus%3Drunning");
}

#[tokio::test]
async fn a_token_in_the_address_of_a_page_goes_no_further() {
    let browser = Browser::new().await;
    for token in ["code=cst_secret", "Code=secret", "key=cst_secret"] {
        let answer = browser.get(&format!("/instances?{token}&status=running")).await;
        assert_eq!(answer.header("location"), "/sign-in?next=%2Finstances%3Fstatus%3Drunning", "{token}");
    }
    assert_eq!(browser.get("/?code=cst_secret").await.header("location"), "/sign-in");
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let browser = Browser::signed_in().await;
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    assert_eq!(browser.post("/sign-out", "").await.status, StatusCode::SEE_OTHER);
    // The cookie is still sent, and is worth nothing.
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
}
