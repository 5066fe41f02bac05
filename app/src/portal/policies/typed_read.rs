//! What a form of a policy says.

use jiff::civil::Date;

use super::draft::{Approvers, EscalateTo, HoursDraft, HoursZone, PolicyDraft, RungDoes, RungDraft, StageDraft};
use super::typed::{TypedHours, TypedPolicy, TypedRung, TypedStage};
use crate::portal::error::FieldError;
use crate::portal::ids::GroupId;
use crate::portal::policy::{Assurance, FinalRule, Rule, StaleRule};
use crate::portal::span::SpanDraft;
use crate::portal::user::{Email, one_line};

impl TypedPolicy {
    /// The policy that was typed, if all of it is right. Errors name the fields that [`PolicyDraft::checked`] names.
    pub fn read(&self) -> Result<PolicyDraft, Vec<FieldError>> {
        let mut reader = Reader { errors: Vec::new() };
        let stages = self.stages.iter().enumerate().map(|(number, stage)| reader.stage(number, stage)).collect();
        let draft = PolicyDraft {
            name: self.name.clone(),
            description: self.description.clone(),
            title: self.title.clone(),
            text: self.text.clone(),
            stages,
            on_revision: stale_rule(&self.on_revision).unwrap_or(StaleRule::IfChanged),
            self_approval: self.self_approval,
            reconsider_within: self.reconsider.read("reconsider", &mut reader.errors),
            assurance: assurance(&self.assurance).unwrap_or(Assurance::Link),
            max_link_life: self.link_life.read("link_life", &mut reader.errors),
            observers: reader.addresses("observers", &self.observers),
            offered_to: groups(&self.offered_to),
        };
        // Both say what they find, so that nobody mends a form twice; a field is complained about once.
        let checked = draft.checked();
        let found = checked.as_ref().err().cloned().unwrap_or_default();
        for error in found {
            if !reader.errors.iter().any(|known| known.field == error.field) {
                reader.errors.push(error);
            }
        }
        if reader.errors.is_empty() { checked } else { Err(reader.errors) }
    }
}

/// Collects what cannot be read.
struct Reader {
    errors: Vec<FieldError>,
}

impl Reader {
    fn wrong(&mut self, field: &str, message: impl Into<String>) {
        self.errors.push(FieldError::new(field, message));
    }

    fn stage(&mut self, number: usize, stage: &TypedStage) -> StageDraft {
        let field = |name: &str| format!("stage.{number}.{name}");
        let rungs = stage.rungs.iter().enumerate();
        StageDraft {
            name: stage.name.clone(),
            approvers: Approvers {
                manager: stage.manager,
                addresses: self.addresses(&field("approvers"), &stage.approvers),
                groups: groups(&stage.groups),
            },
            rule: self.rule(&field("needed"), stage),
            due_in: stage.due.read(&field("due"), &mut self.errors),
            ladder: rungs.map(|(place, rung)| self.rung(&field(&format!("rung.{place}")), rung)).collect(),
            hours: stage.hours.on.then(|| self.hours(number, &stage.hours)),
        }
    }

    fn rule(&mut self, field: &str, stage: &TypedStage) -> Rule {
        match stage.rule.as_str() {
            "all" => Rule::All,
            "at_least" => Rule::AtLeast(stage.needed.trim().parse().unwrap_or_else(|_| {
                self.wrong(field, "Enter how many must approve.");
                1
            })),
            _ => Rule::Any,
        }
    }

    fn rung(&mut self, field: &str, rung: &TypedRung) -> RungDraft {
        let does = match rung.does.as_str() {
            "escalate_manager" => RungDoes::Escalate(EscalateTo::Manager),
            "escalate_managers" => RungDoes::Escalate(EscalateTo::ManagersOfApprovers),
            "escalate_address" => match Email::parse(&rung.to) {
                Ok(email) => RungDoes::Escalate(EscalateTo::Address(email)),
                Err(message) => {
                    self.wrong(&format!("{field}.to"), message);
                    RungDoes::Escalate(EscalateTo::ManagersOfApprovers)
                }
            },
            other => final_rule(other).map_or(RungDoes::Remind, RungDoes::Finish),
        };
        let seconds = self.offset(field, &rung.span);
        RungDraft { offset: if rung.when == "before" { -seconds } else { seconds }, does }
    }

