//! The engine's instances for admins, the runs that they started for everybody else.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::empty::Empty;
use crate::components::form::TextField;
use crate::components::pager::Pager;
use crate::components::table::{Cell, Table};
use crate::components::time::Time;
use crate::view::{Frame, InstanceRow, InstanceState, Instances, Section};

/// `GET /instances`.
#[must_use]
pub fn instances(frame: Frame, page: Instances) -> Page {
    render(Shell::new("Instances").scripts(Scripts::Live), || view! { <InstancesPage frame=frame page=page /> })
}

#[component]
fn InstancesPage(frame: Frame, page: Instances) -> AnyView {
    let for_admin = frame.is_for_admin();
    let filtered = page.status.is_some() || !page.name.is_empty() || !page.query.is_empty();
    let first = page.paged.then(|| address(&page, page.status, ""));
    let next = page.next.clone().map(|cursor| address(&page, page.status, &cursor));
    let list = match (page.rows.is_empty(), for_admin) {
        (true, _) if filtered => no_match(),
        (true, true) => nothing_yet(),
        (true, false) => no_run_yet(),
        (false, _) => view! { <div class="sheet">{run_table("Instances", page.rows.clone())}</div> }.into_any(),
    };
    let (section, title, text) = if for_admin {
        let text = "What the engine runs: one instance per request, mail, monitor, delivery, and run of a workflow.";
        (Section::Instances, "Instances", text)
    } else {
        (Section::Workflows, "Your runs", "The workflows that you started, and what became of them.")
    };
    view! {
        <Layout frame=frame section=section width=Width::Wide>
            <Heading title=title>
                <p>{text}</p>
            </Heading>
            {for_admin.then(|| engine_tabs(EngineTab::Instances))}
            <Counts page=page.clone() />
            <Filter page=page />
            {list}
            <Pager label="Instances" first=first next=next />
        </Layout>
    }
    .into_any()
}

fn address(page: &Instances, status: Option<InstanceState>, cursor: &str) -> String {
    let status = status.map_or("", InstanceState::key);
    paths::with_query(
        paths::Instances,
        &[("status", status), ("name", &page.name), ("q", &page.query), ("after", cursor)],
    )
}

/// How many are in each state; each count is a filter.
#[component]
fn Counts(page: Instances) -> AnyView {
    let total: u64 = page.counts.iter().map(|(_, count)| count).sum();
    let chip = |status: Option<InstanceState>, word: &'static str, tone: Option<&'static str>, count: u64| {
        let href = address(&page, status, "");
        view! {
            <a class="chip" href=href data-tone=tone aria-current=(page.status == status).then_some("true")>
                {word}
                <span class="chip__count">{count}</span>
            </a>
        }
    };
    let chips: Vec<_> = page
        .counts
        .iter()
        .map(|(state, count)| chip(Some(*state), state.mark().word, Some(state.mark().tone.key()), *count))
        .collect();
    view! {
        <nav class="chips" aria-label="Filter by state">
            {chip(None, "All", None, total)}
            {chips}
        </nav>
    }
    .into_any()
}

/// Name and id. The chosen state stays chosen.
#[component]
fn Filter(page: Instances) -> AnyView {
    let names: Vec<_> = page
        .names
        .iter()
        .map(|name| view! { <option value=name.clone() selected=*name == page.name>{name.clone()}</option> })
        .collect();
    view! {
        <form class="filter" method="get" action=paths::Instances.to_string() role="search" aria-label="Instances">
            {page.status.map(|status| view! { <input type="hidden" name="status" value=status.key() /> })}
            <div class="field">
                <label class="field__label" for="f-name">
                    "Orchestration"
                </label>
                <select class="input" id="f-name" name="name">
                    <option value="" selected=page.name.is_empty()>
                        "All"
                    </option>
                    {names}
                </select>
            </div>
            <TextField name="q" label="Id begins with" kind="search" value=page.query.clone() error=None />
            <button class="button" type="submit">
                "Filter"
            </button>
        </form>
    }
    .into_any()
}

/// What the engine keeps, for admins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EngineTab {
    /// `/instances`
    Instances,
    /// `/entities`
    Entities,
}

/// The way between both.
pub(super) fn engine_tabs(current: EngineTab) -> AnyView {
    let tab = |tab: EngineTab, href: String, word: &'static str| {
        view! {
            <a class="tabs__tab" href=href aria-current=(tab == current).then_some("page")>
                {word}
            </a>
        }
    };
    view! {
        <nav class="tabs" aria-label="What the engine keeps">
            {tab(EngineTab::Instances, paths::Instances.to_string(), "Instances")}
            {tab(EngineTab::Entities, paths::Entities.to_string(), "Entities")}
        </nav>
    }
    .into_any()
}

/// A table of instances.
pub(super) fn run_table(caption: &'static str, rows: Vec<InstanceRow>) -> AnyView {
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    view! {
        <Table caption=caption columns=vec!["Instance", "State", "Started", "Changed"]>
            {rows}
        </Table>
    }
    .into_any()
}

fn row(row: InstanceRow) -> AnyView {
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <a class="row-link row-link--id" href=paths::Instance(&row.id).to_string()>
                    {row.id.clone()}
                </a>
                <span class="muted">{row.name}</span>
            </Cell>
            <Cell label="State">
                <Badge mark=row.state.mark() />
            </Cell>
            <Cell label="Started">
                <Time at=row.created_at relative=true />
            </Cell>
            <Cell label="Changed">
                <Time at=row.updated_at relative=true />
            </Cell>
        </tr>
    }
    .into_any()
}

fn no_match() -> AnyView {
    view! {
        <Empty title="No instance matches" text="Nothing has this state, name and id together.">
            <a class="button" href=paths::Instances.to_string()>
                "Show all"
            </a>
        </Empty>
    }
    .into_any()
}

fn nothing_yet() -> AnyView {
    view! { <Empty title="Nothing has run yet" text="The first request or workflow starts the first instance." /> }
        .into_any()
}

fn no_run_yet() -> AnyView {
    view! {
        <Empty title="You have not started anything yet" text="The catalogue shows what there is to start.">
            <a class="button" href=paths::Workflows.to_string()>
                "To the workflows"
            </a>
        </Empty>
    }
    .into_any()
}
