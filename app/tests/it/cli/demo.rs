//! `countersign demo`: an office with four weeks behind it, once.

use countersign::auth::SystemClock;
use countersign::db::DbReads;
use countersign::portal::reads::{InboxQuery, InboxRow, InboxTab};
use countersign::portal::request::{AssignmentState, RequestState};
use countersign::portal::{Clock, InboxFilter, Reads, UserId};

use super::process::{Server, get_as, post, program, run};
use crate::support::database::Place;

const STATES: [RequestState; 9] = [
    RequestState::Waiting,
    RequestState::Escalated,
    RequestState::OnHold,
    RequestState::ChangesRequested,
    RequestState::Approved,
    RequestState::Rejected,
    RequestState::Expired,
    RequestState::Terminated,
    RequestState::Withdrawn,
];

const PAGES: [&str; 22] = [
    "/",
    "/?tab=mine",
    "/?tab=watching",
    "/?tab=done",
    "/?tab=all",
    "/requests.csv?tab=all",
    "/views",
    "/requests/new",
    "/policies",
    "/people",
    "/groups",
    "/absence",
    "/workload",
    "/workflows",
    "/instances",
    "/entities",
    "/monitors",
    "/webhooks",
    "/outbox",
    "/audit",
    "/tokens",
    "/settings",
];

async fn rows(reads: &DbReads) -> Vec<InboxRow> {
    let query = InboxQuery {
        user: UserId(uuid::Uuid::nil()),
        tab: InboxTab::All,
        filter: InboxFilter::default(),
        now: SystemClock.now(),
        after: None,
        limit: 100,
    };
    reads.list_inbox(&query).await.expect("the requests")
}

/// There is a request in each state, and one that was revised and lost an approval by that.
async fn check_requests(place: &Place) -> Vec<InboxRow> {
    let database = place.open().await;
    let reads = DbReads::new(database.read().clone());
    let rows = rows(&reads).await;
    for state in STATES {
        assert!(rows.iter().any(|row| row.state == state), "no request is {state:?}");
    }
    let hosting = rows.iter().find(|row| row.title.starts_with("Hosting")).expect("the request about hosting");
    let record = reads.find_request(hosting.id).await.expect("its rows").expect("the request");
    assert_eq!((record.request.revision, record.request.state()), (2, RequestState::Waiting));
    let void = |state| record.asked.iter().any(|asked| asked.assignment.state == state);
    assert!(void(AssignmentState::Stale), "the approval of the first revision does not count for the second");
    let now = SystemClock.now();
    assert!(record.events.is_sorted_by_key(|event| event.at) && record.events.iter().all(|event| event.at < now));
    database.close().await;
    rows
}

#[tokio::test]
async fn the_demo_fills_every_page_with_what_really_ran_and_refuses_to_do_so_twice() {
    // It takes most of a minute and asks nothing of a database that other tests do not ask of both.
    let place = Place::untouched_folder();
    let told = run(program(&place, &["demo"])).succeeded().stdout;
    assert!(told.contains("  0 %  ") && told.contains("Emil submits"), "{told}");
    let password = told.split("with the password ").nth(1).and_then(|rest| rest.lines().next()).expect("a password");
    run(program(&place, &["demo"])).failed_saying("this database has people already");
    let requests = check_requests(&place).await;

    let verified = run(program(&place, &["audit", "verify"])).succeeded().stdout;
    assert!(verified.ends_with(", nothing wrong.\n"), "{verified}");

    let server = Server::launch(&place, "127.0.0.1:0");
    let address = server.ready();
    let answer = post(&address, "/sign-in", &format!("email=ada%40example.org&password={password}"));
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a session");
    let cookie = cookie.split(';').next().expect("a cookie");
    let of_requests = requests.iter().map(|row| format!("/requests/{}", row.id));
    for path in PAGES.into_iter().map(str::to_owned).chain(of_requests) {
        let answer = get_as(&address, &path, cookie);
        let status = answer.lines().next().unwrap_or_default();
        assert!(status.starts_with("HTTP/1.1 200 "), "{path}: {status}");
    }
    let examined = run(program(&place, &["doctor"])).succeeded();
    assert!(examined.stdout.ends_with("nothing wrong.\n"), "{}", examined.stdout);
    server.stop();
}

#[test]
fn the_demo_is_not_mailed_to_anybody() {
    let place = Place::untouched_folder();
    let mut demo = program(&place, &["demo"]);
    demo.env("COUNTERSIGN_SMTP_URL", "smtp://127.0.0.1:1");
    run(demo).failed_saying("the people of the demo have no mailboxes");
    assert!(!place.folder().join("countersign.db").exists(), "nothing has happened yet");
}
