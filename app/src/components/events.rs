//! The event stream of a request, oldest first.

use leptos::prelude::*;

use super::icon::Glyph;
use super::time::Time;
use crate::view::EventLine;

/// A stream of events.
#[component]
pub fn EventStream(
    /// The events, oldest first.
    events: Vec<EventLine>,
) -> AnyView {
    let lines: Vec<_> = events.into_iter().map(line).collect();
    view! { <ol class="events">{lines}</ol> }.into_any()
}

fn line(event: EventLine) -> AnyView {
    let (tone, icon) = event.look();
    let sentence = event.sentence();
    view! {
        <li class="events__line" data-tone=tone.key()>
            <span class="events__icon">
                <Glyph icon=icon />
            </span>
            <p class="events__text">{sentence}</p>
            <Time at=event.at relative=true />
            {event.note.map(|note| view! { <blockquote class="quote">{note}</blockquote> })}
        </li>
    }
    .into_any()
}
