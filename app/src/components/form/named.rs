//! Controls whose names are made together with the page: those of lists of things in one form.

use leptos::prelude::*;

use super::field::text_to_html;
use super::{Field, FieldText, described_by, field_id};
use crate::view::SpanUnit;

/// What a control is called, and what stands in it.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// The field's name.
    pub name: String,
    /// Its label.
    pub label: &'static str,
    /// What to enter; empty for nothing.
    pub hint: &'static str,
    /// What was typed or chosen.
    pub value: String,
    /// What is wrong.
    pub error: Option<String>,
    /// Whether the label says "optional".
    pub optional: bool,
}

/// What ties a control to the texts around it.
struct Tied {
    text: FieldText,
    id: String,
    described: Option<String>,
    invalid: Option<&'static str>,
}

impl Named {
    fn tied(&self) -> Tied {
        let id = field_id(&self.name);
        let text = FieldText {
            id: id.clone(),
            label: self.label.to_owned(),
            hint: self.hint.to_owned(),
            error: self.error.clone(),
            optional: self.optional,
        };
        let described = described_by(&id, !self.hint.is_empty(), self.error.is_some());
        Tied { text, id, described, invalid: self.error.is_some().then_some("true") }
    }
}

/// One line of text. `list` is the id of a list of proposals.
pub fn named_text(control: Named, max_length: u32, list: Option<&'static str>) -> AnyView {
    let Tied { text, id, described, invalid } = control.tied();
    view! {
        <Field text=text>
            <input
                class="input"
                type="text"
                id=id
                name=control.name
                value=control.value
                maxlength=max_length
                list=list
                autocomplete="off"
                aria-invalid=invalid
                aria-describedby=described
            />
        </Field>
    }
    .into_any()
}

/// Several lines of text.
pub fn named_area(control: Named, rows: u32) -> AnyView {
    let Tied { text, id, described, invalid } = control.tied();
    view! {
        <Field text=text>
            <textarea
                class="input"
                id=id
                name=control.name
                rows=rows
                aria-invalid=invalid
                aria-describedby=described
                inner_html=text_to_html(&control.value)
            ></textarea>
        </Field>
    }
    .into_any()
}

/// One of several values, as (value, words).
pub fn named_select(control: Named, choices: &[(&'static str, &'static str)]) -> AnyView {
    let Tied { text, id, described, invalid } = control.tied();
    let options = options(choices, &control.value);
    view! {
        <Field text=text>
            <select class="input" id=id name=control.name aria-invalid=invalid aria-describedby=described>
                {options}
            </select>
        </Field>
    }
    .into_any()
}

/// A length of time; the unit's field is named `{name}_unit`.
pub fn named_span(control: Named, unit: SpanUnit) -> AnyView {
    let Tied { text, id, described, invalid } = control.tied();
    let unit_name = format!("{}_unit", control.name);
    let unit_label = format!("{}, unit", control.label);
    let units = options(&UNITS, unit.key());
    view! {
        <Field text=text>
            <div class="span">
                <input
                    class="input"
                    type="text"
                    inputmode="decimal"
                    id=id
                    name=control.name
                    value=control.value
                    maxlength="14"
                    autocomplete="off"
                    aria-invalid=invalid
                    aria-describedby=described
                />
                <select class="input" name=unit_name aria-label=unit_label>
                    {units}
                </select>
            </div>
        </Field>
    }
    .into_any()
}

/// Units as (value, word).
pub const UNITS: [(&str, &str); 3] = [("minutes", "minutes"), ("hours", "hours"), ("days", "days")];

/// The options of a select, of which one is chosen.
pub fn options(choices: &[(&'static str, &'static str)], chosen: &str) -> AnyView {
    let options: Vec<_> = choices
        .iter()
        .map(|(value, words)| view! { <option value=*value selected=*value == chosen>{*words}</option> })
        .collect();
    options.into_any()
}
