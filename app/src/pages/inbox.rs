//! The list of requests.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::saved_views::save_view;
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::empty::Empty;
use crate::components::form::TextField;
use crate::components::pager::Pager;
use crate::components::table::{Cell, Table};
use crate::components::time::DueTime;
use crate::view::inbox::count_in_words;
use crate::view::{
    DueFilter, FormErrors, Frame, Inbox, InboxFilter, InboxRow, InboxTab, RequestState, SaveViewForm, SavedView,
    Section,
};

/// `GET /`.
#[must_use]
pub fn inbox(frame: Frame, page: Inbox) -> Page {
    render(Shell::new("Inbox").scripts(Scripts::Live), || view! { <InboxPage frame=frame page=page /> })
}

#[component]
fn InboxPage(frame: Frame, page: Inbox) -> AnyView {
    let Inbox { tab, tabs, views, filter, rows, paged, next } = page;
    let may_submit = frame.viewer.as_ref().is_some_and(|viewer| viewer.roles.admin || viewer.roles.requester);
    let first = paged.then(|| address(tab, &filter, ""));
    let next = next.map(|cursor| address(tab, &filter, &cursor));
    let narrowed = !filter.is_empty();
    let to_save = (narrowed && !views.iter().any(|saved| saved.current)).then(|| keep_view(tab, &filter));
    let tabs: Vec<_> = tabs.into_iter().map(|(each, count)| tab_link(each, count, each == tab)).collect();
    let table = (!rows.is_empty()).then(|| table_link(tab, &filter, narrowed));
    let list = match (rows.is_empty(), tab) {
        (true, _) if narrowed => no_match(tab),
        (true, _) => empty(tab, may_submit),
        (false, InboxTab::Waiting) => choices(rows),
        (false, _) => list(rows, false),
    };
    view! {
        <Layout frame=frame section=Section::Inbox width=Width::Wide>
            <Heading title="Inbox" />
            <nav class="tabs" aria-label="Which requests">
                {tabs}
            </nav>
            {saved_views(views)}
            <Filter tab=tab filter=filter />
            {to_save}
            {list}
            <Pager label="Requests" first=first next=next />
            {table}
        </Layout>
    }
    .into_any()
}

fn tab_link(tab: InboxTab, count: u64, current: bool) -> AnyView {
    let href = paths::with_query(paths::Inbox, &[("tab", tab.key())]);
    view! {
        <a class="tabs__tab" href=href aria-current=current.then_some("page")>
            {tab.word()}
            <span class="tabs__count">{count_in_words(count)}</span>
        </a>
    }
    .into_any()
}

/// The reader's own filters, as links; the address stays the truth.
fn saved_views(views: Vec<SavedView>) -> Option<AnyView> {
    if views.is_empty() {
        return None;
    }
    let links: Vec<_> = views
        .into_iter()
        .map(|SavedView { name, tab, query, current, .. }| {
            let href = paths::saved_view(tab.key(), &query);
            view! {
                <a class="chip" href=href aria-current=current.then_some("page")>
                    {name}
                </a>
            }
        })
        .collect();
    let saved = view! {
        <nav class="chips" aria-label="Saved views">
            {links}
            <a class="chip chip--quiet" href=paths::SavedViews.to_string()>
                "Edit views"
            </a>
        </nav>
    };
    Some(saved.into_any())
}

/// Keeps what the address says under a name.
fn keep_view(tab: InboxTab, filter: &InboxFilter) -> AnyView {
    let form = SaveViewForm { tab, filter: filter.clone(), name: String::new(), errors: FormErrors::default() };
    view! {
        <details class="save-view">
            <summary class="save-view__open">"Save this view"</summary>
            {save_view(form)}
        </details>
    }
    .into_any()
}

/// A page of the list as it is narrowed.
fn address(tab: InboxTab, filter: &InboxFilter, cursor: &str) -> String {
    let mut pairs = vec![("tab", tab.key())];
    pairs.extend(filter.pairs());
    pairs.push(("before", cursor));
    paths::with_query(paths::Inbox, &pairs)
}

