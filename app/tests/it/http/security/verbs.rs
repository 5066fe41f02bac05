//! Who may do what to a request: each verb by each kind of person.

use axum::http::StatusCode;
use countersign::pages::paths;
use countersign::portal::{Actor, RequestId, UserId};

use super::super::browser::{ADMIN, Browser};
use super::scene::{APPROVER, REQUESTER, admin_of, join};
use crate::portal::stand::draft;

const STRANGER: &str = "eve@x.org";
const OBSERVER: &str = "otto@x.org";
const ASKED: &str = "ben@x.org";
const OWNER: &str = "rita@x.org";

/// Whoever tries, in the order of the table's columns.
const PEOPLE: [&str; 5] = [STRANGER, OBSERVER, ASKED, OWNER, ADMIN];

/// What a verb posts, for a request, its first question and its observer.
type Post = fn(&str, &str, &str) -> (String, String);

/// A verb, and the status for each of [`PEOPLE`]: 303 is done, 403 is forbidden to those who see the request, and 404 is
/// what those get to whom it does not exist.
const TABLE: [(&str, Post, [u16; 5]); 9] = [
    ("withdraw", |id, _, _| (paths::WithdrawRequest(id).to_string(), String::new()), [404, 404, 403, 303, 303]),
    ("remind", |id, _, _| (paths::RemindRequest(id).to_string(), String::new()), [404, 404, 403, 303, 303]),
    (
        "add an approver",
        |id, _, _| (paths::AddApprover(id).to_string(), "approver=new%40x.org".into()),
        [404, 404, 303, 303, 303],
    ),
    (
        "pass on Ben's question",
        |id, question, _| {
            let form = format!("question={question}&to=new%40x.org&reason=Away");
            (paths::ReassignQuestion(id).to_string(), form)
        },
        [404, 404, 303, 403, 303],
    ),
    (
        "add an observer",
        |id, _, _| (paths::AddObserver(id).to_string(), "observer=new%40x.org".into()),
        [404, 404, 303, 303, 303],
    ),
    (
        "end Otto's observing",
        |id, _, otto| (paths::RemoveObserver(id, otto).to_string(), String::new()),
        [404, 303, 403, 303, 303],
    ),
    (
        "overrule",
        |id, _, _| (paths::OverruleRequest(id).to_string(), "verdict=approve&reason=Urgent".into()),
        [403, 403, 403, 403, 303],
    ),
    ("comment", |id, _, _| (paths::CommentRequest(id).to_string(), "text=Hello".into()), [404, 303, 303, 303, 303]),
    (
        "decide without having seen it",
        |id, _, _| (paths::DecideRequest(id).to_string(), "verdict=approve".into()),
        [404, 422, 422, 422, 422],
    ),
];

/// A request of Rita's that asks Ben and a guest, and that Otto observes.
async fn scene(browser: &Browser, rita: &Actor) -> (RequestId, String, UserId) {
    let stand = &browser.stand;
    let request = stand.submit(rita, draft(&[ASKED, "ana@x.org"], "all")).await;
    stand.open(request).await;
    stand.portal.observe(rita, request, OBSERVER).await.expect("observed");
    let record = stand.record(request).await;
    let question = record.asked.iter().find(|asked| asked.person.email == ASKED).expect("a question").assignment.id;
    (request, question.to_string(), record.observers[0].id)
}

#[tokio::test]
async fn each_verb_of_a_request_is_for_those_whom_it_is_meant_for() {
    let mut browser = Browser::new().await;
    let admin = admin_of(&browser).await;
    let rita = join(&browser.stand, &admin, OWNER, REQUESTER).await;
    for (email, roles) in [(STRANGER, REQUESTER), (OBSERVER, APPROVER), (ASKED, APPROVER)] {
        join(&browser.stand, &admin, email, roles).await;
    }
    for (column, email) in PEOPLE.into_iter().enumerate() {
        browser.sign_in(email).await;
        for (verb, post, expected) in TABLE {
            let (request, question, otto) = scene(&browser, &rita).await;
            let happened = browser.stand.record(request).await.events.len();
            let (path, form) = post(&request.to_string(), &question, &otto.to_string());
            let answer = browser.post(&path, &form).await;
            assert_eq!(answer.status.as_u16(), expected[column], "{email}: {verb}: {}", answer.text());
            if answer.status != StatusCode::SEE_OTHER {
                let record = browser.stand.record(request).await;
                assert_eq!(record.events.len(), happened, "{email}: {verb} did something");
                assert!(record.request.closed.is_none(), "{email}: {verb}");
            }
        }
    }
}

#[tokio::test]
async fn another_revision_is_submitted_by_the_requester_alone() {
    let mut browser = Browser::new().await;
    let admin = admin_of(&browser).await;
    let rita = join(&browser.stand, &admin, OWNER, REQUESTER).await;
    for (email, roles) in [(STRANGER, REQUESTER), (OBSERVER, APPROVER), (ASKED, APPROVER)] {
        join(&browser.stand, &admin, email, roles).await;
    }
    let (request, ..) = scene(&browser, &rita).await;
    let path = paths::ReviseRequest(&request.to_string()).to_string();
    for (email, expected) in PEOPLE.into_iter().zip([404, 403, 403, 200, 403]) {
        browser.sign_in(email).await;
        assert_eq!(browser.get(&path).await.status.as_u16(), expected, "{email}");
    }
}

#[tokio::test]
async fn a_question_of_somebody_else_is_passed_on_by_admins_only() {
    let browser = Browser::new().await;
    let admin = admin_of(&browser).await;
    let rita = join(&browser.stand, &admin, OWNER, REQUESTER).await;
    let ben = join(&browser.stand, &admin, ASKED, APPROVER).await;
    let request = browser.stand.submit(&rita, draft(&[ASKED, "ana@x.org"], "all")).await;
    let record = browser.stand.record(request).await;
    let anas = record.asked.iter().find(|asked| asked.person.email == "ana@x.org").expect("a question").assignment.id;
    let portal = &browser.stand.portal;
    let refused = portal.reassign(&ben, anas, "eve@x.org", "Because.").await;
    assert!(matches!(refused, Err(countersign::portal::PortalError::Forbidden(_))), "{refused:?}");
    portal.reassign(&admin, anas, "eve@x.org", "Because.").await.expect("an admin may");
}
