//! `/absence`, `/people/{id}/absence`, `/workload`.

use axum::http::StatusCode;
use countersign::pages::paths;
use countersign::portal::absence::day_of;
use countersign::portal::zone::Zone;
use countersign::portal::{Actor, Roles};

use super::browser::{ADMIN, Browser, PASSWORD};
use super::roles::{APPROVER, signed_in_with};
use crate::portal::stand::{MINUTE, draft};

/// Today, as a form posts it.
fn today(browser: &Browser) -> String {
    day_of(browser.stand.portal.now(), Zone::UTC).expect("a day").to_string()
}

#[tokio::test]
async fn an_absence_is_planned_shown_and_cancelled() {
    let browser = signed_in_with(APPROVER).await;
    let engine = browser.stand.run().await;
    let form = format!("from={}&to=&substitute=cleo%40x.org&note=Sailing", today(&browser));
    let planned = browser.post(&paths::Absence.to_string(), &form).await;
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.text());
    assert_eq!(planned.header("location"), "/absence?done=absence");
    let page = browser.get("/absence?done=absence").await.text();
    for word in ["The absence is planned.", "Sailing", "cleo@x.org", "New questions go to cleo@x.org"] {
        assert!(page.contains(word), "{word}");
    }
    let again = browser.post(&paths::Absence.to_string(), &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text().contains("overlaps with another absence"));

    let start = page.find("/absence/").expect("an absence with its button");
    let cancel = &page[start..start + page[start..].find('"').expect("the value ends")];
    let cancelled = browser.post(cancel, "").await;
    assert_eq!(cancelled.header("location"), "/absence?done=absence-cancelled");
    assert!(browser.get("/absence").await.text().contains("No absence is planned"));
    assert_eq!(browser.post(cancel, "").await.status, StatusCode::NOT_FOUND);
    engine.shutdown().await;
}

#[tokio::test]
async fn what_is_wrong_comes_back_with_its_field() {
    let browser = signed_in_with(APPROVER).await;
    let refused = browser.post(&paths::Absence.to_string(), "from=2001-01-01&substitute=bea%40example.org").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text();
    assert!(page.contains("This day has passed already.") && page.contains("value=\"bea@example.org\""));
    let own = format!("from={}&substitute=bea%40example.org", today(&browser));
    let own = browser.post(&paths::Absence.to_string(), &own).await.text();
    assert!(own.contains("Nobody stands in for themself"));
    let backup = browser.post(&paths::Backup.to_string(), "backup=nobody").await;
    assert_eq!(backup.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(backup.text().contains("f-backup-error"));
}

#[tokio::test]
async fn nobody_but_admins_sees_what_others_have_planned() {
    let browser = signed_in_with(Roles { requester: true, ..APPROVER }).await;
    let admin = browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin");
    let path = paths::PersonAbsence(&admin.id.to_string()).to_string();
    assert_eq!(browser.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.post(&path, "from=2027-01-01").await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get(&paths::Workload.to_string()).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_workload_counts_what_waits_and_links_to_the_absences() {
    let browser = Browser::signed_in().await;
    let admin = Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
    let first = browser.stand.submit(&admin, draft(&["dan@x.org", "ben@x.org"], "all")).await;
    let second = browser.stand.submit(&admin, draft(&["ben@x.org", "cleo@x.org"], "all")).await;
    for request in [first, second] {
        browser.stand.open(request).await;
    }
    browser.stand.pass(10 * MINUTE);
    let dan = browser.stand.link_actor("dan@x.org").await;
    browser.stand.portal.decide_by_link(&dan, browser.stand.yes(first).await).await.expect("a decision");
    let loads = browser.stand.portal.workload(&admin).await.expect("loads");
    let of = |email: &str| loads.iter().find(|load| load.person.email == email).expect("a desk");
    assert_eq!((of("ben@x.org").open, of("cleo@x.org").open, of("ben@x.org").overdue), (2, 1, 0));
    assert_eq!((of("dan@x.org").open, of("dan@x.org").answered), (0, 1));
    assert_eq!((of("dan@x.org").median, of("ben@x.org").median), (Some(10 * MINUTE), None));
    browser.stand.pass(120 * MINUTE);
    let loads = browser.stand.portal.workload(&admin).await.expect("loads");
    assert_eq!(loads[0].person.email, "ben@x.org");
    assert_eq!((loads[0].overdue, loads[0].open), (2, 2), "they had an hour");
    let page = browser.get(&paths::Workload.to_string()).await.text();
    let bens = paths::PersonAbsence(&loads[0].person.id.to_string()).to_string();
    assert!(page.contains(&bens));
    assert_eq!(browser.get(&bens).await.status, StatusCode::OK);
}
