//! The text of a request.

use leptos::prelude::*;

/// Sanitised HTML, set as prose. Whoever builds the value vouches for it: it must come from the portal's sanitiser.
#[component]
pub fn Prose(
    /// HTML that has been sanitised.
    html: String,
) -> AnyView {
    (!html.trim().is_empty()).then(|| view! { <div class="prose" inner_html=html></div> }).into_any()
}
