//! `/absence`, `/people/{id}/absence`, `/workload`.

use axum::http::StatusCode;
use countersign::pages::paths;
use countersign::portal::absence::day_of;
use countersign::portal::policies::{TypedPolicy, TypedStage};
use countersign::portal::zone::Zone;
use countersign::portal::{AccountDraft, Actor, PortalError, RequestDraft, Roles, Round, UserId};
use sea_orm::ConnectionTrait;

use super::browser::{ADMIN, Browser, PASSWORD};
use super::roles::{APPROVER, signed_in_with};
use crate::portal::stand::{MINUTE, draft};

/// Another admin.
const OLGA: &str = "olga@example.org";

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

/// The id of somebody whom the portal knows.
async fn user(browser: &Browser, admin: &Actor, email: &str) -> UserId {
    let people = browser.stand.portal.people(admin).await.expect("people");
    people.iter().find(|user| user.email.as_str() == email).expect("somebody").id
}

#[tokio::test]
async fn why_a_substitute_is_not_asked_is_said_beside_the_absence() {
    let browser = signed_in_with(APPROVER).await;
    let admin = Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
    let open = browser.stand.submit(&admin, draft(&["bea@example.org", "cleo@x.org"], "all")).await;
    browser.stand.open(open).await;
    let engine = browser.stand.run().await;
    let absence = paths::Absence.to_string();
    let plan = async |substitute: &str| {
        let form = format!("from={}&substitute={substitute}", today(&browser));
        let planned = browser.post(&absence, &form).await;
        assert_eq!(planned.status, StatusCode::SEE_OTHER, "a conflict makes no absence impossible");
        browser.get(&absence).await.text()
    };
    let end = async |page: &str| {
        let start = page.find("/absence/").expect("an absence with its button");
        let cancel = &page[start..start + page[start..].find('"').expect("the value ends")];
        assert_eq!(browser.post(cancel, "").await.status, StatusCode::SEE_OTHER);
    };

    let page = plan("ada%40example.org").await;
    assert!(page.contains("“Contract” stays with you, because Ada is the requester."));
    end(&page).await;
    let page = plan("cleo%40x.org").await;
    assert!(page.contains("“Contract” stays with you, because cleo@x.org is asked already."));
    end(&page).await;
    let page = plan("dan%40x.org").await;
    assert!(!page.contains("stays with you"), "he answers it");
    let dan = user(&browser, &admin, "dan@x.org").await;
    browser.stand.portal.disable_user(&admin, dan).await.expect("disabled");
    let page = browser.get(&absence).await.text();
    assert!(page.contains("Questions go to you as always, because dan@x.org cannot stand in."), "and not why: {page}");
    engine.shutdown().await;
}

/// A portal in which Olga, another admin than Ada, is signed in, and Ada has asked these people about something.
async fn before_olga(people: &[&str]) -> (Browser, Actor) {
    let mut browser = Browser::new().await;
    let portal = browser.stand.portal.clone();
    let admin = Actor::User(portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
    let olga = AccountDraft { name: "Olga".into(), email: OLGA.into(), password: PASSWORD.into() };
    portal.create_admin(&Actor::Cli, olga).await.expect("another admin");
    browser.stand.submit(&admin, draft(people, "all")).await;
    browser.sign_in(OLGA).await;
    (browser, admin)
}

/// Plans that somebody is away from today on, and gives their page.
async fn plan_for(browser: &Browser, admin: &Actor, email: &str, substitute: &str) -> String {
    let page = paths::PersonAbsence(&user(browser, admin, email).await.to_string()).to_string();
    let planned = browser.post(&page, &format!("from={}&substitute={substitute}", today(browser))).await;
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.text());
    browser.get(&page).await.text()
}

#[tokio::test]
async fn whoever_will_be_asked_in_truth_is_named_before_anybody_is() {
    let (mut browser, admin) = before_olga(&["ben@x.org", "cleo@x.org", "dan@x.org", "eve@x.org"]).await;
    let portal = browser.stand.portal.clone();
    let engine = browser.stand.run().await;
    plan_for(&browser, &admin, "cleo@x.org", "dan%40x.org").await;
    let bens = plan_for(&browser, &admin, "ben@x.org", "cleo%40x.org").await;
    assert!(bens.contains("Questions go to dan@x.org, because cleo@x.org is absent too."));
    assert!(bens.contains("Planned by Olga"), "so that he learns of it");
    browser.swap_session(&mut None);
    browser.sign_in(ADMIN).await;
    let eves = plan_for(&browser, &admin, "eve@x.org", "fay%40x.org").await;
    assert!(eves.contains("“Contract” stays with eve@x.org, because Ada is the requester and arranged who stands in."));
    assert!(eves.contains("Only where fay@x.org or Ada asked for it"));

    let stage = |approver: &str| TypedStage { approvers: approver.into(), ..TypedStage::fresh() };
    let stages = vec![stage("eve@x.org"), stage("ben@x.org")];
    let typed = TypedPolicy { name: "Travel".into(), stages, ..TypedPolicy::fresh() };
    let policy = portal.create_policy(&admin, typed.read().expect("right")).await.expect("a policy");
    let preview = browser.get(&format!("{}?policy={policy}", paths::NewRequest)).await.text();
    let expected = RequestDraft { title: "Lisbon".into(), policy: Some(policy), ..RequestDraft::default() };
    let request = portal.submit(&admin, expected).await.expect("a request");
    let ladder = browser.get(&paths::Request(&request.to_string()).to_string()).await.text();
    let arranged = "asked all the same: whoever submits the request arranged who stands in";
    assert!(preview.contains(arranged), "the first question stays with Eve");
    for page in [preview, ladder] {
        assert!(page.contains("for ben@x.org, who is absent") && page.contains("dan@x.org"), "{page}");
    }
    engine.shutdown().await;
}

