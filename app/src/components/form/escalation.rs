//! Whom to turn to when nobody answered, and when: an address and a length of time side by side.

use leptos::prelude::*;

use super::{SpanInput, TextField};
use crate::view::{FormErrors, SpanField};

/// A label and what leaving the field empty means, or what its value does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// The label.
    pub label: &'static str,
    /// The hint.
    pub hint: &'static str,
}

/// The fields `escalate_to`, `escalate` and `escalate_unit`.
#[component]
pub fn EscalationPair(
    /// The words of the address.
    whom: Words,
    /// What was typed as the address.
    to: String,
    /// The words of the length of time.
    when: Words,
    /// What was typed as the length of time.
    span: SpanField,
    /// What is wrong with the form.
    errors: FormErrors,
) -> AnyView {
    view! {
        <div class="form__pair">
            <TextField
                name="escalate_to"
                label=whom.label
                kind="email"
                hint=whom.hint
                value=to
                error=errors.of("escalate_to")
                max_length=254
                autocomplete="off"
            />
            <SpanInput
                name="escalate"
                label=when.label
                hint=when.hint
                value=span
                error=errors.of("escalate")
            />
        </div>
    }
    .into_any()
}