    fn offset(&mut self, field: &str, span: &SpanDraft) -> i64 {
        // The due time itself is often written as a zero.
        if span.number.trim().trim_matches('0').is_empty() {
            return 0;
        }
        let length = span.read(field, &mut self.errors).unwrap_or_default();
        i64::try_from(length.as_secs()).unwrap_or(i64::MAX)
    }

    fn hours(&mut self, number: usize, hours: &TypedHours) -> HoursDraft {
        let field = |name: &str| format!("stage.{number}.{name}");
        let mut days = [false; 7];
        for day in hours.days.iter().filter_map(|day| day.parse::<usize>().ok()) {
            if let Some(works) = days.get_mut(day) {
                *works = true;
            }
        }
        let zone = one_line(&hours.zone);
        HoursDraft {
            zone: if zone.is_empty() { HoursZone::OfApprovers } else { HoursZone::Fixed(zone) },
            days,
            from_minute: self.minute(&field("from"), &hours.from),
            to_minute: self.minute(&field("to"), &hours.to),
            days_off: self.days_off(&field("days_off"), &hours.days_off),
        }
    }

    fn minute(&mut self, field: &str, typed: &str) -> u16 {
        minute_of(typed).unwrap_or_else(|| {
            self.wrong(field, "Enter a time of the day such as 09:00.");
            0
        })
    }

    fn days_off(&mut self, field: &str, typed: &str) -> Vec<Date> {
        let mut dates = Vec::new();
        for part in parts(typed) {
            match part.parse() {
                Ok(date) => dates.push(date),
                Err(_) => {
                    self.wrong(field, format!("“{}” is not a date such as 2026-12-25.", shown(part)));
                    break;
                }
            }
        }
        dates
    }

    fn addresses(&mut self, field: &str, typed: &str) -> Vec<Email> {
        let mut emails = Vec::new();
        for part in parts(typed) {
            match Email::parse(part) {
                Ok(email) => emails.push(email),
                Err(_) => {
                    self.wrong(field, format!("“{}” is not a mail address.", shown(part)));
                    break;
                }
            }
        }
        emails
    }
}

/// Minutes after midnight of `09:00`; `24:00` is the end of the day.
pub(super) fn minute_of(typed: &str) -> Option<u16> {
    let (hour, minute) = typed.trim().split_once(':')?;
    let digits = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || minute.len() != 2 || !digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60).then_some(hour * 60 + minute).filter(|minutes| *minutes <= 1_440)
}

/// The final rule of a word.
pub(super) fn final_rule(word: &str) -> Option<FinalRule> {
    match word {
        "reject" => Some(FinalRule::Reject),
        "approve" => Some(FinalRule::Approve),
        "expire" => Some(FinalRule::Expire),
        _ => None,
    }
}

/// What a revision does, by its word.
pub(super) fn stale_rule(word: &str) -> Option<StaleRule> {
    match word {
        "keep" => Some(StaleRule::Keep),
        "if_changed" => Some(StaleRule::IfChanged),
        "all_again" => Some(StaleRule::AllAgain),
        _ => None,
    }
}

/// The assurance of a word.
pub(super) fn assurance(word: &str) -> Option<Assurance> {
    match word {
        "link" => Some(Assurance::Link),
        "code" => Some(Assurance::Code),
        _ => None,
    }
}

/// The beginning of what is quoted in a message.
fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

/// What stands between white space, commas and semicolons, up to more than is ever right.
fn parts(typed: &str) -> impl Iterator<Item = &str> {
    let between = |c: char| c.is_whitespace() || c == ',' || c == ';';
    typed.split(between).filter(|part| !part.is_empty()).take(1_000)
}

