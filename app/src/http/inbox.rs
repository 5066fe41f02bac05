//! `GET /`: the list of requests.

use axum::extract::{Query, State};
use serde::Deserialize;

use super::error::Refusal;
use super::present;
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page};
use crate::portal::reads::InboxCounts;
use crate::view::{Inbox, InboxTab};

/// What the address says; anything unknown counts as absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    tab: String,
    before: String,
}

/// Shows one tab of the list.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Query(filter): Query<Filter>,
) -> Result<Page, Refusal> {
    let counts = state.portal.inbox_counts(&reader.actor).await?;
    let tabs = tabs(&reader, counts);
    let tab = InboxTab::from_key(&filter.tab).unwrap_or_else(|| first_tab(&reader, counts));
    let before = present::inbox::read_cursor(&filter.before);
    let (page, now) = (state.portal.inbox(&reader.actor, tab.into(), before).await?, state.portal.now());
    let next = page.next.map(present::inbox::cursor);
    let rows = page.rows.into_iter().map(|row| present::inbox::row(row, now)).collect();
    Ok(pages::inbox(reader.frame, Inbox { tab, tabs, rows, paged: before.is_some(), next }))
}

fn tabs(reader: &Reader, counts: InboxCounts) -> Vec<(InboxTab, u64)> {
    let mut tabs = vec![(InboxTab::Waiting, counts.waiting), (InboxTab::Mine, counts.mine)];
    if reader.user.roles.admin {
        tabs.push((InboxTab::All, counts.all));
    }
    tabs
}

/// What the reader most likely came for.
fn first_tab(reader: &Reader, counts: InboxCounts) -> InboxTab {
    if counts.waiting == 0 && (counts.mine > 0 || reader.user.roles.requester) {
        InboxTab::Mine
    } else {
        InboxTab::Waiting
    }
}
