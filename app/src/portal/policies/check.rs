//! Whether a policy can be kept, wherever it comes from: the form, a text, the API of another program.

use std::time::Duration;

use super::draft::{EscalateTo, HoursDraft, HoursZone, PolicyDraft, RungDoes, RungDraft, StageDraft};
use super::template;
use crate::portal::calendar::is_zone;
use crate::portal::draft::{MAX_APPROVERS, MAX_TITLE_CHARS};
use crate::portal::error::FieldError;
use crate::portal::policy::Rule;
use crate::portal::request::MAX_LINK_LIFE;
use crate::portal::user::one_line;

/// The most stages of a policy.
pub const MAX_STAGES: usize = 10;
/// The most rungs of a ladder.
pub const MAX_RUNGS: usize = 20;
/// The longest name of a policy and of a stage, in characters.
const MAX_NAME_CHARS: usize = 100;
/// The longest description in characters.
const MAX_DESCRIPTION_CHARS: usize = 1_000;
/// The longest template of a text in bytes: a form of it must fit into what is read of forms, three bytes for one.
const MAX_TEMPLATE_BYTES: usize = 20_000;
/// The most groups that are named in one place.
const MAX_GROUPS: usize = 20;
/// The most days off.
const MAX_DAYS_OFF: usize = 200;
/// The shortest that links may be made to work: mails take their time.
const MIN_LINK_LIFE: Duration = Duration::from_secs(300);
/// The longest distance of a rung from the due time, and the longest due time, in seconds.
const MAX_SPAN: u64 = 366 * 86_400;

impl PolicyDraft {
    /// The policy as it is kept: names on one line, nobody named twice, ladders in order of time. Errors name the fields of the
    /// form: `name`, `description`, `title`, `text`, `reconsider`, `link_life`, `observers`, `offered_to`, `stage.N` and
    /// below it `name`, `approvers`, `needed`, `due`, `rung.M`, `days`, `from`, `to`, `zone`, `days_off`; N and M from 0.
    pub fn checked(mut self) -> Result<Self, Vec<FieldError>> {
        let mut check = Check { errors: Vec::new(), stage: None };
        check.head(&mut self);
        if self.stages.is_empty() {
            check.wrong("stage", "A policy needs at least one stage.");
        } else if self.stages.len() > MAX_STAGES {
            check.wrong("stage", format!("A policy may have at most {MAX_STAGES} stages."));
        }
        for (number, stage) in self.stages.iter_mut().enumerate() {
            check.stage = Some(number);
            check.stage(stage);
        }
        if check.errors.is_empty() { Ok(self) } else { Err(check.errors) }
    }
}

/// Collects what is wrong.
struct Check {
    errors: Vec<FieldError>,
    /// The stage that is looked at.
    stage: Option<usize>,
}

impl Check {
    fn wrong(&mut self, field: &str, message: impl Into<String>) {
        let field = match self.stage {
            Some(number) => format!("stage.{number}.{field}"),
            None => field.to_owned(),
        };
        self.errors.push(FieldError::new(field, message));
    }

    fn head(&mut self, draft: &mut PolicyDraft) {
        draft.name = one_line(&draft.name);
        draft.description = plain(&draft.description);
        draft.title = one_line(&draft.title);
        draft.text = plain(&draft.text);
        if draft.name.is_empty() {
            self.wrong("name", "Enter a name.");
        }
        self.at_most("name", &draft.name, MAX_NAME_CHARS);
        self.at_most("description", &draft.description, MAX_DESCRIPTION_CHARS);
        self.at_most("title", &draft.title, MAX_TITLE_CHARS);
        if draft.text.len() > MAX_TEMPLATE_BYTES {
            self.wrong("text", "The text is too long for a template.");
        }
        for (field, text) in [("title", &draft.title), ("text", &draft.text)] {
            if let Some(name) = template::unknown(text) {
                let name: String = name.chars().take(40).collect();
                let known = template::PLACEHOLDERS.map(|(name, _)| format!("{{{{{name}}}}}")).join(", ");
                self.wrong(field, format!("There is no placeholder {{{{{name}}}}}; there are {known}."));
            }
        }
        self.options(draft);
    }

    fn options(&mut self, draft: &mut PolicyDraft) {
        without_repeats(&mut draft.observers);
        without_repeats(&mut draft.offered_to);
        if draft.observers.len() > MAX_APPROVERS {
            self.wrong("observers", format!("At most {MAX_APPROVERS} people can observe."));
        }
        if draft.offered_to.len() > MAX_GROUPS {
            self.wrong("offered_to", format!("At most {MAX_GROUPS} groups can be chosen."));
        }
        if draft.reconsider_within.is_some_and(is_no_span) {
            self.wrong("reconsider", "At most a year.");
        }
        if draft.max_link_life.is_some_and(|life| !(MIN_LINK_LIFE..=MAX_LINK_LIFE).contains(&life)) {
            self.wrong("link_life", "Links work for at least 5 minutes and at most 14 days.");
        }
    }

    fn at_most(&mut self, field: &str, text: &str, most: usize) {
        if text.chars().count() > most {
            self.wrong(field, format!("At most {most} characters."));
        }
    }

