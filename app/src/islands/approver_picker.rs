//! Who is asked, under which rule, and by when.
//!
//! Without the browser part the same markup is a plain form: the rows shown, and a submit button for more of them.

#![expect(missing_docs, reason = "the island macro adds a struct of its own without documentation")]

use leptos::prelude::*;

use crate::components::form::{Field, FieldText, SpanInput, described_by, field_id};
use crate::components::icon::Glyph;
use crate::view::{ApproverForm, Icon};

/// A row: its key never changes, so that removing another row keeps what is typed in this one.
#[derive(Clone)]
struct Row {
    key: usize,
    typed: RwSignal<String>,
    error: Option<String>,
}

/// The approver part of the form for a new request.
#[island]
pub fn ApproverPicker(
    /// What was typed and what is wrong.
    form: ApproverForm,
) -> impl IntoView {
    let rows = RwSignal::new(rows_of(&form));
    let rule = RwSignal::new(form.rule.clone());
    let needed = RwSignal::new(form.needed.clone());
    let due = RwSignal::new(form.due.clone());
    let sentence = move || {
        let rows = rows.read().iter().map(|row| row.typed.get()).collect();
        let form =
            ApproverForm { rows, rule: rule.get(), needed: needed.get(), due: due.get(), ..ApproverForm::default() };
        form.sentence()
    };
    view! {
        <fieldset class="picker" id=field_id("approver")>
            <legend class="field__label">"Approvers"</legend>
            <p class="field__hint" id="approver-hint">
                "Mail addresses. They need no account: each gets a personal link."
            </p>
            <ol class="picker__rows">
                <For each=move || rows.get() key=|row| row.key let:row>
                    <ApproverRow row=row rows=rows />
                </For>
            </ol>
            {form.errors.of("approver").map(|error| view! { <ErrorLine id="approver-error" error=error /> })}
            <MoreRows rows=rows />
        </fieldset>
        <RuleChoice rule=rule needed=needed error=form.errors.of("rule").or_else(|| form.errors.of("needed")) />
        <SpanInput
            name="due"
            label="Decide within"
            hint="Leave empty for no time limit."
            value=form.due
            error=form.errors.of("due")
            changed=Callback::new(move |span| due.set(span))
        />
        <p class="picker__sentence" aria-live="polite">
            {sentence}
        </p>
    }
}

fn rows_of(form: &ApproverForm) -> Vec<Row> {
    let row = |(key, typed): (usize, &String)| Row {
        key,
        typed: RwSignal::new(typed.clone()),
        error: form.errors.of(&format!("approver.{key}")),
    };
    form.rows.iter().enumerate().map(row).collect()
}

/// One address.
#[component]
fn ApproverRow(row: Row, rows: RwSignal<Vec<Row>>) -> impl IntoView {
    let Row { key, typed, error } = row;
    let id = field_id(&format!("approver.{key}"));
    let described = described_by(&id, false, error.is_some())
        .map_or_else(|| "approver-hint".to_owned(), |ids| format!("{ids} approver-hint"));
    let invalid = error.is_some().then_some("true");
    let label = format!("Approver {}", key + 1);
    let input = NodeRef::<leptos::html::Input>::new();
    // What was typed before the browser part woke up is in the input, not in the signal.
    Effect::new(move || {
        if let Some(input) = input.get() {
            typed.set(input.value());
        }
    });
    let error_id = format!("{id}-error");
    view! {
        <li class="picker__row">
            <input
                class="input"
                type="email"
                id=id
                name="approver"
                value=typed.get_untracked()
                aria-label=label.clone()
                aria-invalid=invalid
                aria-describedby=described
                autocomplete="off"
                placeholder="name@example.org"
                maxlength="254"
                node_ref=input
                on:input=move |event| typed.set(event_target_value(&event))
            />
            <button
                class="button button--quiet needs-islands"
                type="button"
                aria-label=format!("Remove {label}")
                on:click=move |_| remove(rows, key)
            >
                <Glyph icon=Icon::Cross />
            </button>
            {error.map(|error| view! { <ErrorLine id=error_id error=error /> })}
        </li>
    }
}

/// Removes a row, but never the last one.
fn remove(rows: RwSignal<Vec<Row>>, key: usize) {
    rows.update(|rows| {
        if rows.len() > 1 {
            rows.retain(|row| row.key != key);
        }
    });
}

fn add_row(rows: &mut Vec<Row>) {
    let key = rows.iter().map(|row| row.key + 1).max().unwrap_or_default();
    if rows.len() < ApproverForm::MAX {
        rows.push(Row { key, typed: RwSignal::new(String::new()), error: None });
    }
}

/// Adds one row in the browser; without the browser part the server answers with five more.
#[component]
fn MoreRows(rows: RwSignal<Vec<Row>>) -> impl IntoView {
    view! {
        <button
            class="button"
            type="submit"
            name="intent"
            value="more_rows"
            formnovalidate
            disabled=move || { rows.read().len() >= ApproverForm::MAX }
            on:click=move |event| {
                event.prevent_default();
                rows.update(add_row);
            }
        >
            <Glyph icon=Icon::Plus />
            "Add approvers"
        </button>
    }
}

/// How many must approve.
#[component]
fn RuleChoice(rule: RwSignal<String>, needed: RwSignal<String>, error: Option<String>) -> impl IntoView {
    let choice = move |value: &'static str, title: &'static str, text: &'static str| {
        view! {
            <label class="tile" data-tone="ink">
                <input
                    type="radio"
                    name="rule"
                    value=value
                    checked=rule.get_untracked() == value
                    on:change=move |_| rule.set(value.to_owned())
                />
                <span class="tile__title">{title}</span>
                <span class="tile__text">{text}</span>
            </label>
        }
    };
    let text = FieldText {
        id: field_id("needed"),
        label: "How many".to_owned(),
        error: error.clone(),
        ..FieldText::default()
    };
    view! {
        <fieldset class="tiles" id=field_id("rule")>
            <legend class="field__label">"Who must approve"</legend>
            {choice("any", "Any one", "The first approval is enough.")}
            {choice("all", "All of them", "One rejection ends it.")}
            {choice("at_least", "A number", "At least this many approve.")}
        </fieldset>
        <Field text=text>
            <input
                class="input input--short"
                type="text"
                inputmode="numeric"
                id=field_id("needed")
                name="needed"
                value=needed.get_untracked()
                maxlength="2"
                autocomplete="off"
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described_by(&field_id("needed"), false, error.is_some())
                on:input=move |event| {
                    needed.set(event_target_value(&event));
                }
            />
        </Field>
    }
}

/// An error below a control.
#[component]
fn ErrorLine(#[prop(into)] id: String, error: String) -> impl IntoView {
    view! {
        <p class="field__error" id=id>
            <Glyph icon=Icon::Warning />
            {error}
        </p>
    }
}
