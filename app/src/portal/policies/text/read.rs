//! A policy read from text. Everything wrong is said with its line and column; a key that there is none of with the one that
//! may have been meant.

use std::ops::Range;
use std::time::Duration;

use jiff::civil::Date;
use toml::de::{DeTable, DeValue};

use super::named::{DAYS, Named};
use super::nearest::nearest;
use super::source::{Source, Value, find};
use crate::portal::error::FieldError;
use crate::portal::ids::GroupId;
use crate::portal::policies::draft::{
    Approvers, EscalateTo, HoursDraft, HoursZone, PolicyDraft, RungDoes, RungDraft, StageDraft,
};
use crate::portal::policies::spans;
use crate::portal::policies::typed_read::{assurance, final_rule, minute_of, stale_rule};
use crate::portal::policy::{Assurance, Rule, StaleRule};
use crate::portal::user::Email;

/// The longest text of somebody else in bytes; a policy that can be kept is shorter in any spelling.
const MAX_TEXT_BYTES: usize = 200_000;

const POLICY: [&str; 12] = [
    "name",
    "description",
    "title",
    "text",
    "on_revision",
    "self_approval",
    "reconsider_within",
    "assurance",
    "max_link_life",
    "observers",
    "offered_to",
    "stage",
];
const STAGE: [&str; 8] = ["name", "manager", "addresses", "groups", "rule", "due_in", "hours", "ladder"];
const HOURS: [&str; 5] = ["zone", "days", "from", "to", "days_off"];
const RUNG: [&str; 3] = ["at", "do", "to"];

/// The policy that a text holds, if it can be kept. Errors name no fields but `text`, and where in it.
pub fn of_text(text: &str, groups: Named<'_>) -> Result<PolicyDraft, Vec<FieldError>> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(vec![FieldError::new("text", "The text is longer than a policy can be.")]);
    }
    let (draft, mut reader) = read(text, groups)?;
    draft.checked().map_err(|errors| {
        for error in errors {
            let (place, what) = reader.place_of(&error.field);
            reader.source.wrong(place, &format!("{what}: {}", error.message));
        }
        reader.source.errors
    })
}

/// The policy of a text that was kept, whether or not it could be kept today: what once could is read for ever, whatever
/// [`PolicyDraft::checked`] and the longest text have become since.
pub fn of_kept_text(text: &str) -> Result<PolicyDraft, Vec<FieldError>> {
    read(text, Named::Ids).map(|(draft, _)| draft)
}

fn read<'t>(text: &'t str, groups: Named<'t>) -> Result<(PolicyDraft, Reader<'t>), Vec<FieldError>> {
    let mut reader = Reader { source: Source::new(text), groups, stages: Vec::new() };
    match DeTable::parse(text) {
        Ok(table) => {
            let draft = reader.policy(table.get_ref());
            if reader.source.errors.is_empty() { Ok((draft, reader)) } else { Err(reader.source.errors) }
        }
        Err(error) => {
            let place = error.span().map_or(0, |span| span.start);
            reader.source.wrong(place, &format!("this is not TOML: {}.", error.message()));
            Err(reader.source.errors)
        }
    }
}

/// Reads a policy and remembers where its stages are.
struct Reader<'t> {
    source: Source<'t>,
    groups: Named<'t>,
    /// Where each stage begins.
    stages: Vec<usize>,
}

