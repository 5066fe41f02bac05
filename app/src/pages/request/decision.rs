//! How the reader may decide.

use leptos::prelude::*;

use crate::components::card::Card;
use crate::components::decision::{DecideAgain, DecisionFields};
use crate::components::notice::NoticeBox;
use crate::components::time::Time;
use crate::pages::paths;
use crate::view::{DecisionBox, Moment, Reconsider, Tone, Verdict};

/// What the reader may do. The key changes only with the kind of box, so that a live update never takes away a form
/// that somebody is filling in.
pub(super) fn decision(id: String, decision: DecisionBox) -> AnyView {
    let key = key(&decision);
    let content = content(paths::DecideRequest(&id).to_string(), decision);
    view! {
        <div class="request__decision" data-live-part="decision" data-live-key=key>
            {content
                .map(|content| {
                    view! {
                        <Card id="decide" title="Your decision">
                            {content}
                        </Card>
                    }
                })}
        </div>
    }
    .into_any()
}

const fn key(decision: &DecisionBox) -> &'static str {
    match decision {
        DecisionBox::NotAsked => "not-asked",
        DecisionBox::Open { .. } => "open",
        DecisionBox::OnHold => "on-hold",
        DecisionBox::AwaitsRevision => "awaits-revision",
        DecisionBox::Decided { reconsider: Some(_), .. } => "reconsider",
        DecisionBox::Decided { reconsider: None, .. } => "decided",
        DecisionBox::Reassigned => "reassigned",
        DecisionBox::Stale => "stale",
        DecisionBox::TooLate => "too-late",
        DecisionBox::Withdrawn => "withdrawn",
    }
}

fn content(action: String, decision: DecisionBox) -> Option<AnyView> {
    let text = match decision {
        DecisionBox::NotAsked => return None,
        DecisionBox::Open { form, tally } => {
            return Some(view! { <DecisionFields form=form tally=tally action=action /> }.into_any());
        }
        DecisionBox::Decided { verdict, at, reconsider } => {
            return Some(view! { <Decided verdict=verdict at=at reconsider=reconsider action=action /> }.into_any());
        }
        DecisionBox::OnHold => "You are asked, but the request is on hold. You can decide as soon as it is resumed.",
        DecisionBox::AwaitsRevision => {
            "Changes were requested. You are asked again as soon as there is another revision."
        }
        DecisionBox::Reassigned => "Somebody else is asked in your place. There is nothing left for you to do.",
        DecisionBox::Stale => {
            "You were asked about an earlier revision. If your answer is needed about this one, you are asked again."
        }
        DecisionBox::TooLate => "The request was decided without your answer. There is nothing left for you to do.",
        DecisionBox::Withdrawn => "The request was withdrawn. There is nothing left for you to do.",
    };
    Some(view! { <p>{text}</p> }.into_any())
}

/// What the reader has answered, and the way to answer otherwise.
#[component]
fn Decided(verdict: Verdict, at: Moment, reconsider: Option<Box<Reconsider>>, action: String) -> AnyView {
    let tone = match verdict {
        Verdict::Approve => Tone::Good,
        Verdict::Reject => Tone::Bad,
        Verdict::RequestChanges => Tone::Changes,
    };
    let sentence = format!("You {} this request, ", verdict.past());
    view! {
        <NoticeBox tone=tone>{sentence} <Time at=at relative=true /> "."</NoticeBox>
        {reconsider.map(|reconsider| view! { <DecideAgain reconsider=*reconsider action=action /> })}
    }
    .into_any()
}