/// The same rows, on all pages, as a file.
fn table_link(tab: InboxTab, filter: &InboxFilter, narrowed: bool) -> AnyView {
    let mut pairs = vec![("tab", tab.key())];
    pairs.extend(filter.pairs());
    let href = paths::with_query(paths::RequestTable, &pairs);
    let text = if narrowed { "Download these as CSV" } else { "Download all as CSV" };
    view! {
        <p class="aside">
            <a href=href>{text}</a>
        </p>
    }
    .into_any()
}

/// A form that works without scripts: the address says what the list is narrowed to.
#[component]
fn Filter(tab: InboxTab, filter: InboxFilter) -> AnyView {
    let clear = (!filter.is_empty()).then(|| {
        let href = paths::with_query(paths::Inbox, &[("tab", tab.key())]);
        view! {
            <a class="button button--quiet" href=href>
                "Clear"
            </a>
        }
    });
    let states = RequestState::ALL.into_iter().filter(|state| may_stand(tab, *state));
    let states = states.map(|state| (state.key(), state.mark().word, filter.state == Some(state))).collect();
    let dues = DueFilter::ALL.map(|due| (due.key(), due.word(), filter.due == Some(due))).to_vec();
    let more = InboxFilter { text: String::new(), ..filter.clone() };
    view! {
        <form
            class="filter filter--wide"
            method="get"
            action=paths::Inbox.to_string()
            role="search"
            aria-label="Requests"
        >
            <input type="hidden" name="tab" value=tab.key() />
            <TextField name="q" label="Search" kind="search" value=filter.text error=None />
            <details class="filter__more" open=!more.is_empty()>
                <summary class="filter__open">"State, due time and days"</summary>
                {choice("state", "State", states)}
                {choice("due", "Due", dues)}
                {day("from", "Submitted from", filter.from)}
                {day("to", "Submitted to", filter.to)}
            </details>
            <div class="filter__end">
                <button class="button" type="submit">
                    "Filter"
                </button>
                {clear}
            </div>
        </form>
    }
    .into_any()
}

/// Whether the requests of a tab can be in a state.
fn may_stand(tab: InboxTab, state: RequestState) -> bool {
    match tab {
        // While changes are requested it waits for its requester, whom the state tells so.
        InboxTab::Waiting => state.is_open() && state != RequestState::ChangesRequested,
        InboxTab::Done => !state.is_open(),
        InboxTab::Mine | InboxTab::Watching | InboxTab::All => true,
    }
}

/// A choice of one, or of none. Options are value, word, and whether it is chosen.
fn choice(name: &'static str, label: &'static str, options: Vec<(&'static str, &'static str, bool)>) -> AnyView {
    let none = !options.iter().any(|(_, _, chosen)| *chosen);
    let options: Vec<_> = options
        .into_iter()
        .map(|(value, word, chosen)| {
            view! {
                <option value=value selected=chosen>
                    {word}
                </option>
            }
        })
        .collect();
    view! {
        <div class="field">
            <label class="field__label" for=format!("f-{name}")>
                {label}
            </label>
            <select class="input" id=format!("f-{name}") name=name>
                <option value="" selected=none>
                    "Any"
                </option>
                {options}
            </select>
        </div>
    }
    .into_any()
}

fn day(name: &'static str, label: &'static str, value: String) -> AnyView {
    view! {
        <div class="field">
            <label class="field__label" for=format!("f-{name}")>
                {label}
            </label>
            <input class="input" type="date" id=format!("f-{name}") name=name value=value />
        </div>
    }
    .into_any()
}

/// The list with a box to tick at each request, and what may be done with those that are ticked.
fn choices(rows: Vec<InboxRow>) -> AnyView {
    view! {
        <form class="bulk" method="get" action=paths::DecideRequests.to_string()>
            {list(rows, true)}
            <div class="bulk__bar">
                <button class="button" type="submit">
                    "Decide on those chosen"
                </button>
                <p class="aside">"Shows them once more with their revisions, and asks for one answer to all."</p>
            </div>
        </form>
    }
    .into_any()
}

