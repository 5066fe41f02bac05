//! One answer to several requests decides what was shown, and nothing that came or changed since.

use axum::http::StatusCode;
use countersign::pages::paths;
use countersign::portal::RevisionDraft;
use countersign::portal::request::RequestState;

use super::super::browser::{ADMIN, Browser};
use crate::portal::stand::draft;
use crate::support::html::{attribute, tags};

#[tokio::test]
async fn a_selection_is_decided_as_it_was_shown_and_what_changed_meanwhile_is_not() {
    let browser = Browser::signed_in().await;
    let stand = &browser.stand;
    let bo = stand.link_less_admin().await;
    let submitted = async || stand.submit(&bo, draft(&[ADMIN], "any")).await;
    let (shown, changed) = (submitted().await, submitted().await);
    let page = browser.get(&format!("{}?request={shown}&request={changed}", paths::DecideRequests)).await.text();
    let inputs = tags(&page, "input").into_iter().filter(|tag| attribute(tag, "name") == Some("chosen"));
    let chosen: Vec<_> = inputs.filter_map(|tag| attribute(tag, "value")).map(|it| format!("chosen={it}")).collect();
    assert_eq!(chosen.len(), 2);

    // While the page is open, one of them becomes another document, and a third one comes in.
    let other = RevisionDraft { title: "Contract".into(), text: "Twice the price.".into(), ..RevisionDraft::default() };
    stand.portal.revise(&bo, changed, other).await.expect("revised");
    let later = submitted().await;
    let form = format!("{}&verdict=approve&reason=", chosen.join("&"));
    let answer = browser.post(&paths::DecideRequests.to_string(), &form).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().contains("recorded for 1 of 2 requests"), "{}", answer.text());
    for (request, state) in
        [(shown, RequestState::Approved), (changed, RequestState::Waiting), (later, RequestState::Waiting)]
    {
        assert_eq!(stand.record(request).await.request.state(), state);
    }
}
