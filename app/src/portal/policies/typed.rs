//! A policy as the form holds it: text, whatever it is.

use super::draft::{EscalateTo, HoursDraft, HoursZone, PolicyDraft, RungDoes, RungDraft, StageDraft};
use super::spans;
use crate::portal::policy::{Assurance, FinalRule, Rule, StaleRule};
use crate::portal::span::SpanDraft;
use crate::portal::user::Email;

/// A policy as typed. The fields stand in the form as `name`, `stage.N.name`, `stage.N.rung.M.does` and so on, N and M from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedPolicy {
    /// What it is called.
    pub name: String,
    /// When to choose it.
    pub description: String,
    /// The template of the title.
    pub title: String,
    /// The template of the text.
    pub text: String,
    /// The stages.
    pub stages: Vec<TypedStage>,
    /// `keep`, `if_changed` or `all_again`.
    pub on_revision: String,
    /// Whether the requester may be asked, too.
    pub self_approval: bool,
    /// How long an answer may be changed; nothing for never.
    pub reconsider: SpanDraft,
    /// `link` or `code`.
    pub assurance: String,
    /// The longest that a link works; nothing for what holds for all.
    pub link_life: SpanDraft,
    /// Mail addresses of the observers.
    pub observers: String,
    /// Ids of the groups that may use it; none for everybody.
    pub offered_to: Vec<String>,
}

/// A stage as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedStage {
    /// Its name.
    pub name: String,
    /// Whether the requester's manager is asked.
    pub manager: bool,
    /// Mail addresses of who is asked.
    pub approvers: String,
    /// Ids of the groups that are asked.
    pub groups: Vec<String>,
    /// `any`, `all` or `at_least`.
    pub rule: String,
    /// The number for `at_least`.
    pub needed: String,
    /// How long they have; nothing for ever.
    pub due: SpanDraft,
    /// What happens when nobody decides.
    pub rungs: Vec<TypedRung>,
    /// When the clock runs.
    pub hours: TypedHours,
}

/// A rung as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedRung {
    /// `remind`, `escalate_manager`, `escalate_managers`, `escalate_address`, `reject`, `approve` or `expire`.
    pub does: String,
    /// How far from the due time; nothing for just then.
    pub span: SpanDraft,
    /// `before` or `after`.
    pub when: String,
    /// The mail address to escalate to, where it is one.
    pub to: String,
}

/// Working hours as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedHours {
    /// Whether the clock runs in working hours only; what else was typed counts for nothing without it.
    pub on: bool,
    /// Which days, as `0` for Monday to `6`.
    pub days: Vec<String>,
    /// When the day begins: `09:00`.
    pub from: String,
    /// When it ends.
    pub to: String,
    /// The time zone; nothing for that of those who are asked.
    pub zone: String,
    /// Days off, as `2026-12-25`.
    pub days_off: String,
}

impl TypedPolicy {
    /// What a new policy begins as: one stage that asks the requester's manager.
    pub fn fresh() -> Self {
        let stage = TypedStage { manager: true, ..TypedStage::fresh() };
        Self {
            stages: vec![stage],
            on_revision: "if_changed".to_owned(),
            assurance: "link".to_owned(),
            reconsider: spans::typed(None),
            link_life: spans::typed(None),
            ..Self::default()
        }
    }
}

impl TypedStage {
    /// What a new stage begins as: three days, a reminder a day before, and a no in the end.
    pub fn fresh() -> Self {
        let days = |number: &str| SpanDraft { number: number.to_owned(), unit: "days".to_owned() };
        let rung = |does: &str, number: &str, when: &str| TypedRung {
            does: does.to_owned(),
            span: days(number),
            when: when.to_owned(),
            to: String::new(),
        };
        Self {
            rule: "any".to_owned(),
            due: days("3"),
            rungs: vec![rung("remind", "1", "before"), rung("reject", "", "after")],
            hours: TypedHours::fresh(),
            ..Self::default()
        }
    }
}

impl TypedRung {
    /// What a new rung begins as.
    pub fn fresh() -> Self {
        let span = SpanDraft { number: "1".to_owned(), unit: "days".to_owned() };
        Self { does: "remind".to_owned(), span, when: "after".to_owned(), to: String::new() }
    }
}

