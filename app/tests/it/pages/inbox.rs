//! The list of requests.

use countersign::pages;
use countersign::view::{Inbox, InboxRow, InboxTab, Notice, RequestState, Tone};

use crate::support::html::{assert_sound, keep};
use crate::support::views::{DAY, HOUR, admin, ana, at, chiara, due, id, member};

fn row(number: u128, title: &str, state: RequestState) -> InboxRow {
    let open = state.is_open();
    let offset = [21 * HOUR, 3 * DAY, -HOUR][usize::try_from(number % 3).unwrap_or_default()];
    InboxRow {
        id: id(number),
        title: title.to_owned(),
        requester: if number.is_multiple_of(4) { chiara() } else { ana() },
        state,
        approved: u32::from(!open),
        needed: 2,
        due: open.then(|| due(offset)),
        submitted_at: at(-i64::try_from(number).unwrap_or_default() * 9 * HOUR),
    }
}

fn inbox() -> Inbox {
    Inbox {
        tab: InboxTab::All,
        tabs: vec![(InboxTab::Waiting, 2), (InboxTab::Mine, 4), (InboxTab::All, 128)],
        rows: vec![
            row(3, "Renew the hosting contract for 2027 and 2028", RequestState::Waiting),
            row(1, "Travel to the supplier in Porto, three people", RequestState::Escalated),
            row(2, "New privacy notice for the web shop", RequestState::OnHold),
            row(4, "Purchase: forklift battery", RequestState::Approved),
            row(
                5,
                "Discount of 22 % for an order above the usual volume, quote 4711-B, second attempt",
                RequestState::Rejected,
            ),
            row(6, "Summer party budget", RequestState::Expired),
            row(7, "Rename the product", RequestState::Terminated),
        ],
        paged: false,
        next: Some("c-19".into()),
    }
}

#[test]
fn the_inbox_lists_requests_with_state_approvals_and_due_time() {
    let html = keep("inbox", &pages::inbox(admin(), inbox()));
    assert_sound("inbox", &html);
    assert!(html.contains("data-urgency=\"soon\""));
    assert!(html.contains("href=\"/?tab=all&amp;before=c-19\""));
    for word in ["Waiting", "Escalated", "On hold", "Approved", "Rejected", "Expired", "Terminated"] {
        assert!(html.contains(word), "{word}");
    }
}

#[test]
fn the_current_tab_and_the_current_section_are_marked() {
    let html = pages::inbox(admin(), inbox()).html().to_owned();
    assert!(html.contains("href=\"/\" aria-current=\"page\"") || html.contains("aria-current=\"page\" href=\"/\""));
    assert!(
        html.contains("href=\"/?tab=all\" aria-current=\"page\"")
            || html.contains("aria-current=\"page\" href=\"/?tab=all\"")
    );
}

#[test]
fn only_admins_see_instances_people_and_outbox() {
    let page = Inbox {
        tab: InboxTab::Waiting,
        tabs: vec![(InboxTab::Waiting, 0), (InboxTab::Mine, 0)],
        rows: vec![],
        ..inbox()
    };
    let html = pages::inbox(member(), page).html().to_owned();
    assert!(!html.contains("href=\"/people\""));
    assert!(!html.contains("href=\"/instances\""));
    assert!(!html.contains("href=\"/outbox\""));
}

#[test]
fn an_empty_inbox_says_why_and_what_next() {
    let frame = countersign::view::Frame {
        notice: Some(Notice { tone: Tone::Good, text: "Your decision was recorded.".into() }),
        ..member()
    };
    let tabs = vec![(InboxTab::Waiting, 0), (InboxTab::Mine, 0)];
    let page = Inbox { tab: InboxTab::Mine, tabs, rows: vec![], paged: false, next: None };
    let html = keep("inbox-empty", &pages::inbox(frame, page));
    assert_sound("inbox-empty", &html);
    assert!(html.contains("You have not submitted anything yet"));
    assert!(html.contains("Start a new request"));
}

#[test]
fn a_title_is_text_and_never_markup() {
    let page = Inbox { rows: vec![row(3, "<script>alert(1)</script>", RequestState::Waiting)], ..inbox() };
    let html = pages::inbox(admin(), page).html().to_owned();
    assert!(!html.contains("<script>alert"));
    assert!(html.contains("&lt;script&gt;alert(1)"));
}
