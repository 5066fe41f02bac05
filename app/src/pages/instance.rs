//! One instance of the engine, with its history and what can be done to it. Its parts follow it while it runs.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::facts::{Fact, Facts};
use crate::components::form::{ErrorSummary, TextArea, TextField};
use crate::components::notice::NoticeBox;
use crate::components::table::{Cell, Table};
use crate::components::time::{ExactTime, Time};
use crate::components::verbs::VerbPanel;
use crate::view::instance::{InstanceFailure, Owner};
use crate::view::moment::span_in_words;
use crate::view::{Frame, HistoryLine, InstanceDetail, InstanceState, Question, RaiseForm, Section, Tone};

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
    let section = if frame.is_for_admin() { Section::Instances } else { Section::Workflows };
    let above = if page.owner == Owner::None { "Run" } else { "Instance" };
    let above = format!("{above} of {}", page.name);
    // What this page shows; the stream begins with what differs from it.
    let seen = page.updated_at.micros.to_string();
    let events = paths::with_query(paths::InstanceEvents(&page.id), &[("seen", &seen)]);
    let (history, left_out) = (page.history.clone(), page.history_left_out);
    let status = view! { <Status page=page.clone() /> };
    view! {
        <Layout frame=frame section=section width=Width::Wide live=events>
            <Heading title=page.id.clone() above=above code=true>
                {status}
            </Heading>
            <div class="instance">
                <div class="instance__main">
                    <Values page=page.clone() />
                </div>
                <div class="instance__side">
                    <Decision page=page.clone() />
                    <Verbs page=page.clone() />
                    <Raise page=page.clone() />
                    <About page=page />
                </div>
                <div class="instance__history">
                    <Card id="history" title="History" live="history">
                        <History lines=history left_out=left_out />
                    </Card>
                </div>
            </div>
        </Layout>
    }
    .into_any()
}

