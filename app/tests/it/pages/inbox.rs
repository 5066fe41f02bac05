//! The list of requests.

use countersign::pages;
use countersign::view::{DueFilter, Inbox, InboxFilter, InboxRow, InboxTab, Notice, RequestState, SavedView, Tone};

use crate::support::html::{assert_sound, attribute, has, keep, tags};
use crate::support::views::{DAY, HOUR, admin, ana, at, chiara, due, id, member};

fn row(number: u128, title: &str, state: RequestState) -> InboxRow {
    let open = state.is_open();
    let offset = [21 * HOUR, 3 * DAY, -HOUR][usize::try_from(number % 3).unwrap_or_default()];
    InboxRow {
        id: id(number),
        title: title.to_owned(),
        requester: if number.is_multiple_of(4) { chiara() } else { ana() },
        state,
        stage: 2,
        stages: 3,
        approved: u32::from(!open),
        needed: 2,
        due: open.then(|| due(offset)),
        submitted_at: at(-i64::try_from(number).unwrap_or_default() * 9 * HOUR),
        age: "3 days".into(),
    }
}

fn inbox() -> Inbox {
    Inbox {
        tab: InboxTab::All,
        tabs: vec![
            (InboxTab::Waiting, 2),
            (InboxTab::Mine, 4),
            (InboxTab::Watching, 0),
            (InboxTab::Done, 61),
            (InboxTab::All, 1_000),
        ],
        views: vec![
            SavedView {
                id: id(40),
                name: "Leases that are due".into(),
                tab: InboxTab::All,
                query: "q=lease&due=day".into(),
                current: true,
            },
            SavedView {
                id: id(41),
                name: "Mine, rejected".into(),
                tab: InboxTab::Mine,
                query: "state=rejected".into(),
                current: false,
            },
        ],
        filter: InboxFilter::default(),
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
    let filter = InboxFilter::default();
    let page = Inbox { tab: InboxTab::Mine, tabs, views: vec![], filter, rows: vec![], paged: false, next: None };
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

#[test]
fn the_filter_says_again_what_was_asked_and_every_page_keeps_it() {
    let filter = InboxFilter {
        text: "fork & \"lift\"".into(),
        state: Some(RequestState::OnHold),
        due: Some(DueFilter::Overdue),
        from: "2026-11-01".into(),
        to: String::new(),
    };
    let html = keep("inbox-filtered", &pages::inbox(admin(), Inbox { filter, ..inbox() }));
    assert_sound("inbox-filtered", &html);
    let field = |name: &str| tags(&html, "input").into_iter().find(|tag| attribute(tag, "name") == Some(name));
    assert_eq!(field("from").and_then(|tag| attribute(tag, "value")), Some("2026-11-01"));
    assert!(field("q").is_some_and(|tag| tag.contains("fork &amp;")));
    let chosen: Vec<_> = tags(&html, "option").into_iter().filter(|tag| has(tag, "selected")).collect();
    let chosen: Vec<_> = chosen.iter().filter_map(|tag| attribute(tag, "value")).collect();
    assert_eq!(chosen, ["on-hold", "overdue"]);
    let query = "tab=all&amp;q=fork%20%26%20%22lift%22&amp;state=on-hold&amp;due=overdue&amp;from=2026-11-01";
    assert!(html.contains(&format!("href=\"/?{query}&amp;before=c-19\"")), "the next page");
    assert!(html.contains(&format!("href=\"/requests.csv?{query}\"")), "the table");
    assert!(html.contains(">Clear<") || html.contains("Clear</a>"));
}

#[test]
fn a_filter_that_nothing_matches_says_so() {
    let filter = InboxFilter { text: "nothing".into(), ..InboxFilter::default() };
    let page = Inbox { filter, rows: vec![], next: None, ..inbox() };
    let html = pages::inbox(admin(), page).html().to_owned();
    assert!(html.contains("No request matches"));
    assert!(!html.contains("There are no requests yet"));
}

#[test]
fn only_what_waits_for_the_reader_can_be_chosen_and_nothing_is_chosen_beforehand() {
    let boxes =
        |html: &str| tags(html, "input").iter().filter(|tag| attribute(tag, "type") == Some("checkbox")).count();
    assert_eq!(boxes(pages::inbox(admin(), inbox()).html()), 0);
    let rows = vec![row(3, "One", RequestState::Waiting), row(1, "Two", RequestState::Escalated)];
    let page = Inbox { tab: InboxTab::Waiting, rows, ..inbox() };
    let html = keep("inbox-choose", &pages::inbox(admin(), page));
    assert_sound("inbox-choose", &html);
    assert_eq!(boxes(&html), 2);
    assert!(!tags(&html, "input").iter().any(|tag| has(tag, "checked")));
    assert!(html.contains("action=\"/requests/decide\""));
}

#[test]
fn a_row_says_which_stage_is_open_how_far_it_is_and_how_old_the_request_is() {
    let html = pages::inbox(admin(), inbox()).html().to_owned();
    assert!(html.contains(">2 of 3</span>") && html.contains(">0 of 2 approved</span>"));
    assert!(html.contains(">3 days</time>"));
    let one_stage = InboxRow { stages: 1, stage: 1, ..row(3, "Alone", RequestState::Waiting) };
    let html = pages::inbox(admin(), Inbox { rows: vec![one_stage], ..inbox() }).html().to_owned();
    assert!(!html.contains("1 of 1<") && html.contains(">0 of 2 approved</span>"));
}

#[test]
fn what_was_not_counted_to_its_end_says_so() {
    let html = pages::inbox(admin(), inbox()).html().to_owned();
    assert!(html.contains(">999+</span>") && !html.contains(">1000<"));
}

#[test]
fn saved_views_are_links_and_the_current_one_cannot_be_saved_again() {
    let filter = InboxFilter { text: "lease".into(), due: Some(DueFilter::WithinDay), ..InboxFilter::default() };
    let html = keep("inbox-saved-view", &pages::inbox(admin(), Inbox { filter: filter.clone(), ..inbox() }));
    assert_sound("inbox-saved-view", &html);
    assert!(html.contains("href=\"/?tab=all&amp;q=lease&amp;due=day\""));
    assert!(html.contains("href=\"/?tab=mine&amp;state=rejected\""));
    assert!(!html.contains("Save this view"));
    let html = keep("inbox-save-view", &pages::inbox(admin(), Inbox { filter, views: vec![], ..inbox() }));
    assert_sound("inbox-save-view", &html);
    assert!(html.contains("Save this view") && html.contains("action=\"/views\""));
    assert!(!pages::inbox(admin(), Inbox { views: vec![], ..inbox() }).html().contains("Save this view"));
}

#[test]
fn only_those_who_have_shortcuts_get_their_list() {
    let with = pages::inbox(admin(), inbox()).html().to_owned();
    assert!(with.contains("data-shortcuts") && with.contains("data-new=\"/requests/new\""));
    assert!(!pages::inbox(member(), inbox()).html().contains("data-shortcuts"));
}
