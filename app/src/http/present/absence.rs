//! Absence and workload.

use std::collections::HashMap;
use std::time::Duration;

use jiff::civil::Date;

use super::{Seen, moment};
use crate::flows::absence_state::AbsenceStatus;
use crate::portal::absence::{Absence, Absences, Chain, ChainEnd, Load, day_of, last_day_of};
use crate::portal::ids::UserId;
use crate::portal::user::User;
use crate::portal::zone::Zone;
use crate::view;
use crate::view::absence::{AbsenceForm, AbsencePage, AbsenceRow, Away, AwayNow, BackupForm, Substitute, WorkloadRow};
use crate::view::moment::span_in_words;

/// What everybody who has planned anything has planned.
pub(crate) type Everybody = HashMap<UserId, Absences>;

/// What is needed to say who is away.
pub(crate) struct Known<'a> {
    /// What is planned.
    pub(crate) absences: &'a Everybody,
    /// The people who are named.
    pub(crate) people: &'a [User],
    /// The moment of the page, and its reader's clock.
    pub(crate) seen: Seen,
}

/// What a page of absences shows besides what is known.
pub(crate) struct Shown {
    /// Whether the reader looks at what they have planned themself.
    pub(crate) is_own: bool,
    /// What the instance of the present absence says of itself.
    pub(crate) status: Option<AbsenceStatus>,
    /// The form for another one.
    pub(crate) form: AbsenceForm,
    /// The form for the backup, if it comes back.
    pub(crate) backup: Option<BackupForm>,
}

impl Known<'_> {
    /// The page of `user`.
    pub(crate) fn page(&self, user: &User, shown: Shown) -> AbsencePage {
        let zone = user.time_zone();
        let planned = self.absences.get(&user.id).cloned().unwrap_or_default();
        let whom = if shown.is_own { "you".to_owned() } else { user.person().label().to_owned() };
        let backup = || BackupForm {
            backup: planned.backup.and_then(|id| self.user(id)).map(|user| user.email.to_string()).unwrap_or_default(),
            ..BackupForm::default()
        };
        AbsencePage {
            of: (!shown.is_own).then(|| (user.id.0, user.person().into())),
            zone: zone.name().to_owned(),
            now: planned.at(self.seen.now).map(|_| AwayNow {
                asked: self.asked(user.id, &whom),
                handed_over: handed_over(shown.status.as_ref(), &whom),
            }),
            planned: planned.planned.iter().map(|absence| self.row(absence, planned.backup, zone)).collect(),
            form: shown.form,
            backup: shown.backup.unwrap_or_else(backup),
        }
    }

    /// Whether and until when somebody is away.
    pub(crate) fn away(&self, user: UserId, zone: Zone) -> Option<Away> {
        let absence = self.absences.get(&user)?.at(self.seen.now)?;
        let substitute = match self.end(user) {
            ChainEnd::At(substitute) => self.user(substitute).map(|user| user.person().into()),
            ChainEnd::Oneself | ChainEnd::Ring | ChainEnd::TooLong => None,
        };
        Some(Away { last: absence.to.and_then(|to| last_day_of(to, zone)).map(day), substitute })
    }

    /// A row of the workload.
    pub(crate) fn load(&self, load: Load) -> WorkloadRow {
        let id = load.person.id;
        let zone = self.user(id).map(User::time_zone).unwrap_or_default();
        WorkloadRow {
            id: id.0,
            away: self.away(id, zone),
            person: load.person.into(),
            open: load.open,
            overdue: load.overdue,
            oldest_at: load.oldest_at.map(|at| moment(at, self.seen)),
            answered: load.answered,
            median: load.median.map(in_words),
        }
    }

    fn row(&self, absence: &Absence, backup: Option<UserId>, zone: Zone) -> AbsenceRow {
        let person = |id| self.user(id).map(|user| view::Person::from(user.person()));
        let named = absence.substitute.and_then(person).map(Substitute::Named);
        AbsenceRow {
            id: absence.id.0,
            first: day_of(absence.from, zone).map(day).unwrap_or_default(),
            last: absence.to.and_then(|to| last_day_of(to, zone)).map(day),
            is_now: absence.covers(self.seen.now),
            substitute: named.or_else(|| backup.and_then(person).map(Substitute::Backup)).unwrap_or(Substitute::Nobody),
            note: absence.note.clone(),
        }
    }

    /// Where questions for somebody who is away go.
    fn asked(&self, user: UserId, whom: &str) -> String {
        match self.end(user) {
            ChainEnd::At(substitute) => {
                let name = self.user(substitute).map_or_else(String::new, |user| user.person().label().to_owned());
                format!(
                    "New questions go to {name}. Only where {name} asked for it, is asked already or may not decide any \
                     more, the question goes to {whom}."
                )
            }
            ChainEnd::Oneself => format!("Nobody stands in, so questions go to {whom} as always."),
            ChainEnd::Ring => format!(
                "The substitutes are absent and lead back to one of themselves, so questions go to {whom} as always."
            ),
            ChainEnd::TooLong => {
                format!("Too many substitutes in a row are absent, so questions go to {whom} as always.")
            }
        }
    }

    fn end(&self, user: UserId) -> ChainEnd {
        let (mut chain, nothing) = (Chain::of(user), Absences::default());
        while let Some(current) = chain.current() {
            if let Some(end) = chain.step(self.absences.get(&current).unwrap_or(&nothing), self.seen.now) {
                return end;
            }
        }
        ChainEnd::Oneself
    }

    fn user(&self, id: UserId) -> Option<&User> {
        self.people.iter().find(|user| user.id == id)
    }
}

/// Everybody whom pages about these absences may have to name.
pub(crate) fn named(absences: &Everybody) -> Vec<UserId> {
    let substitutes = absences
        .values()
        .flat_map(|planned| planned.planned.iter().filter_map(|absence| absence.substitute).chain(planned.backup));
    let mut ids: Vec<UserId> = substitutes.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn handed_over(status: Option<&AbsenceStatus>, whom: &str) -> Option<String> {
    let Some(AbsenceStatus::Begun { moved, kept }) = status else { return None };
    let kept = match kept {
        0 => String::new(),
        1 => format!(" One stays with {whom}, because nobody else may answer it."),
        more => format!(" {more} stay with {whom}, because nobody else may answer them."),
    };
    Some(match moved {
        0 if kept.is_empty() => "No question was open when the absence began.".to_owned(),
        0 => format!("No question was handed over when the absence began.{kept}"),
        1 => format!("One open question was handed over when the absence began.{kept}"),
        more => format!("{more} open questions were handed over when the absence began.{kept}"),
    })
}

/// `3 May 2027`.
fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

fn in_words(span: Duration) -> String {
    span_in_words(i64::try_from(span.as_secs()).unwrap_or(i64::MAX))
}