#[tokio::test]
async fn an_escalation_is_foreseen_as_it_happens() {
    let (mut browser, admin) = before_olga(&["ben@x.org", "eve@x.org"]).await;
    let portal = browser.stand.portal.clone();
    let engine = browser.stand.run().await;
    for absent in ["ben@x.org", "eve@x.org"] {
        plan_for(&browser, &admin, absent, "cleo%40x.org").await;
    }
    engine.shutdown().await;
    browser.swap_session(&mut None);
    browser.sign_in(ADMIN).await;
    let policy = "name = \"Travel\"\n[[stage]]\naddresses = [\"ben@x.org\"]\nrule = \"all\"\ndue_in = \"3 days\"\n\
                  [[stage.ladder]]\nat = \"due\"\ndo = \"escalate\"\nto = \"eve@x.org\"\n\
                  [[stage.ladder]]\nat = \"1 day after\"\ndo = \"reject\"\n";
    let policy = portal.import_policy(&admin, policy).await.expect("a policy");
    let preview = browser.get(&format!("{}?policy={policy}", paths::NewRequest)).await.text();
    let typed = RequestDraft { title: "Lisbon".into(), policy: Some(policy), ..RequestDraft::default() };
    let request = browser.stand.submit(&admin, typed).await;
    let ladder = browser.get(&paths::Request(&request.to_string()).to_string()).await.text();
    for page in [preview, ladder] {
        assert!(page.contains("asked all the same: cleo@x.org is asked already"), "she is, for Ben: {page}");
    }
    browser.stand.open(request).await;
    browser.stand.pass(3 * 24 * 60 * MINUTE);
    portal.advance(Round { request, generation: 1 }).await.expect("an escalation");
    let asked = browser.stand.record(request).await.asked;
    let asked: Vec<_> = asked.iter().map(|asked| (asked.person.email.as_str(), asked.assignment.escalation)).collect();
    assert_eq!(asked, [("cleo@x.org", false), ("eve@x.org", true)]);
}

/// Makes what somebody has planned unreadable.
async fn spoil(browser: &Browser, user: UserId) {
    let entity = format!("SELECT key FROM instances WHERE id = '@absence@{user}'");
    let sql = format!("UPDATE entities SET state = '7' WHERE instance_key = ({entity})");
    let spoilt: Result<u64, PortalError> = browser
        .stand
        .client
        .transaction("spoil", move |tx| {
            Box::pin(async move { Ok(tx.connection().execute_unprepared(&sql).await?.rows_affected()) })
        })
        .await;
    assert_eq!(spoilt.expect("a sound statement"), 1);
}

#[tokio::test]
async fn the_page_of_a_request_needs_no_absences_of_others_and_is_shown_without_those_that_are_unreadable() {
    let (browser, admin) = before_olga(&["ben@x.org", "zoe@x.org"]).await;
    let engine = browser.stand.run().await;
    for absent in ["ben@x.org", "zoe@x.org"] {
        plan_for(&browser, &admin, absent, "cleo%40x.org").await;
    }
    engine.shutdown().await;
    let stage = |approver: &str| TypedStage { approvers: approver.into(), ..TypedStage::fresh() };
    let stages = vec![stage("eve@x.org"), stage("ben@x.org")];
    let typed = TypedPolicy { name: "Travel".into(), stages, ..TypedPolicy::fresh() };
    let policy = browser.stand.portal.create_policy(&admin, typed.read().expect("right")).await.expect("a policy");
    let typed = RequestDraft { title: "Lisbon".into(), policy: Some(policy), ..RequestDraft::default() };
    let request = browser.stand.submit(&admin, typed).await;
    for (spoilt, is_known) in [("zoe@x.org", true), ("ben@x.org", false)] {
        spoil(&browser, user(&browser, &admin, spoilt).await).await;
        let page = browser.get(&paths::Request(&request.to_string()).to_string()).await;
        assert_eq!(page.status, StatusCode::OK, "{spoilt}");
        assert_eq!(page.text().contains("for ben@x.org, who is absent"), is_known, "{spoilt}");
    }
}
