//! The rules of a request once more, as small as they can be said: what the portal does is compared with it.

use countersign::portal::link::Invalid;
use countersign::portal::policy::{Rule, Ruling, StaleRule, Verdict};
use countersign::portal::request::{AssignmentState, Ending, RequestState, Said, StandInReason};

use super::generate::{Away, Plan, REQUESTER, StagePlan, Who};
use super::hours::shift;

/// In whose place somebody is asked, and why.
pub(super) type StandIn = (Who, StandInReason);

/// A question. Times are minutes.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) stage: usize,
    pub(super) who: Who,
    pub(super) attempt: u32,
    /// Which of those whom the stage asks it goes to; none by escalation.
    pub(super) place: Option<usize>,
    pub(super) revision: u32,
    pub(super) stands_in: Option<StandIn>,
    pub(super) added: bool,
    pub(super) state: AssignmentState,
    pub(super) reminders: u32,
    pub(super) answers: Vec<(Verdict, i64)>,
}

impl Question {
    pub(super) fn counts(&self) -> bool {
        !matches!(self.state, AssignmentState::Stale | AssignmentState::Reassigned)
    }

    pub(super) fn is_for(&self, who: Who) -> bool {
        self.stands_in.is_some_and(|(of, _)| of == who)
    }
}

/// A recorded decision.
#[derive(Clone, Debug)]
pub(super) struct Made {
    /// Who; nobody where a rule decided.
    pub(super) who: Option<Who>,
    /// Whether over everybody's head.
    pub(super) overruled: bool,
    pub(super) stage: usize,
    pub(super) number: usize,
    pub(super) revision: u32,
    pub(super) said: Said,
    pub(super) at: i64,
}

/// What somebody is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Recorded(Verdict, RequestState),
    SameAgain(Verdict),
    Decided { who: Option<Who>, ruling: Ruling, at: i64 },
    OnHold(i64),
    AwaitsRevision(i64),
    NoLongerValid(Invalid),
    LinkExpired,
    Done,
    Wrong(String),
    Conflict,
    Forbidden,
    NotFound,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) how: Ending,
    pub(super) at: i64,
    pub(super) by: Option<Who>,
}

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Model<'a> {
    pub(super) plan: &'a Plan,
    pub(super) away: &'a [Away],
    pub(super) now: i64,
    pub(super) stage: usize,
    pub(super) revision: u32,
    /// Whom each stage asks.
    pub(super) places: Vec<Vec<Who>>,
    /// The due time of the open stage.
    pub(super) base: Option<i64>,
    pub(super) rungs_done: usize,
    pub(super) escalated: bool,
    pub(super) held: Option<i64>,
    pub(super) sent_back: Option<i64>,
    pub(super) closed: Option<End>,
    pub(super) questions: Vec<Question>,
    /// Those who passed a question on and go on reading.
    pub(super) observers: Vec<Who>,
    pub(super) decisions: Vec<Made>,
}

/// The outcome of a stage as soon as it is certain. Whoever was asked by escalation decides alone.
pub(super) fn certain(rule: Rule, asked: usize, yes: usize, no: usize, alone: Option<Verdict>) -> Option<Ruling> {
    let needed = match rule {
        Rule::Any => asked.min(1),
        Rule::All => asked,
        Rule::AtLeast(number) => asked.min(usize::try_from(number).expect("small")),
    };
    match alone {
        Some(Verdict::Approve) => Some(Ruling::Approved),
        Some(Verdict::Reject) => Some(Ruling::Rejected),
        _ if asked > 0 && yes >= needed => Some(Ruling::Approved),
        _ if asked < needed + no => Some(Ruling::Rejected),
        _ => None,
    }
}

impl<'a> Model<'a> {
    /// A request that was submitted at `now`.
    pub(super) fn submitted(plan: &'a Plan, away: &'a [Away], now: i64) -> Self {
        let may = |who: &Who| plan.self_approval || *who != REQUESTER;
        let places = plan.stages.iter().map(|stage| stage.names.iter().copied().filter(may).collect()).collect();
        let mut model = Self {
            plan,
            away,
            now,
            stage: 1,
            revision: 1,
            places,
            base: None,
            rungs_done: 0,
            escalated: false,
            held: None,
            sent_back: None,
            closed: None,
            questions: Vec::new(),
            observers: Vec::new(),
            decisions: Vec::new(),
        };
        model.enter(1);
        model
    }

