//! What an admin can do to an instance: each verb with its consequence and a required reason.

use leptos::prelude::*;

use super::form::{ErrorSummary, TextArea};
use crate::view::instance::Owner;
use crate::view::{Verb, VerbForm};

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
    let id = format!("{}-reason", form.verb.key());
    let style = if form.verb == Verb::Terminate { "button button--danger" } else { "button button--primary" };
    view! {
        <details class="verb" open=!form.errors.is_empty()>
            <summary class="verb__word">{word}</summary>
            <form method="post" action=action>
                <p class="verb__text">{consequence}</p>
                <ErrorSummary errors=form.errors.clone() prefix=format!("{}-", form.verb.key()) />
                <TextArea
                    name="reason"
                    id=id
                    label="Reason"
                    hint="Kept in the record."
                    value=form.reason
                    error=form.errors.of("reason")
                    rows=2
                    required=true
                />
                <button class=style type="submit">
                    {word}
                </button>
            </form>
        </details>
    }
    .into_any()
}
