//! The catalogue: what can be started.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::empty::Empty;
use crate::view::{Frame, Section, WorkflowRow, Workflows};

/// `GET /workflows`.
#[must_use]
pub fn workflows(frame: Frame, page: Workflows) -> Page {
    render(Shell::new("Workflows").scripts(Scripts::Live), || view! { <WorkflowsPage frame=frame page=page /> })
}

#[component]
fn WorkflowsPage(frame: Frame, page: Workflows) -> AnyView {
    let Workflows { rows, everybody } = page;
    let all_runs = if everybody { "All runs" } else { "All your runs" };
    let list = if rows.is_empty() { empty() } else { list(rows, everybody) };
    view! {
        <Layout frame=frame section=Section::Workflows width=Width::Wide>
            <Heading title="Workflows">
                <p>
                    "What can be started, here or by the API. "
                    <a href=paths::Instances.to_string()>{all_runs}</a>
                </p>
            </Heading>
            {list}
        </Layout>
    }
    .into_any()
}

fn list(rows: Vec<WorkflowRow>, everybody: bool) -> AnyView {
    let items: Vec<_> = rows.into_iter().map(|row| item(row, everybody)).collect();
    view! { <ul class="catalogue">{items}</ul> }.into_any()
}

fn item(row: WorkflowRow, everybody: bool) -> AnyView {
    let runs = runs_in_words(&row, everybody);
    let WorkflowRow { name, version, summary, description, .. } = row;
    let href = paths::Workflow(&name).to_string();
    let runs_href = paths::with_query(paths::Instances, &[("name", &name)]);
    view! {
        <li class="card">
            <div class="catalogue__head">
                <h2 class="card__title">
                    <a class="catalogue__name" href=href>
                        {name}
                    </a>
                </h2>
                {(!version.is_empty()).then(|| view! { <span class="muted">{format!("Version {version}")}</span> })}
            </div>
            <p>{summary}</p>
            <p class="catalogue__more">{description}</p>
            <p class="catalogue__runs">
                <a href=runs_href>{runs}</a>
            </p>
        </li>
    }
    .into_any()
}

/// `3 runs in the last 7 days, 1 of them not finished`.
fn runs_in_words(row: &WorkflowRow, everybody: bool) -> String {
    let yours = if everybody { "" } else { " of yours" };
    let runs = match row.recent {
        0 => return format!("No run{yours} in the last 7 days"),
        1 => format!("1 run{yours}"),
        more => format!("{more} runs{yours}"),
    };
    match row.open {
        0 => format!("{runs} in the last 7 days, all finished"),
        open => format!("{runs} in the last 7 days, {open} not finished"),
    }
}

fn empty() -> AnyView {
    view! {
        <Empty
            title="There is nothing to start"
            text="Workflows are registered by the program's code. This one registers none that people may start."
        />
    }
    .into_any()
}
