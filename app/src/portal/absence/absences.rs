//! What one person has planned, and the rules that hold for it.

use crate::portal::clock::Time;
use crate::portal::ids::{AbsenceId, UserId};

/// The most absences that one person has planned at a time.
pub const MAX_PLANNED: usize = 50;

/// One time away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Who it is.
    pub id: AbsenceId,
    /// When it begins.
    pub from: Time,
    /// When it is over; `None` until it is cancelled.
    pub to: Option<Time>,
    /// Who stands in; without one it is the person's backup.
    pub substitute: Option<UserId>,
    /// A word about it; may be empty.
    pub note: String,
    /// Who planned it, where they did it for somebody else.
    pub by: Option<UserId>,
}

/// What one person has planned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Absences {
    /// Their absences by their beginnings. No two overlap.
    pub planned: Vec<Absence>,
    /// Who stands in where an absence names nobody.
    pub backup: Option<Backup>,
}

/// Who stands in for somebody whose absences name nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Who it is.
    pub user: UserId,
    /// Who set it, where they did it for somebody else.
    pub by: Option<UserId>,
}

/// Why a change is refused. Printed as a sentence for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// It ends before it begins.
    #[error("The absence must end after it begins.")]
    Backwards,
    /// It lies in the past.
    #[error("This time has passed already.")]
    Over,
    /// There is another one at that time.
    #[error("This overlaps with another absence that is planned. Cancel that one first.")]
    Overlap,
    /// The person would stand in for themself.
    #[error("Nobody stands in for themself; choose somebody else.")]
    Oneself,
    /// There are too many.
    #[error("At most {most} absences can be planned at a time.", most = MAX_PLANNED)]
    TooMany,
}

impl Conflict {
    /// The field of the form that it is about.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Backwards | Self::Over => "to",
            Self::Overlap | Self::TooMany => "from",
            Self::Oneself => "substitute",
        }
    }
}

impl Absence {
    /// Whether the person is away at `now`: from its beginning until right before its end.
    pub fn covers(&self, now: Time) -> bool {
        self.from <= now && !self.is_over(now)
    }

    /// Whether it lies behind `now`.
    pub fn is_over(&self, now: Time) -> bool {
        self.to.is_some_and(|to| to <= now)
    }

    /// Whether the two have a moment in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        let begins_before_end = |one: &Self, other: &Self| other.to.is_none_or(|to| one.from < to);
        begins_before_end(self, other) && begins_before_end(other, self)
    }
}

