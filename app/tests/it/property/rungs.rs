//! The model's ladder: when each rung is climbed, and what happens then.

use countersign::portal::policy::{FinalRule, Ruling};
use countersign::portal::request::{AssignmentState, Said};

use super::generate::{Away, DAY, Rung};
use super::hours::shift;
use super::model::Model;

impl Model<'_> {
    /// When a rung is climbed.
    fn time_of(&self, rung: usize) -> Option<i64> {
        let (here, base) = (self.here(), self.base?);
        let (offset, _) = here.ladder.get(rung)?;
        Some(if *offset == 0 { base } else { shift(here.hours.as_ref(), base, *offset) })
    }

    /// When something is due next.
    pub(super) fn wake_at(&self) -> Option<i64> {
        self.time_of(self.rungs_done)
    }

    /// By when somebody must decide: the next rung that is more than a reminder, or else the due time.
    pub(super) fn due_at(&self) -> Option<i64> {
        let ladder = &self.here().ladder;
        let next = (self.rungs_done..ladder.len()).find(|rung| ladder[*rung].1 != Rung::Remind);
        next.map_or(self.base, |rung| self.time_of(rung))
    }

    /// Whether the open stage has had its time, done or not.
    pub(super) fn is_over(&self) -> bool {
        let ladder = &self.here().ladder;
        let end = ladder.iter().position(|(_, rung)| matches!(rung, Rung::Finish(_)));
        end.and_then(|rung| self.time_of(rung)).is_some_and(|at| at <= self.now)
    }

    /// Does everything that is due.
    pub(super) fn wake(&mut self) {
        while self.is_running() && self.wake_at().is_some_and(|at| at <= self.now) {
            self.climb();
        }
    }

    /// Of what is due together, missed reminders are one, and none where something else is due.
    fn climb(&mut self) {
        let ladder = &self.here().ladder;
        let due = |rung: &usize| self.time_of(*rung).is_some_and(|at| at <= self.now);
        let due: Vec<usize> = (self.rungs_done..ladder.len()).take_while(due).collect();
        let rung = due.iter().copied().find(|rung| ladder[*rung].1 != Rung::Remind).unwrap_or(due[due.len() - 1]);
        match ladder[rung].1 {
            Rung::Remind => {
                self.rungs_done = rung + 1;
                for question in self.questions.iter_mut().filter(|it| it.state == AssignmentState::Pending) {
                    question.reminders += 1;
                }
            }
            Rung::Escalate(to) => {
                self.rungs_done = rung + 1;
                self.escalated = true;
                self.give_time(rung);
                self.ask(to, None, None, false);
            }
            Rung::Finish(rule) => {
                let (said, ruling) = match rule {
                    FinalRule::Approve => (Said::Approved, Ruling::Approved),
                    FinalRule::Reject => (Said::Rejected, Ruling::Rejected),
                    FinalRule::Expire => (Said::Expired, Ruling::Expired),
                };
                self.made(None, said);
                self.end_stage(ruling, None);
            }
        }
    }

    /// Whoever is asked so late that no time would be left has the time that the ladder gives.
    fn give_time(&mut self, rung: usize) {
        let here = self.here();
        let next = (rung + 1..here.ladder.len()).find(|next| here.ladder[*next].1 != Rung::Remind);
        let Some(next) = next.filter(|next| self.time_of(*next).is_some_and(|at| at <= self.now)) else { return };
        let (asked, ends) = (here.ladder[rung].0, here.ladder[next].0);
        let until = shift(here.hours.as_ref(), self.now, ends - asked);
        self.base = Some(shift(here.hours.as_ref(), until, -ends));
    }
}

impl Away {
    pub(super) fn covers(&self, now: i64) -> bool {
        (self.first_day * DAY..(self.last_day + 1) * DAY).contains(&now)
    }
}
