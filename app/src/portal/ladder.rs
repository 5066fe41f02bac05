//! The deadline ladder of an open stage: which rung is due, and when the next one will be.
//!
//! A ladder is climbed rung by rung. Its rungs are told by their distance from the due time; that time moves when a request was
//! on hold, and when the portal itself was down so long that a person asked by escalation would have no time.

use super::calendar::shift;
use super::clock::Time;
use super::policy::{Does, Rung, Stage};

/// Where a stage's deadline ladder stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deadline {
    /// What the rungs' distances are counted from.
    pub base_at: Option<Time>,
    /// By when somebody must decide now: when the next rung that changes anything comes.
    pub due_at: Option<Time>,
    /// How many rungs are behind.
    pub done: u32,
    /// When the newest reminder went out.
    pub reminded_at: Option<Time>,
    /// When it was escalated last.
    pub escalated_at: Option<Time>,
}

/// What is to be done about a stage now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// This rung, which is the one of that number, from 0.
    Climb(u32, &'a Does),
    /// Nothing until then; `None` means that nothing will ever happen by itself.
    WaitUntil(Option<Time>),
}

impl Stage {
    /// The deadline of this stage when it is opened at `now`.
    pub fn deadline(&self, now: Time) -> Deadline {
        let base_at = self.due_in.map(|due_in| shift(self.hours.as_ref(), now, seconds(due_in)));
        self.due(Deadline { base_at, ..Deadline::default() })
    }

    /// What is to be done at `now`. Of rungs that are due together the first that changes anything is taken: a reminder that
    /// was missed because the due time passed too is left out, and several missed reminders are one.
    pub fn step(&self, deadline: Deadline, now: Time) -> Step<'_> {
        let Some(base_at) = deadline.base_at else { return Step::WaitUntil(None) };
        let ahead = || (0..).zip(&self.ladder).skip(usize::try_from(deadline.done).unwrap_or(usize::MAX));
        let due = || ahead().take_while(|(_, rung)| self.time_of(rung, base_at) <= now);
        let taken = due().find(|(_, rung)| rung.does != Does::Remind).or_else(|| due().last());
        match taken {
            Some((number, rung)) => Step::Climb(number, &rung.does),
            None => Step::WaitUntil(ahead().next().map(|(_, rung)| self.time_of(rung, base_at))),
        }
    }

    /// The deadline once the rung of that number was climbed at `now`. Whom it asks has the time that the ladder gives: from
    /// the moment when the rung was due and not from now, unless that would leave no time at all.
    pub fn climbed(&self, mut deadline: Deadline, number: u32, now: Time) -> Deadline {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        let Some(rung) = self.ladder.get(place) else { return deadline };
        deadline.done = number.saturating_add(1);
        match rung.does {
            Does::Remind => deadline.reminded_at = Some(now),
            Does::Escalate(_) => {
                deadline.escalated_at = Some(now);
                let next = self.ladder.iter().skip(place + 1).find(|rung| rung.does != Does::Remind);
                if let (Some(base_at), Some(next)) = (deadline.base_at, next)
                    && self.time_of(next, base_at) <= now
                {
                    let given = shift(self.hours.as_ref(), now, next.offset - rung.offset);
                    deadline.base_at = Some(shift(self.hours.as_ref(), given, -next.offset));
                }
            }
            Does::Finish(_) => {}
        }
        self.due(deadline)
    }

    /// When each rung is climbed, or would be, by number.
    pub fn times(&self, deadline: Deadline) -> impl Iterator<Item = (u32, &Rung, Time)> {
        let base_at = deadline.base_at;
        (0..).zip(&self.ladder).filter_map(move |(number, rung)| Some((number, rung, self.time_of(rung, base_at?))))
    }

    /// The last moment at which the stage can be open; `None` when it may stay open for ever.
    pub fn last_due(&self, deadline: Deadline) -> Option<Time> {
        self.times(deadline).find(|(_, rung, _)| matches!(rung.does, Does::Finish(_))).map(|(_, _, at)| at)
    }

    /// The deadline moved to later by the time on hold; one that would come outside working hours comes when they begin.
    pub fn later(&self, deadline: Deadline, by: std::time::Duration) -> Deadline {
        let moved = |base_at: Time| shift(self.hours.as_ref(), base_at + by, 0);
        self.due(Deadline { base_at: deadline.base_at.map(moved), ..deadline })
    }

    /// Fills in by when somebody must decide: at the next rung that changes anything, or at the due time where there is none.
    fn due(&self, deadline: Deadline) -> Deadline {
        let next = self.times(deadline).find(|(number, rung, _)| *number >= deadline.done && rung.does != Does::Remind);
        Deadline { due_at: next.map(|(_, _, at)| at).or(deadline.base_at), ..deadline }
    }

    fn time_of(&self, rung: &Rung, base_at: Time) -> Time {
        if rung.offset == 0 { base_at } else { shift(self.hours.as_ref(), base_at, rung.offset) }
    }
}

