//! Who is asked, under which rule, by when, and what happens if nobody answers.

use std::time::Duration;

use super::clock::Time;
use super::ids::UserId;

/// How many of the people asked must approve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// One is enough.
    Any,
    /// Everybody.
    All,
    /// This many, at least one and at most as many as are asked.
    AtLeast(u32),
}

/// How a request ends when nobody decides in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinalRule {
    /// It is rejected.
    Reject,
    /// It is approved.
    Approve,
    /// It expires undecided.
    Expire,
}

/// What a person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Approve,
    /// No; needs a reason.
    Reject,
}

/// How a stage and its request end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// Approved, by people or by rule.
    Approved,
    /// Rejected, by people or by rule.
    Rejected,
    /// Nobody decided in time.
    Expired,
}

impl From<Verdict> for Ruling {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Approve => Self::Approved,
            Verdict::Reject => Self::Rejected,
        }
    }
}

impl From<FinalRule> for Ruling {
    fn from(rule: FinalRule) -> Self {
        match rule {
            FinalRule::Approve => Self::Approved,
            FinalRule::Reject => Self::Rejected,
            FinalRule::Expire => Self::Expired,
        }
    }
}

/// To whom a request goes when its due time passes, and how long they have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// Whom.
    pub to: UserId,
    /// By how much the due time moves.
    pub gives: Duration,
}

/// What a request was submitted with. It never changes while the request lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Who is asked, in the order of asking; nobody twice, never the requester.
    pub approvers: Vec<UserId>,
    /// How many must approve.
    pub rule: Rule,
    /// How long they have; without it nothing happens by itself.
    pub due_in: Option<Duration>,
    /// How long before the due time those who have not answered are reminded.
    pub remind_before: Option<Duration>,
    /// Who is asked too when the due time passes.
    pub escalation: Option<Escalation>,
    /// How it ends when the last due time passes.
    pub final_rule: FinalRule,
}

/// How a stage stands by its answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The rule.
    pub rule: Rule,
    /// People whom the rule counts: everybody asked but the escalation person.
    pub asked: u32,
    /// Their approvals.
    pub approved: u32,
    /// Their rejections.
    pub rejected: u32,
    /// What the escalation person answered, which decides alone.
    pub escalation: Option<Verdict>,
}

impl Tally {
    /// Approvals needed.
    pub fn needed(&self) -> u32 {
        match self.rule {
            Rule::Any => 1.min(self.asked),
            Rule::All => self.asked,
            Rule::AtLeast(number) => number.min(self.asked),
        }
    }

    /// The outcome, as soon as it is certain: approved when enough approve, rejected when no longer enough can.
    pub fn ruling(&self) -> Option<Ruling> {
        if let Some(verdict) = self.escalation {
            return Some(verdict.into());
        }
        let possible = self.asked.saturating_sub(self.rejected);
        match self.needed() {
            needed if self.asked > 0 && self.approved >= needed => Some(Ruling::Approved),
            needed if possible < needed => Some(Ruling::Rejected),
            _ => None,
        }
    }
}

/// Where a stage's deadline ladder stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The present due time, moved by escalation and by time on hold.
    pub due_at: Option<Time>,
    /// When the reminder went out.
    pub reminded_at: Option<Time>,
    /// When it was escalated.
    pub escalated_at: Option<Time>,
}

/// The next rung of the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rung {
    /// Remind those who have not answered.
    Remind,
    /// Ask the escalation person too, and move the due time.
    Escalate(Escalation),
    /// End the request.
    Finish(FinalRule),
    /// Nothing until then; `None` means that nothing will ever happen by itself.
    WaitUntil(Option<Time>),
}

impl Policy {
    /// What is to be done at `now`. A reminder that was missed because the due time passed too is left out.
    pub fn rung(&self, deadline: Deadline, now: Time) -> Rung {
        let Some(due_at) = deadline.due_at else { return Rung::WaitUntil(None) };
        if now >= due_at {
            return match self.escalation {
                Some(escalation) if deadline.escalated_at.is_none() => Rung::Escalate(escalation),
                _ => Rung::Finish(self.final_rule),
            };
        }
        match self.remind_at(deadline) {
            Some(remind_at) if now >= remind_at => Rung::Remind,
            Some(remind_at) => Rung::WaitUntil(Some(remind_at)),
            None => Rung::WaitUntil(Some(due_at)),
        }
    }

    /// When the reminder is due, unless it went out or the time was escalated.
    pub fn remind_at(&self, deadline: Deadline) -> Option<Time> {
        let open = deadline.reminded_at.is_none() && deadline.escalated_at.is_none();
        let (due_at, before) = (deadline.due_at?, self.remind_before?);
        open.then(|| due_at - before)
    }

