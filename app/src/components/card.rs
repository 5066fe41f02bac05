//! A titled section on its own sheet.

use leptos::prelude::*;

/// A section with a heading of the second level.
#[component]
pub fn Card(
    /// The heading's id, by which the section is named.
    id: &'static str,
    /// The heading.
    #[prop(into)]
    title: String,
    /// The name of the live part this card is, if any.
    #[prop(optional)]
    live: Option<&'static str>,
    /// The content.
    children: Children,
) -> AnyView {
    view! {
        <section class="card" aria-labelledby=id data-live-part=live>
            <h2 class="card__title" id=id>
                {title}
            </h2>
            {children()}
        </section>
    }
    .into_any()
}
