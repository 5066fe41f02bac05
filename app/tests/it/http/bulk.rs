//! Deciding several requests at once, and the list as a table, through the whole router.

use axum::http::StatusCode;
use countersign::pages::paths;
use countersign::portal::request::RequestState;
use countersign::portal::{Actor, RequestDraft, RequestId};

use super::browser::{ADMIN, Browser, PASSWORD};
use super::roles::{APPROVER, signed_in_with};
use crate::portal::stand::draft;
use crate::support::html::{assert_sound, attribute, tags};

/// Requests of somebody else that wait for the reader.
async fn asked(browser: &Browser, titles: &[&str]) -> Vec<RequestId> {
    let bo = browser.stand.link_less_admin().await;
    let mut requests = Vec::new();
    for title in titles {
        let draft = RequestDraft { title: (*title).to_owned(), ..draft(&[ADMIN], "any") };
        requests.push(browser.stand.submit(&bo, draft).await);
    }
    requests
}

fn chosen_in(page: &str) -> Vec<String> {
    let inputs = tags(page, "input").into_iter().filter(|tag| attribute(tag, "name") == Some("chosen"));
    inputs.filter_map(|tag| attribute(tag, "value")).map(|value| format!("chosen={value}")).collect()
}

async fn confirmation(browser: &Browser, requests: &[RequestId]) -> String {
    let query: Vec<_> = requests.iter().map(|id| format!("request={id}")).collect();
    let answer = browser.get(&format!("{}?{}", paths::DecideRequests, query.join("&"))).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.text()
}

async fn state(browser: &Browser, request: RequestId) -> RequestState {
    browser.stand.record(request).await.request.state()
}

#[tokio::test]
async fn what_is_chosen_in_the_list_is_confirmed_and_decided() {
    let browser = Browser::signed_in().await;
    let requests = asked(&browser, &["Lease", "Chairs", "Printer"]).await;
    let list = browser.get("/?tab=waiting").await.text();
    assert_sound("inbox", &list);
    assert_eq!(tags(&list, "input").iter().filter(|tag| attribute(tag, "name") == Some("request")).count(), 3);

    let page = confirmation(&browser, &requests).await;
    assert_sound("bulk", &page);
    assert!(page.contains("Decide on 3 requests"));
    assert_eq!(state(&browser, requests[0]).await, RequestState::Waiting, "looking changes nothing");
    let chosen = chosen_in(&page).join("&");

    // As a scanner would send it: without a choice. And a no without a reason.
    for incomplete in [chosen.clone(), format!("{chosen}&verdict=reject&reason=")] {
        let answer = browser.post(&paths::DecideRequests.to_string(), &incomplete).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(chosen_in(&answer.text()).join("&"), chosen, "the same requests in the revisions shown before");
    }
    assert_eq!(state(&browser, requests[0]).await, RequestState::Waiting);

    // One is held in between.
    let ada = Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
    browser.stand.portal.hold(&ada, requests[1], "Because.").await.expect("held");
    let answer = browser.post(&paths::DecideRequests.to_string(), &format!("{chosen}&verdict=approve&reason=")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let result = answer.text();
    assert_sound("bulk-result", &result);
    assert!(result.contains("recorded for 2 of 3 requests") && result.contains("On hold"));
    assert_eq!(state(&browser, requests[0]).await, RequestState::Approved);
    assert_eq!(state(&browser, requests[1]).await, RequestState::OnHold);
    assert_eq!(state(&browser, requests[2]).await, RequestState::Approved);
}

#[tokio::test]
async fn nothing_is_decided_without_what_the_page_showed() {
    let browser = Browser::signed_in().await;
    let requests = asked(&browser, &["Lease"]).await;
    let forged = format!("chosen={}~AAAA&verdict=approve", requests[0]);
    let answer = browser.post(&paths::DecideRequests.to_string(), &forged).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nothing = browser.post(&paths::DecideRequests.to_string(), "verdict=approve").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let many = format!("{}?{}", paths::DecideRequests, "request=x&".repeat(60));
    assert_eq!(browser.get(&many).await.status, StatusCode::OK, "what is no id chooses nothing");
    let too_many = format!("verdict=approve{}", "&chosen=x~y".repeat(51));
    let answer = browser.post(&paths::DecideRequests.to_string(), &too_many).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(state(&browser, requests[0]).await, RequestState::Waiting);
}

#[tokio::test]
async fn the_list_is_a_table_of_what_the_filter_leaves() {
    let browser = Browser::signed_in().await;
    asked(&browser, &["=HYPERLINK(\"http://x\")", "Chairs, four", "Printer"]).await;
    let answer = browser.get("/requests.csv?tab=waiting").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"requests-waiting.csv\"");
    assert_eq!(answer.header("x-truncated"), "");
    let table = answer.text();
    assert!(
        table.starts_with(
            "id,title,requester,requester_email,state,stage,stages,approved,needed,due_at,submitted_at\r\n"
        )
    );
    assert!(table.contains(",\"'=HYPERLINK(\"\"http://x\"\")\",Bo,bo@example.org,Waiting,1,1,0,1,"), "{table}");
    assert!(table.contains(",\"Chairs, four\",Bo,"));
    assert_eq!(table.matches("\r\n").count(), 4);

    let narrowed = browser.get("/requests.csv?tab=waiting&q=PRINT&state=waiting&due=day").await.text();
    assert_eq!(narrowed.matches("\r\n").count(), 2);
    assert!(narrowed.contains(",Printer,"));
}

#[tokio::test]
async fn a_table_of_everything_is_for_admins() {
    let browser = signed_in_with(APPROVER).await;
    assert_eq!(browser.get("/requests.csv?tab=all").await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get("/requests.csv?tab=waiting").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_filter_of_nonsense_narrows_nothing() {
    let browser = Browser::signed_in().await;
    asked(&browser, &["Lease"]).await;
    for query in ["state=no&due=no&from=no&to=2026-02-31", "q=%20", "q=%00"] {
        let list = browser.get(&format!("/?tab=waiting&{query}")).await;
        assert_eq!(list.status, StatusCode::OK, "{query}");
        assert!(list.text().contains("Lease"), "{query}");
    }
}
