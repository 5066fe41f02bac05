//! A message above a page or a section.

use leptos::prelude::*;

use super::icon::Glyph;
use crate::view::{Icon, Tone};

/// A message with the colour of its meaning.
#[component]
pub fn NoticeBox(
    /// Its meaning.
    tone: Tone,
    /// Whether screen readers announce it when the page opens.
    #[prop(optional)]
    announce: bool,
    /// What it says.
    children: Children,
) -> AnyView {
    let icon = match tone {
        Tone::Good => Icon::Check,
        Tone::Bad | Tone::Escalated => Icon::Warning,
        Tone::Changes => Icon::Pen,
        Tone::Held => Icon::Pause,
        Tone::Waiting => Icon::Clock,
        Tone::Gone => Icon::Minus,
        Tone::Ink => Icon::Mail,
    };
    view! {
        <div class="notice" data-tone=tone.key() role=announce.then_some("status")>
            <Glyph icon=icon />
            <div class="notice__text">{children()}</div>
        </div>
    }
    .into_any()
}
