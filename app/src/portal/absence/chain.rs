//! From an absent person to whoever is asked in their place.

use super::absences::Absences;
use crate::portal::clock::Time;
use crate::portal::error;
use crate::portal::ids::UserId;
use crate::portal::request::Request;
use crate::portal::user::UserState;
use crate::portal::work::Work;

/// The most people that a question is passed along: a substitute who is absent passes it on to theirs.
pub const MAX_STEPS: usize = 5;

/// The way of a question from an absent person along their substitutes.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    /// Everybody so far; the last one is whose absences are to be looked at next.
    path: Vec<UserId>,
}

/// Why somebody who is absent is asked all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Nobody stands in for them; or they are there.
    Nobody,
    /// The chain comes back to somebody who is absent.
    Ring,
    /// It does not end.
    TooLong,
    /// It leads to whoever submitted the request, or along them.
    Requester,
    /// It goes on by what whoever submitted the request has arranged for somebody else: an absence, or a backup.
    Arranged,
    /// It ends at somebody who is asked already, or in whose place somebody is.
    Asked(UserId),
    /// It ends at somebody whose account is disabled.
    Disabled(UserId),
}

/// Who cannot stand in whatever is planned; by default nobody is barred.
#[derive(Clone, Copy, Debug, Default)]
pub struct Barred<'a> {
    /// Whoever submitted the request, unless its policy lets them approve. Nobody stands in as they arranged it for others
    /// either.
    pub requester: Option<UserId>,
    /// Those who are asked already, and those in whose place somebody is.
    pub asked: &'a [UserId],
}

impl Chain {
    /// The chain that begins with `user`.
    pub(super) fn of(user: UserId) -> Self {
        Self { path: vec![user] }
    }

    /// Whose absences the next step needs.
    pub(super) fn current(&self) -> Option<UserId> {
        self.path.last().copied()
    }

    /// Everybody on the way so far, the person themself first.
    pub(super) fn path(&self) -> &[UserId] {
        &self.path
    }

    /// Goes on by what that person has planned; `None` when it leads to somebody else, whose absences are needed now. It ends
    /// at somebody who is there, or for whom nobody stands in, and where the requester has arranged how it would go on.
    pub(super) fn step(&mut self, absences: &Absences, now: Time, barred: Barred<'_>) -> Option<Result<UserId, Kept>> {
        let Some((next, _)) = absences.substitute_at(now) else {
            let end = self.current().filter(|_| self.path.len() > 1);
            return Some(end.ok_or(Kept::Nobody));
        };
        if absences.arrangers(now).any(|arranger| Some(arranger) == barred.requester) {
            return Some(Err(Kept::Arranged));
        }
        if self.path.contains(&next) {
            return Some(Err(Kept::Ring));
        }
        if self.path.len() > MAX_STEPS {
            return Some(Err(Kept::TooLong));
        }
        self.path.push(next);
        None
    }

    /// Passes the one at whom the chain ends, unless they are barred.
    pub(super) fn admit(&self, substitute: UserId, barred: Barred<'_>) -> Result<UserId, Kept> {
        if barred.requester.is_some_and(|requester| self.path.contains(&requester)) {
            return Err(Kept::Requester);
        }
        if barred.asked.contains(&substitute) { Err(Kept::Asked(substitute)) } else { Ok(substitute) }
    }
}

impl<'a> Barred<'a> {
    /// Those of a request, about which these are asked already.
    pub fn of(request: &Request, asked: &'a [UserId]) -> Self {
        Self { requester: (!request.policy.self_approval).then_some(request.requester), asked }
    }
}

