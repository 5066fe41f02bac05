//! Absence and workload.

use std::time::Duration;

use jiff::civil::Date;

use super::absence_ahead::Planned;
use super::{Seen, moment};
use crate::flows::absence_state::AbsenceStatus;
use crate::portal::absence::{Absence, Barred, Everybody, Kept, Load, Waiting, day_of, last_day_of};
use crate::portal::ids::{AbsenceId, UserId};
use crate::portal::user::User;
use crate::portal::zone::Zone;
use crate::view;
use crate::view::absence::{AbsenceForm, AbsencePage, AbsenceRow, Away, AwayNow, BackupForm, Substitute, WorkloadRow};
use crate::view::moment::span_in_words;

/// What is needed to say who is away.
#[derive(Clone, Copy)]
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
    /// The questions that wait for the person.
    pub(crate) waiting: Vec<Waiting>,
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
        let stands_in = planned.backup.and_then(|backup| self.user(backup.user));
        let backup = || BackupForm {
            backup: stands_in.map(|user| user.email.to_string()).unwrap_or_default(),
            ..BackupForm::default()
        };
        let assumed = self.open_absence();
        let of = |absence| Planned { user, whom: &whom, absence, backup: planned.backup };
        AbsencePage {
            of: (!shown.is_own).then(|| (user.id.0, user.person().into())),
            zone: zone.name().to_owned(),
            now: planned.at(self.seen.now).map(|_| AwayNow {
                asked: self.asked(user.id, &whom),
                handed_over: handed_over(shown.status.as_ref(), &whom),
            }),
            planned: planned.planned.iter().map(|absence| self.row(of(absence), &shown.waiting)).collect(),
            backup_conflicts: planned.backup.map_or_else(Vec::new, |_| self.conflicts(of(&assumed), &shown.waiting)),
            form: shown.form,
            backup: shown.backup.unwrap_or_else(backup),
            backup_by: planned.backup.and_then(|backup| backup.by).map(|by| self.name(by)),
        }
    }

    /// Whether and until when somebody is away.
    pub(crate) fn away(&self, user: UserId, zone: Zone) -> Option<Away> {
        let absence = self.absences.get(&user)?.at(self.seen.now)?;
        let substitute = self.end(user).ok().and_then(|id| self.user(id)).map(|user| user.person().into());
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

    /// An absence like those for which a backup is named.
    fn open_absence(&self) -> Absence {
        let id = AbsenceId(uuid::Uuid::nil());
        Absence { id, from: self.seen.now, to: None, substitute: None, note: String::new(), by: None }
    }

    fn row(&self, planned: Planned<'_>, waiting: &[Waiting]) -> AbsenceRow {
        let Planned { absence, backup, .. } = planned;
        let zone = planned.user.time_zone();
        let person = |id| self.user(id).map(|user| view::Person::from(user.person()));
        let named = absence.substitute.and_then(person).map(Substitute::Named);
        let backup = || backup.and_then(|backup| person(backup.user)).map(Substitute::Backup);
        AbsenceRow {
            id: absence.id.0,
            first: day_of(absence.from, zone).map(day).unwrap_or_default(),
            last: absence.to.and_then(|to| last_day_of(to, zone)).map(day),
            is_now: absence.covers(self.seen.now),
            substitute: named.or_else(backup).unwrap_or(Substitute::Nobody),
            note: absence.note.clone(),
            by: absence.by.and_then(person).map(|by| by.label()),
            conflicts: self.conflicts(planned, waiting),
        }
    }

    /// Where questions for somebody who is away go.
    fn asked(&self, user: UserId, whom: &str) -> String {
        match self.end(user) {
            Ok(substitute) => {
                let name = self.name(substitute);
                let arrangers = self.absences.get(&user).into_iter().flat_map(|own| own.arrangers(self.seen.now));
                let mut barred = vec![name.clone()];
                barred.extend(arrangers.map(|arranger| self.name(arranger)));
                barred.dedup();
                let barred = barred.join(" or ");
                format!(
                    "New questions go to {name}. Only where {barred} asked for it, or {name} is asked already or may not \
                     decide any more, the question goes to {whom}."
                )
            }
            Err(kept) => format!("Questions go to {whom} as always, because {}.", self.why(kept)),
        }
    }

    fn end(&self, user: UserId) -> Result<UserId, Kept> {
        let detour = self.outlook().detour(user, self.seen.now, Barred::default());
        detour.map_or(Err(Kept::Nobody), |detour| detour.to)
    }

    pub(super) fn user(&self, id: UserId) -> Option<&User> {
        self.people.iter().find(|user| user.id == id)
    }
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
pub(super) fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

fn in_words(span: Duration) -> String {
    span_in_words(i64::try_from(span.as_secs()).unwrap_or(i64::MAX))
}
