//! The policies, and the form that imports one. For admins.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::form::{ErrorSummary, Field, FieldText, TextArea, field_id};
use crate::components::table::{Cell, Table};
use crate::components::time::Time;
use crate::view::{Frame, Policies, PolicyImport, PolicyRow, Section};

/// `GET /policies`.
#[must_use]
pub fn policies(frame: Frame, page: Policies) -> Page {
    render(Shell::new("Policies").scripts(Scripts::Live), || view! { <PoliciesPage frame=frame page=page /> })
}

#[component]
fn PoliciesPage(frame: Frame, page: Policies) -> AnyView {
    let Policies { rows, archived } = page;
    let archived = (!archived.is_empty()).then(|| {
        view! {
            <Card id="archived" title="Archived">
                <p class="muted">"Nobody can choose them; requests that were submitted with them go on."</p>
                {table("Archived policies", archived)}
            </Card>
        }
    });
    view! {
        <Layout frame=frame section=Section::Policies width=Width::Wide>
            <Heading title="Policies">
                <p>
                    "Who decides about which kind of request, in which order, and what happens when nobody does. A \
                    request keeps the version that it was submitted with."
                </p>
            </Heading>
            <div class="policies__head">
                <a class="button button--primary" href=paths::NewPolicy.to_string()>
                    "New policy"
                </a>
                <a class="button" href=paths::ImportPolicy.to_string()>
                    "Import"
                </a>
            </div>
            {list(rows)}
            {archived}
        </Layout>
    }
    .into_any()
}

fn list(rows: Vec<PolicyRow>) -> AnyView {
    if rows.is_empty() {
        let text = "Without one, whoever submits a request chooses the approvers themself.";
        return view! { <Empty title="There are no policies yet" text=text /> }.into_any();
    }
    view! { <div class="sheet">{table("Policies", rows)}</div> }.into_any()
}

fn table(caption: &'static str, rows: Vec<PolicyRow>) -> AnyView {
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    view! {
        <Table caption=caption columns=vec!["Policy", "Stages", "Version", "Saved"]>
            {rows}
        </Table>
    }
    .into_any()
}

fn row(row: PolicyRow) -> AnyView {
    let by = row.by.map(|by| view! { <span class="muted policies__by">"by " {by}</span> });
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <a class="row-link" href=paths::Policy(&row.id.to_string()).to_string()>
                    {row.name}
                </a>
                <span class="muted policies__text">{row.description}</span>
            </Cell>
            <Cell label="Stages" kind="number">
                {row.stages}
            </Cell>
            <Cell label="Version" kind="number">
                {row.version}
            </Cell>
            <Cell label="Saved">
                <Time at=row.changed_at relative=true />
                {by}
            </Cell>
        </tr>
    }
    .into_any()
}

/// `GET /policies/import`, and again with messages after a text that was refused.
#[must_use]
pub fn import_policy(frame: Frame, page: PolicyImport) -> Page {
    render(Shell::new("Import a policy").scripts(Scripts::Live), || view! { <ImportPage frame=frame page=page /> })
}

#[component]
fn ImportPage(frame: Frame, page: PolicyImport) -> AnyView {
    let PolicyImport { text, errors } = page;
    let id = field_id("file");
    let file = FieldText {
        id: id.clone(),
        label: "File".to_owned(),
        hint: "What Export gives. When one is chosen, the text below is not read.".to_owned(),
        optional: true,
        ..FieldText::default()
    };
    let described = format!("{id}-hint");
    view! {
        <Layout frame=frame section=Section::Policies width=Width::Medium>
            <Heading title="Import a policy" above="Policies">
                <p>
                    "A policy of the same name gets a new version. Groups are found by their names and must be there \
                    already."
                </p>
            </Heading>
            <form
                class="form"
                method="post"
                action=paths::ImportPolicy.to_string()
                enctype="multipart/form-data"
            >
                <ErrorSummary errors=errors.clone() />
                <Card id="import" title="The policy as TOML">
                    <Field text=file>
                        <input
                            class="input input--file"
                            type="file"
                            id=id
                            name="file"
                            accept=".toml"
                            aria-describedby=described
                        />
                    </Field>
                    <TextArea name="text" label="Text" value=text error=errors.of("text") rows=18 />
                </Card>
                <div class="form__end">
                    <button class="button button--primary" type="submit">
                        "Import the policy"
                    </button>
                </div>
            </form>
        </Layout>
    }
    .into_any()
}
