//! Who is asked, in which order, under which rule, by when, and what happens if nobody answers.
//!
//! What is written here is a request's own copy: people instead of groups and roles, frozen at submission. What policies say
//! before that is in [`super::policies`].

use std::time::Duration;

use super::calendar::WorkingHours;
use super::ids::{PolicyId, UserId};

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
    /// It is approved; another stage, if there is one, is opened.
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
    /// Not like this: the requester is to submit another revision; needs a reason.
    RequestChanges,
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

impl From<FinalRule> for Ruling {
    fn from(rule: FinalRule) -> Self {
        match rule {
            FinalRule::Approve => Self::Approved,
            FinalRule::Reject => Self::Rejected,
            FinalRule::Expire => Self::Expired,
        }
    }
}

/// What becomes of the approvals that a revision finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaleRule {
    /// They stay.
    Keep,
    /// They stay when title, text and files are what was approved; otherwise everybody is asked again, from the first stage.
    IfChanged,
    /// Everybody is asked again, from the first stage.
    AllAgain,
}

/// How sure it must be who decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assurance {
    /// The signed link from the mail is enough.
    Link,
    /// Besides the link, a code that is mailed when it is opened.
    Code,
}

/// The stored policy and its version that a request was submitted with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySource {
    /// Which policy.
    pub id: PolicyId,
    /// Its name at that time.
    pub name: String,
    /// Which version, from 1.
    pub version: u32,
}

/// What a request was submitted with. Only its stages' people change while the request lives: by somebody who is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Where it comes from; none where the requester chose everything.
    pub source: Option<PolicySource>,
    /// The stages in their order, at least one.
    pub stages: Vec<Stage>,
    /// What a revision does to approvals.
    pub on_revision: StaleRule,
    /// Whether the requester may be asked, too.
    pub self_approval: bool,
    /// How long an answer may be changed while its stage is open; none for never.
    pub reconsider_within: Option<Duration>,
    /// How sure it must be who decides.
    pub assurance: Assurance,
    /// The longest that a link works, where that is less than what holds for all.
    pub max_link_life: Option<Duration>,
}

/// One stage: whom it asks and what its clock does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its name; may be empty.
    pub name: String,
    /// Who is asked, in the order of asking; nobody twice.
    pub approvers: Vec<UserId>,
    /// How many must approve.
    pub rule: Rule,
    /// How long they have; without it nothing happens by itself.
    pub due_in: Option<Duration>,
    /// What happens when nobody decides, in order of time. Without a due time it has no meaning.
    pub ladder: Vec<Rung>,
    /// When the clock runs; none for around the clock.
    pub hours: Option<WorkingHours>,
}

/// One rung of a deadline ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// When, in seconds from the due time; negative before it.
    pub offset: i64,
    /// What happens.
    pub does: Does,
}

/// What a rung of a ladder does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// Remind those who have not answered.
    Remind,
    /// Ask these people too; the answer of each of them decides alone.
    Escalate(Vec<UserId>),
    /// End the stage.
    Finish(FinalRule),
}

impl Policy {
    /// The stage of that number, from 1.
    pub fn stage(&self, number: u32) -> Option<&Stage> {
        usize::try_from(number).ok().and_then(|number| self.stages.get(number.checked_sub(1)?))
    }

    /// Everybody whom it names, each once.
    pub fn people(&self) -> Vec<UserId> {
        let escalated = |rung: &Rung| match &rung.does {
            Does::Escalate(people) => people.clone(),
            Does::Remind | Does::Finish(_) => Vec::new(),
        };
        let of_stage = |stage: &Stage| {
            let escalated: Vec<UserId> = stage.ladder.iter().flat_map(escalated).collect();
            stage.approvers.iter().copied().chain(escalated).collect::<Vec<_>>()
        };
        let mut people: Vec<UserId> = self.stages.iter().flat_map(of_stage).collect();
        people.sort_unstable();
        people.dedup();
        people
    }

    /// How many stages there are.
    pub fn stage_count(&self) -> u32 {
        u32::try_from(self.stages.len()).unwrap_or(u32::MAX)
    }
}

impl Stage {
    /// How the stage ends when its last time passes; `None` when it does not.
    pub fn final_rule(&self) -> Option<FinalRule> {
        self.ladder.iter().find_map(|rung| match rung.does {
            Does::Finish(rule) => Some(rule),
            Does::Remind | Does::Escalate(_) => None,
        })
    }
}

/// How a stage stands by its answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The rule.
    pub rule: Rule,
    /// Questions that the rule counts: all but those put by escalation.
    pub asked: u32,
    /// Their approvals.
    pub approved: u32,
    /// Their rejections.
    pub rejected: u32,
    /// What a person asked by escalation answered, which decides alone.
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
        match self.escalation {
            Some(Verdict::Approve) => return Some(Ruling::Approved),
            Some(Verdict::Reject) => return Some(Ruling::Rejected),
            Some(Verdict::RequestChanges) | None => {}
        }
        let possible = self.asked.saturating_sub(self.rejected);
        match self.needed() {
            needed if self.asked > 0 && self.approved >= needed => Some(Ruling::Approved),
            needed if possible < needed => Some(Ruling::Rejected),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_person_asked_by_escalation_decides_alone() {
        let tally = |escalation| Tally { rule: Rule::All, asked: 3, approved: 2, rejected: 0, escalation }.ruling();
        assert_eq!(tally(Some(Verdict::Reject)), Some(Ruling::Rejected));
        assert_eq!(tally(Some(Verdict::Approve)), Some(Ruling::Approved));
        assert_eq!(tally(Some(Verdict::RequestChanges)), None);
    }
}
