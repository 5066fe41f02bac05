//! Who will be asked instead of somebody who is away: seen beforehand, by the rules for real questions.

use std::collections::HashMap;

use super::absences::{Absence, Absences, Backup};
use super::chain::{Barred, Chain, Kept};
use crate::portal::clock::Time;
use crate::portal::ids::UserId;
use crate::portal::user::{User, UserState};

/// What some people have planned, of those who have planned anything.
pub type Everybody = HashMap<UserId, Absences>;

/// What there is to know about the absences of some people. It is of the moment at which it was read.
#[derive(Clone, Copy, Debug)]
pub struct Outlook<'a> {
    /// What is planned by these people, and by everybody along whom their questions may go.
    pub absences: &'a Everybody,
    /// Everybody whom [`concerned`] names for these people; whoever is missing counts as disabled.
    pub people: &'a [User],
}

/// Where a question for somebody goes who is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detour {
    /// Since when they are absent.
    pub from: Time,
    /// When they are back; `None` where nobody knows.
    pub until: Option<Time>,
    /// Who is asked in their place, or why they are asked all the same.
    pub to: Result<UserId, Kept>,
}

/// A part of an absence in which all questions go the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    /// When it begins.
    pub from: Time,
    /// When it is over; `None` without an end.
    pub until: Option<Time>,
    /// Those who would stand in and are absent too, in the order of the chain.
    pub absent: Vec<UserId>,
    /// Who is asked, or why the person is asked all the same.
    pub to: Result<UserId, Kept>,
}

impl Outlook<'_> {
    /// Where a question that is put to `user` at `at` goes; `None` when they are there.
    pub fn detour(&self, user: UserId, at: Time, barred: Barred<'_>) -> Option<Detour> {
        let own = self.absences.get(&user)?;
        let absence = own.at(at)?;
        Some(Detour { from: absence.from, until: absence.to, to: self.follow(user, own, at, barred).1 })
    }

    /// Where the questions go that are put to `named` together at `at`, each in its place. Nobody of them stands in for another
    /// one of them, or for two.
    pub fn detours(&self, named: &[UserId], at: Time, barred: Barred<'_>) -> Vec<Option<Detour>> {
        let mut asked = [barred.asked, named].concat();
        let detours = named.iter().map(|user| {
            let detour = self.detour(*user, at, Barred { asked: &asked, ..barred });
            asked.extend(detour.and_then(|detour| detour.to.ok()));
            detour
        });
        detours.collect()
    }

    /// Those who are asked in the place of some of `named`, when all of these are asked together at `at`.
    pub fn stand_ins(&self, named: &[UserId], at: Time, barred: Barred<'_>) -> Vec<UserId> {
        self.detours(named, at, barred).into_iter().flatten().filter_map(|detour| detour.to.ok()).collect()
    }

    /// Where questions for `of` go from `now` on while `absence` lasts, in the order of time, as far as it does not depend on the
    /// request that they are about.
    pub fn legs(&self, of: UserId, absence: &Absence, backup: Option<Backup>, now: Time) -> Vec<Leg> {
        let own = Absences { planned: vec![absence.clone()], backup };
        let mut legs: Vec<Leg> = Vec::new();
        let mut next = Some(absence.from.max(now));
        while let Some(from) = next.filter(|from| absence.covers(*from)) {
            let (chain, to) = self.follow(of, &own, from, Barred::default());
            let others = || chain.path().iter().skip(1).filter_map(|user| Some((*user, self.absences.get(user)?)));
            let absent: Vec<UserId> =
                others().filter(|(_, planned)| planned.at(from).is_some()).map(|(user, _)| user).collect();
            // Until then nobody on the way comes or goes.
            next = others().filter_map(|(_, planned)| planned.next_change(from)).chain(absence.to).min();
            match legs.last_mut() {
                Some(last) if last.to == to && last.absent == absent => last.until = next,
                _ => legs.push(Leg { from, until: next, absent, to }),
            }
        }
        legs
    }

    /// Why a question stays with `of` when `absence` begins, where that lies in the request that it is about.
    pub fn stays(
        &self,
        of: UserId,
        absence: &Absence,
        backup: Option<Backup>,
        barred: Barred<'_>,
        now: Time,
    ) -> Option<Kept> {
        let own = Absences { planned: vec![absence.clone()], backup };
        let (_, to) = self.follow(of, &own, absence.from.max(now), barred);
        to.err().filter(|kept| matches!(kept, Kept::Requester | Kept::Arranged | Kept::Asked(_)))
    }

    /// The way of a question for `of`, who has planned `own`, and its end.
    fn follow(&self, of: UserId, own: &Absences, at: Time, barred: Barred<'_>) -> (Chain, Result<UserId, Kept>) {
        let (mut chain, nothing) = (Chain::of(of), Absences::default());
        let mut end = None;
        while let (None, Some(current)) = (end, chain.current()) {
            let planned = if current == of { own } else { self.absences.get(&current).unwrap_or(&nothing) };
            end = chain.step(planned, at, barred);
        }
        let admitted = end.unwrap_or(Err(Kept::Nobody)).and_then(|substitute| chain.admit(substitute, barred));
        let to = admitted.and_then(|substitute| self.able(substitute));
        (chain, to)
    }

    fn able(&self, substitute: UserId) -> Result<UserId, Kept> {
        let found = self.people.iter().find(|user| user.id == substitute);
        let able = found.is_some_and(|user| user.state != UserState::Disabled);
        if able { Ok(substitute) } else { Err(Kept::Disabled(substitute)) }
    }
}

