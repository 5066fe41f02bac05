//! The list of requests.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::empty::Empty;
use crate::components::pager::Pager;
use crate::components::table::{Cell, Table};
use crate::components::time::{DueTime, Time};
use crate::view::{Frame, Inbox, InboxRow, InboxTab, Section};

/// `GET /`.
#[must_use]
pub fn inbox(frame: Frame, page: Inbox) -> Page {
    render(Shell::new("Inbox").scripts(Scripts::Live), || view! { <InboxPage frame=frame page=page /> })
}

#[component]
fn InboxPage(frame: Frame, page: Inbox) -> AnyView {
    let Inbox { tab, tabs, rows, paged, next } = page;
    let may_submit = frame.viewer.as_ref().is_some_and(|viewer| viewer.roles.admin || viewer.roles.requester);
    let address = move |cursor: &str| paths::with_query(paths::Inbox, &[("tab", tab.key()), ("before", cursor)]);
    let tabs: Vec<_> = tabs.into_iter().map(|(each, count)| tab_link(each, count, each == tab)).collect();
    let list = if rows.is_empty() { empty(tab, may_submit).into_any() } else { list(rows).into_any() };
    view! {
        <Layout frame=frame section=Section::Inbox width=Width::Wide>
            <Heading title="Inbox" />
            <nav class="tabs" aria-label="Which requests">
                {tabs}
            </nav>
            {list}
            <Pager label="Requests" first=paged.then(|| address("")) next=next.map(|cursor| address(&cursor)) />
        </Layout>
    }
    .into_any()
}

fn tab_link(tab: InboxTab, count: u64, current: bool) -> AnyView {
    let href = paths::with_query(paths::Inbox, &[("tab", tab.key())]);
    view! {
        <a class="tabs__tab" href=href aria-current=current.then_some("page")>
            {tab.word()}
            <span class="tabs__count">{count}</span>
        </a>
    }
    .into_any()
}

fn list(rows: Vec<InboxRow>) -> AnyView {
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    view! {
        <div class="sheet">
            <Table caption="Requests" columns=vec!["Request", "State", "Approvals", "Due", "Submitted"]>
                {rows}
            </Table>
        </div>
    }
    .into_any()
}

fn row(row: InboxRow) -> AnyView {
    let due = match row.due {
        Some(due) => view! { <DueTime due=due /> }.into_any(),
        None => view! { <span class="muted table__none">"\u{2013}"</span> }.into_any(),
    };
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <a class="row-link" href=paths::Request(&row.id.to_string()).to_string()>
                    {row.title}
                </a>
                <span class="muted">{row.requester.label()}</span>
            </Cell>
            <Cell label="State">
                <Badge mark=row.state.mark() />
            </Cell>
            <Cell label="Approvals">{format!("{} of {}", row.approved.min(row.needed), row.needed)}</Cell>
            <Cell label="Due">{due}</Cell>
            <Cell label="Submitted">
                <Time at=row.submitted_at relative=true />
            </Cell>
        </tr>
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
        InboxTab::All => view! {
            <Empty title="There are no requests yet" text="As soon as somebody submits a document it appears here.">
                {new_request()}
            </Empty>
        }
        .into_any(),
    }
}
