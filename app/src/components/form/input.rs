//! A control for one property of a workflow's input, as its schema asks for it.

use leptos::prelude::*;

use super::field::text_to_html;
use super::{Field, FieldText, described_by, field_id};
use crate::view::{InputField, InputKind};

/// The control with its label, hint and error.
#[component]
pub fn InputControl(
    /// What it asks for, and what was typed.
    field: InputField,
    /// What is wrong.
    error: Option<String>,
) -> AnyView {
    if field.kind == InputKind::Check {
        return check(field);
    }
    let id = field_id(&field.key());
    let hint = hint(&field);
    let described = described_by(&id, !hint.is_empty(), error.is_some());
    let invalid = error.is_some().then_some("true");
    let text = FieldText { id: id.clone(), label: field.label.clone(), hint, error, optional: !field.required };
    let around = Around { id, described, invalid };
    let control = match field.kind.clone() {
        InputKind::Choice(options) => choice(field, &options, around),
        InputKind::Lines => area(field, 4, around),
        InputKind::Json => area(field, 6, around),
        InputKind::Integer { .. } => line(field, Some("numeric"), around),
        InputKind::Number => line(field, Some("decimal"), around),
        InputKind::Text | InputKind::Check => line(field, None, around),
    };
    view! { <Field text=text>{control}</Field> }.into_any()
}

/// What ties a control to the texts around it.
struct Around {
    id: String,
    described: Option<String>,
    invalid: Option<&'static str>,
}

/// What the schema says, and how to write it down.
fn hint(field: &InputField) -> String {
    let how = match &field.kind {
        InputKind::Lines => "One per line.".to_owned(),
        InputKind::Json => "As JSON.".to_owned(),
        InputKind::Integer { least: Some(least), most: Some(most) } => format!("From {least} to {most}."),
        InputKind::Integer { least: Some(least), most: None } => format!("{least} or more."),
        InputKind::Integer { least: None, most: Some(most) } => format!("At most {most}."),
        _ => String::new(),
    };
    [field.hint.as_str(), how.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// One line of text. Numbers too: a control of type `number` would not give back what is none.
fn line(field: InputField, mode: Option<&'static str>, around: Around) -> AnyView {
    let name = field.key();
    view! {
        <input
            class="input"
            type="text"
            id=around.id
            name=name
            value=field.value
            required=field.required
            inputmode=mode
            autocomplete="off"
            aria-invalid=around.invalid
            aria-describedby=around.described
        />
    }
    .into_any()
}

/// Several lines. An empty list is a list, so lines are never asked for.
fn area(field: InputField, rows: u32, around: Around) -> AnyView {
    let required = field.required && field.kind != InputKind::Lines;
    view! {
        <textarea
            class="input"
            id=around.id
            name=field.key()
            rows=rows
            required=required
            aria-invalid=around.invalid
            aria-describedby=around.described
            inner_html=text_to_html(&field.value)
        ></textarea>
    }
    .into_any()
}

fn choice(field: InputField, options: &[String], around: Around) -> AnyView {
    let name = field.key();
    let options: Vec<_> = options
        .iter()
        .map(|option| view! { <option value=option.clone() selected=*option == field.value>{option.clone()}</option> })
        .collect();
    // Without an empty entry browsers would send the first one.
    let none = view! { <option value="" selected=field.value.is_empty()></option> };
    view! {
        <select
            class="input"
            id=around.id
            name=name
            required=field.required
            aria-invalid=around.invalid
            aria-describedby=around.described
        >
            {none}
            {options}
        </select>
    }
    .into_any()
}

fn check(field: InputField) -> AnyView {
    let (name, hint, ticked) = (field.key(), hint(&field), !field.value.is_empty());
    view! {
        <label class="check">
            <input type="checkbox" id=field_id(&name) name=name value="true" checked=ticked />
            <span>
                {field.label} {(!hint.is_empty()).then(|| view! { <span class="check__hint">{hint}</span> })}
            </span>
        </label>
    }
    .into_any()
}
