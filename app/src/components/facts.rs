//! Pairs of a name and a value.

use leptos::prelude::*;

/// A list of facts; its children are [`Fact`]s.
#[component]
pub fn Facts(
    /// The facts.
    children: Children,
) -> AnyView {
    view! { <dl class="facts">{children()}</dl> }.into_any()
}

/// One fact.
#[component]
pub fn Fact(
    /// What it is.
    name: &'static str,
    /// Its value.
    children: Children,
) -> AnyView {
    view! {
        <div class="facts__pair">
            <dt>{name}</dt>
            <dd>{children()}</dd>
        </div>
    }
    .into_any()
}
