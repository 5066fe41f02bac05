//! The form that asks for a verdict: equal tiles, none chosen beforehand, and one button.
//!
//! Nothing here submits by itself and no field has a default that decides: a scanner that posts the form as it came
//! gets a message about the missing choice.

use leptos::prelude::*;

use super::code::{AnotherCode, AskCode, CodeField};
use super::form::{ErrorSummary, TextArea, Tile, field_id};
use super::icon::Glyph;
use crate::view::{CodeEntry, DecisionForm, Icon, Tone, Verdict};

/// One verdict to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is posted.
    pub verdict: Verdict,
    /// One or two words.
    pub title: &'static str,
    /// What choosing it means.
    pub consequence: String,
    /// A picture for it.
    pub icon: Icon,
    /// The colour it takes when chosen.
    pub tone: Tone,
}

impl Choice {
    /// Yes.
    #[must_use]
    pub fn approve(consequence: impl Into<String>) -> Self {
        let consequence = consequence.into();
        Self { verdict: Verdict::Approve, title: "Approve", consequence, icon: Icon::Check, tone: Tone::Good }
    }

    /// No.
    #[must_use]
    pub fn reject(consequence: impl Into<String>) -> Self {
        let consequence = consequence.into();
        Self { verdict: Verdict::Reject, title: "Reject", consequence, icon: Icon::Cross, tone: Tone::Bad }
    }

    /// Not like this.
    #[must_use]
    pub fn request_changes(consequence: impl Into<String>) -> Self {
        let (verdict, title, consequence) = (Verdict::RequestChanges, "Request changes", consequence.into());
        Self { verdict, title, consequence, icon: Icon::Pen, tone: Tone::Changes }
    }
}

/// The form.
#[component]
pub fn VerdictFields(
    /// What was typed and what is wrong.
    form: DecisionForm,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// When a reason is needed and who reads it; without this none is asked for.
    #[prop(optional)]
    reason: Option<&'static str>,
    /// Where it posts to.
    action: String,
) -> AnyView {
    let DecisionForm { nonce, verdict, reason: typed, errors, code } = form;
    // Where no code works, nothing can be sent yet; but what came back with a message is not taken away.
    let code = match code {
        Some(CodeEntry { ask, until: None }) if errors.is_empty() => {
            return view! { <AskCode action=ask /> }.into_any();
        }
        code => code,
    };
    let code_error = errors.of("code");
    let error = errors.of("verdict");
    let described = error.is_some().then(|| format!("{}-error", field_id("verdict")));
    let reason_error = errors.of("reason");
    let tile = move |choice: Choice| {
        let Choice { verdict: value, title, consequence, icon, tone } = choice;
        let chosen = verdict == Some(value);
        view! {
            <Tile name="verdict" value=value.key() chosen=chosen title=title text=consequence icon=icon tone=tone />
        }
    };
    let tiles: Vec<_> = choices.into_iter().map(tile).collect();
    view! {
        <form class="decision" method="post" action=action>
            <ErrorSummary errors=errors />
            <input type="hidden" name="nonce" value=nonce />
            <fieldset class="tiles" id=field_id("verdict") aria-describedby=described>
                <legend class="visually-hidden">"Your decision"</legend>
                {tiles}
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
            {reason
                .map(|hint| {
                    view! {
                        <TextArea name="reason" label="Reason" hint=hint value=typed error=reason_error rows=2 />
                    }
                })}
            {code
                .clone()
                .map(|code| view! { <CodeField until=code.until error=code_error /> })}
            <button class="button button--primary button--wide" type="submit">
                "Send decision"
            </button>
            {code.map(|code| view! { <AnotherCode entry=code /> })}
        </form>
    }
    .into_any()
}
