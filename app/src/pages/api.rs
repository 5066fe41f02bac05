//! The API, to read and to try.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, render};
use crate::components::table::{Cell, Table};
use crate::view::{ApiAnswer, ApiBody, ApiGroup, ApiOperation, ApiParameter, ApiReference, Frame, Section};

/// Where programs get what this page is made of.
const DOCUMENT: &str = "/api/openapi.json";

/// `GET /api`.
#[must_use]
pub fn api(frame: Frame, page: ApiReference) -> Page {
    render(Shell::new("API reference").scripts(Scripts::Api), || view! { <ApiPage frame=frame page=page /> })
}

#[component]
fn ApiPage(frame: Frame, page: ApiReference) -> AnyView {
    let links: Vec<_> = page.groups.iter().map(|group| (anchor(&group.name), group.name.clone())).map(link).collect();
    let groups: Vec<_> = page.groups.into_iter().map(|group| view! { <Group group=group /> }).collect();
    view! {
        <Layout frame=frame section=Section::Api width=Width::Wide>
            <Heading title="API reference">
                <p>{page.about} " " <a href=DOCUMENT>"The OpenAPI document"</a> " says the same to programs."</p>
            </Heading>
            <nav class="chips" aria-label="Groups">
                {links}
            </nav>
            <div class="field api__token" hidden=true data-api-token>
                <label class="field__label" for="f-token">
                    "Token to try with"
                </label>
                <input class="input" id="f-token" type="password" autocomplete="off" spellcheck="false" />
                <p class="field__hint">"It stays in this page and is gone with it. What you send is really done."</p>
            </div>
            {groups}
        </Layout>
    }
    .into_any()
}

fn link((anchor, name): (String, String)) -> AnyView {
    view! {
        <a class="chip" href=format!("#{anchor}")>
            {name}
        </a>
    }
    .into_any()
}

fn anchor(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

#[component]
fn Group(group: ApiGroup) -> AnyView {
    let ApiGroup { name, about, operations } = group;
    let operations: Vec<_> = operations.into_iter().map(|operation| view! { <Operation of=operation /> }).collect();
    view! {
        <section class="api__group" aria-labelledby=anchor(&name)>
            <h2 id=anchor(&name)>{name.clone()}</h2>
            <p class="muted">{about}</p>
            {operations}
        </section>
    }
    .into_any()
}

#[component]
fn Operation(of: ApiOperation) -> AnyView {
    let ApiOperation { id, method, path, summary, about, scope, parameters, body, answers, curl } = of;
    let scope = scope.map(|scope| view! { <p>"Scope: " <code class="code">{scope}</code></p> });
    let about = (!about.is_empty()).then(|| view! { <p>{about}</p> });
    view! {
        <details class="api__operation" id=id data-method=method data-path=path>
            <summary>
                <code class="api__method">{method.clone()}</code>
                <code class="api__path">{path.clone()}</code>
                <span class="muted">{summary}</span>
            </summary>
            <div class="api__body">
                {about}
                {scope}
                {table("Parameters", parameters)}
                {body.map(sent)}
                {came_back(answers)}
                <h3>"Call"</h3>
                <pre class="json">{curl}</pre>
                <div data-api-try></div>
            </div>
        </details>
    }
    .into_any()
}

fn table(caption: &'static str, parameters: Vec<ApiParameter>) -> Option<AnyView> {
    if parameters.is_empty() {
        return None;
    }
    let rows: Vec<_> = parameters.into_iter().map(parameter).collect();
    let table = view! {
        <h3>{caption}</h3>
        <Table caption=caption columns=vec!["Name", "Where", "What", "For"]>
            {rows}
        </Table>
    };
    Some(table.into_any())
}

fn parameter(of: ApiParameter) -> AnyView {
    let ApiParameter { name, place, kind, required, about } = of;
    let (data_name, data_place) = (name.clone(), place.clone());
    view! {
        <tr
            role="row"
            class="table__row"
            data-name=data_name
            data-place=data_place
            data-required=required.then_some("")
        >
            <Cell kind="main">
                <code class="code">{name}</code>
                {required.then(|| view! { <span class="muted">"needed"</span> })}
            </Cell>
            <Cell label="Where">{place}</Cell>
            <Cell label="What">{kind}</Cell>
            <Cell label="For">{about}</Cell>
        </tr>
    }
    .into_any()
}

fn sent(body: ApiBody) -> AnyView {
    let ApiBody { media_type, example, members } = body;
    let shown = (!example.is_empty()).then(|| view! { <pre class="json">{example.clone()}</pre> });
    view! {
        <div data-media=media_type data-example=example>
            <h3>"Body: " <code class="code">{media_type.clone()}</code></h3>
            {shown}
        </div>
        {table("Members", members)}
    }
    .into_any()
}

fn came_back(answers: Vec<ApiAnswer>) -> AnyView {
    let lines: Vec<_> = answers.into_iter().map(|answer| line(answer.status, answer.about)).collect();
    view! {
        <h3>"Answers"</h3>
        <dl class="api__answers">{lines}</dl>
    }
    .into_any()
}

fn line(status: String, about: String) -> AnyView {
    view! {
        <dt>
            <code class="code">{status}</code>
        </dt>
        <dd>{about}</dd>
    }
    .into_any()
}