/// State, what it belongs to, and what went wrong.
#[component]
fn Status(page: InstanceDetail) -> AnyView {
    let failed = page.state == InstanceState::Failed;
    let workflow = page.in_catalogue.then(|| {
        let href = paths::Workflow(&page.name).to_string();
        view! { <span class="status__fact">"Workflow " <a href=href>{page.name.clone()}</a></span> }
    });
    view! {
        <div class="status" data-live-part="status">
            <Badge mark=page.state.mark() />
            <OwnerLink owner=page.owner />
            {workflow}
        </div>
        <div data-live-part="failure">
            {page.failure.map(|failure| view! { <FailureBox failure=failure failed=failed /> })}
        </div>
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
        Owner::Delivery { id, event } => {
            let href = paths::Delivery(&id.to_string()).to_string();
            view! { <span class="status__fact">"Delivery " <a href=href>{event}</a></span> }.into_any()
        }
        Owner::Monitor { id, name } => {
            let href = paths::Monitor(&id.to_string()).to_string();
            view! { <span class="status__fact">"Monitor " <a href=href>{name}</a></span> }.into_any()
        }
        Owner::Preview { sha256 } => {
            let fingerprint = sha256.get(..12).unwrap_or_default().to_owned();
            let title = format!("SHA-256 {sha256}");
            view! {
                <span class="status__fact">
                    "Preview of the file " <code class="code" title=title>
                        {fingerprint}
                    </code>
                </span>
            }
            .into_any()
        }
        Owner::Digests { person } => {
            let href = paths::Person(&person.to_string()).to_string();
            view! { <span class="status__fact"><a href=href>"Daily digests"</a></span> }.into_any()
        }
        Owner::Absence { person } => {
            let href = paths::PersonAbsence(&person.to_string()).to_string();
            view! { <span class="status__fact"><a href=href>"Absence"</a></span> }.into_any()
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

/// What it says of itself, what it gave and what it was given.
#[component]
fn Values(page: InstanceDetail) -> AnyView {
    view! {
        <Card id="values" title="Output and input" live="values">
            <Data name="Custom status" json=page.custom_status />
            <Data name="Output" json=page.output />
            <Data name="Input" json=page.input />
        </Card>
    }
    .into_any()
}

/// The decision that the run waits for. The key is who was asked, so that an answer never goes to another question.
#[component]
fn Decision(page: InstanceDetail) -> AnyView {
    let action = paths::RaiseEvent(&page.id).to_string();
    let key = page.question.as_ref().map(|question| question.asked.clone()).unwrap_or_default();
    let waits = page.question.is_some();
    let content = page.question.map(|Question { asked, event, yes, no }| {
        let answer = |value: String, word: &'static str, style: &'static str| {
            view! {
                <form method="post" action=action.clone()>
                    <input type="hidden" name="event" value=event.clone() />
                    <input type="hidden" name="value" value=value />
                    <button class=style type="submit">
                        {word}
                    </button>
                </form>
            }
        };
        let (yes, no) =
            (answer(yes, "Approve", "button button--primary"), answer(no, "Reject", "button button--danger"));
        let says = format!("It says: {asked}. Your answer is raised in your name, as the event {event}.");
        view! {
            <Card id="decision" title="It waits for a decision">
                <p>{says}</p>
                <div class="instance__answers">{yes} {no}</div>
            </Card>
        }
    });
    view! {
        <div data-live-part="decision" data-live-key=key hidden=!waits>
            {content}
        </div>
    }
    .into_any()
}

/// Each verb with its consequence. The key is the state: what is being typed stays until it makes no sense any more.
#[component]
fn Verbs(page: InstanceDetail) -> AnyView {
    let InstanceDetail { id, state, owner, verbs, .. } = page;
    let verbs: Vec<_> = verbs
        .into_iter()
        .map(|form| {
            let action = paths::InstanceVerb(&id, form.verb.key()).to_string();
            view! { <VerbPanel form=form owner=owner.clone() action=action /> }
        })
        .collect();
    view! {
        <div data-live-part="verbs" data-live-key=state.key()>
            <Card id="verbs" title="Change its course">
                <div class="verbs">{verbs}</div>
            </Card>
        </div>
    }
    .into_any()
}

/// An event by hand.
#[component]
fn Raise(page: InstanceDetail) -> AnyView {
    let action = paths::RaiseEvent(&page.id).to_string();
    let finished = page.raise.is_none();
    let key = if finished { "finished" } else { "open" };
    let content = page.raise.map(|form| {
        let RaiseForm { event, value, errors } = form;
        view! {
            <Card id="raise" title="Raise an event">
                <form class="form" method="post" action=action>
                    <p class="muted">
                        "The run gets it as soon as it waits for an event of this name; until then it is kept."
                    </p>
                    <ErrorSummary errors=errors.clone() prefix="raise-" />
                    <TextField
                        name="event"
                        id="raise-event"
                        label="Name"
                        value=event
                        error=errors.of("event")
                        autocomplete="off"
                        required=true
                    />
                    <TextArea
                        name="value"
                        id="raise-value"
                        label="Value"
                        hint="As JSON; nothing is null."
                        value=value
                        error=errors.of("value")
                        rows=3
                    />
                    <button class="button button--primary" type="submit">
                        "Raise"
                    </button>
                </form>
            </Card>
        }
    });
    view! {
        <div data-live-part="raise" data-live-key=key hidden=finished>
            {content}
        </div>
    }
    .into_any()
}

/// Times and relatives.
#[component]
fn About(page: InstanceDetail) -> AnyView {
    let link = |id: String| view! { <a class="row-link--id" href=paths::Instance(&id).to_string()>{id.clone()}</a> };
    let children: Vec<_> = page.children.into_iter().map(|id| view! { <li>{link(id)}</li> }).collect();
    view! {
        <Card id="about" title="About it" live="about">
            <Facts>
                <Fact name="Started"><Time at=page.created_at /></Fact>
                <Fact name="Changed"><Time at=page.updated_at /></Fact>
                {page.finished_at.map(|at| view! { <Fact name="Finished"><Time at=at /></Fact> })}
                {(!page.version.is_empty()).then(|| view! { <Fact name="Version">{page.version.clone()}</Fact> })}
                {page.parent.map(|parent| view! { <Fact name="Parent">{link(parent)}</Fact> })}
                {(!children.is_empty()).then(|| view! { <Fact name="Children"><ul>{children}</ul></Fact> })}
            </Facts>
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
