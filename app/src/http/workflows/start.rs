//! `/workflows/{name}`: the filled-in form, and the start.

use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Response};
use countersign_engine::{InstanceFilter, InstanceId, InstanceQuery};
use serde_json::Value;

use super::catalogue::require_starter;
use super::input::{self, pretty};
use super::schema;
use crate::http::error::Refusal;
use crate::http::instances::engine;
use crate::http::notice::Done;
use crate::http::present;
use crate::http::reader::Reader;
use crate::http::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::workflows::{StartWorkflow, Workflow, WorkflowError};
use crate::portal::{FieldError, PortalError};
use crate::view::{FormErrors, InputField, InstanceRow, StartForm, Way, WorkflowDetail};

/// Runs that the page of a workflow shows.
const RUNS: u32 = 10;

type Pairs = Vec<(String, String)>;

/// `GET /workflows/{name}`. What the address says is in the form; nothing is started.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Path(name): Path<String>,
    Query(pairs): Query<Pairs>,
) -> Result<Page, Refusal> {
    require_starter(&reader)?;
    let workflow = find(&state, &name)?;
    let form = form_of_address(workflow, &pairs);
    let wrong = !form.errors.is_empty();
    let page = page(&state, reader, workflow, form).await?;
    Ok(if wrong { page.unprocessable() } else { page })
}

