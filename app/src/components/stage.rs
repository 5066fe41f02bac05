//! The stage ladder: the rule in words, the people with their state, and what the clock will do.

use leptos::prelude::*;

use super::badge::Badge;
use super::icon::Glyph;
use super::time::Time;
use crate::view::{AskedPerson, Icon, LadderKind, LadderStep, Stage};

/// A stage.
#[component]
pub fn StageLadder(
    /// The stage.
    stage: Stage,
) -> AnyView {
    let counted = stage.counted();
    let needed = stage.rule.needed(counted);
    let approved = stage.approved().min(needed);
    let people: Vec<_> = stage.asked.into_iter().map(|asked| view! { <Asked asked=asked /> }).collect();
    let steps: Vec<_> = stage.ladder.into_iter().map(|step| view! { <Step step=step /> }).collect();
    view! {
        <p class="stage__rule">{stage.rule.in_words(counted)}</p>
        <div class="stage__count">
            <progress class="stage__bar" max=needed.max(1) value=approved aria-label="Approvals"></progress>
            <span>{format!("{approved} of {needed}")}</span>
        </div>
        <ul class="stage__people">{people}</ul>
        {(!steps.is_empty())
            .then(|| {
                view! {
                    <h3 class="stage__heading">"If nobody decides"</h3>
                    <ol class="stage__ladder">{steps}</ol>
                }
            })}
    }
    .into_any()
}

/// One person asked.
#[component]
fn Asked(asked: AskedPerson) -> AnyView {
    let label = asked.person.label();
    let email = (label != asked.person.email).then(|| view! { <span class="stage__email">{asked.person.email}</span> });
    let reminders = match asked.reminders {
        0 => None,
        1 => Some("Reminded once".to_owned()),
        times => Some(format!("Reminded {times} times")),
    };
    view! {
        <li class="stage__person">
            <div class="stage__name">
                <span>{label} {asked.is_viewer.then_some(" (you)")}</span>
                {email}
            </div>
            <Badge mark=asked.state.mark() />
            <div class="stage__more">
                {asked.escalation.then(|| view! { <span>"Asked by escalation, decides alone"</span> })}
                {reminders.map(|reminders| view! { <span>{reminders}</span> })}
                {asked.decided_at.map(|at| view! { <Time at=at relative=true /> })}
            </div>
            {asked.reason.map(|reason| view! { <blockquote class="quote">{reason}</blockquote> })}
        </li>
    }
    .into_any()
}

/// One step of the deadline ladder.
#[component]
fn Step(step: LadderStep) -> AnyView {
    let icon = match (&step.kind, step.done) {
        (_, true) => Icon::Check,
        (LadderKind::Remind, false) => Icon::Bell,
        (LadderKind::Escalate(_), false) => Icon::ArrowUp,
        (LadderKind::End(_), false) => Icon::Stop,
    };
    view! {
        <li class="stage__step" data-done=step.done.then_some("")>
            <Glyph icon=icon />
            <span>
                {step.kind.in_words()}
                {step.done.then(|| view! { <span class="visually-hidden">", done"</span> })}
            </span>
            <Time at=step.at />
        </li>
    }
    .into_any()
}
