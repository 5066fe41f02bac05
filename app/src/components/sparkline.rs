//! The last checks of a monitor as a small line.

use leptos::prelude::*;

use crate::view::Sparkline;

/// A picture with its meaning in words. It grows with the space that it is given.
#[component]
pub fn SparklineBox(
    /// The checks.
    of: Sparkline,
) -> AnyView {
    if of.0.is_empty() {
        return view! { <span class="muted table__none">"\u{2013}"</span> }.into_any();
    }
    let size = format!("0 0 {} {}", Sparkline::WIDTH, Sparkline::HEIGHT);
    view! {
        <svg class="sparkline" viewBox=size preserveAspectRatio="none" role="img" aria-label=of.in_words()>
            <path class="sparkline__failed" d=of.failures() />
            <path class="sparkline__line" d=of.line() />
        </svg>
    }
    .into_any()
}
