//! The decision form of a request, with what each answer would lead to.

use leptos::prelude::*;

use super::time::Time;
use super::verdict::{Choice, VerdictFields};
use crate::view::{DecisionForm, Reconsider, Tally};

/// The form.
#[component]
pub fn DecisionFields(
    /// What was typed and what is wrong.
    form: DecisionForm,
    /// The count, for the consequences.
    tally: Tally,
    /// Where it posts to.
    action: String,
) -> AnyView {
    let choices = vec![
        Choice::approve(tally.on_approve()),
        Choice::reject(tally.on_reject()),
        Choice::request_changes(tally.on_request_changes()),
    ];
    let reason = "Needed unless you approve. Everybody involved can read it.";
    view! { <VerdictFields form=form choices=choices reason=reason action=action /> }.into_any()
}

/// The decision form for somebody who has answered, closed until it is opened or came back with what is wrong.
#[component]
pub fn DecideAgain(
    /// Until when the answer may be changed, and the form.
    reconsider: Reconsider,
    /// Where it posts to.
    action: String,
) -> AnyView {
    let Reconsider { until, form, tally } = reconsider;
    let open = !form.errors.is_empty();
    view! {
        <details class="verb" open=open>
            <summary class="verb__word">"Change your answer"</summary>
            <p class="verb__text">"You can change your answer until " <Time at=until /> "."</p>
            <DecisionFields form=form tally=tally action=action />
        </details>
    }
    .into_any()
}
