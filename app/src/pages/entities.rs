//! The engine's entities, for admins.

use leptos::prelude::*;

use super::instances::{EngineTab, engine_tabs};
use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::empty::Empty;
use crate::components::form::TextField;
use crate::components::pager::Pager;
use crate::components::table::{Cell, Table};
use crate::components::time::Time;
use crate::view::{Entities, EntityRow, Frame, Section};

/// `GET /entities`.
#[must_use]
pub fn entities(frame: Frame, page: Entities) -> Page {
    render(Shell::new("Entities").scripts(Scripts::Live), || view! { <EntitiesPage frame=frame page=page /> })
}

#[component]
fn EntitiesPage(frame: Frame, page: Entities) -> AnyView {
    let Entities { name, rows, paged, next } = page;
    let address = |cursor: &str| paths::with_query(paths::Entities, &[("name", &name), ("after", cursor)]);
    let first = paged.then(|| address(""));
    let next = next.map(|cursor| address(&cursor));
    let list = if rows.is_empty() { empty(&name) } else { list(rows) };
    view! {
        <Layout frame=frame section=Section::Instances width=Width::Wide>
            <Heading title="Entities">
                <p>"Small pieces of state that the engine keeps, each changed by one operation after the other."</p>
            </Heading>
            {engine_tabs(EngineTab::Entities)}
            <form class="filter" method="get" action=paths::Entities.to_string() role="search" aria-label="Entities">
                <TextField name="name" label="Name" kind="search" value=name error=None />
                <button class="button" type="submit">
                    "Filter"
                </button>
            </form>
            {list}
            <Pager label="Entities" first=first next=next more="Newer" />
        </Layout>
    }
    .into_any()
}

fn list(rows: Vec<EntityRow>) -> AnyView {
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    view! {
        <div class="sheet">
            <Table caption="Entities" columns=vec!["Entity", "State", "Last operation"]>
                {rows}
            </Table>
        </div>
    }
    .into_any()
}

fn row(row: EntityRow) -> AnyView {
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <a class="row-link row-link--id" href=paths::Entity(&row.id).to_string()>
                    {row.id.clone()}
                </a>
                {row.locked.then(|| view! { <span class="muted">"Locked by an orchestration"</span> })}
            </Cell>
            <Cell label="State">
                <code class="code">{row.state}</code>
            </Cell>
            <Cell label="Last operation">
                <Time at=row.operated_at relative=true />
            </Cell>
        </tr>
    }
    .into_any()
}

fn empty(name: &str) -> AnyView {
    if name.is_empty() {
        return view! {
            <Empty
                title="No entity has a state yet"
                text="An entity comes into being by its first operation, which a workflow or a program sends."
            />
        }
        .into_any();
    }
    view! {
        <Empty title="No entity has this name" text="Names are written in full; large and small letters are the same.">
            <a class="button" href=paths::Entities.to_string()>
                "Show all"
            </a>
        </Empty>
    }
    .into_any()
}
