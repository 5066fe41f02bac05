//! A length of time: a number and a unit.

use leptos::prelude::*;

use super::{Field, FieldText, described_by, field_id};
use crate::view::{SpanField, SpanUnit};

/// Number and unit; the unit's field is named `{name}_unit`.
#[component]
pub fn SpanInput(
    /// The number's field name.
    name: &'static str,
    /// The label of both.
    label: &'static str,
    /// What leaving it empty means.
    hint: &'static str,
    /// What was typed.
    value: SpanField,
    /// What is wrong.
    error: Option<String>,
    /// Told about every change, by an island.
    #[prop(optional)]
    changed: Option<Callback<SpanField>>,
) -> impl IntoView {
    let id = field_id(name);
    let described = described_by(&id, !hint.is_empty(), error.is_some());
    let invalid = error.is_some().then_some("true");
    let text = FieldText { id: id.clone(), label: label.to_owned(), hint: hint.to_owned(), error, optional: false };
    let now = StoredValue::new(value.clone());
    let change = move |change: &dyn Fn(&mut SpanField)| {
        now.update_value(|value| change(value));
        if let Some(changed) = changed {
            changed.run(now.get_value());
        }
    };
    let units: Vec<_> = SpanUnit::ALL
        .into_iter()
        .map(|unit| view! { <option value=unit.key() selected=unit == value.unit>{unit.key()}</option> })
        .collect();
    view! {
        <Field text=text>
            <div class="span">
                <input
                    class="input"
                    type="text"
                    inputmode="decimal"
                    id=id
                    name=name
                    value=value.number
                    maxlength="6"
                    autocomplete="off"
                    aria-invalid=invalid
                    aria-describedby=described
                    on:input=move |event| change(&|span| span.number = event_target_value(&event))
                />
                <select
                    class="input"
                    name=format!("{name}_unit")
                    aria-label=format!("{label}, unit")
                    on:change=move |event| {
                        change(&|span| span.unit = SpanUnit::from_key(&event_target_value(&event)).unwrap_or_default());
                    }
                >
                    {units}
                </select>
            </div>
        </Field>
    }
}
