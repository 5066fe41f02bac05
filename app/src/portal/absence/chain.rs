//! From an absent person to whoever is asked in their place.

use super::absences::Absences;
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::UserId;
use crate::portal::request::Request;
use crate::portal::user::UserState;
use crate::portal::work::Work;

/// The most people that a question is passed along: a substitute who is absent passes it on to theirs.
const MAX_STEPS: usize = 5;

/// The way of a question from an absent person along their substitutes.
#[derive(Clone, Debug)]
pub struct Chain {
    /// Everybody so far; the last one is whose absences are to be looked at next.
    path: Vec<UserId>,
}

/// Where a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainEnd {
    /// The person is there, or nobody stands in for them.
    Oneself,
    /// Somebody who is there, or for whom nobody stands in.
    At(UserId),
    /// It comes back to somebody who is absent: the person is asked themself.
    Ring,
    /// It does not end: the person is asked themself.
    TooLong,
}

impl Chain {
    /// The chain that begins with `user`.
    pub fn of(user: UserId) -> Self {
        Self { path: vec![user] }
    }

    /// Whose absences the next step needs.
    pub fn current(&self) -> Option<UserId> {
        self.path.last().copied()
    }

    /// Goes on by what that person has planned; `None` when it leads to somebody else, whose absences are needed now.
    pub fn step(&mut self, absences: &Absences, now: Time) -> Option<ChainEnd> {
        let Some((next, _)) = absences.substitute_at(now) else {
            let end = self.current().filter(|_| self.path.len() > 1);
            return Some(end.map_or(ChainEnd::Oneself, ChainEnd::At));
        };
        if self.path.contains(&next) {
            return Some(ChainEnd::Ring);
        }
        if self.path.len() > MAX_STEPS {
            return Some(ChainEnd::TooLong);
        }
        self.path.push(next);
        None
    }
}

/// Who is to be asked about `request` in the place of `user` at `now`: never one of `forbidden`, nobody whose account is
/// disabled, and, unless its policy lets requesters approve, neither the requester nor whom the requester names. `None`
/// when they are there, and when they are to be asked themself although they are not.
pub(in crate::portal) async fn stand_in(
    work: &dyn Work,
    request: &Request,
    user: UserId,
    now: Time,
    forbidden: &[UserId],
) -> Result<Option<UserId>> {
    let mut chain = Chain::of(user);
    while let Some(current) = chain.current() {
        let absences = work.absences_of(current).await?;
        let Some(end) = chain.step(&absences, now) else { continue };
        let ChainEnd::At(substitute) = end else { return Ok(None) };
        let by_requester = !request.policy.self_approval && chain.path.contains(&request.requester);
        if by_requester || forbidden.contains(&substitute) {
            return Ok(None);
        }
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
    use crate::portal::absence::Absence;
    use crate::portal::ids::AbsenceId;

    fn user(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    /// Where the chain of the first person ends, if each of these pairs is somebody absent with their substitute.
    fn end(pairs: &[(u128, u128)]) -> ChainEnd {
        let away = |(absent, substitute): &(u128, u128)| {
            let id = AbsenceId(Uuid::nil());
            let substitute = Some(user(*substitute));
            let planned = vec![Absence { id, from: Time(0), to: None, substitute, note: String::new() }];
            (user(*absent), Absences { planned, backup: None })
        };
        let absences: HashMap<_, _> = pairs.iter().map(away).collect();
        let mut chain = Chain::of(user(1));
        loop {
            let current = chain.current().expect("somebody");
            let planned = absences.get(&current).cloned().unwrap_or_default();
            if let Some(end) = chain.step(&planned, Time(1)) {
                return end;
            }
        }
    }

    #[test]
    fn a_question_is_passed_along_absent_substitutes_to_the_first_who_is_there() {
        assert_eq!(end(&[]), ChainEnd::Oneself);
        assert_eq!(end(&[(2, 3)]), ChainEnd::Oneself, "the absence of others is nothing to somebody who is there");
        assert_eq!(end(&[(1, 2)]), ChainEnd::At(user(2)));
        assert_eq!(end(&[(1, 2), (2, 3), (3, 4)]), ChainEnd::At(user(4)));
    }

    #[test]
    fn a_ring_ends_where_it_began() {
        assert_eq!(end(&[(1, 2), (2, 1)]), ChainEnd::Ring);
        assert_eq!(end(&[(1, 2), (2, 3), (3, 2)]), ChainEnd::Ring);
    }

    #[test]
    fn after_five_steps_it_is_enough() {
        let chain = |length: u128| (1..=length).map(|n| (n, n + 1)).collect::<Vec<_>>();
        assert_eq!(end(&chain(5)), ChainEnd::At(user(6)));
        assert_eq!(end(&chain(6)), ChainEnd::TooLong);
    }
}