impl TypedHours {
    /// What working hours begin as when they are switched on.
    fn fresh() -> Self {
        let days = (0..5).map(|day: u8| day.to_string()).collect();
        Self { days, from: "09:00".to_owned(), to: "17:00".to_owned(), ..Self::default() }
    }

    fn of(hours: &HoursDraft) -> Self {
        let zone = match &hours.zone {
            HoursZone::Fixed(name) => name.clone(),
            HoursZone::OfApprovers => String::new(),
        };
        Self {
            on: true,
            days: (0..).zip(hours.days).filter(|(_, works)| *works).map(|(day, _): (u8, _)| day.to_string()).collect(),
            from: clock(hours.from_minute),
            to: clock(hours.to_minute),
            zone,
            days_off: hours.days_off.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        }
    }
}

/// Minutes after midnight as `09:00`.
pub(super) fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The word of a rule.
pub(super) const fn rule_word(rule: Rule) -> &'static str {
    match rule {
        Rule::Any => "any",
        Rule::All => "all",
        Rule::AtLeast(_) => "at_least",
    }
}

/// The word of how a stage ends.
pub(super) const fn final_word(rule: FinalRule) -> &'static str {
    match rule {
        FinalRule::Reject => "reject",
        FinalRule::Approve => "approve",
        FinalRule::Expire => "expire",
    }
}

/// The word of what a revision does.
pub(super) const fn stale_word(rule: StaleRule) -> &'static str {
    match rule {
        StaleRule::Keep => "keep",
        StaleRule::IfChanged => "if_changed",
        StaleRule::AllAgain => "all_again",
    }
}

/// The word of an assurance.
pub(super) const fn assurance_word(assurance: Assurance) -> &'static str {
    match assurance {
        Assurance::Link => "link",
        Assurance::Code => "code",
    }
}

/// A policy in the form.
impl From<&PolicyDraft> for TypedPolicy {
    fn from(draft: &PolicyDraft) -> Self {
        Self {
            name: draft.name.clone(),
            description: draft.description.clone(),
            title: draft.title.clone(),
            text: draft.text.clone(),
            stages: draft.stages.iter().map(TypedStage::from).collect(),
            on_revision: stale_word(draft.on_revision).to_owned(),
            self_approval: draft.self_approval,
            reconsider: spans::typed(draft.reconsider_within),
            assurance: assurance_word(draft.assurance).to_owned(),
            link_life: spans::typed(draft.max_link_life),
            observers: lines(&draft.observers),
            offered_to: draft.offered_to.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<&StageDraft> for TypedStage {
    fn from(stage: &StageDraft) -> Self {
        let needed = match stage.rule {
            Rule::AtLeast(needed) => needed.to_string(),
            Rule::Any | Rule::All => String::new(),
        };
        Self {
            name: stage.name.clone(),
            manager: stage.approvers.manager,
            approvers: lines(&stage.approvers.addresses),
            groups: stage.approvers.groups.iter().map(ToString::to_string).collect(),
            rule: rule_word(stage.rule).to_owned(),
            needed,
            due: spans::typed(stage.due_in),
            rungs: stage.ladder.iter().map(TypedRung::from).collect(),
            hours: stage.hours.as_ref().map_or_else(TypedHours::fresh, TypedHours::of),
        }
    }
}

impl From<&RungDraft> for TypedRung {
    fn from(rung: &RungDraft) -> Self {
        let (does, to) = match &rung.does {
            RungDoes::Remind => ("remind", String::new()),
            RungDoes::Escalate(EscalateTo::Manager) => ("escalate_manager", String::new()),
            RungDoes::Escalate(EscalateTo::ManagersOfApprovers) => ("escalate_managers", String::new()),
            RungDoes::Escalate(EscalateTo::Address(email)) => ("escalate_address", email.to_string()),
            RungDoes::Finish(rule) => (final_word(*rule), String::new()),
        };
        let length = std::time::Duration::from_secs(rung.offset.unsigned_abs());
        let span = spans::typed((!length.is_zero()).then_some(length));
        let when = if rung.offset < 0 { "before" } else { "after" };
        Self { does: does.to_owned(), span, when: when.to_owned(), to }
    }
}

fn lines(emails: &[Email]) -> String {
    emails.iter().map(Email::as_str).collect::<Vec<_>>().join("\n")
}
