//! `POST /requests/{id}/remind`, `/approvers`, `/reassign`, `/observers` and `/overrule`: the forms of a request's page, as
//! they come back.

use axum::http::StatusCode;
use countersign::pages::paths;
use countersign::portal::policy::Verdict;
use countersign::portal::request::RequestState;
use countersign::portal::{Actor, RequestId};

use super::browser::{ADMIN, Browser, PASSWORD};
use super::roles::{APPROVER, signed_in_with};
use crate::portal::stand::draft;

/// A browser in which an admin is signed in, who sees the request of somebody else to two people.
async fn seen_by_an_admin() -> (Browser, Actor, RequestId) {
    let browser = Browser::signed_in().await;
    let rita = browser.stand.link_less_admin().await;
    let request = browser.stand.submit(&rita, draft(&["ana@x.org", "ben@x.org"], "all")).await;
    browser.stand.open(request).await;
    (browser, rita, request)
}

/// The same with the request of the admin.
async fn own() -> (Browser, Actor, RequestId) {
    let browser = Browser::signed_in().await;
    let admin = Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
    let request = browser.stand.submit(&admin, draft(&["ana@x.org", "ben@x.org"], "all")).await;
    browser.stand.open(request).await;
    (browser, admin, request)
}

async fn page(browser: &Browser, request: RequestId) -> String {
    browser.get(&paths::Request(&request.to_string()).to_string()).await.text()
}

#[tokio::test]
async fn a_reminder_is_on_its_way_and_the_next_one_has_to_wait() {
    let (browser, _, request) = own().await;
    let form = paths::RemindRequest(&request.to_string()).to_string();
    assert!(page(&browser, request).await.contains(&format!("action=\"{form}\"")));
    let done = browser.post(&form, "").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let text = browser.get(done.header("location")).await.text();
    assert!(text.contains("A reminder is on its way") && text.contains("Reminded once"));
    assert!(!text.contains(&form), "not again for an hour");
    let again = browser.post(&form, "").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text().contains("less than an hour ago"));
}

#[tokio::test]
async fn one_more_approver_is_asked_and_a_wrong_address_comes_back() {
    let (browser, _, request) = own().await;
    let form = paths::AddApprover(&request.to_string()).to_string();
    let wrong = browser.post(&form, "approver=not+an+address").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = wrong.text();
    assert!(text.contains("value=\"not an address\"") && text.contains("id=\"add-approver-error\""));
    let done = browser.post(&form, "approver=nina%40x.org").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let text = browser.get(done.header("location")).await.text();
    assert!(text.contains("One more person is asked") && text.contains("nina@x.org"));
}

