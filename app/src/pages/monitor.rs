//! One monitor: how it stands, what it found, and what can be done to it.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::monitor_form::monitor_fields;
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::facts::{Fact, Facts};
use crate::components::notice::NoticeBox;
use crate::components::pager::Pager;
use crate::components::sparkline::SparklineBox;
use crate::components::table::{Cell, Table};
use crate::components::time::{ExactTime, Time};
use crate::view::{CheckRow, Frame, IncidentRow, MonitorDetail, MonitorForm, MonitorRow, MonitorState, Section, Tone};

/// `GET /monitors/{id}`, and again with messages after a change that was refused.
#[must_use]
pub fn monitor(frame: Frame, page: MonitorDetail) -> Page {
    let shell = Shell::new(page.monitor.name.clone()).scripts(Scripts::Live);
    render(shell, || view! { <MonitorPage frame=frame page=page /> })
}

#[component]
fn MonitorPage(frame: Frame, page: MonitorDetail) -> AnyView {
    let id = page.monitor.id.to_string();
    let address = |cursor: &str| paths::with_query(paths::Monitor(&id), &[("before", cursor)]);
    let (first, next) = (page.paged.then(|| address("")), page.next.as_deref().map(address));
    let (state, problem) = (page.monitor.state, page.monitor.problem.clone());
    let events = paths::with_query(paths::MonitorEvents(&id), &[("seen", &page.seen.to_string())]);
    let verbs = page.form.is_some().then(|| view! { <Verbs id=id.clone() state=state /> });
    let (checks, incidents) = (checks(page.checks.clone()), incidents(page.incidents.clone()));
    let edit = page.form.clone().map(|form| view! { <Edit id=id.clone() form=form /> });
    view! {
        <Layout frame=frame section=Section::Monitors width=Width::Wide live=events>
            <Heading title=page.monitor.name.clone() above="Monitor">
                {standing(state, problem)}
            </Heading>
            <div class="monitor">
                <div class="monitor__main">
                    <Figures monitor=page.monitor.clone() />
                    <Card id="incidents" title="Incidents" live="incidents">
                        {incidents}
                    </Card>
                    {edit}
                </div>
                <div class="monitor__side">
                    {verbs}
                    <About page=page />
                </div>
                <div class="monitor__checks">
                    <Card id="checks" title="Checks" live="checks">
                        {checks}
                        <Pager label="Checks" first=first next=next />
                    </Card>
                </div>
            </div>
        </Layout>
    }
    .into_any()
}

/// Its state, and what is wrong.
fn standing(state: MonitorState, problem: Option<String>) -> AnyView {
    view! {
        <div class="status" data-live-part="state">
            <Badge mark=state.mark() />
        </div>
        <div data-live-part="problem">
            {problem.map(|problem| view! { <NoticeBox tone=Tone::Bad>{problem}</NoticeBox> })}
        </div>
    }
    .into_any()
}

/// The figures of the list, larger.
#[component]
fn Figures(monitor: MonitorRow) -> AnyView {
    let figure = |label: &'static str, value: Option<String>| {
        view! {
            <div>
                <dt class="monitor__label">{label}</dt>
                <dd class="monitor__figure">{value.unwrap_or_else(|| "\u{2013}".to_owned())}</dd>
            </div>
        }
    };
    view! {
        <Card id="figures" title="Last checks" live="figures">
            <SparklineBox of=monitor.sparkline />
            <dl class="monitor__figures">
                {figure("Passed in 24 hours", monitor.day)}
                {figure("Passed in 30 days", monitor.month)}
                {figure("Last answer", monitor.latency)}
            </dl>
        </Card>
    }
    .into_any()
}

fn incidents(rows: Vec<IncidentRow>) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="muted">"It was never down."</p> }.into_any();
    }
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let ended = match row.ended_at {
                Some(at) => view! { <Time at=at /> }.into_any(),
                None => view! { <strong>"Not yet"</strong> }.into_any(),
            };
            view! {
                <tr role="row" class="table__row">
                    <Cell kind="main">{row.problem}</Cell>
                    <Cell label="Down">
                        <Time at=row.began_at />
                    </Cell>
                    <Cell label="Back">{ended}</Cell>
                    <Cell label="Lasted">{row.lasted}</Cell>
                </tr>
            }
        })
        .collect();
    view! {
        <Table caption="Incidents" columns=vec!["Problem", "Down", "Back", "Lasted"]>
            {rows}
        </Table>
    }
    .into_any()
}