    /// The last moment at which the stage can be open, escalation included.
    pub fn last_due(&self, deadline: Deadline) -> Option<Time> {
        let more = self
            .escalation
            .filter(|_| deadline.escalated_at.is_none())
            .map_or(Duration::ZERO, |escalation| escalation.gives);
        deadline.due_at.map(|due_at| due_at + more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const MINUTE: Duration = Duration::from_secs(60);

    fn tally(rule: Rule, asked: u32, approved: u32, rejected: u32) -> Option<Ruling> {
        Tally { rule, asked, approved, rejected, escalation: None }.ruling()
    }

    #[test]
    fn the_rule_decides_as_soon_as_the_outcome_is_certain() {
        use Rule::{All, Any, AtLeast};
        use Ruling::{Approved, Rejected};
        let table = [
            (Any, 3, 0, 0, None),
            (Any, 3, 1, 0, Some(Approved)),
            (Any, 3, 0, 2, None),
            (Any, 3, 0, 3, Some(Rejected)),
            (All, 3, 2, 0, None),
            (All, 3, 3, 0, Some(Approved)),
            (All, 3, 2, 1, Some(Rejected)),
            (All, 1, 1, 0, Some(Approved)),
            (AtLeast(2), 3, 1, 1, None),
            (AtLeast(2), 3, 2, 1, Some(Approved)),
            (AtLeast(2), 3, 1, 2, Some(Rejected)),
            (AtLeast(5), 3, 3, 0, Some(Approved)),
            (All, 0, 0, 0, None),
        ];
        for (rule, asked, approved, rejected, expected) in table {
            assert_eq!(
                tally(rule, asked, approved, rejected),
                expected,
                "{rule:?} of {asked}: {approved} yes, {rejected} no"
            );
        }
    }

    #[test]
    fn the_escalation_person_decides_alone() {
        let tally = Tally { rule: Rule::All, asked: 3, approved: 2, rejected: 0, escalation: Some(Verdict::Reject) };
        assert_eq!(tally.ruling(), Some(Ruling::Rejected));
    }

    fn policy() -> Policy {
        Policy {
            approvers: vec![UserId(Uuid::nil())],
            rule: Rule::Any,
            due_in: Some(10 * MINUTE),
            remind_before: Some(4 * MINUTE),
            escalation: Some(Escalation { to: UserId(Uuid::max()), gives: 5 * MINUTE }),
            final_rule: FinalRule::Reject,
        }
    }

    fn at(minutes: u32) -> Time {
        Time(0) + minutes * MINUTE
    }

    #[test]
    fn the_ladder_reminds_escalates_and_ends() {
        let policy = policy();
        let fresh = Deadline { due_at: Some(at(10)), reminded_at: None, escalated_at: None };
        let reminded = Deadline { reminded_at: Some(at(6)), ..fresh };
        let escalated = Deadline { due_at: Some(at(15)), escalated_at: Some(at(10)), ..reminded };
        let escalate = Rung::Escalate(Escalation { to: UserId(Uuid::max()), gives: 5 * MINUTE });
        let table = [
            (fresh, 0, Rung::WaitUntil(Some(at(6)))),
            (fresh, 6, Rung::Remind),
            (fresh, 9, Rung::Remind),
            (fresh, 10, escalate),
            (reminded, 6, Rung::WaitUntil(Some(at(10)))),
            (reminded, 10, escalate),
            (escalated, 10, Rung::WaitUntil(Some(at(15)))),
            (escalated, 15, Rung::Finish(FinalRule::Reject)),
        ];
        for (deadline, now, expected) in table {
            assert_eq!(policy.rung(deadline, at(now)), expected, "{deadline:?} at minute {now}");
        }
    }

    #[test]
    fn without_a_due_time_nothing_happens_by_itself() {
        let deadline = Deadline { due_at: None, reminded_at: None, escalated_at: None };
        assert_eq!(policy().rung(deadline, at(1_000)), Rung::WaitUntil(None));
        assert_eq!(policy().last_due(deadline), None);
    }

    #[test]
    fn without_an_escalation_person_the_due_time_is_the_end() {
        let policy = Policy { escalation: None, final_rule: FinalRule::Approve, ..policy() };
        let deadline = Deadline { due_at: Some(at(10)), reminded_at: None, escalated_at: None };
        assert_eq!(policy.rung(deadline, at(10)), Rung::Finish(FinalRule::Approve));
        assert_eq!(policy.last_due(deadline), Some(at(10)));
    }
}
