//! The stage of a request: who is asked, how they stand, and what the clock will do.

use serde::{Deserialize, Serialize};

use super::frame::Person;
use super::moment::Moment;
use super::rule::{FinalRule, Rule};
use super::state::PersonState;

/// One stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// How many must approve.
    pub rule: Rule,
    /// Everybody asked, the escalation person included, in the order of asking.
    pub asked: Vec<AskedPerson>,
    /// What happens when nobody decides, in order of time; empty for a request without a due time.
    pub ladder: Vec<LadderStep>,
}

impl Stage {
    /// People that the rule counts: everybody but the escalation person.
    #[must_use]
    pub fn counted(&self) -> u32 {
        u32::try_from(self.asked.iter().filter(|asked| !asked.escalation).count()).unwrap_or(u32::MAX)
    }

    /// Approvals that the rule counts.
    #[must_use]
    pub fn approved(&self) -> u32 {
        let approved = self.asked.iter().filter(|asked| !asked.escalation && asked.state == PersonState::Approved);
        u32::try_from(approved.count()).unwrap_or(u32::MAX)
    }
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
    /// This person is asked too, and decides alone.
    Escalate(Person),
    /// The request ends by rule.
    End(FinalRule),
}

impl LadderKind {
    /// The step as a phrase: `Escalate to chief@example.org`.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Remind => "Remind whoever has not answered".to_owned(),
            Self::Escalate(person) => format!("Escalate to {}", person.label()),
            Self::End(FinalRule::Reject) => "Reject automatically".to_owned(),
            Self::End(FinalRule::Approve) => "Approve automatically".to_owned(),
            Self::End(FinalRule::Expire) => "Expire undecided".to_owned(),
        }
    }
}
