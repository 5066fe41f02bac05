//! The certificate of a request that has ended, for those who decided by their link.

use axum::http::StatusCode;
use countersign::portal::RequestId;

use super::super::browser::Browser;
use super::links::assert_closed;
use super::scene::{Holder, admin_of};
use crate::portal::stand::{MINUTE, draft};

/// A browser without a session, and an open request to Ana and Ben.
async fn asked(rule: &str) -> (Browser, RequestId) {
    let browser = Browser::new().await;
    let admin = admin_of(&browser).await;
    let request = browser.stand.submit(&admin, draft(&["ana@x.org", "ben@x.org"], rule)).await;
    browser.stand.open(request).await;
    (browser, request)
}

fn certificate_of(holder: &Holder<'_>) -> String {
    format!("{}/certificate.pdf", holder.page)
}

/// Asserts that the link leads to its own page instead, which does not offer it.
async fn assert_none(holder: &Holder<'_>) {
    let answer = holder.get(&certificate_of(holder)).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, holder.page.as_str()));
    assert!(!holder.text().await.contains("certificate.pdf"));
}

#[tokio::test]
async fn whoever_decided_by_link_has_the_certificate_once_the_request_has_ended() {
    let (browser, request) = asked("all").await;
    let (ana, ben) = (Holder::of(&browser, "ana@x.org").await, Holder::of(&browser, "ben@x.org").await);
    assert_eq!(ana.decide("approve", "").await.status, StatusCode::SEE_OTHER);
    for holder in [&ana, &ben] {
        let early = holder.get(&certificate_of(holder)).await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        assert!(early.text().contains("This request has not ended yet."));
        assert!(!holder.text().await.contains("certificate.pdf"));
    }
    assert_eq!(ben.decide("approve", "").await.status, StatusCode::SEE_OTHER);
    for holder in [&ana, &ben] {
        let path = certificate_of(holder);
        assert!(holder.text().await.contains(&format!("href=\"{path}\"")), "the receipt leads to it");
        let answer = holder.get(&path).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/pdf"));
        assert_eq!(answer.header("content-disposition"), format!("inline; filename=\"certificate-{request}.pdf\""));
        assert!(answer.bytes.starts_with(b"%PDF-1.7"));
        assert_closed("the certificate", &answer);
        assert_eq!(browser.get(&path).await.status, StatusCode::FORBIDDEN, "not without the cookie");
    }
}

#[tokio::test]
async fn a_link_that_was_not_used_or_has_expired_or_whose_owner_is_disabled_gives_no_certificate() {
    let (browser, request) = asked("any").await;
    let (stand, admin) = (&browser.stand, admin_of(&browser).await);
    let (ana, ben) = (Holder::of(&browser, "ana@x.org").await, Holder::of(&browser, "ben@x.org").await);
    assert_eq!(ana.decide("approve", "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(ana.get(&certificate_of(&ana)).await.status, StatusCode::OK);
    assert_none(&ben).await;

    let asked = stand.record(request).await.asked;
    let user = asked.iter().find(|asked| asked.person.email == "ana@x.org").expect("she is asked").assignment.user;
    stand.portal.disable_user(&admin, user).await.expect("disabled");
    assert_none(&ana).await;
    stand.portal.enable_user(&admin, user).await.expect("enabled");
    assert_eq!(ana.get(&certificate_of(&ana)).await.status, StatusCode::OK);

    stand.pass(61 * MINUTE);
    let ana = Holder::of(&browser, "ana@x.org").await;
    assert!(ana.text().await.contains("You approved this request"), "an old link goes on to say how things stand");
    assert_none(&ana).await;
}
