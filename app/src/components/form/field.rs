//! Labels, hints, errors, and the controls that hold text.

use leptos::prelude::*;

use super::field_id;
use crate::components::icon::Glyph;
use crate::view::Icon;

/// The ids that describe a control, for its `aria-describedby`.
#[must_use]
pub fn described_by(id: &str, hint: bool, error: bool) -> Option<String> {
    match (hint, error) {
        (false, false) => None,
        (true, false) => Some(format!("{id}-hint")),
        (false, true) => Some(format!("{id}-error")),
        (true, true) => Some(format!("{id}-error {id}-hint")),
    }
}

/// What stands around a control.
#[derive(Clone, Debug, Default)]
pub struct FieldText {
    /// The control's id.
    pub id: String,
    /// The label.
    pub label: String,
    /// What to enter; empty for none.
    pub hint: String,
    /// What is wrong with what was entered.
    pub error: Option<String>,
    /// Whether the label says "optional".
    pub optional: bool,
}

/// A control with its label, hint and error.
#[component]
pub fn Field(
    /// The texts.
    text: FieldText,
    /// The control.
    children: Children,
) -> impl IntoView {
    let FieldText { id, label, hint, error, optional } = text;
    let hint = (!hint.is_empty()).then(|| view! { <p class="field__hint" id=format!("{id}-hint")>{hint}</p> });
    let optional = optional.then(|| view! { <span class="field__optional">" optional"</span> });
    let invalid = error.is_some().then_some("");
    let error = error.map(|error| {
        view! {
            <p class="field__error" id=format!("{id}-error")>
                <Glyph icon=Icon::Warning />
                {error}
            </p>
        }
    });
    view! {
        <div class="field" data-invalid=invalid>
            <label class="field__label" for=id>
                {label}
                {optional}
            </label>
            {hint}
            {children()}
            {error}
        </div>
    }
}

/// One line of text.
#[component]
pub fn TextField(
    /// The field's name.
    name: &'static str,
    /// Its label.
    label: &'static str,
    /// What was typed.
    #[prop(into)]
    value: String,
    /// What is wrong.
    error: Option<String>,
    /// The control's id, where the page has several fields of this name.
    #[prop(optional, into)]
    id: Option<String>,
    /// What to enter.
    #[prop(optional, into)]
    hint: String,
    /// `email`, `password`, `search`; text if not given.
    #[prop(default = "text")]
    kind: &'static str,
    /// What password managers may fill in.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// Whether it must be filled in; if not, the label says so unless it is a search.
    #[prop(optional)]
    required: bool,
    /// The longest text that is accepted.
    #[prop(optional)]
    max_length: Option<u32>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| field_id(name));
    let described = described_by(&id, !hint.is_empty(), error.is_some());
    let invalid = error.is_some().then_some("true");
    let text =
        FieldText { id: id.clone(), label: label.to_owned(), hint, error, optional: !required && kind != "search" };
    view! {
        <Field text=text>
            <input
                class="input"
                type=kind
                id=id
                name=name
                value=value
                required=required
                autocomplete=autocomplete
                maxlength=max_length
                aria-invalid=invalid
                aria-describedby=described
            />
        </Field>
    }
}

/// Several lines of text.
#[component]
pub fn TextArea(
    /// The field's name.
    name: &'static str,
    /// Its label.
    label: &'static str,
    /// What was typed.
    value: String,
    /// What is wrong.
    error: Option<String>,
    /// The control's id, where the page has several fields of this name.
    #[prop(optional, into)]
    id: Option<String>,
    /// What to enter.
    #[prop(optional, into)]
    hint: String,
    /// Lines shown.
    rows: u32,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| field_id(name));
    let described = described_by(&id, !hint.is_empty(), error.is_some());
    let invalid = error.is_some().then_some("true");
    let text = FieldText { id: id.clone(), label: label.to_owned(), hint, error, optional: false };
    view! {
        <Field text=text>
            <textarea
                class="input"
                id=id
                name=name
                rows=rows
                required=required
                aria-invalid=invalid
                aria-describedby=described
                inner_html=text_to_html(&value)
            ></textarea>
        </Field>
    }
}

/// The content of a `textarea`: escaped, and led by the newline that browsers drop, so that a typed one is kept.
/// (A text node is no alternative: an empty one is rendered as a space.)
pub(super) fn text_to_html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    if escaped.starts_with(['\n', '\r']) { format!("\n{escaped}") } else { escaped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_cannot_leave_its_textarea() {
        assert_eq!(text_to_html("</textarea><script>&"), "&lt;/textarea&gt;&lt;script&gt;&amp;");
        assert_eq!(text_to_html("\nfirst line empty"), "\n\nfirst line empty");
    }

    #[test]
    fn a_control_is_described_by_its_error_before_its_hint() {
        assert_eq!(described_by("f-title", true, true).as_deref(), Some("f-title-error f-title-hint"));
        assert_eq!(described_by("f-title", false, false), None);
    }
}
