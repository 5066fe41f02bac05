//! The stage ladder: the rule in words, the people with their state, and what the clock will do.

use leptos::prelude::*;

use super::badge::Badge;
use super::icon::Glyph;
use super::time::Time;
use crate::view::{AskedPerson, Icon, LadderKind, LadderStep, Stage, StageStanding};

/// The stages of a request.
#[component]
pub fn StageLadder(
    /// The stages, in their order.
    stages: Vec<Stage>,
) -> AnyView {
    if stages.len() == 1 {
        return stages.into_iter().map(|stage| view! { <OneStage stage=stage /> }).collect_view().into_any();
    }
    let items: Vec<_> = stages
        .into_iter()
        .map(|stage| {
            let standing = match stage.standing {
                StageStanding::Passed => "passed",
                StageStanding::Current => "current",
                StageStanding::Later => "later",
            };
            let heading = match stage.name.as_str() {
                "" => format!("Stage {}", stage.number),
                name => format!("Stage {}: {name}", stage.number),
            };
            view! {
                <li class="stages__item" data-standing=standing>
                    <h3 class="stages__heading">
                        {heading} {(standing == "passed").then(|| view! { <span class="muted">" \u{2013} approved"</span> })}
                    </h3>
                    <OneStage stage=stage />
                </li>
            }
        })
        .collect();
    view! { <ol class="stages">{items}</ol> }.into_any()
}

/// One stage: its rule, its people, its clock.
#[component]
fn OneStage(stage: Stage) -> AnyView {
    let counted = stage.counted();
    let needed = stage.rule.needed(counted);
    let approved = stage.approved().min(needed);
    let later = stage.standing == StageStanding::Later;
    let people: Vec<_> = stage.asked.into_iter().map(|asked| view! { <Asked asked=asked /> }).collect();
    let steps: Vec<_> = stage.ladder.into_iter().map(|step| view! { <Step step=step /> }).collect();
    view! {
        <p class="stage__rule">{stage.rule.in_words(counted)}</p>
        {(!later)
            .then(|| {
                view! {
                    <div class="stage__count">
                        <progress
                            class="stage__bar"
                            max=needed.max(1)
                            value=approved
                            aria-label="Approvals"
                        ></progress>
                        <span>{format!("{approved} of {needed}")}</span>
                    </div>
                }
            })}
        <ul class="stage__people">{people}</ul>
        {(!steps.is_empty())
            .then(|| {
                view! {
                    <p class="stage__heading">"If nobody decides"</p>
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
                {asked.stands_in.map(|stands_in| view! { <span>{stands_in}</span> })}
                {asked.added.then(|| view! { <span>"Added"</span> })}
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
