//! How often a link may be used.

use axum::http::StatusCode;
use countersign::portal::policy::Verdict;
use countersign::portal::{LINK_TRIES, NewLinkOutcome, PortalError};

use super::super::browser::Browser;
use super::scene::{Holder, admin_of};
use crate::portal::stand::{MINUTE, Stand, draft};
use crate::support::html::{attribute, has, tags};

#[tokio::test]
async fn a_link_that_is_used_too_often_is_told_when_to_try_again_and_keeps_what_was_typed() {
    let browser = Browser::new().await;
    let (stand, admin) = (&browser.stand, admin_of(&browser).await);
    let request = stand.submit(&admin, draft(&["ana@x.org", "ben@x.org"], "all")).await;
    stand.open(request).await;
    let (ana, ben) = (Holder::of(&browser, "ana@x.org").await, Holder::of(&browser, "ben@x.org").await);
    for _ in 0..LINK_TRIES {
        assert_eq!(ana.decide("reject", "").await.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason is missing");
    }
    let refused = ana.decide("reject", "Too+dear").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let page = refused.text();
    assert!(page.contains("Try again in 10 minutes.") && page.contains("Too dear"), "{page}");
    let chosen: Vec<_> = tags(&page, "input").into_iter().filter(|input| has(input, "checked")).collect();
    assert_eq!(chosen.iter().map(|input| attribute(input, "value")).collect::<Vec<_>>(), [Some("reject")]);
    assert!(stand.record(request).await.asked.iter().all(|asked| asked.decision.is_none()));

    assert_eq!(ben.decide("approve", "").await.status, StatusCode::SEE_OTHER, "others are not kept from theirs");
    stand.pass(10 * MINUTE);
    assert_eq!(ana.decide("reject", "Too+dear").await.status, StatusCode::SEE_OTHER);
    let asked = stand.record(request).await.asked;
    let verdicts: Vec<_> = asked.iter().filter_map(|asked| asked.decision.as_ref()?.said.verdict()).collect();
    assert_eq!(verdicts, [Verdict::Reject, Verdict::Approve]);
}

#[tokio::test]
async fn whatever_is_tried_with_a_link_counts() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    stand.open(request).await;
    let (portal, ana) = (&stand.portal, stand.link_actor("ana@x.org").await);
    for _ in 0..LINK_TRIES {
        assert_eq!(portal.request_new_link(&ana).await, Ok(NewLinkOutcome::StillOpen));
    }
    let yes = stand.yes(request).await;
    let refused = [
        portal.decide_by_link(&ana, yes).await.map(|_| ()),
        portal.request_code(&ana).await.map(|_| ()),
        portal.request_new_link(&ana).await.map(|_| ()),
        portal.answer_run(&ana, true).await.map(|_| ()),
    ];
    for refusal in refused {
        assert!(matches!(refusal, Err(PortalError::TooMany(_))), "{refusal:?}");
    }
}