/// Those of `users` who have planned anything, and everybody to whom that may lead.
pub fn concerned(absences: &Everybody, users: &[UserId]) -> Vec<UserId> {
    let mut found: Vec<UserId> = users.iter().copied().filter(|user| absences.contains_key(user)).collect();
    found.sort_unstable();
    found.dedup();
    let mut place = 0;
    while let Some(user) = found.get(place).copied() {
        place += 1;
        for substitute in absences.get(&user).into_iter().flat_map(Absences::substitutes) {
            if !found.contains(&substitute) {
                found.push(substitute);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::portal::ids::AbsenceId;
    use crate::portal::user::Email;

    const BEN: UserId = UserId(Uuid::from_u128(1));
    const CLEO: UserId = UserId(Uuid::from_u128(2));
    const DAN: UserId = UserId(Uuid::from_u128(3));

    fn away(from: i64, to: Option<i64>, substitute: Option<UserId>) -> Absence {
        let (id, from, to) = (AbsenceId(Uuid::nil()), Time(from), to.map(Time));
        Absence { id, from, to, substitute, note: String::new(), by: None }
    }

    fn planned(absences: &[(UserId, Absence)]) -> Everybody {
        let mut everybody = Everybody::new();
        for (user, absence) in absences {
            everybody.entry(*user).or_default().planned.push(absence.clone());
        }
        everybody
    }

    fn people(disabled: &[UserId]) -> Vec<User> {
        let user = |id: UserId| {
            let email = Email::parse(&format!("p{}@x.org", id.0.as_u128())).expect("an address");
            let state = if disabled.contains(&id) { UserState::Disabled } else { UserState::Active };
            User { state, ..User::guest(id, email, Time(0)) }
        };
        [BEN, CLEO, DAN].map(user).to_vec()
    }

    fn backup(user: UserId) -> Option<Backup> {
        Some(Backup { user, by: None })
    }

    fn leg(from: i64, until: Option<i64>, absent: &[UserId], to: Result<UserId, Kept>) -> Leg {
        Leg { from: Time(from), until: until.map(Time), absent: absent.to_vec(), to }
    }

    #[test]
    fn an_absence_is_told_in_parts_where_a_substitute_is_absent_for_some_of_it() {
        let bens = away(10, Some(50), Some(CLEO));
        let absences =
            planned(&[(BEN, bens.clone()), (CLEO, away(20, Some(30), Some(DAN))), (CLEO, away(40, None, None))]);
        let everybody = people(&[]);
        let outlook = Outlook { absences: &absences, people: &everybody };
        let expected = [
            leg(10, Some(20), &[], Ok(CLEO)),
            leg(20, Some(30), &[CLEO], Ok(DAN)),
            leg(30, Some(40), &[], Ok(CLEO)),
            leg(40, Some(50), &[CLEO], Ok(CLEO)),
        ];
        assert_eq!(outlook.legs(BEN, &bens, None, Time(0)), expected);
        assert_eq!(outlook.legs(BEN, &bens, None, Time(45)), [leg(45, Some(50), &[CLEO], Ok(CLEO))], "from now on");
    }

    #[test]
    fn what_changes_nothing_parts_no_absence() {
        let bens = away(10, None, Some(CLEO));
        let absences = planned(&[(BEN, bens.clone()), (CLEO, away(1, Some(2), None)), (DAN, away(15, None, None))]);
        let everybody = people(&[]);
        let outlook = Outlook { absences: &absences, people: &everybody };
        assert_eq!(outlook.legs(BEN, &bens, None, Time(0)), [leg(10, None, &[], Ok(CLEO))]);
        assert!(outlook.legs(BEN, &away(1, Some(5), None), None, Time(7)).is_empty(), "it is over");
    }

    #[test]
    fn a_ring_and_a_disabled_account_leave_the_question_with_the_person() {
        let bens = away(10, Some(50), None);
        let ring = planned(&[(CLEO, away(0, None, Some(BEN)))]);
        let everybody = people(&[DAN]);
        let outlook = Outlook { absences: &ring, people: &everybody };
        assert_eq!(
            outlook.legs(BEN, &bens, backup(CLEO), Time(0)),
            [leg(10, Some(50), &[CLEO], Err(Kept::Ring))],
            "the backup stands in"
        );
        assert_eq!(outlook.legs(BEN, &bens, backup(DAN), Time(0)), [leg(10, Some(50), &[], Err(Kept::Disabled(DAN)))]);
        assert_eq!(outlook.legs(BEN, &bens, None, Time(0)), [leg(10, Some(50), &[], Err(Kept::Nobody))]);
    }

    #[test]
    fn a_question_stays_where_its_requester_or_somebody_asked_would_stand_in() {
        let bens = away(10, Some(50), Some(CLEO));
        let (absences, everybody) = (planned(&[(BEN, bens.clone())]), people(&[]));
        let outlook = Outlook { absences: &absences, people: &everybody };
        let why = |barred| outlook.stays(BEN, &bens, None, barred, Time(0));
        assert_eq!(why(Barred::default()), None);
        assert_eq!(why(Barred { requester: Some(CLEO), asked: &[] }), Some(Kept::Requester));
        assert_eq!(why(Barred { requester: Some(DAN), asked: &[CLEO] }), Some(Kept::Asked(CLEO)));
    }

    #[test]
    fn a_question_stays_where_its_requester_arranged_who_would_stand_in() {
        let bens = Absence { by: Some(DAN), ..away(10, Some(50), Some(CLEO)) };
        let (absences, everybody) = (planned(&[(BEN, bens.clone())]), people(&[]));
        let outlook = Outlook { absences: &absences, people: &everybody };
        let dans = Barred { requester: Some(DAN), asked: &[] };
        assert_eq!(outlook.stays(BEN, &bens, None, dans, Time(0)), Some(Kept::Arranged));
        assert_eq!(outlook.detour(BEN, Time(20), dans).map(|detour| detour.to), Some(Err(Kept::Arranged)));
        assert_eq!(outlook.legs(BEN, &bens, None, Time(0)), [leg(10, Some(50), &[], Ok(CLEO))], "other requests");
    }

    #[test]
    fn nobody_stands_in_for_two_or_for_one_who_is_asked_with_them() {
        let absences = planned(&[(BEN, away(0, Some(9), Some(DAN))), (CLEO, away(0, Some(9), Some(DAN)))]);
        let everybody = people(&[]);
        let outlook = Outlook { absences: &absences, people: &everybody };
        let to = |named: &[UserId]| {
            let detours = outlook.detours(named, Time(5), Barred::default());
            detours.into_iter().map(|detour| detour.map(|detour| detour.to)).collect::<Vec<_>>()
        };
        assert_eq!(to(&[BEN, CLEO]), [Some(Ok(DAN)), Some(Err(Kept::Asked(DAN)))]);
        assert_eq!(to(&[BEN, DAN]), [Some(Err(Kept::Asked(DAN))), None]);
        assert_eq!(outlook.detour(BEN, Time(9), Barred::default()), None, "he is back");
    }

    #[test]
    fn those_concerned_are_all_to_whom_absences_may_lead() {
        let absences = planned(&[(BEN, away(0, None, Some(CLEO))), (CLEO, away(50, None, Some(BEN)))]);
        assert_eq!(concerned(&absences, &[BEN, DAN]), [BEN, CLEO]);
        assert!(concerned(&absences, &[DAN]).is_empty());
    }
}
