//! The list of monitors.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::empty::Empty;
use crate::components::sparkline::SparklineBox;
use crate::components::table::{Cell, Table};
use crate::components::time::Time;
use crate::view::{Frame, MonitorRow, Monitors, Section};

/// `GET /monitors`.
#[must_use]
pub fn monitors(frame: Frame, page: Monitors) -> Page {
    render(Shell::new("Monitors").scripts(Scripts::Live), || view! { <MonitorsPage frame=frame page=page /> })
}

#[component]
fn MonitorsPage(frame: Frame, page: Monitors) -> AnyView {
    let Monitors { rows, may_create } = page;
    let make = move || {
        may_create
            .then(|| view! { <a class="button button--primary" href=paths::NewMonitor.to_string()>"New monitor"</a> })
    };
    let list = if rows.is_empty() {
        let text = "A monitor asks a service at intervals and tells you when it does not answer as it should.";
        view! { <Empty title="Nothing is monitored yet" text=text>{make()}</Empty> }.into_any()
    } else {
        let columns = vec!["Monitor", "State", "24 hours", "30 days", "Last answer", "Last checks", "Checked"];
        let rows: Vec<_> = rows.into_iter().map(row).collect();
        view! {
            <div class="monitors__head">
                <p class="muted">"Uptime is the share of checks that were passed."</p>
                {make()}
            </div>
            <div class="sheet">
                <Table caption="Monitors" columns=columns>
                    {rows}
                </Table>
            </div>
        }
        .into_any()
    };
    view! {
        <Layout frame=frame section=Section::Monitors width=Width::Wide>
            <Heading title="Monitors" />
            {list}
        </Layout>
    }
    .into_any()
}

fn row(row: MonitorRow) -> AnyView {
    let checked = match row.checked_at {
        Some(at) => view! { <Time at=at relative=true /> }.into_any(),
        None => none(),
    };
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <a class="row-link" href=paths::Monitor(&row.id.to_string()).to_string()>
                    {row.name}
                </a>
                <span class="muted monitors__url">{row.url}</span>
            </Cell>
            <Cell label="State">
                <Badge mark=row.state.mark() />
                {row.problem.map(|problem| view! { <span class="monitors__problem">{problem}</span> })}
            </Cell>
            <Cell label="24 hours">{row.day.map_or_else(none, share)}</Cell>
            <Cell label="30 days">{row.month.map_or_else(none, share)}</Cell>
            <Cell label="Last answer">{row.latency.map_or_else(none, IntoAny::into_any)}</Cell>
            <Cell label="Last checks">
                <SparklineBox of=row.sparkline />
            </Cell>
            <Cell label="Checked">{checked}</Cell>
        </tr>
    }
    .into_any()
}

fn share(percent: String) -> AnyView {
    view! { <span class="monitors__share">{percent}</span> }.into_any()
}

fn none() -> AnyView {
    view! { <span class="muted table__none">"\u{2013}"</span> }.into_any()
}