fn checks(rows: Vec<CheckRow>) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="muted">"It has not been checked yet."</p> }.into_any();
    }
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let mark = row.mark();
            let number = |value: Option<String>| value.unwrap_or_else(|| "\u{2013}".to_owned());
            view! {
                <tr role="row" class="table__row">
                    <Cell kind="main">
                        <ExactTime at=row.at />
                    </Cell>
                    <Cell label="Result">
                        <Badge mark=mark />
                        {row.problem.map(|problem| view! { <span class="monitors__problem">{problem}</span> })}
                    </Cell>
                    <Cell label="Status">{number(row.status.map(|status| status.to_string()))}</Cell>
                    <Cell label="Time">{number(row.latency)}</Cell>
                </tr>
            }
        })
        .collect();
    view! {
        <Table caption="Checks" columns=vec!["Checked (UTC)", "Result", "Status", "Time"]>
            {rows}
        </Table>
    }
    .into_any()
}

/// What its owner and admins can do to it.
#[component]
fn Verbs(id: String, state: MonitorState) -> AnyView {
    let button = |verb: &'static str, word: &'static str| {
        view! {
            <form method="post" action=paths::MonitorVerb(&id, verb).to_string()>
                <button class="button" type="submit">
                    {word}
                </button>
            </form>
        }
    };
    let now = if state == MonitorState::Paused {
        button("resume", "Resume").into_any()
    } else {
        view! { {button("check", "Check now")} {button("pause", "Pause")} }.into_any()
    };
    view! {
        <Card id="verbs" title="Change it">
            <div class="monitor__verbs" data-live-part="verbs" data-live-key=state.mark().word>
                {now}
            </div>
            <div class="verbs">
                <details class="verb">
                    <summary class="verb__word">"Delete"</summary>
                    <form method="post" action=paths::MonitorVerb(&id, "delete").to_string()>
                        <p class="verb__text">
                            "It is not checked any more, and everything that it found goes too. This cannot be undone."
                        </p>
                        <button class="button button--danger" type="submit">
                            "Delete the monitor"
                        </button>
                    </form>
                </details>
            </div>
        </Card>
    }
    .into_any()
}

/// Its settings, closed until they are opened or came back with an error.
#[component]
fn Edit(id: String, form: MonitorForm) -> AnyView {
    let open = !form.errors.is_empty();
    view! {
        <details class="monitor__edit" open=open>
            <summary class="monitor__word">"Change the settings"</summary>
            {monitor_fields(form, paths::Monitor(&id).to_string(), "Save the changes")}
        </details>
    }
    .into_any()
}

#[component]
fn About(page: MonitorDetail) -> AnyView {
    let sentences = |lines: Vec<String>| lines.into_iter().map(|line| view! { <div>{line}</div> }).collect::<Vec<_>>();
    let next = page.next_check_at.map(|at| view! { <Fact name="Next check"><Time at=at relative=true /></Fact> });
    let certificate =
        page.certificate_expires_at.map(|at| view! { <Fact name="Certificate">"Valid until " <Time at=at /></Fact> });
    let instance = page.instance.map(|id| {
        let href = paths::Instance(&id).to_string();
        view! { <Fact name="Instance"><a href=href>{id}</a></Fact> }
    });
    view! {
        <Card id="about" title="About" live="about">
            <Facts>
                <Fact name="Address">{page.monitor.url}</Fact>
                <Fact name="Checked">{page.pace}</Fact>
                {next}
                <Fact name="Expected">{sentences(page.expectations)}</Fact>
                {certificate}
                <Fact name="Told">{sentences(page.alerts)}</Fact>
                <Fact name="Made by">{page.owner}</Fact>
                <Fact name="Made"><Time at=page.created_at /></Fact>
                {instance}
            </Facts>
        </Card>
    }
    .into_any()
}
