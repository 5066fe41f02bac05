//! The icons, drawn on a grid of 16 with round strokes in the colour of the text around them.

use leptos::prelude::*;

use crate::view::Icon;

/// An icon. It is hidden from screen readers, so a word must stand beside it.
#[component]
pub fn Glyph(
    /// Which one.
    icon: Icon,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d=path(icon) />
        </svg>
    }
}

const fn path(icon: Icon) -> &'static str {
    match icon {
        Icon::Clock => "M8 14.25a6.25 6.25 0 1 0 0-12.5 6.25 6.25 0 0 0 0 12.5M8 4.5V8l2.5 1.5",
        Icon::Check => "m3 8.5 3.25 3.25L13 4.75",
        Icon::Cross => "m4 4 8 8m0-8-8 8",
        Icon::ArrowUp => "M8 13V3M3.75 7.25 8 3l4.25 4.25",
        Icon::Pause => "M5.5 3.5v9m5-9v9",
        Icon::Minus => "M3.5 8h9",
        Icon::Dot => "M8 9a1 1 0 1 0 0-2 1 1 0 0 0 0 2",
        Icon::Mail => "M2 3.75h12v8.5H2zM2 4.5l6 4.25 6-4.25",
        Icon::Bell => "M4 11V7a4 4 0 0 1 8 0v4l1 1.25H3zM6.75 14.5h2.5",
        Icon::Again => "M13 8a5 5 0 1 1-1.5-3.55L13 6m0-3.5V6H9.5",
        Icon::Stop => "M4 4h8v8H4z",
        Icon::Play => "M5 3.25v9.5L12.5 8z",
        Icon::Page => "M4 1.75h5.25L12.5 5v9.25H4zM9 2v3.25h3.25",
        Icon::Image => "M2 3h12v10H2zm0 8 3.5-3.5 3 3L11 8l3 3m-3.5-5h.01",
        Icon::Clip => {
            "m12.5 7.5-5 5a3 3 0 0 1-4.25-4.25l5.5-5.5a2 2 0 0 1 2.85 2.85l-5.35 5.3a1 1 0 0 1-1.4-1.4l4.65-4.7"
        }
        Icon::Download => "M8 2.5V10M4.75 7 8 10.25 11.25 7M3 13.5h10",
        Icon::Warning => "M8 2 14.5 13.5h-13zm0 4.5v3m0 2h.01",
        Icon::Plus => "M8 3v10M3 8h10",
        Icon::Person => "M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8m-5.25 5.75a5.25 5.25 0 0 1 10.5 0",
        Icon::Back => "M6 3.5 2.75 6.75 6 10m-3.25-3.25h6.5a3.25 3.25 0 0 1 0 6.5H6.5",
        Icon::Speech => "M2.5 3h11v7.5H7.75l-3 2.75V10.5H2.5z",
        Icon::Pen => "m2.5 13.5.75-3.25 7.5-7.5 2.5 2.5-7.5 7.5zm6.75-9.25 2.5 2.5",
    }
}
