//! Who would be asked when: the stages of a policy as a ladder, with people and times.

use leptos::prelude::*;

use super::icon::Glyph;
use super::time::Time;
use crate::view::absence::ToAsk;
use crate::view::policy::{PreviewDoes, PreviewStage, PreviewStep};
use crate::view::{Icon, Person, PolicyPreview};

/// What makes the times of later stages earlier.
const EARLIER: &str =
    " Stages open one after the other: sooner than said here when those before them are approved sooner.";

/// The preview of a policy.
#[component]
pub fn PreviewLadder(
    /// What would happen.
    preview: PolicyPreview,
) -> AnyView {
    let requester = preview.requester.label();
    let several = preview.stages.len() > 1;
    let opens: Vec<String> = (0..preview.stages.len()).map(|place| preview.opens_in_words(place)).collect();
    let PolicyPreview { stages, observers, .. } = preview;
    let stages: Vec<_> =
        (1..).zip(stages).zip(opens).map(|((number, stage), opens)| preview_stage(number, stage, opens)).collect();
    view! {
        <p class="muted">
            {format!("If {requester} submitted a request now. Absences count as they are planned so far.")}
            {several.then_some(EARLIER)}
        </p>
        <ol class="preview__stages">{stages}</ol>
        {(!observers.is_empty())
            .then(|| view! { <p class="preview__observers">{format!("Observed by {}.", labels(&observers))}</p> })}
    }
    .into_any()
}

fn preview_stage(number: usize, stage: PreviewStage, opens: String) -> AnyView {
    let title = if stage.name.is_empty() { format!("Stage {number}") } else { format!("{number}. {}", stage.name) };
    let rule = stage.rule.in_words(stage.count());
    let people: Vec<_> = stage.asked.into_iter().map(person).collect();
    let due = match stage.due_at {
        Some(at) => view! { <p class="preview__when">"Due " <Time at=at /></p> }.into_any(),
        None => view! { <p class="preview__when">"Without a due time: nothing happens by itself."</p> }.into_any(),
    };
    let steps: Vec<_> = stage.steps.into_iter().map(step).collect();
    view! {
        <li class="preview__stage">
            <h3 class="preview__title">{title}</h3>
            <p class="preview__when">{opens} ": " <Time at=stage.opens_at /></p>
            {due}
            <p class="stage__rule">{rule}</p>
            <ul class="stage__people">{people}</ul>
            {(!steps.is_empty()).then(|| view! { <ol class="stage__ladder preview__ladder">{steps}</ol> })}
        </li>
    }
    .into_any()
}

fn person(ToAsk { person, absence }: ToAsk) -> AnyView {
    let label = person.label();
    let email = (label != person.email).then(|| view! { <span class="stage__email">{person.email}</span> });
    view! {
        <li class="stage__person">
            <div class="stage__name">
                <span>{label}</span>
                {email}
            </div>
            {absence.map(|absence| view! { <div class="stage__more">{absence}</div> })}
        </li>
    }
    .into_any()
}

fn step(step: PreviewStep) -> AnyView {
    let icon = match step.does {
        PreviewDoes::Remind => Icon::Bell,
        PreviewDoes::Escalate(_) => Icon::ArrowUp,
        PreviewDoes::End(_) => Icon::Stop,
    };
    view! {
        <li class="stage__step">
            <Glyph icon=icon />
            <span>{step.does.in_words()}</span>
            <Time at=step.at />
        </li>
    }
    .into_any()
}

fn labels(people: &[Person]) -> String {
    people.iter().map(Person::label).collect::<Vec<_>>().join(", ")
}
