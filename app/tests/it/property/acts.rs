//! What people do to the model, and what they are told.

use countersign::portal::link::Invalid;
use countersign::portal::policy::{Rule, Ruling, Verdict};
use countersign::portal::request::{AssignmentState, Ending, Said, StandInReason};

use super::generate::{ADMIN, Act, Away, PEOPLE, REQUESTER, Slip, Who};
use super::hours::opening;
use super::model::{Made, Model, Question, Told, certain};

/// An act with its people.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    Nothing,
    Decide {
        who: Who,
        verdict: Verdict,
        slip: Slip,
    },
    /// The question is told by its place in the model.
    PassOn {
        question: usize,
        by: Who,
        to: Who,
    },
    Add {
        by: Who,
        whom: Who,
    },
    Revise {
        changed: bool,
    },
    Hold,
    Resume,
    Withdraw {
        by: Who,
    },
    Overrule {
        by: Who,
        verdict: Verdict,
    },
}

impl Model<'_> {
    /// Who does what, as things stand now.
    pub(super) fn resolve(&self, act: Act) -> Deed {
        match act {
            Act::Nothing => Deed::Nothing,
            Act::Decide { roll, verdict, slip } => {
                let who = self.who(roll);
                let asked = self.question_of(who).map(|question| self.questions[question].state);
                // What is wrong with an answer is told before or after what is wrong with the question, as each way has it.
                let is_open = self.is_running() && asked == Some(AssignmentState::Pending);
                Deed::Decide { who, verdict, slip: if is_open { slip } else { Slip::Nothing } }
            }
            Act::PassOn { roll, to, by_admin } => {
                let who = self.who(roll);
                let admin = if self.plan.by_an_admin { REQUESTER } else { ADMIN };
                let by = if by_admin { admin } else { who };
                self.question_of(who).map_or(Deed::Nothing, |question| Deed::PassOn { question, by, to })
            }
            Act::Add { by, whom } => Deed::Add { by, whom },
            Act::Revise { changed } => Deed::Revise { changed },
            Act::Hold => Deed::Hold,
            Act::Resume => Deed::Resume,
            Act::Withdraw { by } => Deed::Withdraw { by },
            Act::Overrule { by, verdict } => Deed::Overrule { by, verdict },
        }
    }

    /// Mostly somebody who is waited for, now and then anybody.
    fn who(&self, roll: usize) -> Who {
        let (pending, anybody) = (self.pending(), roll / 5 % PEOPLE);
        if roll.is_multiple_of(5) || pending.is_empty() { anybody } else { pending[roll / 5 % pending.len()] }
    }

    /// The question of somebody that was put last and counts, wherever there is one.
    pub(super) fn question_of(&self, who: Who) -> Option<usize> {
        let own = (0..self.questions.len()).filter(|question| self.questions[*question].who == who);
        own.max_by_key(|question| {
            let question = &self.questions[*question];
            (question.counts(), question.stage, question.attempt)
        })
    }

    /// Does what somebody does and says what they are told.
    pub(super) fn act(&mut self, deed: Deed) -> Told {
        match deed {
            Deed::Nothing => Told::Done,
            Deed::Decide { who, verdict, slip } => self.decide(who, verdict, slip),
            Deed::PassOn { question, by, to } => self.pass_on(question, by, to),
            Deed::Add { by, whom } => self.add(by, whom),
            Deed::Revise { changed } => self.revise(changed),
            Deed::Hold | Deed::Withdraw { .. } if self.closed.is_some() => Told::Conflict,
            Deed::Withdraw { by } => {
                self.close(Ending::Withdrawn, Some(by));
                Told::Done
            }
            Deed::Hold if self.held.is_some() => Told::Conflict,
            Deed::Hold => {
                self.held = Some(self.now);
                Told::Done
            }
            Deed::Resume => self.held.take().map_or(Told::Conflict, |since| {
                let here = self.here();
                self.base = self.base.map(|base| opening(here.hours.as_ref(), base + self.now - since));
                Told::Done
            }),
            Deed::Overrule { by, verdict } => self.overrule(by, verdict),
        }
    }

    fn decide(&mut self, who: Who, verdict: Verdict, slip: Slip) -> Told {
        let Some(index) = self.question_of(who) else { return Told::NotFound };
        let question = &self.questions[index];
        let before = question.answers.last().copied().filter(|_| question.counts());
        if let Some((said, at)) = before {
            let open = self.is_running() && question.stage == self.stage;
            let in_time = self.plan.reconsider.is_some_and(|within| self.now < at + within);
            if said == verdict || !open || !in_time {
                return Told::SameAgain(said);
            }
        } else if let Some(refusal) = self.refusal(question.state) {
            return refusal;
        }
        match slip {
            Slip::NoVerdict => return Told::Wrong("verdict".to_owned()),
            Slip::OldPage => return Told::Conflict,
            Slip::Nothing => {}
        }
        let (stage, revision, at) = (question.stage, self.revision, self.now);
        let question = &mut self.questions[index];
        question.answers.push((verdict, at));
        question.state = AssignmentState::Answered(verdict);
        let (number, said) = (question.answers.len(), Said::from(verdict));
        self.decisions.push(Made { who: Some(who), overruled: false, stage, number, revision, said, at });
        if verdict == Verdict::RequestChanges {
            self.sent_back = Some(at);
        } else if let Some(ruling) = self.outcome() {
            self.end_stage(ruling, Some(who));
        }
        Told::Recorded(verdict, self.state())
    }

    /// Why a question that has no answer cannot be answered now: what is final first.
    fn refusal(&self, state: AssignmentState) -> Option<Told> {
        if state == AssignmentState::Reassigned {
            return Some(Told::NoLongerValid(Invalid::Reassigned));
        }
        if let Some(end) = self.closed {
            return Some(match end.how {
                Ending::Ruled(ruling) => Told::Decided { who: end.by, ruling, at: end.at },
                Ending::Terminated => Told::NoLongerValid(Invalid::Terminated),
                Ending::Withdrawn => Told::NoLongerValid(Invalid::Withdrawn),
            });
        }
        match state {
            AssignmentState::Stale => Some(Told::NoLongerValid(Invalid::Superseded)),
            AssignmentState::Pending => self.held.map(Told::OnHold).or(self.sent_back.map(Told::AwaitsRevision)),
            _ => Some(Told::NoLongerValid(Invalid::NotNeeded)),
        }
    }

    /// How the open stage ends, if that is certain.
    fn outcome(&self) -> Option<Ruling> {
        let of_stage = |by_rule: bool| self.counted().filter(move |question| question.place.is_some() == by_rule);
        let said = |verdict| of_stage(true).filter(|it| it.state == AssignmentState::Answered(verdict)).count();
        let alone = of_stage(false).find_map(|question| match question.state {
            AssignmentState::Answered(verdict) => Some(verdict),
            _ => None,
        });
        certain(self.here().rule, of_stage(true).count(), said(Verdict::Approve), said(Verdict::Reject), alone)
    }

    /// Whether somebody cannot be asked in the open stage, because they are, or somebody in their place is: by another question
    /// than this one.
    fn is_taken(&self, who: Who, passed_on: Option<usize>) -> bool {
        (0..self.questions.len()).any(|index| {
            let question = &self.questions[index];
            let here = question.stage == self.stage && question.counts();
            here && (question.who == who || (passed_on != Some(index) && question.is_for(who)))
        })
    }

    fn pass_on(&mut self, question: usize, by: Who, to: Who) -> Told {
        if !self.takes_part(by) {
            return Told::NotFound;
        }
        let own = self.questions[question].who == by;
        if !own && !self.has_admin_over(by) {
            return Told::Forbidden;
        }
        if !self.is_running() || self.questions[question].state != AssignmentState::Pending {
            return Told::Conflict;
        }
        if (to == REQUESTER && !self.plan.self_approval) || self.is_taken(to, Some(question)) {
            return Told::Wrong("to".to_owned());
        }
        self.hand_over(question, to, if own { StandInReason::Delegated } else { StandInReason::Reassigned });
        Told::Done
    }

    /// Whoever takes a question over answers for whom it was put to first. Only absences end by themselves: otherwise the stage
    /// asks the other one from now on.
    fn hand_over(&mut self, question: usize, to: Who, why: StandInReason) {
        let old = &mut self.questions[question];
        old.state = AssignmentState::Reassigned;
        let (from, place, added) = (old.who, old.place, old.added);
        let first = old.stands_in.map_or(from, |(of, _)| of);
        let asked = place.and_then(|place| self.places[self.stage - 1].get_mut(place));
        if let Some(who) = asked.filter(|_| why != StandInReason::Absent) {
            *who = to;
        }
        // They go on reading, unless an admin took it from them.
        if why != StandInReason::Reassigned && from != REQUESTER && !self.observers.contains(&from) {
            self.observers.push(from);
        }
        self.ask(to, place, Some((first, why)), added);
    }

    /// Whether somebody may do anything: whoever has a question. One that somebody else has now is none any more, nor is one of
    /// before in the same stage that was never answered.
    fn takes_part(&self, by: Who) -> bool {
        let mut own = self.questions.iter().filter(|question| question.who == by);
        let is_left = |before: &Question| {
            let mut later = self.questions.iter().filter(|later| later.who == by && later.stage == before.stage);
            later.any(|later| later.state == AssignmentState::Reassigned && later.attempt > before.attempt)
        };
        let counts = |question: &Question| match question.state {
            AssignmentState::Reassigned => false,
            AssignmentState::Stale => !question.answers.is_empty() || !is_left(question),
            _ => true,
        };
        by == REQUESTER || by == ADMIN || own.any(counts)
    }

    /// Whether somebody may do what admins do: on a request of their own only where the policy lets requesters decide.
    fn has_admin_over(&self, by: Who) -> bool {
        by == ADMIN || (by == REQUESTER && self.plan.by_an_admin && self.plan.self_approval)
    }

    /// An absence begins: what waits for the person goes to their substitute.
    pub(super) fn begin(&mut self, away: &Away) {
        let waits = |index: &usize| {
            let question = &self.questions[*index];
            question.who == away.who && question.state == AssignmentState::Pending
        };
        let found = (0..self.questions.len()).find(waits).filter(|_| self.closed.is_none() && away.covers(self.now));
        let Some(own) = found else { return };
        let others = self.counted().filter(|question| question.who != away.who);
        let taken = others.flat_map(|question| [Some(question.who), question.stands_in.map(|(of, _)| of)]);
        let forbidden: Vec<Who> = taken.flatten().chain([away.who]).collect();
        if let Some(to) = self.substitute(away.who, &forbidden) {
            self.hand_over(own, to, StandInReason::Absent);
        }
    }

    fn add(&mut self, by: Who, whom: Who) -> Told {
        // Where fewer than all decide, one more could decide in the place of those whom the policy asks.
        if !self.has_admin_over(by) && self.here().rule != Rule::All {
            return Told::Forbidden;
        }
        if !self.is_running() {
            return Told::Conflict;
        }
        if (whom == REQUESTER && !self.plan.self_approval) || self.is_taken(whom, None) {
            return Told::Wrong("approver".to_owned());
        }
        let places = &mut self.places[self.stage - 1];
        places.push(whom);
        let place = places.len() - 1;
        self.ask(whom, Some(place), None, true);
        Told::Done
    }

    fn revise(&mut self, changed: bool) -> Told {
        if self.closed.is_some() || self.held.is_some() {
            return Told::Conflict;
        }
        if !changed && self.sent_back.is_none() {
            return Told::Wrong("title".to_owned());
        }
        self.revision += 1;
        self.sent_back = None;
        self.void(changed);
        Told::Done
    }

    fn overrule(&mut self, by: Who, verdict: Verdict) -> Told {
        if !self.has_admin_over(by) {
            return Told::Forbidden;
        }
        if self.closed.is_some() || self.held.is_some() {
            return Told::Conflict;
        }
        let ruling = if verdict == Verdict::Approve { Ruling::Approved } else { Ruling::Rejected };
        self.made(Some(by), verdict.into());
        let last = self.decisions.len() - 1;
        self.decisions[last].overruled = true;
        self.close(Ending::Ruled(ruling), Some(by));
        Told::Done
    }
}
