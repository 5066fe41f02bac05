//! A policy written down. The shapes here are the text's own: keys may be added, never renamed.

use serde::Serialize;

use super::named::{DAYS, Named};
use crate::portal::error::{PortalError, Result};
use crate::portal::policies::draft::{EscalateTo, HoursDraft, HoursZone, PolicyDraft, RungDoes, RungDraft, StageDraft};
use crate::portal::policies::spans::in_words;
use crate::portal::policies::typed::{assurance_word, clock, final_word, stale_word};
use crate::portal::policy::Rule;
use crate::portal::user::Email;

#[derive(Serialize)]
struct PolicyText<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
    on_revision: &'static str,
    self_approval: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reconsider_within: Option<String>,
    assurance: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_link_life: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    observers: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    offered_to: Vec<String>,
    stage: Vec<StageText<'a>>,
}

#[derive(Serialize)]
struct StageText<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    manager: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<String>,
    rule: RuleText,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_in: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<HoursText<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ladder: Vec<RungText<'a>>,
}

/// A word, or how many must approve.
#[derive(Serialize)]
#[serde(untagged)]
enum RuleText {
    Word(&'static str),
    AtLeast(u32),
}

#[derive(Serialize)]
struct HoursText<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<&'a str>,
    days: Vec<&'static str>,
    from: String,
    to: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    days_off: Vec<String>,
}

#[derive(Serialize)]
struct RungText<'a> {
    at: String,
    #[serde(rename = "do")]
    does: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
}

/// A policy as text.
pub fn as_text(draft: &PolicyDraft, groups: Named<'_>) -> Result<String> {
    let text = PolicyText {
        name: &draft.name,
        description: &draft.description,
        title: &draft.title,
        text: &draft.text,
        on_revision: stale_word(draft.on_revision),
        self_approval: draft.self_approval,
        reconsider_within: draft.reconsider_within.map(|span| in_words(span.as_secs())),
        assurance: assurance_word(draft.assurance),
        max_link_life: draft.max_link_life.map(|span| in_words(span.as_secs())),
        observers: draft.observers.iter().map(Email::as_str).collect(),
        offered_to: draft.offered_to.iter().map(|id| groups.write(*id)).collect(),
        stage: draft.stages.iter().map(|stage| stage_text(stage, groups)).collect(),
    };
    toml::to_string_pretty(&text)
        .map_err(|error| PortalError::Internal(format!("a policy cannot be written as text: {error}")))
}

fn stage_text<'a>(stage: &'a StageDraft, groups: Named<'_>) -> StageText<'a> {
    StageText {
        name: &stage.name,
        manager: stage.approvers.manager,
        addresses: stage.approvers.addresses.iter().map(Email::as_str).collect(),
        groups: stage.approvers.groups.iter().map(|id| groups.write(*id)).collect(),
        rule: match stage.rule {
            Rule::Any => RuleText::Word("any"),
            Rule::All => RuleText::Word("all"),
            Rule::AtLeast(needed) => RuleText::AtLeast(needed),
        },
        due_in: stage.due_in.map(|span| in_words(span.as_secs())),
        hours: stage.hours.as_ref().map(hours_text),
        ladder: stage.ladder.iter().map(rung_text).collect(),
    }
}

fn hours_text(hours: &HoursDraft) -> HoursText<'_> {
    HoursText {
        zone: match &hours.zone {
            HoursZone::Fixed(name) => Some(name.as_str()),
            HoursZone::OfApprovers => None,
        },
        days: DAYS.into_iter().zip(hours.days).filter(|(_, works)| *works).map(|(day, _)| day).collect(),
        from: clock(hours.from_minute),
        to: clock(hours.to_minute),
        days_off: hours.days_off.iter().map(ToString::to_string).collect(),
    }
}

fn rung_text(rung: &RungDraft) -> RungText<'_> {
    let span = in_words(rung.offset.unsigned_abs());
    let at = match rung.offset {
        0 => "due".to_owned(),
        ..0 => format!("{span} before"),
        _ => format!("{span} after"),
    };
    let (does, to) = match &rung.does {
        RungDoes::Remind => ("remind", None),
        RungDoes::Escalate(EscalateTo::Manager) => ("escalate", Some("manager")),
        RungDoes::Escalate(EscalateTo::ManagersOfApprovers) => ("escalate", Some("managers of approvers")),
        RungDoes::Escalate(EscalateTo::Address(email)) => ("escalate", Some(email.as_str())),
        RungDoes::Finish(rule) => (final_word(*rule), None),
    };
    RungText { at, does, to }
}