impl Reader<'_> {
    /// Where in the text what a field of the form stands for is, and what to call it.
    fn place_of(&self, field: &str) -> (usize, String) {
        let mut parts = field.split('.');
        let stage = (parts.next() == Some("stage")).then(|| parts.next()?.parse::<usize>().ok()).flatten();
        match stage.and_then(|number| Some((number, self.stages.get(number)?))) {
            Some((number, place)) => {
                let rest: Vec<_> = parts.collect();
                let what = match rest.as_slice() {
                    ["rung", rung, ..] => {
                        let rung = rung.parse::<usize>().map_or(0, |rung| rung + 1);
                        format!("stage {}, step {rung} of its ladder", number + 1)
                    }
                    _ => format!("stage {}, {}", number + 1, rest.join(".")),
                };
                (*place, what)
            }
            None => (0, field.to_owned()),
        }
    }

    fn policy(&mut self, table: &DeTable<'_>) -> PolicyDraft {
        self.source.keys(table, &POLICY);
        let observers = self.source.list(table, "observers");
        let offered_to = self.source.list(table, "offered_to");
        let mut stages = Vec::new();
        for (at, stage) in self.source.tables(table, "stage") {
            self.stages.push(at);
            stages.push(self.stage(stage));
        }
        PolicyDraft {
            name: self.source.string(table, "name").unwrap_or_default(),
            description: self.source.string(table, "description").unwrap_or_default(),
            title: self.source.string(table, "title").unwrap_or_default(),
            text: self.source.string(table, "text").unwrap_or_default(),
            stages,
            on_revision: self
                .source
                .word(table, "on_revision", &["keep", "if_changed", "all_again"], stale_rule)
                .unwrap_or(StaleRule::IfChanged),
            self_approval: self.source.flag(table, "self_approval"),
            reconsider_within: self.span(table, "reconsider_within"),
            assurance: self.source.word(table, "assurance", &["link", "code"], assurance).unwrap_or(Assurance::Link),
            max_link_life: self.span(table, "max_link_life"),
            observers: self.emails(observers),
            offered_to: self.group_ids(offered_to),
        }
    }

    fn stage(&mut self, table: &DeTable<'_>) -> StageDraft {
        self.source.keys(table, &STAGE);
        let (addresses, groups) = (self.source.list(table, "addresses"), self.source.list(table, "groups"));
        let ladder = self.source.tables(table, "ladder");
        StageDraft {
            name: self.source.string(table, "name").unwrap_or_default(),
            approvers: Approvers {
                manager: self.source.flag(table, "manager"),
                addresses: self.emails(addresses),
                groups: self.group_ids(groups),
            },
            rule: self.rule(table),
            due_in: self.span(table, "due_in"),
            ladder: ladder.into_iter().map(|(at, rung)| self.rung(at, rung)).collect(),
            hours: self.hours(table),
        }
    }

    fn rule(&mut self, table: &DeTable<'_>) -> Rule {
        let Some(value) = find(table, "rule") else { return Rule::Any };
        let number = |value: &DeValue<'_>| {
            let integer = value.as_integer()?;
            u32::from_str_radix(integer.as_str(), integer.radix()).ok()
        };
        match (value.get_ref().as_str(), number(value.get_ref())) {
            (Some("any"), _) => Rule::Any,
            (Some("all"), _) => Rule::All,
            (_, Some(needed)) => Rule::AtLeast(needed),
            _ => {
                self.source.wrong(value.span().start, "“rule” is \"any\", \"all\", or how many must approve.");
                Rule::Any
            }
        }
    }

    fn rung(&mut self, at: usize, table: &DeTable<'_>) -> RungDraft {
        self.source.keys(table, &RUNG);
        let offset = match self.source.spanned(table, "at") {
            None => {
                self.source.wrong(at, "“at” is missing: when the step comes, such as \"1 day before\".");
                0
            }
            Some((text, span)) => offset_of(&text).unwrap_or_else(|| {
                self.source
                    .wrong(span.start, "“at” is \"due\", or a time such as \"1 day before\" or \"2 hours after\".");
                0
            }),
        };
        let words = ["remind", "escalate", "reject", "approve", "expire"];
        let does = self.source.word(table, "do", &words, |word| words.into_iter().find(|known| *known == word));
        let does = match does {
            Some("escalate") => RungDoes::Escalate(self.escalate_to(at, table)),
            Some(word) => final_rule(word).map_or(RungDoes::Remind, RungDoes::Finish),
            None => {
                if find(table, "do").is_none() {
                    self.source.wrong(at, "“do” is missing: what the step does, such as \"remind\".");
                }
                RungDoes::Remind
            }
        };
        RungDraft { offset, does }
    }

    fn escalate_to(&mut self, at: usize, table: &DeTable<'_>) -> EscalateTo {
        let Some((text, span)) = self.source.spanned(table, "to") else {
            self.source.wrong(at, "“to” is missing: to whom it is escalated, such as \"manager\" or an address.");
            return EscalateTo::Manager;
        };
        match (text.as_str(), Email::parse(&text)) {
            ("manager", _) => EscalateTo::Manager,
            ("managers of approvers", _) => EscalateTo::ManagersOfApprovers,
            (_, Ok(email)) => EscalateTo::Address(email),
            (_, Err(_)) => {
                self.source.wrong(span.start, "“to” is \"manager\", \"managers of approvers\", or a mail address.");
                EscalateTo::Manager
            }
        }
    }

    fn hours(&mut self, stage: &DeTable<'_>) -> Option<HoursDraft> {
        let value = find(stage, "hours")?;
        let Some(table) = value.get_ref().as_table() else {
            self.source.wrong(value.span().start, "“hours” is a table.");
            return None;
        };
        self.source.keys(table, &HOURS);
        let mut days = [false; 7];
        for (day, span) in self.source.list(table, "days") {
            match DAYS.iter().zip(&mut days).find(|(name, _)| **name == day) {
                Some((_, works)) => *works = true,
                None => {
                    let meant =
                        nearest(&day, &DAYS).map_or_else(String::new, |near| format!(" Did you mean “{near}”?"));
                    self.source.wrong(span.start, &format!("this is no day of the week.{meant}"));
                }
            }
        }
        let zone = self.source.string(table, "zone").map_or(HoursZone::OfApprovers, HoursZone::Fixed);
        let (from_minute, to_minute) = (self.minute(table, "from", value), self.minute(table, "to", value));
        let mut days_off: Vec<Date> = Vec::new();
        for (text, span) in self.source.list(table, "days_off") {
            match text.parse() {
                Ok(date) => days_off.push(date),
                Err(_) => self.source.wrong(span.start, "this is not a date such as \"2026-12-25\"."),
            }
        }
        Some(HoursDraft { zone, days, from_minute, to_minute, days_off })
    }

    fn minute(&mut self, table: &DeTable<'_>, key: &'static str, hours: &Value<'_>) -> u16 {
        let (minute, at) = match self.source.spanned(table, key) {
            Some((text, span)) => (minute_of(&text), span.start),
            None => (None, hours.span().start),
        };
        minute.unwrap_or_else(|| {
            self.source.wrong(at, &format!("“{key}” is a time of the day such as \"09:00\"."));
            0
        })
    }

    fn emails(&mut self, texts: Vec<(String, Range<usize>)>) -> Vec<Email> {
        let mut emails = Vec::with_capacity(texts.len());
        for (text, span) in texts {
            match Email::parse(&text) {
                Ok(email) => emails.push(email),
                Err(_) => self.source.wrong(span.start, "this is not a mail address."),
            }
        }
        emails
    }

    fn group_ids(&mut self, texts: Vec<(String, Range<usize>)>) -> Vec<GroupId> {
        let mut ids = Vec::with_capacity(texts.len());
        for (text, span) in texts {
            match self.groups.read(&text) {
                Some(id) => ids.push(id),
                None => self.source.wrong(span.start, "there is no group of this name. Make it first."),
            }
        }
        ids
    }

    fn span(&mut self, table: &DeTable<'_>, key: &'static str) -> Option<Duration> {
        let (text, span) = self.source.spanned(table, key)?;
        let seconds = spans::parse(&text);
        if seconds.is_none() {
            self.source
                .wrong(span.start, &format!("“{key}” is a length of time such as \"3 days\" or \"90 minutes\"."));
        }
        seconds.map(Duration::from_secs)
    }
}

/// Seconds from the due time.
fn offset_of(text: &str) -> Option<i64> {
    if text.trim() == "due" {
        return Some(0);
    }
    let (span, side) = text.trim().rsplit_once(' ')?;
    let seconds = i64::try_from(spans::parse(span)?).ok()?;
    match side {
        "before" => Some(-seconds),
        "after" => Some(seconds),
        _ => None,
    }
}
