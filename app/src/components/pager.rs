//! Forward through a long list, and back to its beginning. Cursors have no page numbers.

use leptos::prelude::*;

/// Links to the first and to the next page; nothing where there is only one page.
#[component]
pub fn Pager(
    /// What is paged, for the navigation's name: `Requests`.
    label: &'static str,
    /// The address of the first page, unless this is it.
    first: Option<String>,
    /// The address of the next page, unless this is the last.
    next: Option<String>,
    /// What follows, in one word.
    #[prop(default = "Older")]
    more: &'static str,
) -> AnyView {
    (first.is_some() || next.is_some())
        .then(|| {
            view! {
                <nav class="pager" aria-label=format!("{label}, more pages")>
                    {first.map(|href| view! { <a class="button" href=href>"Back to the first page"</a> })}
                    {next.map(|href| view! { <a class="button" rel="next" href=href>{more}</a> })}
                </nav>
            }
        })
        .into_any()
}
