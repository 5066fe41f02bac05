//! The decision form: two equal tiles, none chosen beforehand, a reason, and one button.
//!
//! Nothing here submits by itself and no field has a default that decides: a scanner that posts the form as it came
//! gets a message about the missing choice.

use leptos::prelude::*;

use super::form::{ErrorSummary, TextArea, Tile, field_id};
use super::icon::Glyph;
use crate::view::{DecisionForm, Icon, Tally, Tone, Verdict};

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
    let error = form.errors.of("verdict");
    let described = error.is_some().then(|| format!("{}-error", field_id("verdict")));
    view! {
        <form class="decision" method="post" action=action>
            <ErrorSummary errors=form.errors.clone() />
            <input type="hidden" name="nonce" value=form.nonce />
            <fieldset class="tiles" id=field_id("verdict") aria-describedby=described>
                <legend class="visually-hidden">"Your decision"</legend>
                <Tile
                    name="verdict"
                    value=Verdict::Approve.key()
                    chosen=form.verdict == Some(Verdict::Approve)
                    title="Approve"
                    text=tally.on_approve()
                    icon=Icon::Check
                    tone=Tone::Good
                />
                <Tile
                    name="verdict"
                    value=Verdict::Reject.key()
                    chosen=form.verdict == Some(Verdict::Reject)
                    title="Reject"
                    text=tally.on_reject()
                    icon=Icon::Cross
                    tone=Tone::Bad
                />
            </fieldset>
            {error
                .map(|error| {
                    view! {
                        <p class="field__error" id=format!("{}-error", field_id("verdict"))>
                            <Glyph icon=Icon::Warning />
                            {error}
                        </p>
                    }
                })}
            <TextArea
                name="reason"
                label="Reason"
                hint="Needed when you reject. Everybody involved can read it."
                value=form.reason
                error=form.errors.of("reason")
                rows=2
            />
            <button class="button button--primary button--wide" type="submit">
                "Send decision"
            </button>
        </form>
    }
    .into_any()
}