    fn stage(&mut self, stage: &mut StageDraft) {
        stage.name = one_line(&stage.name);
        self.at_most("name", &stage.name, MAX_NAME_CHARS);
        without_repeats(&mut stage.approvers.addresses);
        without_repeats(&mut stage.approvers.groups);
        if stage.approvers.is_nobody() {
            self.wrong("approvers", "Say who is asked: addresses, groups, or the requester's manager.");
        } else if stage.approvers.addresses.len() > MAX_APPROVERS {
            self.wrong("approvers", format!("At most {MAX_APPROVERS} addresses; put more people into a group."));
        } else if stage.approvers.groups.len() > MAX_GROUPS {
            self.wrong("approvers", format!("At most {MAX_GROUPS} groups."));
        }
        if let Rule::AtLeast(needed) = stage.rule {
            let most = stage.approvers.most().filter(|most| *most > 0);
            if needed == 0 || most.is_some_and(|most| usize::try_from(needed).is_ok_and(|needed| needed > most)) {
                let upto = most.map_or_else(|| " or more".to_owned(), |most| format!(" to {most}"));
                self.wrong("needed", format!("Enter a number from 1{upto}."));
            }
        }
        if stage.due_in.is_some_and(is_no_span) {
            self.wrong("due", "At most a year.");
        }
        self.ladder(stage);
        if let Some(hours) = &mut stage.hours {
            self.hours(hours);
        }
    }

    /// The rungs, each by its own, and then in their order.
    fn ladder(&mut self, stage: &mut StageDraft) {
        if stage.ladder.len() > MAX_RUNGS {
            self.wrong("due", format!("At most {MAX_RUNGS} steps."));
        }
        if stage.due_in.is_none() && !stage.ladder.is_empty() {
            self.wrong("due", "Steps are counted from the due time: enter one, or remove the steps.");
        }
        let end = stage.ladder.iter().filter(|rung| is_end(rung)).map(|rung| rung.offset).min();
        let mut ended = false;
        for (number, rung) in stage.ladder.iter().enumerate() {
            if let Some(message) = wrong_with(rung, stage, end, ended) {
                self.wrong(&format!("rung.{number}"), message);
            }
            ended = ended || is_end(rung);
        }
        // What ends the stage comes after what happens at the same time.
        stage.ladder.sort_by_key(|rung| (rung.offset, is_end(rung)));
    }

    fn hours(&mut self, hours: &mut HoursDraft) {
        without_repeats(&mut hours.days_off);
        hours.days_off.sort_unstable();
        if !hours.days.contains(&true) {
            self.wrong("days", "Choose at least one day.");
        }
        if hours.to_minute > 1_440 || hours.from_minute >= hours.to_minute {
            self.wrong("to", "The day must end after it begins, at 24:00 at the latest.");
        }
        if let HoursZone::Fixed(name) = &mut hours.zone {
            *name = one_line(name);
            if !is_zone(name) {
                self.wrong("zone", "There is no such time zone. Enter one such as Europe/Berlin.");
            }
        }
        if hours.days_off.len() > MAX_DAYS_OFF {
            self.wrong("days_off", format!("At most {MAX_DAYS_OFF} days off."));
        }
    }
}

/// What is wrong with a rung of a stage that ends at `end`; `ended` says that another rung before it ends the stage, too.
fn wrong_with(rung: &RungDraft, stage: &StageDraft, end: Option<i64>, ended: bool) -> Option<String> {
    let before = rung.offset < 0;
    let length = rung.offset.unsigned_abs();
    if length > MAX_SPAN {
        return Some("At most a year from the due time.".to_owned());
    }
    if before && rung.does != RungDoes::Remind {
        return Some("Only reminders come before the due time.".to_owned());
    }
    if before && stage.due_in.is_some_and(|due_in| length >= due_in.as_secs()) {
        return Some("This reminder would come before anybody is asked: choose less time than they have.".to_owned());
    }
    if is_end(rung) && ended {
        return Some("The stage can end in one way only.".to_owned());
    }
    if !is_end(rung) && end.is_some_and(|end| rung.offset > end) {
        return Some("The stage has ended by then.".to_owned());
    }
    let escalates_at_end = matches!(rung.does, RungDoes::Escalate(_)) && end == Some(rung.offset);
    if escalates_at_end {
        return Some("Whoever is asked here would have no time: let the stage end later.".to_owned());
    }
    match &rung.does {
        RungDoes::Escalate(EscalateTo::Address(email)) if stage.approvers.addresses.contains(email) => {
            Some("This person is asked from the beginning; choose somebody else.".to_owned())
        }
        RungDoes::Escalate(EscalateTo::Manager) if stage.approvers.manager => {
            Some("The requester's manager is asked from the beginning; choose somebody else.".to_owned())
        }
        _ => None,
    }
}

fn is_end(rung: &RungDraft) -> bool {
    matches!(rung.does, RungDoes::Finish(_))
}

fn is_no_span(span: Duration) -> bool {
    span.is_zero() || span.as_secs() > MAX_SPAN
}

/// Several lines as they are kept: as browsers and editors of whatever system break them, without what is no text.
fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text: String = text.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
    text.trim_end().to_owned()
}

fn without_repeats<T: PartialEq + Clone>(list: &mut Vec<T>) {
    let mut kept: Vec<T> = Vec::with_capacity(list.len());
    for item in list.drain(..) {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    *list = kept;
}
