//! The rule of a stage, in words, and what a yes or a no will do.

use serde::{Deserialize, Serialize};

/// What an approver answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Yes.
    Approve,
    /// No.
    Reject,
    /// Not like this: another revision is wanted.
    RequestChanges,
}

impl Verdict {
    /// The value of the form field `verdict`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::RequestChanges => "request_changes",
        }
    }

    /// The verdict that [`Self::key`] names.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "approve" => Some(Self::Approve),
            "reject" => Some(Self::Reject),
            "request_changes" => Some(Self::RequestChanges),
            _ => None,
        }
    }

    /// `approved`, `rejected` or `asked for changes to`.
    #[must_use]
    pub const fn past(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Reject => "rejected",
            Self::RequestChanges => "asked for changes to",
        }
    }
}

/// How many of the people asked must approve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    /// One is enough.
    Any,
    /// Everybody.
    All,
    /// This many.
    AtLeast(u32),
}

impl Rule {
    /// The value of the form field `rule`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::All => "all",
            Self::AtLeast(_) => "at_least",
        }
    }

    /// How many approvals are needed when `asked` people are asked.
    #[must_use]
    pub const fn needed(self, asked: u32) -> u32 {
        match self {
            Self::Any => 1,
            Self::All => asked,
            Self::AtLeast(number) => number,
        }
    }

    /// The rule as a sentence without its full stop: `Any one of 3 must approve`.
    #[must_use]
    pub fn in_words(self, asked: u32) -> String {
        match (self, asked) {
            (_, 0) => "Nobody is asked yet".to_owned(),
            (_, 1) => "The one person asked must approve".to_owned(),
            (Self::Any | Self::AtLeast(1), _) => format!("Any one of {asked} must approve"),
            (Self::AtLeast(number), _) if number < asked => format!("At least {number} of {asked} must approve"),
            (Self::All | Self::AtLeast(_), 2) => "Both must approve".to_owned(),
            (Self::All | Self::AtLeast(_), _) => format!("All {asked} must approve"),
        }
    }
}

/// How a request ends when nobody decides in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FinalRule {
    /// It is rejected.
    Reject,
    /// It is approved.
    Approve,
    /// It expires undecided.
    Expire,
}

impl FinalRule {
    /// Every rule, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Reject, Self::Approve, Self::Expire];

    /// The value of the form field `final_rule`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Reject => "reject",
            Self::Approve => "approve",
            Self::Expire => "expire",
        }
    }

    /// The rule that [`Self::key`] names.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.key() == key)
    }

    /// `it is rejected automatically` and so on.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Reject => "it is rejected automatically",
            Self::Approve => "it is approved automatically",
            Self::Expire => "it expires undecided",
        }
    }
}

/// How far the count of a stage is, for telling an approver what their answer will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The rule.
    pub rule: Rule,
    /// People asked by the rule, without the escalation person.
    pub asked: u32,
    /// Approvals so far.
    pub approved: u32,
    /// Rejections so far.
    pub rejected: u32,
    /// Whether the reader is the escalation person, whose answer decides alone.
    pub decides_alone: bool,
    /// Whether another stage comes after this one.
    pub more_stages: bool,
}

impl Tally {
    /// What happens when the reader approves, as one sentence.
    #[must_use]
    pub fn on_approve(&self) -> String {
        let missing = self.rule.needed(self.asked).saturating_sub(self.approved);
        let what =
            if self.more_stages { "the next stage is asked" } else { "the request is approved and everybody is told" };
        match missing {
            _ if self.decides_alone => format!("Your answer decides: {what}."),
            0 | 1 if self.more_stages => "This stage is approved and the next one is asked.".to_owned(),
            0 | 1 => "The request is approved and everybody is told.".to_owned(),
            2 => "Your approval is counted. One more is needed.".to_owned(),
            _ => format!("Your approval is counted. {} more are needed.", missing - 1),
        }
    }

    /// What happens when the reader asks for changes, as one sentence.
    #[must_use]
    pub const fn on_request_changes(&self) -> &'static str {
        "It goes back to the requester. You are asked again about the next revision."
    }

    /// What happens when the reader rejects, as one sentence.
    #[must_use]
    pub fn on_reject(&self) -> String {
        let left = self.asked.saturating_sub(self.rejected + 1);
        if self.decides_alone {
            return "Your answer decides: the request is rejected and everybody is told.".to_owned();
        }
        if left < self.rule.needed(self.asked) {
            return "The request is rejected and everybody is told.".to_owned();
        }
        "Your rejection is counted. The others can still approve it.".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(rule: Rule, asked: u32, approved: u32, rejected: u32) -> Tally {
        Tally { rule, asked, approved, rejected, decides_alone: false, more_stages: false }
    }

    #[test]
    fn rules_read_as_people_say_them() {
        assert_eq!(Rule::Any.in_words(3), "Any one of 3 must approve");
        assert_eq!(Rule::All.in_words(2), "Both must approve");
        assert_eq!(Rule::AtLeast(2).in_words(3), "At least 2 of 3 must approve");
        assert_eq!(Rule::AtLeast(3).in_words(3), "All 3 must approve");
        assert_eq!(Rule::All.in_words(1), "The one person asked must approve");
    }

    #[test]
    fn the_last_approval_needed_says_that_it_approves() {
        assert!(tally(Rule::All, 2, 1, 0).on_approve().starts_with("The request is approved"));
        assert!(tally(Rule::All, 3, 0, 0).on_approve().contains("2 more are needed"));
        assert!(tally(Rule::AtLeast(2), 3, 0, 0).on_approve().contains("One more is needed"));
    }

    #[test]
    fn a_rejection_says_whether_others_can_still_approve() {
        assert!(tally(Rule::Any, 3, 0, 0).on_reject().contains("can still approve"));
        assert!(tally(Rule::Any, 3, 0, 2).on_reject().starts_with("The request is rejected"));
        assert!(tally(Rule::All, 3, 0, 0).on_reject().starts_with("The request is rejected"));
    }
}
