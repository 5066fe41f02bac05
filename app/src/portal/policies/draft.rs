//! A policy as it is kept: addresses, groups and roles instead of people.

use std::time::Duration;

use jiff::civil::Date;

use crate::portal::ids::GroupId;
use crate::portal::policy::{Assurance, FinalRule, Rule, StaleRule};
use crate::portal::user::Email;

/// What a policy says. [`PolicyDraft::checked`] tells whether it can be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyDraft {
    /// What it is called. No other policy is called the same, whatever the case of its letters.
    pub name: String,
    /// When to choose it; may be empty.
    pub description: String,
    /// What the title of a new request begins as, with placeholders; may be empty.
    pub title: String,
    /// What its text begins as, with placeholders; may be empty.
    pub text: String,
    /// The stages in their order, at least one.
    pub stages: Vec<StageDraft>,
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
    /// Who observes each request, nobody twice.
    pub observers: Vec<Email>,
    /// The groups whose members may use it, none twice; everybody where there is none.
    pub offered_to: Vec<GroupId>,
}

/// A stage of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageDraft {
    /// Its name; may be empty.
    pub name: String,
    /// Who is asked.
    pub approvers: Approvers,
    /// How many must approve.
    pub rule: Rule,
    /// How long they have; without it nothing happens by itself.
    pub due_in: Option<Duration>,
    /// What happens when nobody decides, in order of time.
    pub ladder: Vec<RungDraft>,
    /// When the clock runs; none for around the clock.
    pub hours: Option<HoursDraft>,
}

/// Who is asked. An address is a person: it never changes and is theirs alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approvers {
    /// The requester's manager.
    pub manager: bool,
    /// These people, nobody twice.
    pub addresses: Vec<Email>,
    /// Everybody who belongs to these groups at submission, none twice.
    pub groups: Vec<GroupId>,
}

/// A rung of a stage's deadline ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RungDraft {
    /// When, in seconds from the due time; negative before it.
    pub offset: i64,
    /// What happens.
    pub does: RungDoes,
}

/// What a rung does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RungDoes {
    /// Remind those who have not answered.
    Remind,
    /// Ask somebody else too, whose answer decides alone.
    Escalate(EscalateTo),
    /// End the stage.
    Finish(FinalRule),
}

/// To whom it is escalated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EscalateTo {
    /// The person with this address.
    Address(Email),
    /// The requester's manager.
    Manager,
    /// The managers of whoever the stage asks.
    ManagersOfApprovers,
}

/// When the clock of a stage runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoursDraft {
    /// Whose clock.
    pub zone: HoursZone,
    /// Which days, Monday first.
    pub days: [bool; 7],
    /// Minutes after midnight at which it starts.
    pub from_minute: u16,
    /// Minutes after midnight at which it stops, at most 1,440.
    pub to_minute: u16,
    /// Days off, whatever their weekday, none twice.
    pub days_off: Vec<Date>,
}

/// Whose clock counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HoursZone {
    /// That of a place, by its name in the tz database.
    Fixed(String),
    /// That of those who are asked.
    OfApprovers,
}

impl Approvers {
    /// Whether nobody is named.
    pub fn is_nobody(&self) -> bool {
        !self.manager && self.addresses.is_empty() && self.groups.is_empty()
    }

    /// How many people these are at most; `None` where groups are among them.
    pub fn most(&self) -> Option<usize> {
        self.groups.is_empty().then(|| self.addresses.len() + usize::from(self.manager))
    }
}

impl PolicyDraft {
    /// The addresses of everybody whom it names.
    pub(super) fn addresses(&self) -> impl Iterator<Item = &Email> {
        let asked = self.stages.iter().flat_map(|stage| {
            let to = stage.ladder.iter().filter_map(|rung| match &rung.does {
                RungDoes::Escalate(EscalateTo::Address(email)) => Some(email),
                _ => None,
            });
            stage.approvers.addresses.iter().chain(to)
        });
        asked.chain(&self.observers)
    }

    /// The groups that it names, those that it is offered to included, each once and in the order of their ids.
    pub fn groups_named(&self) -> Vec<GroupId> {
        let asked = self.stages.iter().flat_map(|stage| &stage.approvers.groups);
        let mut groups: Vec<GroupId> = asked.chain(&self.offered_to).copied().collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// Whether one of its stages asks this group.
    pub(super) fn asks(&self, group: GroupId) -> bool {
        self.stages.iter().any(|stage| stage.approvers.groups.contains(&group))
    }
}
