//! Points in time. The server writes them absolute, as the reader's clocks show them; `live.js` makes those marked
//! `data-relative` relative and leaves those marked `data-exact` alone.

use leptos::prelude::*;

use super::icon::Glyph;
use crate::view::{Due, Icon, Moment, Urgency};

/// A moment, with both its absolute and its relative form in the title.
#[component]
pub fn Time(
    /// When.
    at: Moment,
    /// Whether the script may replace the text by "3 hours ago".
    #[prop(optional)]
    relative: bool,
) -> AnyView {
    let title = format!("{} ({})", at.full, at.relative);
    view! {
        <time class="time" datetime=at.iso title=title data-relative=relative.then_some("")>
            {at.text}
        </time>
    }
    .into_any()
}

/// A moment to the second, in UTC, for people who compare it with a log. Scripts leave it alone.
#[component]
pub fn ExactTime(
    /// When.
    at: Moment,
) -> AnyView {
    let text = at.iso.trim_end_matches('Z').replace('T', " ");
    view! {
        <time class="time time--exact" datetime=at.iso data-exact="" title=at.full>
            {text}
        </time>
    }
    .into_any()
}

/// A due time: calm, red under a day, or past.
#[component]
pub fn DueTime(
    /// By when.
    due: Due,
) -> AnyView {
    let icon = (due.urgency != Urgency::Calm).then(|| view! { <Glyph icon=Icon::Clock /> });
    view! {
        <span class="due" data-urgency=due.urgency.key()>
            {icon} <Time at=due.at relative=true />
        </span>
    }
    .into_any()
}