impl Absences {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.planned.is_empty() && self.backup.is_none()
    }

    /// The absence that the person has at `now`.
    pub fn at(&self, now: Time) -> Option<&Absence> {
        self.planned.iter().find(|absence| absence.covers(now))
    }

    /// The absence of that id.
    pub fn find(&self, id: AbsenceId) -> Option<&Absence> {
        self.planned.iter().find(|absence| absence.id == id)
    }

    /// Who stands in at `now`, and until when: whom the absence names, or else the backup. Nobody for somebody who is there.
    pub fn substitute_at(&self, now: Time) -> Option<(UserId, Option<Time>)> {
        let absence = self.at(now)?;
        let substitute = absence.substitute.or(self.backup.map(|backup| backup.user));
        substitute.map(|substitute| (substitute, absence.to))
    }

    /// Whose doing it is, for somebody else, that another one stands in at `now`: whoever planned the absence, and whoever set
    /// the backup on which it falls back.
    pub fn arrangers(&self, now: Time) -> impl Iterator<Item = UserId> {
        let absence = self.at(now);
        let backup = self.backup.filter(|_| absence.is_some_and(|absence| absence.substitute.is_none()));
        absence.and_then(|absence| absence.by).into_iter().chain(backup.and_then(|backup| backup.by))
    }

    /// When somebody next goes away or comes back after `now`.
    pub fn next_change(&self, now: Time) -> Option<Time> {
        let changes = self.planned.iter().flat_map(|absence| [Some(absence.from), absence.to]);
        changes.flatten().filter(|at| *at > now).min()
    }

    /// Everybody who is named to stand in, maybe twice.
    pub fn substitutes(&self) -> impl Iterator<Item = UserId> {
        self.planned.iter().filter_map(|absence| absence.substitute).chain(self.backup.map(|backup| backup.user))
    }

    /// Everybody else who planned one of them or set the backup, maybe twice.
    pub fn planners(&self) -> impl Iterator<Item = UserId> {
        self.planned.iter().filter_map(|absence| absence.by).chain(self.backup.and_then(|backup| backup.by))
    }

    /// Plans an absence of `of`; one that is planned already stays as it is. A conflict changes nothing.
    pub fn plan(&mut self, of: UserId, absence: Absence, now: Time) -> Result<(), Conflict> {
        if self.find(absence.id).is_some() {
            return Ok(());
        }
        if absence.to.is_some_and(|to| to <= absence.from) {
            return Err(Conflict::Backwards);
        }
        if absence.is_over(now) {
            return Err(Conflict::Over);
        }
        if absence.substitute == Some(of) {
            return Err(Conflict::Oneself);
        }
        self.forget_past(now);
        if self.planned.iter().any(|other| other.overlaps(&absence)) {
            return Err(Conflict::Overlap);
        }
        if self.planned.len() >= MAX_PLANNED {
            return Err(Conflict::TooMany);
        }
        let place = self.planned.partition_point(|other| other.from <= absence.from);
        self.planned.insert(place, absence);
        Ok(())
    }

    /// Cancels an absence, which is over at once if it has begun. Nothing happens when there is none.
    pub fn cancel(&mut self, id: AbsenceId) {
        self.planned.retain(|absence| absence.id != id);
    }

    /// Names the backup of `of`, or nobody. A conflict changes nothing.
    pub fn set_backup(&mut self, of: UserId, backup: Option<Backup>) -> Result<(), Conflict> {
        if backup.is_some_and(|backup| backup.user == of) {
            return Err(Conflict::Oneself);
        }
        self.backup = backup;
        Ok(())
    }

    /// Forgets what is over.
    pub fn forget_past(&mut self, now: Time) {
        self.planned.retain(|absence| !absence.is_over(now));
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ME: UserId = UserId(Uuid::from_u128(1));
    const CLEO: UserId = UserId(Uuid::from_u128(2));
    const DAN: UserId = UserId(Uuid::from_u128(3));

    fn away(id: u128, from: i64, to: Option<i64>) -> Absence {
        let id = AbsenceId(Uuid::from_u128(id));
        Absence { id, from: Time(from), to: to.map(Time), substitute: Some(CLEO), note: String::new(), by: None }
    }

    fn backup(user: UserId) -> Option<Backup> {
        Some(Backup { user, by: None })
    }

    fn planned(ranges: &[(i64, Option<i64>)]) -> Absences {
        let mut absences = Absences::default();
        for (id, (from, to)) in (1..).zip(ranges) {
            absences.plan(ME, away(id, *from, *to), Time(0)).expect("no conflict");
        }
        absences
    }

    #[test]
    fn absences_that_touch_do_not_overlap_and_those_that_share_a_moment_do() {
        let absences = planned(&[(10, Some(20)), (40, None)]);
        let table = [
            ((20, Some(40)), Ok(())),
            ((1, Some(10)), Ok(())),
            ((1, Some(11)), Err(Conflict::Overlap)),
            ((19, Some(21)), Err(Conflict::Overlap)),
            ((12, Some(13)), Err(Conflict::Overlap)),
            ((1, None), Err(Conflict::Overlap)),
            ((30, Some(41)), Err(Conflict::Overlap)),
            ((500, Some(600)), Err(Conflict::Overlap)),
        ];
        for ((from, to), expected) in table {
            let mut changed = absences.clone();
            assert_eq!(changed.plan(ME, away(9, from, to), Time(0)), expected, "{from} to {to:?}");
            assert_eq!(changed == absences, expected.is_err(), "a conflict changes nothing: {from} to {to:?}");
        }
    }

    #[test]
    fn an_absence_is_planned_once_however_often_it_is_told() {
        let mut absences = planned(&[(10, Some(20))]);
        let before = absences.clone();
        assert_eq!(absences.plan(ME, away(1, 10, Some(20)), Time(15)), Ok(()));
        assert_eq!(absences, before);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let mut absences = Absences::default();
        let own = Absence { substitute: Some(ME), ..away(1, 10, None) };
        assert_eq!(absences.plan(ME, own, Time(0)), Err(Conflict::Oneself));
        assert_eq!(absences.plan(ME, away(1, 10, Some(10)), Time(0)), Err(Conflict::Backwards));
        assert_eq!(absences.plan(ME, away(1, 10, Some(20)), Time(20)), Err(Conflict::Over));
        assert_eq!(absences.set_backup(ME, backup(ME)), Err(Conflict::Oneself));
        assert!(absences.is_empty());
    }

    #[test]
    fn nobody_plans_without_end() {
        let ranges: Vec<_> = (0..50).map(|n| (n * 10 + 1, Some(n * 10 + 5))).collect();
        let mut absences = planned(&ranges);
        assert_eq!(absences.plan(ME, away(99, 9_000, None), Time(0)), Err(Conflict::TooMany));
        assert_eq!(absences.plan(ME, away(99, 9_000, None), Time(6)), Ok(()), "what is over does not count");
    }

    #[test]
    fn the_substitute_stands_in_from_the_beginning_until_right_before_the_end() {
        let absences = planned(&[(10, Some(20))]);
        for (now, expected) in [(9, None), (10, Some(CLEO)), (19, Some(CLEO)), (20, None)] {
            let found = absences.substitute_at(Time(now));
            assert_eq!(found, expected.map(|cleo| (cleo, Some(Time(20)))), "at {now}");
        }
    }

    #[test]
    fn the_backup_stands_in_only_where_an_absence_names_nobody() {
        let mut absences = planned(&[(10, Some(20))]);
        absences.set_backup(ME, backup(DAN)).expect("no conflict");
        assert_eq!(absences.substitute_at(Time(5)), None, "there is nothing to stand in for");
        assert_eq!(absences.substitute_at(Time(15)), Some((CLEO, Some(Time(20)))));
        absences.plan(ME, Absence { substitute: None, ..away(2, 30, None) }, Time(0)).expect("no conflict");
        assert_eq!(absences.substitute_at(Time(35)), Some((DAN, None)));
        absences.set_backup(ME, None).expect("no conflict");
        assert_eq!(absences.substitute_at(Time(35)), None);
    }

    #[test]
    fn what_is_cancelled_or_over_is_forgotten() {
        let mut absences = planned(&[(10, Some(20)), (30, Some(40))]);
        absences.forget_past(Time(20));
        assert_eq!(absences.planned.len(), 1);
        absences.cancel(AbsenceId(Uuid::from_u128(2)));
        assert!(absences.is_empty());
    }
}