#[tokio::test]
async fn an_admin_passes_on_the_question_that_they_choose() {
    let (browser, rita, request) = seen_by_an_admin().await;
    let form = paths::ReassignQuestion(&request.to_string()).to_string();
    let question = browser.stand.record(request).await.asked[0].assignment.id;
    let text = page(&browser, request).await;
    assert!(text.contains("Pass a question on") && text.contains(&format!("value=\"{question}\"")));
    // Of another request is of none here.
    let other = browser.stand.submit(&rita, draft(&["cem@x.org"], "any")).await;
    let others = browser.stand.record(other).await.asked[0].assignment.id.to_string();
    for wrong in ["", "nonsense", &others] {
        let refused = browser.post(&form, &format!("question={wrong}&to=nina%40x.org&reason=On+leave")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(refused.text().contains("id=\"pass-question-error\"") && refused.text().contains("On leave"));
    }
    let silent = browser.post(&form, &format!("question={question}&to=nina%40x.org")).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(silent.text().contains("id=\"pass-reason-error\"") && silent.text().contains("value=\"nina@x.org\""));
    let done = browser.post(&form, &format!("question={question}&to=nina%40x.org&reason=On+leave")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(browser.get(done.header("location")).await.text().contains("The question is passed on."));
    let again = browser.post(&form, &format!("question={question}&to=olga%40x.org&reason=On+leave")).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn whoever_is_asked_passes_on_their_own_question_without_choosing() {
    let browser = signed_in_with(APPROVER).await;
    let admin = Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
    let request = browser.stand.submit(&admin, draft(&["bea@example.org"], "any")).await;
    browser.stand.open(request).await;
    let text = page(&browser, request).await;
    let question = browser.stand.record(request).await.asked[0].assignment.id;
    assert!(text.contains("Pass on to somebody else") && !text.contains("id=\"pass-question\""));
    let form = paths::ReassignQuestion(&request.to_string()).to_string();
    let done = browser.post(&form, &format!("question={question}&to=nina%40x.org&reason=")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let text = browser.get(done.header("location")).await.text();
    assert!(text.contains("Somebody else is asked in your place.") && !text.contains("name=\"verdict\""));
}

#[tokio::test]
async fn observers_come_and_go() {
    let (browser, _, request) = own().await;
    let form = paths::AddObserver(&request.to_string()).to_string();
    let own = browser.post(&form, "observer=ada%40example.org").await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(own.text().contains("id=\"add-observer-error\""));
    let done = browser.post(&form, "observer=nina%40x.org").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let text = browser.get(done.header("location")).await.text();
    let nina = browser.stand.record(request).await.observers[0].id.to_string();
    let removal = paths::RemoveObserver(&request.to_string(), &nina).to_string();
    assert!(text.contains(&format!("action=\"{removal}\"")));
    let gone = browser.post(&removal, "").await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    assert!(!browser.get(gone.header("location")).await.text().contains(&removal));
    assert_eq!(browser.post(&removal, "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_admin_decides_over_everybodys_head_but_not_on_their_own_request() {
    let (browser, _, request) = seen_by_an_admin().await;
    let form = paths::OverruleRequest(&request.to_string()).to_string();
    assert!(page(&browser, request).await.contains(&format!("action=\"{form}\"")));
    let unchosen = browser.post(&form, "reason=The+board").await;
    assert_eq!(unchosen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unchosen.text().contains("id=\"overrule-verdict-error\"") && unchosen.text().contains("The board"));
    let silent = browser.post(&form, "verdict=reject").await;
    assert!(silent.text().contains("id=\"overrule-reason-error\""));
    let done = browser.post(&form, "verdict=reject&reason=The+board").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.stand.record(request).await.request.state(), RequestState::Rejected);
    assert_eq!(browser.post(&form, "verdict=approve&reason=Again").await.status, StatusCode::CONFLICT);

    let (browser, _, request) = own().await;
    let form = paths::OverruleRequest(&request.to_string()).to_string();
    assert!(!page(&browser, request).await.contains(&form));
    assert_eq!(browser.post(&form, "verdict=approve&reason=Mine").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn whoever_answers_a_question_that_was_taken_meanwhile_is_told_so_on_a_page_without_the_request() {
    let browser = signed_in_with(APPROVER).await;
    let admin = Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
    let rita = browser.stand.link_less_admin().await;
    let request = browser.stand.submit(&rita, draft(&["bea@example.org"], "any")).await;
    browser.stand.open(request).await;
    let text = page(&browser, request).await;
    let nonce = text.split("name=\"nonce\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let nonce = nonce.expect("a nonce");
    let question = browser.stand.record(request).await.asked[0].assignment.id;
    browser.stand.portal.reassign(&admin, question, "nina@x.org", "On leave").await.expect("reassigned");
    let form = paths::DecideRequest(&request.to_string()).to_string();
    let answer = browser.post(&form, &format!("nonce={nonce}&verdict=approve&reason=")).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let text = answer.text();
    assert!(text.contains("Somebody else is asked in your place.") && !text.contains("Contract"), "{text}");
    let gone = browser.get(&paths::Request(&request.to_string()).to_string()).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn another_answer_than_the_one_that_stands_is_not_taken_for_recorded() {
    let browser = Browser::signed_in().await;
    let rita = browser.stand.link_less_admin().await;
    let request = browser.stand.submit(&rita, draft(&[ADMIN, "ben@x.org"], "all")).await;
    browser.stand.open(request).await;
    let text = page(&browser, request).await;
    let nonce = text.split("name=\"nonce\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let nonce = nonce.expect("a nonce").to_owned();
    let form = paths::DecideRequest(&request.to_string()).to_string();
    let answer = async |verdict: Verdict| {
        let verdict = if verdict == Verdict::Approve { "approve" } else { "reject" };
        browser.post(&form, &format!("nonce={nonce}&verdict={verdict}&reason=Dear")).await
    };
    for _ in 0..2 {
        assert_eq!(answer(Verdict::Approve).await.status, StatusCode::SEE_OTHER);
    }
    let other = answer(Verdict::Reject).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(other.text().contains("was not recorded"));
}
