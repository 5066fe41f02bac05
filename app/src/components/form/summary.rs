//! What is wrong with a form, first of all.

use leptos::prelude::*;

use crate::view::FormErrors;

/// The id of the control that a field's errors point to.
#[must_use]
pub fn field_id(field: &str) -> String {
    format!("f-{}", field.replace('.', "-"))
}

/// A list of everything wrong, each a link to its field. It takes the focus when the page opens; nothing when all is
/// well.
#[component]
pub fn ErrorSummary(
    /// What is wrong.
    errors: FormErrors,
    /// Where a page has several forms with the same fields: what stands before the field's name in ids, not `f-`.
    #[prop(optional, into)]
    prefix: Option<String>,
) -> AnyView {
    (!errors.is_empty())
        .then(|| {
            let heading = if errors.0.len() == 1 { "Please check one thing" } else { "Please check these points" };
            let items: Vec<_> = errors
                .0
                .into_iter()
                .map(|error| {
                    if error.field.is_empty() {
                        return view! { <li>{error.message}</li> }.into_any();
                    }
                    let id = prefix
                        .as_ref()
                        .map_or_else(|| field_id(&error.field), |prefix| format!("{prefix}{}", error.field));
                    view! { <li><a href=format!("#{id}")>{error.message}</a></li> }.into_any()
                })
                .collect();
            view! {
                <div class="error-summary" role="alert" tabindex="-1" autofocus>
                    <p class="error-summary__title">{heading}</p>
                    <ul>{items}</ul>
                </div>
            }
        })
        .into_any()
}
