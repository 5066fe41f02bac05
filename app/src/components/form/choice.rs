//! Choices: tiles (radio buttons) and check boxes.

use leptos::prelude::*;

use crate::components::icon::Glyph;
use crate::view::{Icon, Tone};

/// A radio button as a tile with a title and a sentence.
#[component]
pub fn Tile(
    /// The field's name, shared by the tiles of one choice.
    name: &'static str,
    /// The value posted.
    value: &'static str,
    /// Whether it was chosen.
    chosen: bool,
    /// One or two words.
    title: &'static str,
    /// What choosing it means.
    #[prop(into)]
    text: String,
    /// A picture for it.
    #[prop(optional)]
    icon: Option<Icon>,
    /// The colour it takes when chosen.
    #[prop(default = Tone::Ink)]
    tone: Tone,
) -> AnyView {
    view! {
        <label class="tile" data-tone=tone.key()>
            <input type="radio" name=name value=value checked=chosen required />
            <span class="tile__title">{icon.map(|icon| view! { <Glyph icon=icon /> })} {title}</span>
            <span class="tile__text">{text}</span>
        </label>
    }
    .into_any()
}

/// A check box with a sentence.
#[component]
pub fn Check(
    /// The field's name.
    name: &'static str,
    /// The value posted.
    #[prop(into)]
    value: String,
    /// Whether it is ticked.
    checked: bool,
    /// Its label.
    #[prop(into)]
    label: String,
    /// More about it; empty for none.
    #[prop(optional, into)]
    hint: String,
) -> AnyView {
    view! {
        <label class="check">
            <input type="checkbox" name=name value=value checked=checked />
            <span>
                {label} {(!hint.is_empty()).then(|| view! { <span class="check__hint">{hint}</span> })}
            </span>
        </label>
    }
    .into_any()
}
