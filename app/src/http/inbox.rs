//! `GET /`: the list of requests; `GET /requests.csv`: the same as a table.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use serde::Deserialize;

use super::csv;
use super::error::Refusal;
use super::present;
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page};
use crate::portal::reads::{InboxCounts, InboxCursor};
use crate::portal::{Actor, InboxFilter, PortalError};
use crate::view::{self, DueFilter, Inbox, InboxTab, RequestState};

/// The longest text that is searched for, in characters.
const MAX_TEXT_CHARS: usize = 200;
/// At most so many requests in a table.
const MAX_TABLE_ROWS: u64 = 10_000;
/// Rows read at once for a table.
const TABLE_PART: u64 = 500;
/// Says that a table does not hold all that was asked for.
const TRUNCATED: HeaderName = HeaderName::from_static("x-truncated");

/// What the address says; anything unknown counts as absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    tab: String,
    before: String,
    q: String,
    state: String,
    due: String,
    from: String,
    to: String,
}

impl Asked {
    /// The tab, if one is asked for.
    pub(crate) fn tab(&self) -> Option<InboxTab> {
        InboxTab::from_key(&self.tab)
    }

    /// What the list is narrowed to.
    pub(crate) fn filter(&self) -> view::InboxFilter {
        let day = |text: &str| present::inbox::day(text).map(|_| text.to_owned()).unwrap_or_default();
        // No database keeps a zero character, so that nothing holds one.
        let text: String = self.q.trim().chars().filter(|letter| *letter != '\0').take(MAX_TEXT_CHARS).collect();
        view::InboxFilter {
            text,
            state: RequestState::from_key(&self.state),
            due: DueFilter::from_key(&self.due),
            from: day(&self.from),
            to: day(&self.to),
        }
    }
}

/// Shows one tab of the list.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Query(asked): Query<Asked>,
) -> Result<Page, Refusal> {
    let counts = state.portal.inbox_counts(&reader.actor).await?;
    let tabs = tabs(&reader, counts);
    let tab = asked.tab().unwrap_or_else(|| first_tab(&reader, counts));
    let before = present::inbox::read_cursor(&asked.before);
    let filter = asked.filter();
    let narrowed = present::inbox::filter(&filter);
    let views = present::inbox::views(state.portal.saved_views(&reader.actor).await?, tab, &filter);
    let page = state.portal.inbox(&reader.actor, tab.into(), &narrowed, before).await?;
    let seen = reader.seen(&state);
    let next = page.next.map(present::inbox::cursor);
    let rows = page.rows.into_iter().map(|row| present::inbox::row(row, seen)).collect();
    Ok(pages::inbox(reader.frame, Inbox { tab, tabs, views, filter, rows, paged: before.is_some(), next }))
}

/// Sends what one tab of the list is narrowed to, part by part as it is read.
pub(crate) async fn table(
    State(state): State<AppState>,
    reader: Reader,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let tab = asked.tab().unwrap_or(InboxTab::Mine);
    let filter = present::inbox::filter(&asked.filter());
    let truncated = state.portal.inbox_has_more_than(&reader.actor, tab.into(), &filter, MAX_TABLE_ROWS).await?;
    let disposition = format!("attachment; filename=\"requests-{}.csv\"", tab.key());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
        (header::CONTENT_DISPOSITION, HeaderValue::try_from(disposition).expect("ASCII without control characters")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    let mut response = (headers, lines(Table::new(state, reader.actor, tab, filter))).into_response();
    if truncated {
        response.headers_mut().insert(TRUNCATED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// A table that is being sent.
struct Table {
    state: AppState,
    actor: Actor,
    tab: InboxTab,
    filter: InboxFilter,
    after: Option<InboxCursor>,
    /// Rows that may still be sent.
    left: u64,
    begun: bool,
}

impl Table {
    fn new(state: AppState, actor: Actor, tab: InboxTab, filter: InboxFilter) -> Self {
        Self { state, actor, tab, filter, after: None, left: MAX_TABLE_ROWS, begun: false }
    }

    /// The next lines; nothing after the last ones.
    async fn part(&mut self) -> Result<Option<Bytes>, PortalError> {
        if self.left == 0 {
            return Ok(None);
        }
        let most = self.left.min(TABLE_PART);
        let portal = &self.state.portal;
        let page = portal.some_of_inbox(&self.actor, self.tab.into(), &self.filter, self.after, most).await?;
        let mut text = if self.begun { String::new() } else { csv::line(COLUMNS) };
        let now = portal.now();
        let sent = page.rows.len() as u64;
        for row in page.rows {
            text.push_str(&table_line(&present::inbox::row(row, now)));
        }
        self.begun = true;
        self.left = if page.next.is_some() { self.left.saturating_sub(sent) } else { 0 };
        self.after = page.next;
        Ok(Some(Bytes::from(text)))
    }
}

/// What cannot be read ends the connection before its time, which browsers notice because the body does not end.
fn lines(table: Table) -> Body {
    Body::from_stream(stream::unfold(Some(table), |table| async move {
        let mut table = table?;
        match table.part().await {
            Ok(Some(part)) => Some((Ok(part), Some(table))),
            Ok(None) => None,
            Err(error) => {
                tracing::warn!(%error, "a table of requests was not sent to its end: {error}");
                Some((Err(error), None))
            }
        }
    }))
}

const COLUMNS: [&str; 11] = [
    "id",
    "title",
    "requester",
    "requester_email",
    "state",
    "stage",
    "stages",
    "approved",
    "needed",
    "due_at",
    "submitted_at",
];

fn table_line(row: &view::InboxRow) -> String {
    let (id, stage, stages) = (row.id.to_string(), row.stage.to_string(), row.stages.to_string());
    let (approved, needed) = (row.approved.to_string(), row.needed.to_string());
    let due = row.due.as_ref().map_or("", |due| due.at.iso.as_str());
    csv::line([
        id.as_str(),
        row.title.as_str(),
        row.requester.name.as_str(),
        row.requester.email.as_str(),
        row.state.mark().word,
        stage.as_str(),
        stages.as_str(),
        approved.as_str(),
        needed.as_str(),
        due,
        row.submitted_at.iso.as_str(),
    ])
}

fn tabs(reader: &Reader, counts: InboxCounts) -> Vec<(InboxTab, u64)> {
    let all = reader.user.roles.admin.then_some((InboxTab::All, counts.all));
    let everybody = [
        (InboxTab::Waiting, counts.waiting),
        (InboxTab::Mine, counts.mine),
        (InboxTab::Watching, counts.watching),
        (InboxTab::Done, counts.done),
    ];
    everybody.into_iter().chain(all).collect()
}

/// What the reader most likely came for.
fn first_tab(reader: &Reader, counts: InboxCounts) -> InboxTab {
    if counts.waiting == 0 && (counts.mine > 0 || reader.user.roles.requester) {
        InboxTab::Mine
    } else {
        InboxTab::Waiting
    }
}
