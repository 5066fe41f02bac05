//! The audit log, for admins.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::empty::Empty;
use crate::components::form::TextField;
use crate::components::pager::Pager;
use crate::components::table::{Cell, Table};
use crate::components::time::{ExactTime, Time};
use crate::view::{AuditFilter, AuditLog, AuditRow, Frame, Moment, Section};

/// How many digits of a hash a row shows; all of them are in its title.
const HASH_DIGITS: usize = 12;

/// `GET /audit`.
#[must_use]
pub fn audit(frame: Frame, page: AuditLog) -> Page {
    render(Shell::new("Audit log").scripts(Scripts::Live), || view! { <AuditPage frame=frame page=page /> })
}

#[component]
fn AuditPage(frame: Frame, page: AuditLog) -> AnyView {
    let AuditLog { filter, rows, paged, next, checkpoint } = page;
    let first = paged.then(|| address(&filter, ""));
    let next = next.map(|cursor| address(&filter, &cursor));
    let list = if rows.is_empty() { empty(&filter) } else { list(rows) };
    view! {
        <Layout frame=frame section=Section::Audit width=Width::Wide>
            <Heading title="Audit log">
                <p>"Everything that was done, by whom. Each row holds a hash over itself and all rows before it."</p>
            </Heading>
            {checkpoint_line(checkpoint)}
            {search(filter)}
            {list}
            <Pager label="Audit log" first=first next=next />
        </Layout>
    }
    .into_any()
}

fn address(filter: &AuditFilter, cursor: &str) -> String {
    let AuditFilter { actor, action, object } = filter;
    paths::with_query(paths::Audit, &[("actor", actor), ("action", action), ("object", object), ("before", cursor)])
}

/// How far the log is signed, and how to check it.
fn checkpoint_line(checkpoint: Option<(i64, Moment)>) -> AnyView {
    let signed = match checkpoint {
        Some((seq, at)) => view! { "Signed up to row " {seq} ", " <Time at=at /> ". " }.into_any(),
        None => view! { "Not signed yet: the first checkpoint comes within the hour. " }.into_any(),
    };
    view! {
        <p class="muted">
            {signed} <code class="code">"countersign audit verify"</code> " checks every row; "
            <code class="code">"countersign audit checkpoint"</code> " signs it for keeping elsewhere."
        </p>
    }
    .into_any()
}

fn search(filter: AuditFilter) -> AnyView {
    view! {
        <form
            class="filter audit__filter"
            method="get"
            action=paths::Audit.to_string()
            role="search"
            aria-label="Audit log"
        >
            <TextField name="actor" label="Who: address or id" kind="search" value=filter.actor error=None />
            <TextField name="action" label="What" kind="search" value=filter.action error=None />
            <TextField name="object" label="On what: id" kind="search" value=filter.object error=None />
            <button class="button" type="submit">
                "Filter"
            </button>
        </form>
    }
    .into_any()
}

fn list(rows: Vec<AuditRow>) -> AnyView {
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    view! {
        <div class="sheet">
            <Table caption="Audit log" columns=vec!["What", "Who", "On what", "When", "Row"]>
                {rows}
            </Table>
        </div>
    }
    .into_any()
}

fn row(row: AuditRow) -> AnyView {
    let by_actor = address(&AuditFilter { actor: row.actor, ..AuditFilter::default() }, "");
    let object = (!row.object.is_empty()).then(|| {
        let by_object = address(&AuditFilter { object: row.object.clone(), ..AuditFilter::default() }, "");
        view! { <a class="audit__id" href=by_object>{row.object}</a> }
    });
    let short: String = row.hash.chars().take(HASH_DIGITS).collect();
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <span class="audit__action">{row.action}</span>
                {(!row.detail.is_empty()).then(|| view! { <span class="muted audit__detail">{row.detail}</span> })}
            </Cell>
            <Cell label="Who">
                <a href=by_actor>{row.who}</a>
                {(!row.which.is_empty()).then(|| view! { <span class="muted audit__id">{row.which}</span> })}
            </Cell>
            <Cell label="On what">{object}</Cell>
            <Cell label="When">
                <ExactTime at=row.at />
            </Cell>
            <Cell label="Row">
                {row.seq} <span class="muted audit__id" title=row.hash>{short}</span>
            </Cell>
        </tr>
    }
    .into_any()
}

fn empty(filter: &AuditFilter) -> AnyView {
    if filter.is_empty() {
        let text = "The first sign-in or request makes the first row.";
        return view! { <Empty title="Nothing has been done yet" text=text /> }.into_any();
    }
    view! {
        <Empty title="No row matches" text="Nobody did this to that. Fewer words find more.">
            <a class="button" href=paths::Audit.to_string()>
                "Show all"
            </a>
        </Empty>
    }
    .into_any()
}
