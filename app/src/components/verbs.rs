//! What somebody can do to an instance: each verb with its consequence, and what it asks for.

use leptos::prelude::*;

use super::form::{ErrorSummary, TextArea, TextField};
use crate::view::instance::Owner;
use crate::view::{Asks, Verb, VerbForm};

/// One verb, closed until it is opened or came back with an error.
#[component]
pub fn VerbPanel(
    /// The form.
    form: VerbForm,
    /// What the instance belongs to, which decides what the verb means.
    owner: Owner,
    /// Where it posts to.
    action: String,
) -> AnyView {
    let word = form.verb.word();
    let consequence = form.verb.consequence(&owner);
    if let Some(reason) = form.not_possible {
        return view! {
            <div class="verb" data-possible="no">
                <p class="verb__word">{word}</p>
                <p class="verb__why">{reason}</p>
            </div>
        }
        .into_any();
    }
    let danger = matches!(form.verb, Verb::Terminate | Verb::Purge);
    let style = if danger { "button button--danger" } else { "button button--primary" };
    let prefix = format!("{}-", form.verb.key());
    let errors = form.errors.clone();
    view! {
        <details class="verb" open=!errors.is_empty()>
            <summary class="verb__word">{word}</summary>
            <form method="post" action=action>
                <p class="verb__text">{consequence}</p>
                <ErrorSummary errors=errors.clone() prefix=prefix.clone() />
                <Asked prefix=prefix form=form />
                <button class=style type="submit">
                    {word}
                </button>
            </form>
        </details>
    }
    .into_any()
}

/// The control for what the verb asks for.
#[component]
fn Asked(prefix: String, form: VerbForm) -> AnyView {
    match form.verb.asks() {
        Asks::Reason => view! {
            <TextArea
                name="reason"
                id=format!("{prefix}reason")
                label="Reason"
                hint="Kept in the record."
                value=form.typed
                error=form.errors.of("reason")
                rows=2
                required=true
            />
        }
        .into_any(),
        Asks::Confirmation => view! {
            <TextField
                name="confirm"
                id=format!("{prefix}confirm")
                label="Its id"
                hint="Type or paste it, so that nothing else is removed."
                value=form.typed
                error=form.errors.of("confirm")
                autocomplete="off"
                required=true
            />
        }
        .into_any(),
    }
}
