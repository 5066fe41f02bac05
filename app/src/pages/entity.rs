//! One entity of the engine, and what an admin can tell it.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::card::Card;
use crate::components::facts::{Fact, Facts};
use crate::components::form::{ErrorSummary, Field, FieldText, TextArea, described_by, field_id};
use crate::components::notice::NoticeBox;
use crate::components::time::Time;
use crate::view::{EntityDetail, Frame, Moment, OperationForm, Section, Tone};

/// `GET /entities/{id}`, and again with messages after an operation that was refused.
#[must_use]
pub fn entity(frame: Frame, page: EntityDetail) -> Page {
    let shell = Shell::new(format!("Entity {}", page.id)).scripts(Scripts::Live);
    render(shell, || view! { <EntityPage frame=frame page=page /> })
}

#[component]
fn EntityPage(frame: Frame, page: EntityDetail) -> AnyView {
    let EntityDetail { id, name, key, state, lock, blocked, created_at, operated_at, form } = page;
    let may_signal = !form.operations.is_empty();
    let (send, delete) = (paths::Entity(&id).to_string(), paths::DeleteEntity(&id).to_string());
    view! {
        <Layout frame=frame section=Section::Instances width=Width::Wide>
            <Heading title=id above=format!("Entity of {name}") code=true>
                <a href=paths::Entities.to_string()>"All entities"</a>
            </Heading>
            {blocked.map(|reason| view! { <NoticeBox tone=Tone::Bad>{reason}</NoticeBox> })}
            <div class="instance">
                <div class="instance__main">
                    <Card id="state" title="State">
                        <State json=state />
                    </Card>
                </div>
                <div class="instance__side">
                    <Card id="operation" title="Send an operation">
                        <Operation form=form action=send />
                    </Card>
                    {may_signal.then(|| view! { <Delete action=delete /> })}
                    <Card id="about" title="About it">
                        <Facts>
                            <Fact name="Key">{key}</Fact>
                            <Fact name="First message"><Time at=created_at /></Fact>
                            <Fact name="Last operation"><Time at=operated_at relative=true /></Fact>
                            {lock.map(|(holder, since)| view! { <Lock holder=holder since=since /> })}
                        </Facts>
                    </Card>
                </div>
            </div>
        </Layout>
    }
    .into_any()
}

#[component]
fn State(json: Option<String>) -> AnyView {
    match json {
        Some(json) => view! {
            <pre class="json" tabindex="0" aria-label="State" role="region">
                {json}
            </pre>
        }
        .into_any(),
        None => view! {
            <p class="muted">
                "It has no state: no operation has set one yet, or it was deleted. The next operation begins anew."
            </p>
        }
        .into_any(),
    }
}

/// Operations wait while an orchestration holds the lock.
#[component]
fn Lock(holder: String, since: Moment) -> AnyView {
    view! {
        <Fact name="Locked by">
            <a class="row-link--id" href=paths::Instance(&holder).to_string()>
                {holder.clone()}
            </a>
            ", since "
            <Time at=since relative=true />
            ". Operations of others wait."
        </Fact>
    }
    .into_any()
}

/// Which operation, with which input.
#[component]
fn Operation(form: OperationForm, action: String) -> AnyView {
    let OperationForm { operations, operation, input, errors } = form;
    if operations.is_empty() {
        return view! { <p class="muted">"The catalogue knows no operation of this kind of entity."</p> }.into_any();
    }
    let id = field_id("operation");
    let error = errors.of("operation");
    let described = described_by(&id, false, error.is_some());
    let invalid = error.is_some().then_some("true");
    let text = FieldText { id: id.clone(), label: "Operation".to_owned(), hint: String::new(), error, optional: false };
    let options: Vec<_> = operations
        .into_iter()
        .map(|each| view! { <option value=each.clone() selected=each == operation>{each.clone()}</option> })
        .collect();
    view! {
        <form class="form" method="post" action=action>
            <p class="muted">"It is carried out after those that were sent before; nobody waits for its outcome."</p>
            <ErrorSummary errors=errors.clone() />
            <Field text=text>
                <select class="input" id=id name="operation" aria-invalid=invalid aria-describedby=described>
                    {options}
                </select>
            </Field>
            <TextArea
                name="input"
                label="Input"
                hint="As JSON; nothing is null."
                value=input
                error=errors.of("input")
                rows=3
            />
            <button class="button button--primary" type="submit">
                "Send"
            </button>
        </form>
    }
    .into_any()
}

#[component]
fn Delete(action: String) -> AnyView {
    view! {
        <Card id="delete" title="Delete its state">
            <p class="muted">
                "Takes its state away for good, in its turn among the operations. The next operation begins anew."
            </p>
            <form method="post" action=action>
                <button class="button button--danger" type="submit">
                    "Delete the state"
                </button>
            </form>
        </Card>
    }
    .into_any()
}
