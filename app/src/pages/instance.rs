//! One instance of the engine, with its history and what an admin can do to it.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::facts::{Fact, Facts};
use crate::components::notice::NoticeBox;
use crate::components::table::{Cell, Table};
use crate::components::time::{ExactTime, Time};
use crate::components::verbs::VerbPanel;
use crate::view::instance::{InstanceFailure, Owner};
use crate::view::moment::span_in_words;
use crate::view::{Frame, HistoryLine, InstanceDetail, InstanceState, Section, Tone};

/// Nothing happened for this long: the history says so in a line of its own.
const IDLE_MICROS: i64 = 60 * 1_000_000;

/// `GET /instances/{id}`, and again with messages after a verb that was refused.
#[must_use]
pub fn instance(frame: Frame, page: InstanceDetail) -> Page {
    let shell = Shell::new(format!("Instance {}", page.id)).scripts(Scripts::Live);
    render(shell, || view! { <InstancePage frame=frame page=page /> })
}

#[component]
fn InstancePage(frame: Frame, page: InstanceDetail) -> AnyView {
    let verbs: Vec<_> = page
        .verbs
        .iter()
        .cloned()
        .map(|form| {
            let action = paths::InstanceVerb(&page.id, form.verb.key()).to_string();
            view! { <VerbPanel form=form owner=page.owner.clone() action=action /> }
        })
        .collect();
    let failure = page.failure.clone();
    let failed = page.state == InstanceState::Failed;
    let above = format!("Instance of {}", page.name);
    let (owner, history, left_out) = (page.owner.clone(), page.history.clone(), page.history_left_out);
    view! {
        <Layout frame=frame section=Section::Instances width=Width::Wide>
            <Heading title=page.id.clone() above=above code=true>
                <div class="status">
                    <Badge mark=page.state.mark() />
                    <OwnerLink owner=owner />
                </div>
            </Heading>
            {failure.map(|failure| view! { <FailureBox failure=failure failed=failed /> })}
            <div class="instance">
                <div class="instance__main">
                    <Card id="history" title="History">
                        <History lines=history left_out=left_out />
                    </Card>
                </div>
                <div class="instance__side">
                    <Card id="verbs" title="Change its course">
                        <div class="verbs">{verbs}</div>
                    </Card>
                    <About page=page />
                </div>
            </div>
        </Layout>
    }
    .into_any()
}

#[component]
fn OwnerLink(owner: Owner) -> AnyView {
    match owner {
        Owner::Request { id, title } => {
            let href = paths::Request(&id.to_string()).to_string();
            view! { <span class="status__fact">"Request " <a href=href>{title}</a></span> }.into_any()
        }
        Owner::Mail { id, subject } => {
            let href = paths::Mail(&id.to_string()).to_string();
            view! { <span class="status__fact">"Mail " <a href=href>{subject}</a></span> }.into_any()
        }
        Owner::None => ().into_any(),
    }
}

#[component]
fn FailureBox(failure: InstanceFailure, failed: bool) -> AnyView {
    let tone = if failed { Tone::Bad } else { Tone::Gone };
    view! {
        <NoticeBox tone=tone>
            {(!failure.kind.is_empty()).then(|| view! { <strong>{failure.kind.clone()} ": "</strong> })}
            {failure.message}
        </NoticeBox>
    }
    .into_any()
}

/// Times, relatives and data.
#[component]
fn About(page: InstanceDetail) -> AnyView {
    let link = |id: String| view! { <a class="row-link--id" href=paths::Instance(&id).to_string()>{id.clone()}</a> };
    let children: Vec<_> = page.children.into_iter().map(|id| view! { <li>{link(id)}</li> }).collect();
    view! {
        <Card id="about" title="About it">
            <Facts>
                <Fact name="Started"><Time at=page.created_at /></Fact>
                <Fact name="Changed"><Time at=page.updated_at /></Fact>
                {page.finished_at.map(|at| view! { <Fact name="Finished"><Time at=at /></Fact> })}
                {(!page.version.is_empty()).then(|| view! { <Fact name="Version">{page.version.clone()}</Fact> })}
                {page.parent.map(|parent| view! { <Fact name="Parent">{link(parent)}</Fact> })}
                {(!children.is_empty()).then(|| view! { <Fact name="Children"><ul>{children}</ul></Fact> })}
            </Facts>
            <Data name="Input" json=page.input />
            <Data name="Output" json=page.output />
            <Data name="Custom status" json=page.custom_status />
        </Card>
    }
    .into_any()
}

/// One piece of JSON.
#[component]
fn Data(name: &'static str, json: Option<String>) -> AnyView {
    json.map(|json| {
        view! {
            <h3 class="json__name">{name}</h3>
            <pre class="json" tabindex="0">{json}</pre>
        }
    })
    .into_any()
}

/// The events, with a line wherever nothing happened for a while.
#[component]
fn History(lines: Vec<HistoryLine>, left_out: u64) -> AnyView {
    let mut before: Option<i64> = None;
    let rows: Vec<_> = lines
        .into_iter()
        .map(|line| {
            let idle = before.map_or(0, |before| line.at.micros - before);
            before = Some(line.at.micros);
            view! {
                {(idle >= IDLE_MICROS).then(|| view! { <IdleRow micros=idle /> })}
                <HistoryRow line=line />
            }
        })
        .collect();
    view! {
        {(left_out > 0).then(|| view! { <p class="muted">{left_out} " older events are not shown."</p> })}
        <Table caption="History" columns=vec!["No.", "Event", "Data", "Time (UTC)"]>
            {rows}
        </Table>
    }
    .into_any()
}

#[component]
fn IdleRow(micros: i64) -> AnyView {
    view! {
        <tr role="row" class="table__idle">
            <td role="cell" colspan="4">{format!("{} of waiting", span_in_words(micros / 1_000_000))}</td>
        </tr>
    }
    .into_any()
}

#[component]
fn HistoryRow(line: HistoryLine) -> AnyView {
    let detail = (!line.detail.is_empty()).then(|| {
        view! {
            <details class="json__more">
                <summary>"Show" <span class="visually-hidden">" the data of event " {line.seq}</span></summary>
                <pre class="json" tabindex="0">{line.detail}</pre>
            </details>
        }
    });
    view! {
        <tr role="row" class="table__row">
            <Cell kind="number">{line.seq}</Cell>
            <Cell kind="main">
                <span class="history__event">{line.event}</span>
                <span class="muted">{line.name}</span>
            </Cell>
            <Cell>{detail}</Cell>
            <Cell label="Time (UTC)">
                <ExactTime at=line.at />
            </Cell>
        </tr>
    }
    .into_any()
}
