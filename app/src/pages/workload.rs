//! What is on whose desk, for admins.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::empty::Empty;
use crate::components::table::{Cell, Table};
use crate::components::time::Time;
use crate::view::absence::{Workload, WorkloadRow};
use crate::view::{Frame, Section};

/// `GET /workload`.
#[must_use]
pub fn workload(frame: Frame, page: Workload) -> Page {
    render(Shell::new("Workload").scripts(Scripts::Live), || view! { <WorkloadPage frame=frame page=page /> })
}

#[component]
fn WorkloadPage(frame: Frame, page: Workload) -> AnyView {
    view! {
        <Layout frame=frame section=Section::People width=Width::Wide>
            <Heading title="Workload">
                <p>
                    "What waits for whom, and how long answers took in the last 30 days, from the question on. "
                    <a href=paths::People.to_string()>"All people"</a>
                </p>
            </Heading>
            {list(page.rows)}
        </Layout>
    }
    .into_any()
}

fn list(rows: Vec<WorkloadRow>) -> AnyView {
    if rows.is_empty() {
        let text = "Whoever is asked for a decision appears here, and whoever has answered in the last 30 days.";
        return view! { <Empty title="Nobody is asked" text=text /> }.into_any();
    }
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    let columns = vec!["Person", "Open", "Overdue", "Oldest", "Answered", "Median"];
    view! {
        <div class="sheet">
            <Table caption="Workload" columns=columns>
                {rows}
            </Table>
        </div>
    }
    .into_any()
}

fn row(row: WorkloadRow) -> AnyView {
    let WorkloadRow { id, person, open, overdue, oldest_at, answered, median, away } = row;
    let away = away.map(|away| view! { <span class="muted">{away.in_words()}</span> });
    let oldest = match oldest_at {
        Some(at) => view! { <Time at=at relative=true /> }.into_any(),
        None => view! { <span class="muted">"None"</span> }.into_any(),
    };
    let median = median.map_or_else(|| view! { <span class="muted">"–"</span> }.into_any(), IntoAny::into_any);
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <a class="row-link" href=paths::PersonAbsence(&id.to_string()).to_string()>
                    {person.label()}
                </a>
                {away}
            </Cell>
            <Cell label="Open" kind="number">{open}</Cell>
            <Cell label="Overdue" kind="number">
                <span class="workload__overdue" data-some=(overdue > 0).then_some("")>{overdue}</span>
            </Cell>
            <Cell label="Oldest">{oldest}</Cell>
            <Cell label="Answered" kind="number">{answered}</Cell>
            <Cell label="Median" kind="number">{median}</Cell>
        </tr>
    }
    .into_any()
}
