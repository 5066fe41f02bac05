//! What a list says when it is empty: why, and what next.

use leptos::prelude::*;

/// An empty state.
#[component]
pub fn Empty(
    /// Why there is nothing.
    #[prop(into)]
    title: String,
    /// What to do, or when something will appear.
    #[prop(into)]
    text: String,
    /// A link or button.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    view! {
        <div class="empty">
            <p class="empty__title">{title}</p>
            <p class="empty__text">{text}</p>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}