    pub(super) fn here(&self) -> &'a StagePlan {
        &self.plan.stages[self.stage - 1]
    }

    pub(super) fn is_running(&self) -> bool {
        self.closed.is_none() && self.held.is_none() && self.sent_back.is_none()
    }

    /// The questions of the open stage that count.
    pub(super) fn counted(&self) -> impl Iterator<Item = &Question> {
        self.questions.iter().filter(|question| question.stage == self.stage && question.counts())
    }

    /// Those who are waited for.
    pub(super) fn pending(&self) -> Vec<Who> {
        let pending = self.questions.iter().filter(|question| question.state == AssignmentState::Pending);
        pending.map(|question| question.who).collect()
    }

    pub(super) fn state(&self) -> RequestState {
        match self.closed.map(|end| end.how) {
            Some(Ending::Ruled(Ruling::Approved)) => RequestState::Approved,
            Some(Ending::Ruled(Ruling::Rejected)) => RequestState::Rejected,
            Some(Ending::Ruled(Ruling::Expired)) => RequestState::Expired,
            Some(Ending::Terminated) => RequestState::Terminated,
            Some(Ending::Withdrawn) => RequestState::Withdrawn,
            None if self.held.is_some() => RequestState::OnHold,
            None if self.sent_back.is_some() => RequestState::ChangesRequested,
            None if self.escalated => RequestState::Escalated,
            None => RequestState::Waiting,
        }
    }

    /// Opens a stage: its clock begins, and everybody is asked whose place has no question that counts.
    fn enter(&mut self, stage: usize) {
        self.stage = stage;
        let here = self.here();
        self.base = here.due.map(|due| shift(here.hours.as_ref(), self.now, due));
        (self.rungs_done, self.escalated) = (0, false);
        for (place, who) in self.places[stage - 1].clone().into_iter().enumerate() {
            if self.counted().all(|question| question.place != Some(place)) {
                self.ask(who, Some(place), None, false);
            }
        }
    }

    /// Asks somebody, or their substitute; nobody twice, neither themself nor by somebody in their place.
    pub(super) fn ask(&mut self, who: Who, place: Option<usize>, stands_in: Option<StandIn>, added: bool) {
        if self.counted().any(|question| question.who == who || question.is_for(who)) {
            return;
        }
        let taken = self.counted().flat_map(|question| [Some(question.who), question.stands_in.map(|(of, _)| of)]);
        let mut forbidden: Vec<Who> = taken.flatten().collect();
        forbidden.extend(&self.places[self.stage - 1]);
        let (who, stands_in) = match self.substitute(who, &forbidden) {
            Some(substitute) => (substitute, Some((stands_in.map_or(who, |(of, _)| of), StandInReason::Absent))),
            None => (who, stands_in),
        };
        let before = self.questions.iter().filter(|question| question.stage == self.stage && question.who == who);
        let attempt = before.map(|question| question.attempt).max().unwrap_or(0) + 1;
        self.questions.push(Question {
            stage: self.stage,
            who,
            attempt,
            place,
            revision: self.revision,
            stands_in,
            added,
            state: AssignmentState::Pending,
            reminders: 0,
            answers: Vec::new(),
        });
    }

    /// Who answers in the place of somebody who is away: the first along their substitutes who is there, and nobody where the
    /// requester named one of them for another.
    pub(super) fn substitute(&self, who: Who, forbidden: &[Who]) -> Option<Who> {
        let next = |of: Who| self.away.iter().find(|away| away.who == of && away.covers(self.now));
        let mut path = vec![who];
        while let Some(away) = next(path[path.len() - 1]) {
            let arranged = away.by == REQUESTER && away.who != REQUESTER && !self.plan.self_approval;
            if arranged || path.contains(&away.substitute) || path.len() > 5 {
                return None;
            }
            path.push(away.substitute);
        }
        let found = path.pop().filter(|_| !path.is_empty())?;
        let own = (found == REQUESTER || path.contains(&REQUESTER)) && !self.plan.self_approval;
        (!own && !forbidden.contains(&found)).then_some(found)
    }

    /// Ends the open stage: the next one follows a yes.
    pub(super) fn end_stage(&mut self, ruling: Ruling, by: Option<Who>) {
        if ruling == Ruling::Approved && self.stage < self.plan.stages.len() {
            self.settle_pending(AssignmentState::NotNeeded);
            self.enter(self.stage + 1);
        } else {
            self.close(Ending::Ruled(ruling), by);
        }
    }

    pub(super) fn close(&mut self, how: Ending, by: Option<Who>) {
        let open = if how == Ending::Withdrawn { AssignmentState::Withdrawn } else { AssignmentState::NotNeeded };
        self.settle_pending(open);
        (self.held, self.sent_back) = (None, None);
        self.closed = Some(End { how, at: self.now, by });
    }

    fn settle_pending(&mut self, state: AssignmentState) {
        for question in self.questions.iter_mut().filter(|question| question.state == AssignmentState::Pending) {
            question.state = state;
        }
    }

    pub(super) fn made(&mut self, who: Option<Who>, said: Said) {
        let (stage, revision, at) = (self.stage, self.revision, self.now);
        self.decisions.push(Made { who, overruled: false, stage, number: 1, revision, said, at });
    }

    /// Another revision leaves all approvals, or nothing, and whoever has no question that counts is asked.
    pub(super) fn void(&mut self, changed: bool) {
        let all = match self.plan.on_revision {
            StaleRule::Keep => false,
            StaleRule::IfChanged => changed,
            StaleRule::AllAgain => true,
        };
        for question in self.questions.iter_mut().filter(|question| question.counts()) {
            let stays = [AssignmentState::Answered(Verdict::Approve), AssignmentState::NotNeeded];
            if all || !stays.contains(&question.state) {
                question.state = AssignmentState::Stale;
            }
        }
        self.enter(if all { 1 } else { self.stage });
    }
}
