//! One workflow: what it does, the form that starts it, its newest runs.

use leptos::prelude::*;

use super::instances::run_table;
use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::card::Card;
use crate::components::form::{ErrorSummary, InputControl, TextArea, TextField};
use crate::view::{FormErrors, Frame, InputField, InstanceRow, Section, StartForm, Way, WorkflowDetail};

const ID_HINT: &str =
    "Left empty, the portal chooses one. A second start with the same id is refused while the first one runs.";

/// `GET /workflows/{name}`, and again with messages after a start that was refused.
#[must_use]
pub fn workflow(frame: Frame, page: WorkflowDetail) -> Page {
    let shell = Shell::new(page.name.clone()).scripts(Scripts::Live);
    render(shell, || view! { <WorkflowPage frame=frame page=page /> })
}

#[component]
fn WorkflowPage(frame: Frame, page: WorkflowDetail) -> AnyView {
    let WorkflowDetail { name, version, summary, description, form, schema, curl, runs, everybody } = page;
    let action = paths::Workflow(&name).to_string();
    let newest = if everybody { "Newest runs" } else { "Your newest runs" };
    let above = if version.is_empty() { "Workflow".to_owned() } else { format!("Workflow, version {version}") };
    view! {
        <Layout frame=frame section=Section::Workflows width=Width::Wide>
            <Heading title=name.clone() above=above>
                <p>{summary}</p>
            </Heading>
            <div class="workflow">
                <div class="workflow__main">
                    <Card id="start" title="Start a run">
                        <Start form=form action=action />
                    </Card>
                    <Card id="runs" title=newest>
                        <Runs name=name runs=runs everybody=everybody />
                    </Card>
                </div>
                <div class="workflow__side">
                    <Card id="about" title="What it does">
                        <p>{description}</p>
                    </Card>
                    <ByProgram curl=curl schema=schema />
                </div>
            </div>
        </Layout>
    }
    .into_any()
}

/// The form by controls, and the one by JSON below it; without controls the latter alone.
#[component]
fn Start(form: StartForm, action: String) -> AnyView {
    let errors = form.errors_of(Way::Fields);
    let by_json = form.way == Way::Json;
    let json = view! { <JsonForm form=form.clone() action=action.clone() /> };
    if form.fields.is_empty() {
        return json.into_any();
    }
    let id = if by_json { String::new() } else { form.id };
    let control = |field: InputField| {
        let error = errors.of(&field.key());
        view! { <InputControl field=field error=error /> }
    };
    let controls: Vec<_> = form.fields.into_iter().map(control).collect();
    view! {
        <form class="form" method="post" action=action>
            <ErrorSummary errors=errors.clone() />
            <input type="hidden" name="way" value=Way::Fields.key() />
            {controls}
            <RunId value=id errors=errors.clone() prefix="f-" />
            <div class="form__end">
                <button class="button button--primary" type="submit">
                    "Start"
                </button>
            </div>
        </form>
        <details class="workflow__json" open=by_json>
            <summary>"Write the input as JSON"</summary>
            {json}
        </details>
    }
    .into_any()
}

/// The whole input in one field, for everything that no control can say.
#[component]
fn JsonForm(form: StartForm, action: String) -> AnyView {
    let errors = form.errors_of(Way::Json);
    let id = if form.way == Way::Json { form.id } else { String::new() };
    let rows = u32::try_from(form.json.lines().count()).unwrap_or(u32::MAX).clamp(4, 16);
    view! {
        <form class="form" method="post" action=action>
            <ErrorSummary errors=errors.clone() prefix="json-" />
            <input type="hidden" name="way" value=Way::Json.key() />
            <TextArea
                name="input"
                id="json-input"
                label="Input as JSON"
                hint="Its schema stands on this page."
                value=form.json
                error=errors.of("input")
                rows=rows
            />
            <RunId value=id errors=errors prefix="json-" />
            <div class="form__end">
                <button class="button button--primary" type="submit">
                    "Start with this JSON"
                </button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn RunId(value: String, errors: FormErrors, prefix: &'static str) -> AnyView {
    view! {
        <TextField
            name="instance_id"
            id=format!("{prefix}instance_id")
            label="Id of the run"
            hint=ID_HINT
            value=value
            error=errors.of("instance_id")
            max_length=256
            autocomplete="off"
        />
    }
    .into_any()
}

#[component]
fn Runs(name: String, runs: Vec<InstanceRow>, everybody: bool) -> AnyView {
    if runs.is_empty() {
        let nobody = if everybody { "Nobody has started it yet." } else { "You have not started it yet." };
        return view! { <p class="muted">{nobody} " A run appears here as soon as it is started."</p> }.into_any();
    }
    let all = paths::with_query(paths::Instances, &[("name", &name)]);
    view! {
        {run_table("Runs", runs)}
        <p>
            <a href=all>"All runs of it"</a>
        </p>
    }
    .into_any()
}

/// For programs: the command line, and what the input looks like.
#[component]
fn ByProgram(curl: String, schema: String) -> AnyView {
    view! {
        <Card id="by-program" title="Start it by a program">
            <p>
                "The same start over HTTP. " <code class="code">"COUNTERSIGN_TOKEN"</code>
                " holds an " <a href=paths::Tokens.to_string()>"API token"</a> " that may start instances."
            </p>
            <pre class="json workflow__curl" tabindex="0" aria-label="Command line" role="region">
                {curl}
            </pre>
            <details class="json__more">
                <summary>"JSON schema of its input"</summary>
                <pre class="json" tabindex="0" aria-label="JSON schema" role="region">
                    {schema}
                </pre>
            </details>
        </Card>
    }
    .into_any()
}