/// `POST /workflows/{name}`.
pub(crate) async fn start(
    State(state): State<AppState>,
    reader: Reader,
    Path(name): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Refusal> {
    require_starter(&reader)?;
    let workflow = find(&state, &name)?;
    let mut form = posted_form(workflow, &pairs);
    match begin(&state, &reader, workflow, &form).await {
        Ok(id) => Ok(Done::RunStarted.then(paths::Instance(&id)).into_response()),
        Err(PortalError::Invalid(errors)) => {
            form.errors = errors.into();
            Ok(page(&state, reader, workflow, form).await?.unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn find<'s>(state: &'s AppState, name: &str) -> Result<&'s Workflow, Refusal> {
    state.portal.catalogue().find(name).ok_or(Refusal::NotFound)
}

fn said<'p>(pairs: &'p [(String, String)], name: &str) -> Option<&'p str> {
    pairs.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
}

/// The form as the example, or the address, fills it in.
fn form_of_address(workflow: &Workflow, pairs: &[(String, String)]) -> StartForm {
    let mut fields = schema::fields(&workflow.input_schema);
    input::fill(&mut fields, &workflow.example);
    let blank = StartForm {
        fields,
        json: pretty(&workflow.example),
        id: said(pairs, "instance_id").unwrap_or_default().to_owned(),
        way: Way::Fields,
        errors: FormErrors::default(),
    };
    match said(pairs, "input") {
        Some(text) => with_json(blank, text),
        None => with_properties(blank, pairs, workflow),
    }
}

/// `?input={…}`: shown by the controls if they can say all of it, as JSON otherwise.
fn with_json(mut form: StartForm, text: &str) -> StartForm {
    match serde_json::from_str(text) {
        Ok(value) => {
            input::fill(&mut form.fields, &value);
            form.json = pretty(&value);
            let told = !form.fields.is_empty() && input::read(&form.fields).is_ok_and(|read| read == value);
            form.way = if told { Way::Fields } else { Way::Json };
        }
        Err(error) => {
            text.clone_into(&mut form.json);
            form.way = Way::Json;
            form.errors = FormErrors::one("input", not_json(&error));
        }
    }
    form
}

/// `?item=lamp&quantity=2`: what is not named stays as in the example.
fn with_properties(mut form: StartForm, pairs: &[(String, String)], workflow: &Workflow) -> StartForm {
    let named = |field: &&mut InputField| !field.name.is_empty() && said(pairs, &field.name).is_some();
    let mut changed = false;
    for field in form.fields.iter_mut().filter(named) {
        field.value = said(pairs, &field.name).unwrap_or_default().to_owned();
        changed = true;
    }
    let read = input::read(&form.fields).ok().filter(|_| changed);
    form.json = pretty(read.as_ref().unwrap_or(&workflow.example));
    form
}

/// The form as it was posted. The other one beside it starts from the example.
fn posted_form(workflow: &Workflow, pairs: &[(String, String)]) -> StartForm {
    let mut form = form_of_address(workflow, &[]);
    form.way = said(pairs, "way").and_then(Way::from_key).unwrap_or_default();
    form.id = said(pairs, "instance_id").unwrap_or_default().trim().to_owned();
    match form.way {
        Way::Fields => input::fill_posted(&mut form.fields, pairs),
        Way::Json => said(pairs, "input").unwrap_or_default().clone_into(&mut form.json),
    }
    form
}

/// Starts what the form says; gives the run's id. What is wrong is bound to the form's fields.
async fn begin(
    state: &AppState,
    reader: &Reader,
    workflow: &Workflow,
    form: &StartForm,
) -> Result<String, PortalError> {
    let mut errors = Vec::new();
    let input = read(form).unwrap_or_else(|wrong| {
        errors = wrong;
        Value::Null
    });
    let id = Some(form.id.clone()).filter(|id| !id.is_empty());
    if let Some(Err(invalid)) = id.as_deref().map(InstanceId::parse) {
        errors.push(FieldError::new("instance_id", format!("{invalid}.")));
    }
    if !errors.is_empty() {
        return Err(PortalError::Invalid(errors));
    }
    let start = StartWorkflow { name: workflow.name.clone(), version: None, id, input, traceparent: None };
    state.portal.start_workflow(&reader.actor, start).await.map_err(|error| match error {
        WorkflowError::Exists(_) | WorkflowError::Running(_) => PortalError::field(
            "instance_id",
            "A run with this id exists already. Choose another id, or leave it empty.",
        ),
        error => error.into(),
    })
}

fn read(form: &StartForm) -> Result<Value, Vec<FieldError>> {
    match form.way {
        Way::Fields => input::read(&form.fields),
        Way::Json => serde_json::from_str(&form.json).map_err(|error| vec![FieldError::new("input", not_json(&error))]),
    }
}

fn not_json(error: &serde_json::Error) -> String {
    format!("This is not JSON: {error}.")
}

async fn page(state: &AppState, reader: Reader, workflow: &Workflow, form: StartForm) -> Result<Page, Refusal> {
    let starter = state.portal.starter_filter(&reader.actor)?;
    let everybody = starter.is_none();
    let query = InstanceQuery {
        filter: InstanceFilter {
            name: Some(workflow.name.clone()),
            tags: starter.into_iter().collect(),
            ..InstanceFilter::default()
        },
        limit: RUNS,
        ..InstanceQuery::default()
    };
    let (records, seen) = (state.engine.query(&query).await.map_err(engine)?, reader.seen(state));
    let runs: Vec<InstanceRow> = records.iter().filter_map(|record| present::instance::row(record, seen)).collect();
    let detail = WorkflowDetail {
        name: workflow.name.clone(),
        version: workflow.version.clone(),
        summary: workflow.summary.clone(),
        description: workflow.description.clone(),
        schema: pretty(&workflow.input_schema),
        curl: curl(state.config.base_url.as_str(), &workflow.name, &form.json),
        form,
        runs,
        everybody,
    };
    Ok(pages::workflow(reader.frame, detail))
}

/// The same start over HTTP, for a shell.
fn curl(base: &str, name: &str, json: &str) -> String {
    let body = serde_json::from_str::<Value>(json).map_or_else(|_| json.to_owned(), |value| value.to_string());
    let body = body.replace('\'', r"'\''");
    format!(
        "curl -X POST '{base}/runtime/webhooks/durabletask/orchestrators/{name}' \\\n  \
         -H \"Authorization: Bearer $COUNTERSIGN_TOKEN\" \\\n  \
         -H 'Content-Type: application/json' \\\n  \
         -d '{body}'"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn order() -> Workflow {
        Workflow {
            name: "Order".into(),
            version: String::new(),
            summary: String::new(),
            description: String::new(),
            input_schema: json!({
                "properties": { "item": { "type": "string" }, "quantity": { "type": "integer" } },
                "required": ["item", "quantity"],
            }),
            example: json!({ "item": "lamp", "quantity": 2 }),
        }
    }

    fn pairs(pairs: &[(&str, &str)]) -> Pairs {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn values(form: &StartForm) -> Vec<&str> {
        form.fields.iter().map(|field| field.value.as_str()).collect()
    }

    #[test]
    fn a_form_begins_with_the_example_and_an_address_changes_what_it_names() {
        assert_eq!(values(&form_of_address(&order(), &[])), ["lamp", "2"]);
        let form = form_of_address(&order(), &pairs(&[("quantity", "7"), ("done", "steered")]));
        assert_eq!(values(&form), ["lamp", "7"]);
        assert_eq!(serde_json::from_str::<Value>(&form.json).ok(), Some(json!({ "item": "lamp", "quantity": 7 })));
    }

    #[test]
    fn json_that_no_control_can_say_is_shown_as_json() {
        let form = form_of_address(&order(), &pairs(&[("input", r#"{"item": "desk", "quantity": 1}"#)]));
        assert_eq!((values(&form), form.way), (vec!["desk", "1"], Way::Fields));
        let form = form_of_address(&order(), &pairs(&[("input", r#"{"item": "desk", "colour": "red"}"#)]));
        assert_eq!(form.way, Way::Json);
        let form = form_of_address(&order(), &pairs(&[("input", "{")]));
        assert_eq!((form.way, form.json.as_str(), form.errors.0.len()), (Way::Json, "{", 1));
    }

    #[test]
    fn no_value_ends_the_command_line() {
        let line = curl("https://sign.example.org", "Order", r#"{"item": "it's"}"#);
        assert!(line.ends_with(r#"-d '{"item":"it'\''s"}'"#), "{line}");
    }
}
