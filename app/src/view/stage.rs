//! The stage of a request: who is asked, how they stand, and what the clock will do.

use serde::{Deserialize, Serialize};

use super::absence::ToAsk;
use super::frame::Person;
use super::moment::Moment;
use super::rule::{FinalRule, Rule};
use super::state::PersonState;

/// One stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Its number, from 1.
    pub number: u32,
    /// Its name; may be empty.
    pub name: String,
    /// Where it stands.
    pub standing: StageStanding,
    /// How many must approve.
    pub rule: Rule,
    /// Everybody asked or to be asked, those asked by escalation included, in the order of asking; whose question is void or
    /// was passed on comes last.
    pub asked: Vec<AskedPerson>,
    /// What happens when nobody decides, in order of time; empty for a request without a due time.
    pub ladder: Vec<LadderStep>,
}

impl Stage {
    /// People that the rule counts: everybody but those asked by escalation, and those whose question counts no more.
    #[must_use]
    pub fn counted(&self) -> u32 {
        let gone = |asked: &AskedPerson| matches!(asked.state, PersonState::Stale | PersonState::Reassigned);
        let counted = self.asked.iter().filter(|asked| !asked.escalation && !gone(asked));
        u32::try_from(counted.count()).unwrap_or(u32::MAX)
    }

    /// Approvals that the rule counts.
    #[must_use]
    pub fn approved(&self) -> u32 {
        let approved = self.asked.iter().filter(|asked| !asked.escalation && asked.state == PersonState::Approved);
        u32::try_from(approved.count()).unwrap_or(u32::MAX)
    }
}

/// Where a stage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StageStanding {
    /// Approved, and the next one was opened or the request ended.
    Passed,
    /// Open, or the last one that was before the request ended.
    Current,
    /// Comes later, if those before are approved.
    Later,
}

/// One person asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedPerson {
    /// Who.
    pub person: Person,
    /// How they stand.
    pub state: PersonState,
    /// When they decided.
    pub decided_at: Option<Moment>,
    /// The reason they gave.
    pub reason: Option<String>,
    /// Reminders sent so far.
    pub reminders: u32,
    /// Whether they were asked by escalation, so that their answer decides alone.
    pub escalation: bool,
    /// In whose place they are asked, and why: `for Ben Okafor, who is absent`; or that they will be although they are away.
    pub stands_in: Option<String>,
    /// Whether somebody added them to those whom the policy asks.
    pub added: bool,
    /// Whether this is the reader.
    pub is_viewer: bool,
}

/// One step of the deadline ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LadderStep {
    /// What happens.
    pub kind: LadderKind,
    /// When it happened or will happen.
    pub at: Moment,
    /// Whether it has happened.
    pub done: bool,
}

/// What a step of the ladder does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LadderKind {
    /// Everybody who has not answered is reminded.
    Remind,
    /// These people are asked too, and each of them decides alone.
    Escalate(Vec<ToAsk>),
    /// The stage ends by rule.
    End(FinalRule),
}

impl LadderKind {
    /// The step as a phrase: `Escalate to chief@example.org`.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Remind => "Remind whoever has not answered".to_owned(),
            Self::Escalate(people) => format!("Escalate to {}", ToAsk::in_words(people)),
            Self::End(FinalRule::Reject) => "Reject automatically".to_owned(),
            Self::End(FinalRule::Approve) => "Approve automatically".to_owned(),
            Self::End(FinalRule::Expire) => "Expire undecided".to_owned(),
        }
    }
}
