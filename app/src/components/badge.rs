//! A state: icon, word and colour.

use leptos::prelude::*;

use super::icon::Glyph;
use crate::view::Mark;

/// A state as a small label.
#[component]
pub fn Badge(
    /// What it says and how it looks.
    mark: Mark,
) -> AnyView {
    view! {
        <span class="badge" data-tone=mark.tone.key()>
            <Glyph icon=mark.icon />
            {mark.word}
        </span>
    }
    .into_any()
}