/// Who is to be asked about `request` in the place of `user` at `now`: never one of `forbidden`, nobody whose account is
/// disabled, and, unless its policy lets requesters approve, neither the requester nor whom the requester names, for
/// themself or for others. `None` when they are there, and when they are to be asked themself although they are not.
pub(in crate::portal) async fn stand_in(
    work: &dyn Work,
    request: &Request,
    user: UserId,
    now: Time,
    forbidden: &[UserId],
) -> error::Result<Option<UserId>> {
    let (mut chain, barred) = (Chain::of(user), Barred::of(request, forbidden));
    while let Some(current) = chain.current() {
        let absences = work.absences_of(current).await?;
        let Some(end) = chain.step(&absences, now, barred) else { continue };
        let admitted = end.and_then(|substitute| chain.admit(substitute, barred));
        let Ok(substitute) = admitted else { return Ok(None) };
        let found = work.find_user(substitute).await?;
        return Ok(found.filter(|user| user.state != UserState::Disabled).map(|user| user.id));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use uuid::Uuid;

    use super::*;
    use crate::portal::absence::{Absence, Backup};
    use crate::portal::ids::AbsenceId;

    fn user(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    /// What somebody has planned who is absent: with this substitute, by `by` where that is another one, and this backup.
    fn away(substitute: Option<u128>, by: Option<UserId>, backup: Option<Backup>) -> Absences {
        let (id, substitute) = (AbsenceId(Uuid::nil()), substitute.map(user));
        let planned = vec![Absence { id, from: Time(0), to: None, substitute, note: String::new(), by }];
        Absences { planned, backup }
    }

    /// Where the chain of the first person ends, with what these people have planned, about a request of `requester`.
    fn follow(absences: &HashMap<u128, Absences>, requester: Option<UserId>) -> Result<UserId, Kept> {
        let absences: HashMap<_, _> = absences.iter().map(|(number, planned)| (user(*number), planned)).collect();
        let (mut chain, nothing) = (Chain::of(user(1)), Absences::default());
        loop {
            let current = chain.current().expect("somebody");
            let planned = absences.get(&current).copied().unwrap_or(&nothing);
            if let Some(end) = chain.step(planned, Time(1), Barred { requester, asked: &[] }) {
                return end;
            }
        }
    }

    /// The same if each of these pairs is somebody absent with their substitute.
    fn end(pairs: &[(u128, u128)]) -> Result<UserId, Kept> {
        let of = |(absent, substitute): &(u128, u128)| (*absent, away(Some(*substitute), None, None));
        let absences: HashMap<_, _> = pairs.iter().map(of).collect();
        follow(&absences, None)
    }

    #[test]
    fn a_question_is_passed_along_absent_substitutes_to_the_first_who_is_there() {
        assert_eq!(end(&[]), Err(Kept::Nobody));
        assert_eq!(end(&[(2, 3)]), Err(Kept::Nobody), "the absence of others is nothing to somebody who is there");
        assert_eq!(end(&[(1, 2)]), Ok(user(2)));
        assert_eq!(end(&[(1, 2), (2, 3), (3, 4)]), Ok(user(4)));
    }

    #[test]
    fn a_ring_ends_where_it_began() {
        assert_eq!(end(&[(1, 2), (2, 1)]), Err(Kept::Ring));
        assert_eq!(end(&[(1, 2), (2, 3), (3, 2)]), Err(Kept::Ring));
    }

    #[test]
    fn after_five_steps_it_is_enough() {
        let chain = |length: u128| (1..=length).map(|n| (n, n + 1)).collect::<Vec<_>>();
        assert_eq!(end(&chain(5)), Ok(user(6)));
        assert_eq!(end(&chain(6)), Err(Kept::TooLong));
    }

    #[test]
    fn a_question_goes_no_way_that_its_requester_arranged_for_others() {
        let ada = Some(user(9));
        let backup = |number, by| Some(Backup { user: user(number), by });
        let own = away(Some(2), None, None);
        let table = [
            ("her absence", vec![(1, away(Some(2), ada, None))], 2),
            ("her backup", vec![(1, away(None, None, backup(2, ada)))], 2),
            ("her absence falls back on their own backup", vec![(1, away(None, ada, backup(2, None)))], 2),
            ("her absence in the middle", vec![(1, own.clone()), (2, away(Some(3), ada, None))], 3),
            ("her backup in the middle", vec![(1, own), (2, away(None, None, backup(3, ada)))], 3),
        ];
        for (case, absences, last) in table {
            let absences = absences.into_iter().collect();
            assert_eq!(follow(&absences, ada), Err(Kept::Arranged), "{case}");
            assert_eq!(follow(&absences, Some(user(8))), Ok(user(last)), "{case}, about the request of another one");
            assert_eq!(follow(&absences, None), Ok(user(last)), "{case}, where requesters may approve");
        }
        let needless = [(1, away(Some(2), None, backup(3, ada)))].into_iter().collect();
        assert_eq!(follow(&needless, ada), Ok(user(2)), "her backup is not needed");
        let nobody = [(1, away(None, ada, None))].into_iter().collect();
        assert_eq!(follow(&nobody, ada), Err(Kept::Nobody));
    }
}