fn groups(ids: &[String]) -> Vec<GroupId> {
    ids.iter().filter_map(|id| id.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> TypedPolicy {
        TypedPolicy { name: " Travel\n".into(), ..TypedPolicy::fresh() }
    }

    fn fields(change: impl FnOnce(&mut TypedPolicy)) -> Vec<String> {
        let mut typed = typed();
        change(&mut typed);
        typed.read().expect_err("must be refused").into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn what_a_new_policy_begins_as_is_right_but_for_its_name() {
        assert_eq!(fields(|typed| typed.name.clear()), ["name"]);
        let draft = typed().read().expect("right");
        assert_eq!((draft.name.as_str(), draft.stages[0].ladder.len()), ("Travel", 2));
        assert_eq!(draft.stages[0].ladder[0], RungDraft { offset: -86_400, does: RungDoes::Remind });
    }

    #[test]
    fn every_mistake_is_named_by_its_field() {
        assert_eq!(fields(|p| p.stages.clear()), ["stage"]);
        assert_eq!(fields(|p| p.stages = vec![TypedStage { manager: true, ..TypedStage::fresh() }; 11]), ["stage"]);
        assert_eq!(fields(|p| p.stages[0].manager = false), ["stage.0.approvers"]);
        assert_eq!(fields(|p| p.stages[0].approvers = "ana@x.org nobody".into()), ["stage.0.approvers"]);
        assert_eq!(fields(|p| p.stages[0].rule = "at_least".into()), ["stage.0.needed"]);
        let two = |p: &mut TypedPolicy| {
            p.stages[0].rule = "at_least".into();
            p.stages[0].needed = "2".into();
        };
        assert_eq!(fields(two), ["stage.0.needed"], "the manager is one person");
        assert_eq!(fields(|p| p.stages[0].due.number = "soon".into()), ["stage.0.due"]);
        assert_eq!(fields(|p| p.stages[0].due.number.clear()), ["stage.0.due"], "its steps count from it");
        assert_eq!(fields(|p| p.stages[0].rungs[0].span.number = "3".into()), ["stage.0.rung.0"]);
    }

    #[test]
    fn steps_that_could_never_happen_are_refused() {
        let rung = |does: &str, number: &str, when: &str, to: &str| TypedRung {
            does: does.into(),
            span: SpanDraft { number: number.into(), unit: "days".into() },
            when: when.into(),
            to: to.into(),
        };
        let with = |rungs: Vec<TypedRung>| fields(|p| p.stages[0].rungs = rungs);
        let reject = || rung("reject", "2", "after", "");
        assert_eq!(with(vec![rung("reject", "1", "before", "")]), ["stage.0.rung.0"]);
        assert_eq!(with(vec![reject(), rung("approve", "3", "after", "")]), ["stage.0.rung.1"]);
        assert_eq!(with(vec![rung("remind", "3", "after", ""), reject()]), ["stage.0.rung.0"]);
        assert_eq!(with(vec![rung("escalate_address", "2", "after", "b@x.org"), reject()]), ["stage.0.rung.0"]);
        assert_eq!(with(vec![rung("escalate_address", "", "after", "b"), reject()]), ["stage.0.rung.0.to"]);
        assert_eq!(with(vec![rung("escalate_manager", "", "after", ""), reject()]), ["stage.0.rung.0"]);
    }

    #[test]
    fn working_hours_count_only_when_they_are_switched_on() {
        let hours = |change: fn(&mut TypedHours)| {
            fields(|p| {
                p.stages[0].hours.on = true;
                change(&mut p.stages[0].hours);
            })
        };
        assert_eq!(hours(|h| h.days.clear()), ["stage.0.days"]);
        assert_eq!(hours(|h| h.from = "17:00".into()), ["stage.0.to"]);
        assert_eq!(hours(|h| h.to = "25:00".into()), ["stage.0.to"]);
        assert_eq!(hours(|h| h.zone = "Mars/Olympus".into()), ["stage.0.zone"]);
        assert_eq!(hours(|h| h.days_off = "2026-12-25, Easter".into()), ["stage.0.days_off"]);
        let mut off = typed();
        off.stages[0].hours = TypedHours { to: "never".into(), ..TypedHours::default() };
        assert_eq!(off.read().expect("right").stages[0].hours, None);
    }

    #[test]
    fn a_policy_in_the_form_is_the_policy() {
        let mut typed = typed();
        typed.stages[0].hours.on = true;
        typed.stages[0].hours.days_off = "2026-12-25".into();
        typed.observers = "a@x.org\nb@x.org".into();
        typed.link_life = SpanDraft { number: "90".into(), unit: "minutes".into() };
        let draft = typed.read().expect("right");
        assert_eq!(TypedPolicy::from(&draft).read(), Ok(draft));
    }
}