fn list(rows: Vec<InboxRow>, to_choose: bool) -> AnyView {
    let mut columns = vec!["Request", "Requester", "State", "Stage", "Due", "Age"];
    if to_choose {
        columns.insert(0, "Choose");
    }
    let rows: Vec<_> = rows.into_iter().map(|each| row(each, to_choose)).collect();
    view! {
        <div class="sheet">
            <Table caption="Requests" columns=columns>
                {rows}
            </Table>
        </div>
    }
    .into_any()
}

fn row(row: InboxRow, to_choose: bool) -> AnyView {
    let pick = to_choose.then(|| pick(&row));
    let stage = stage(&row);
    let due = match row.due {
        Some(due) => view! { <DueTime due=due /> }.into_any(),
        None => view! { <span class="muted table__none">"\u{2013}"</span> }.into_any(),
    };
    view! {
        <tr role="row" class="table__row">
            {pick}
            <Cell kind="main">
                <a class="row-link" href=paths::Request(&row.id.to_string()).to_string()>
                    {row.title}
                </a>
            </Cell>
            <Cell label="Requester">{row.requester.label()}</Cell>
            <Cell label="State">
                <Badge mark=row.state.mark() />
            </Cell>
            <Cell label="Stage">{stage}</Cell>
            <Cell label="Due">{due}</Cell>
            <Cell label="Age">
                <time class="time" datetime=row.submitted_at.iso title=row.submitted_at.full data-exact="">
                    {row.age}
                </time>
            </Cell>
        </tr>
    }
    .into_any()
}

/// Which stage, where there are several, and how far it is.
fn stage(row: &InboxRow) -> AnyView {
    let approvals = format!("{} of {} approved", row.approved.min(row.needed), row.needed);
    let stage = (row.stages > 1).then(|| format!("{} of {}", row.stage, row.stages));
    match stage {
        Some(stage) => view! {
            <span class="inbox__stage">{stage}</span>
            <span class="muted">{approvals}</span>
        }
        .into_any(),
        None => view! { <span class="muted">{approvals}</span> }.into_any(),
    }
}

fn pick(row: &InboxRow) -> AnyView {
    let (id, name) = (row.id.to_string(), format!("Choose {}", row.title));
    view! {
        <Cell kind="pick">
            <label class="pick">
                <input type="checkbox" name="request" value=id />
                <span class="visually-hidden">{name}</span>
            </label>
        </Cell>
    }
    .into_any()
}

fn no_match(tab: InboxTab) -> AnyView {
    let all = paths::with_query(paths::Inbox, &[("tab", tab.key())]);
    view! {
        <Empty title="No request matches" text="Nothing in this list is as the filter above says.">
            <a class="button" href=all>
                "Show all"
            </a>
        </Empty>
    }
    .into_any()
}

fn empty(tab: InboxTab, may_submit: bool) -> AnyView {
    let new_request = move || {
        may_submit.then(|| view! { <a class="button" href=paths::NewRequest.to_string()>"Start a new request"</a> })
    };
    match tab {
        InboxTab::Waiting => view! {
            <Empty
                title="Nothing waits for you"
                text="When somebody asks for your approval it appears here, and you get a mail."
            />
        }
        .into_any(),
        InboxTab::Mine => view! {
            <Empty title="You have not submitted anything yet" text="Submit a document, say who must approve it, \
                and watch it here.">
                {new_request()}
            </Empty>
        }
        .into_any(),
        InboxTab::Watching => view! {
            <Empty
                title="You observe nothing"
                text="Whoever is made an observer of a request follows it here, and is told how it ends."
            />
        }
        .into_any(),
        InboxTab::Done => view! {
            <Empty
                title="Nothing has ended yet"
                text="What you submitted or were asked about stands here as soon as it is decided."
            />
        }
        .into_any(),
        InboxTab::All => view! {
            <Empty title="There are no requests yet" text="As soon as somebody submits a document it appears here.">
                {new_request()}
            </Empty>
        }
        .into_any(),
    }
}
