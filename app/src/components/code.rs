//! The code that an answer needs besides the link: asked for first, typed together with the answer then.

use leptos::prelude::*;

use super::form::{Field, FieldText, described_by, field_id};
use crate::view::{CodeEntry, Moment};

/// Asks for a code before there is one to type.
#[component]
pub fn AskCode(
    /// Where it posts to.
    action: String,
) -> AnyView {
    view! {
        <form class="decision" method="post" action=action>
            <p>
                "This decision needs a code besides your link. It is mailed to the address that was asked, and works \
                for ten minutes."
            </p>
            <button class="button button--primary button--wide" type="submit">
                "Mail me a code"
            </button>
        </form>
    }
    .into_any()
}

/// The field of the code. What was typed before is not shown again.
#[component]
pub fn CodeField(
    /// Until when the code works that was mailed, if one does.
    until: Option<Moment>,
    /// What is wrong.
    error: Option<String>,
) -> AnyView {
    let id = field_id("code");
    let hint = match until {
        Some(until) => {
            format!("Six digits from the latest mail to the address that was asked; they work until {}.", until.text)
        }
        None => "Six digits from the latest mail to the address that was asked.".to_owned(),
    };
    let described = described_by(&id, true, error.is_some());
    let invalid = error.is_some().then_some("true");
    let text = FieldText { id: id.clone(), label: "Code".to_owned(), hint, error, optional: false };
    view! {
        <Field text=text>
            <input
                class="input"
                type="text"
                id=id
                name="code"
                required=true
                inputmode="numeric"
                autocomplete="one-time-code"
                aria-invalid=invalid
                aria-describedby=described
            />
        </Field>
    }
    .into_any()
}

/// The button that has another code mailed. It stands behind the one that sends the form, which Enter presses, and takes
/// along what was typed, so that nothing of it is lost.
#[component]
pub fn AnotherCode(
    /// Where it is asked for, and whether one works now.
    entry: CodeEntry,
) -> AnyView {
    let words = if entry.until.is_some() { "Mail me another code" } else { "Mail me a code" };
    view! {
        <button class="button button--quiet button--wide" type="submit" formaction=entry.ask formnovalidate=true>
            {words}
        </button>
    }
    .into_any()
}