/// A length of time as the distance of a rung.
pub(super) fn seconds(span: std::time::Duration) -> i64 {
    i64::try_from(span.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;
    use crate::portal::ids::UserId;
    use crate::portal::policy::{FinalRule, Rule};

    const MINUTE: Duration = Duration::from_secs(60);

    fn boss() -> Does {
        Does::Escalate(vec![UserId(Uuid::max())])
    }

    fn rung(minutes: i64, does: Does) -> Rung {
        Rung { offset: minutes * 60, does }
    }

    fn stage(ladder: Vec<Rung>) -> Stage {
        Stage {
            name: String::new(),
            approvers: vec![UserId(Uuid::nil())],
            rule: Rule::Any,
            due_in: Some(10 * MINUTE),
            ladder,
            hours: None,
        }
    }

    fn full() -> Stage {
        stage(vec![
            rung(-4, Does::Remind),
            rung(-2, Does::Remind),
            rung(0, boss()),
            rung(5, Does::Finish(FinalRule::Reject)),
        ])
    }

    fn at(minutes: u32) -> Time {
        Time(0) + minutes * MINUTE
    }

    #[test]
    fn the_ladder_reminds_escalates_and_ends() {
        let stage = full();
        let mut deadline = stage.deadline(at(0));
        assert_eq!(deadline.due_at, Some(at(10)));
        assert_eq!(stage.step(deadline, at(5)), Step::WaitUntil(Some(at(6))));
        let climbs =
            [(6, 0, Does::Remind), (8, 1, Does::Remind), (10, 2, boss()), (15, 3, Does::Finish(FinalRule::Reject))];
        for (minute, number, does) in climbs {
            assert_eq!(stage.step(deadline, at(minute)), Step::Climb(number, &does));
            deadline = stage.climbed(deadline, number, at(minute));
            assert!(matches!(stage.step(deadline, at(minute)), Step::WaitUntil(_)), "nothing is done twice");
        }
        assert_eq!(stage.step(deadline, at(99)), Step::WaitUntil(None));
    }

    #[test]
    fn missed_reminders_are_one_and_none_comes_beside_what_changes_something() {
        let stage = full();
        let fresh = stage.deadline(at(0));
        assert_eq!(stage.step(fresh, at(9)), Step::Climb(1, &Does::Remind));
        assert_eq!(stage.step(fresh, at(12)), Step::Climb(2, &boss()));
    }

    #[test]
    fn an_escalation_moves_what_is_shown_as_due_and_a_late_one_gives_the_time_that_it_should() {
        let stage = full();
        let fresh = stage.deadline(at(0));
        assert_eq!(stage.climbed(fresh, 2, at(11)).due_at, Some(at(15)), "from the due time, not from now");
        let late = stage.climbed(fresh, 2, at(40));
        assert_eq!(late.due_at, Some(at(45)), "nobody would have had any time");
        assert_eq!(stage.last_due(late), Some(at(45)));
    }

    #[test]
    fn time_on_hold_moves_every_rung() {
        let stage = full();
        let later = stage.later(stage.deadline(at(0)), 30 * MINUTE);
        assert_eq!(later.due_at, Some(at(40)));
        assert_eq!(stage.step(later, at(30)), Step::WaitUntil(Some(at(36))));
    }

    #[test]
    fn without_a_due_time_nothing_happens_by_itself() {
        let stage = Stage { due_in: None, ..full() };
        let deadline = stage.deadline(at(0));
        assert_eq!((deadline.due_at, stage.last_due(deadline)), (None, None));
        assert_eq!(stage.step(deadline, at(1_000)), Step::WaitUntil(None));
    }

    #[test]
    fn a_due_time_without_an_end_is_only_shown() {
        let stage = stage(vec![rung(-4, Does::Remind)]);
        let deadline = stage.deadline(at(0));
        assert_eq!((deadline.due_at, stage.last_due(deadline)), (Some(at(10)), None));
        let reminded = stage.climbed(deadline, 0, at(6));
        assert_eq!(stage.step(reminded, at(99)), Step::WaitUntil(None));
    }
}
