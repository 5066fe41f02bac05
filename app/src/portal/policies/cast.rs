//! Who is meant: the names of a policy become people, for one requester and as things stand now. Nothing is read or written.

use super::draft::{EscalateTo, HoursDraft, HoursZone, PolicyDraft, RungDoes, RungDraft, StageDraft};
use super::facts::Facts;
use crate::portal::actor::Actor;
use crate::portal::calendar::WorkingHours;
use crate::portal::error::FieldError;
use crate::portal::ids::UserId;
use crate::portal::policy::{Does, Rule, Rung, Stage};
use crate::portal::submit::not_chosen;
use crate::portal::user::{Email, User, UserState};
use crate::portal::zone::Zone;

/// What is said of an escalation to people who cannot be asked, but for the reason why the last ones cannot.
const NOBODY_ELSE: &str = "there is nobody to escalate to but the requester or somebody";

/// Somebody who is asked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Who<'a> {
    /// Somebody whom the portal knows.
    Known(&'a User),
    /// Whoever has this address, of whom nobody has heard yet.
    Unknown(&'a Email),
}

/// A stage with its people.
#[derive(Clone, Debug)]
pub(super) struct CastStage<'a> {
    pub(super) draft: &'a StageDraft,
    /// Who is asked, nobody twice.
    pub(super) asked: Vec<Who<'a>>,
    /// Whom the rungs escalate to, for each rung of the draft; nobody where it does not escalate.
    pub(super) escalated: Vec<Vec<Who<'a>>>,
}

/// A policy with its people.
#[derive(Clone, Debug)]
pub(super) struct Cast<'a> {
    pub(super) stages: Vec<CastStage<'a>>,
    pub(super) observers: Vec<Who<'a>>,
}

impl<'a> Who<'a> {
    fn email(self) -> &'a Email {
        match self {
            Self::Known(user) => &user.email,
            Self::Unknown(email) => email,
        }
    }

    fn is(self, other: Self) -> bool {
        self.email() == other.email()
    }
}

impl<'a> CastStage<'a> {
    /// The stage as a request keeps it; `None` when somebody has no id. Rungs that would ask nobody but those who are asked
    /// already are left out.
    pub(super) fn frozen(&self, id: impl Fn(Who<'_>) -> Option<UserId>) -> Option<Stage> {
        let mut ladder = Vec::with_capacity(self.draft.ladder.len());
        for (rung, to) in self.rungs() {
            let does = match &rung.does {
                RungDoes::Remind => Does::Remind,
                RungDoes::Finish(rule) => Does::Finish(*rule),
                RungDoes::Escalate(_) => Does::Escalate(to.iter().map(|who| id(*who)).collect::<Option<_>>()?),
            };
            ladder.push(Rung { offset: rung.offset, does });
        }
        Some(Stage {
            name: self.draft.name.clone(),
            approvers: self.asked.iter().map(|who| id(*who)).collect::<Option<_>>()?,
            rule: self.draft.rule,
            due_in: self.draft.due_in,
            ladder,
            hours: self.draft.hours.as_ref().map(|hours| self.hours(hours)),
        })
    }

    /// The rungs that do anything, each with whom it asks.
    pub(super) fn rungs(&self) -> impl Iterator<Item = (&'a RungDraft, &[Who<'a>])> {
        let all = self.draft.ladder.iter().zip(self.escalated.iter().map(Vec::as_slice));
        all.filter(|(rung, to)| !matches!(rung.does, RungDoes::Escalate(_)) || !to.is_empty())
    }

    fn hours(&self, hours: &HoursDraft) -> WorkingHours {
        let zones = match &hours.zone {
            HoursZone::Fixed(name) => vec![name.clone()],
            HoursZone::OfApprovers => {
                let mut zones: Vec<String> = self
                    .asked
                    .iter()
                    .map(|who| match who {
                        Who::Known(user) => user.zone.clone(),
                        Who::Unknown(_) => Zone::UTC.name().to_owned(),
                    })
                    .collect();
                zones.sort_unstable();
                zones.dedup();
                zones
            }
        };
        WorkingHours {
            zones,
            days: hours.days,
            from_minute: hours.from_minute,
            to_minute: hours.to_minute,
            days_off: hours.days_off.clone(),
        }
    }
}

impl<'a> Cast<'a> {
    /// The people of a policy for this requester. Every error is one of the field `policy`: a sentence for `actor` that names the
    /// stage and the cause.
    pub(super) fn new(
        actor: &'a Actor,
        draft: &'a PolicyDraft,
        requester: &'a User,
        facts: &'a Facts,
    ) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let casting = Casting { actor, requester, facts, self_approval: draft.self_approval };
        let mut stages = Vec::with_capacity(draft.stages.len());
        for (number, stage) in (1..).zip(&draft.stages) {
            match casting.stage(stage) {
                Ok(stage) => stages.push(stage),
                Err(cause) => errors.push(FieldError::new("policy", format!("{}: {cause}", label(number, stage)))),
            }
        }
        let found = draft.observers.iter().map(|email| facts.user_of(email).map_or(Who::Unknown(email), Who::Known));
        let observers = found.filter(|who| !is_disabled(*who) && who.email() != &requester.email).collect();
        if errors.is_empty() { Ok(Self { stages, observers }) } else { Err(errors) }
    }

    /// The addresses of everybody whom nobody has heard of, each once.
    pub(super) fn newcomers(&self) -> Vec<&'a Email> {
        let staged = self.stages.iter().flat_map(|stage| stage.asked.iter().chain(stage.escalated.iter().flatten()));
        let mut emails: Vec<&Email> = staged
            .chain(&self.observers)
            .filter_map(|who| match who {
                Who::Unknown(email) => Some(*email),
                Who::Known(_) => None,
            })
            .collect();
        emails.sort_unstable();
        emails.dedup();
        emails
    }
}

/// A stage as people call it.
fn label(number: u32, stage: &StageDraft) -> String {
    if stage.name.is_empty() { format!("Stage {number}") } else { format!("Stage {number}, {}", stage.name) }
}

fn is_disabled(who: Who<'_>) -> bool {
    matches!(who, Who::Known(user) if user.state == UserState::Disabled)
}

/// Finds the people of one stage.
struct Casting<'a> {
    actor: &'a Actor,
    requester: &'a User,
    facts: &'a Facts,
    self_approval: bool,
}

impl<'a> Casting<'a> {
    fn stage(&self, stage: &'a StageDraft) -> Result<CastStage<'a>, String> {
        let named = self.named(stage)?;
        let asked = self.admitted(&named, &[]);
        if asked.is_empty() {
            return Err(self.why_nobody(stage, &named));
        }
        if let Rule::AtLeast(needed) = stage.rule {
            let left = asked.len();
            if usize::try_from(needed).is_ok_and(|needed| needed > left) {
                let people = if left == 1 { "one person is" } else { "people are" };
                let left = if left == 1 { String::new() } else { format!("{left} ") };
                return Err(format!("{needed} must approve, but only {left}{people} left to ask."));
            }
        }
        let escalated = stage.ladder.iter().map(|rung| match &rung.does {
            RungDoes::Escalate(to) => self.escalated(to, &asked),
            RungDoes::Remind | RungDoes::Finish(_) => Ok(Vec::new()),
        });
        let escalated = escalated.collect::<Result<_, _>>()?;
        Ok(CastStage { draft: stage, asked, escalated })
    }

    /// Everybody whom a stage names, maybe twice, the requester and disabled members of groups included.
    fn named(&self, stage: &'a StageDraft) -> Result<Vec<Who<'a>>, String> {
        let mut named = Vec::new();
        if stage.approvers.manager {
            named.push(self.manager()?);
        }
        for email in &stage.approvers.addresses {
            named.push(self.address(email)?);
        }
        for id in &stage.approvers.groups {
            let group = self.facts.group(*id).ok_or("a group that it asks does not exist any more.")?;
            named.extend(group.members.iter().filter_map(|member| self.facts.user(*member)).map(Who::Known));
        }
        Ok(named)
    }

    fn manager(&self) -> Result<Who<'a>, String> {
        let name = self.requester.person();
        let none = || format!("{} has no manager. An administrator can say who it is.", name.label());
        let id = self.requester.manager.ok_or_else(none)?;
        let manager = self.facts.user(id).ok_or_else(none)?;
        if manager.state == UserState::Disabled {
            let who = manager.person();
            return Err(not_chosen(self.actor, &format!("{}, the manager of {},", who.label(), name.label())));
        }
        Ok(Who::Known(manager))
    }

    fn address(&self, email: &'a Email) -> Result<Who<'a>, String> {
        let who = self.facts.user_of(email).map_or(Who::Unknown(email), Who::Known);
        if is_disabled(who) { Err(not_chosen(self.actor, email.as_str())) } else { Ok(who) }
    }

    /// Those who may be asked, nobody twice and nobody of `already`.
    fn admitted(&self, named: &[Who<'a>], already: &[Who<'a>]) -> Vec<Who<'a>> {
        let mut admitted: Vec<Who<'a>> = Vec::with_capacity(named.len());
        for who in named {
            let known = admitted.iter().chain(already).any(|other| other.is(*who));
            if !known && !is_disabled(*who) && self.may_be_asked(*who) {
                admitted.push(*who);
            }
        }
        admitted
    }

    fn may_be_asked(&self, who: Who<'_>) -> bool {
        self.self_approval || who.email() != &self.requester.email
    }

    fn why_nobody(&self, stage: &StageDraft, named: &[Who<'a>]) -> String {
        if named.iter().any(|who| !self.may_be_asked(*who)) {
            let name = self.requester.person();
            return format!("nobody is left to ask: it asks only {}, who is the requester.", name.label());
        }
        let names =
            stage.approvers.groups.iter().filter_map(|id| self.facts.group(*id)).map(|group| group.name.as_str());
        match names.collect::<Vec<_>>().as_slice() {
            [group] => format!("nobody is left to ask: the group {group} has no active members."),
            groups => format!("nobody is left to ask: the groups {} have no active members.", groups.join(", ")),
        }
    }

    /// Whom a rung asks besides those who are asked; nobody when all of them are asked already.
    fn escalated(&self, to: &'a EscalateTo, asked: &[Who<'a>]) -> Result<Vec<Who<'a>>, String> {
        let named = match to {
            EscalateTo::Address(email) => vec![self.address(email)?],
            EscalateTo::Manager => vec![self.manager()?],
            EscalateTo::ManagersOfApprovers => {
                let managers = asked.iter().filter_map(|who| match who {
                    Who::Known(user) => self.facts.user(user.manager?).map(Who::Known),
                    Who::Unknown(_) => None,
                });
                managers.collect()
            }
        };
        let admitted = self.admitted(&named, &[]);
        match (admitted.is_empty(), named.is_empty()) {
            (true, true) => Err("there is nobody to escalate to: none of the people asked has a manager.".to_owned()),
            (true, false) if self.actor.sees_everything() => Err(format!("{NOBODY_ELSE} whose account is disabled.")),
            (true, false) => Err(not_chosen(self.actor, &format!("{NOBODY_ELSE} who"))),
            (false, _) => Ok(self.admitted(&named, asked)),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::portal::SpanDraft;
    use crate::portal::clock::Time;
    use crate::portal::groups::Group;
    use crate::portal::ids::GroupId;
    use crate::portal::policies::{TypedPolicy, TypedRung, TypedStage};

    const REQUESTER: u128 = 1;
    const BOSS: u128 = 2;
    static ANYBODY: Actor = Actor::System("test");

    fn id(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    fn user(number: u128, manager: Option<u128>) -> User {
        let email = Email::parse(&format!("p{number}@x.org")).expect("an address");
        User { manager: manager.map(id), ..User::guest(id(number), email, Time(0)) }
    }

    /// The requester, who reports to the boss, and somebody who reports to nobody; a group of the first two, and an empty one.
    fn facts() -> Facts {
        let group = |number: u128, name: &str, members: &[u128]| Group {
            id: GroupId(Uuid::from_u128(number)),
            name: name.into(),
            members: members.iter().copied().map(id).collect(),
            created_at: Time(0),
        };
        Facts {
            users: vec![user(REQUESTER, Some(BOSS)), user(BOSS, None), user(3, None)],
            groups: vec![group(1, "Team", &[REQUESTER, BOSS]), group(2, "Nobody", &[])],
        }
    }

    fn policy(change: impl FnOnce(&mut TypedStage)) -> PolicyDraft {
        let mut typed = TypedPolicy { name: "Travel".into(), ..TypedPolicy::fresh() };
        change(&mut typed.stages[0]);
        typed.read().expect("right")
    }

    fn asked(draft: &PolicyDraft, facts: &Facts) -> Result<Vec<String>, String> {
        let cast = Cast::new(&ANYBODY, draft, &facts.users[0], facts).map_err(|errors| errors[0].message.clone())?;
        Ok(cast.stages[0].asked.iter().map(|who| who.email().to_string()).collect())
    }

    fn of_group(number: u128) -> PolicyDraft {
        policy(|stage| {
            stage.manager = false;
            stage.groups = vec![Uuid::from_u128(number).to_string()];
        })
    }

    #[test]
    fn nobody_is_asked_twice_and_the_requester_not_at_all() {
        let draft = policy(|stage| {
            stage.approvers = "p2@x.org p3@x.org p1@x.org new@x.org".into();
            stage.groups = vec![Uuid::from_u128(1).to_string()];
        });
        assert_eq!(asked(&draft, &facts()).expect("people"), ["p2@x.org", "p3@x.org", "new@x.org"]);
        let draft = PolicyDraft { self_approval: true, ..draft };
        assert_eq!(asked(&draft, &facts()).expect("people").len(), 4, "unless the policy allows it");
    }

    #[test]
    fn a_stage_without_people_says_which_and_why() {
        let nobody = |draft: &PolicyDraft, facts: &Facts| asked(draft, facts).expect_err("nobody to ask");
        assert!(nobody(&of_group(2), &facts()).starts_with("Stage 1: nobody is left to ask: the group Nobody"));
        assert!(nobody(&of_group(9), &facts()).contains("does not exist any more"));
        let mut alone = facts();
        alone.groups[0].members.truncate(1);
        assert!(nobody(&of_group(1), &alone).contains("it asks only p1@x.org, who is the requester"));
        let mut free = facts();
        free.users[0].manager = None;
        let named = policy(|stage| stage.name = "Manager".into());
        assert!(nobody(&named, &free).starts_with("Stage 1, Manager: p1@x.org has no manager"));
        let mut gone = facts();
        gone.users[1].state = UserState::Disabled;
        let told = "p2@x.org, the manager of p1@x.org, cannot be chosen here. An administrator can say why.";
        assert_eq!(nobody(&named, &gone), format!("Stage 1, Manager: {told}"), "not a word on the account");
    }

    #[test]
    fn more_approvals_than_people_are_left_are_refused() {
        let mut draft = of_group(1);
        draft.stages[0].rule = Rule::AtLeast(2);
        let refused = asked(&draft, &facts()).expect_err("one is left");
        assert_eq!(refused, "Stage 1: 2 must approve, but only one person is left to ask.");
    }

    #[test]
    fn an_escalation_asks_somebody_else_or_is_left_out() {
        let rung = |does: &str| TypedRung { does: does.into(), ..TypedRung::fresh() };
        let with = |does: &str, approvers: &str| {
            policy(|stage| {
                (stage.manager, stage.approvers) = (false, approvers.into());
                let last = stage.rungs.pop().expect("a way to end");
                let later = SpanDraft { number: "2".into(), unit: "days".into() };
                stage.rungs.extend([rung(does), TypedRung { span: later, ..last }]);
            })
        };
        let facts = facts();
        let ladder = |draft: &PolicyDraft| {
            let cast =
                Cast::new(&ANYBODY, draft, &facts.users[0], &facts).map_err(|errors| errors[0].message.clone())?;
            let known = |who: Who<'_>| match who {
                Who::Known(user) => Some(user.id),
                Who::Unknown(_) => None,
            };
            Ok::<_, String>(cast.stages[0].frozen(known).expect("everybody is known").ladder)
        };
        let to_boss = ladder(&with("escalate_manager", "p3@x.org")).expect("somebody");
        assert_eq!(to_boss[1].does, Does::Escalate(vec![id(BOSS)]));
        let asked_already = ladder(&with("escalate_manager", "p2@x.org")).expect("somebody");
        assert_eq!(asked_already.len(), 2, "the boss is asked from the beginning");
        let nobody = ladder(&with("escalate_managers", "p3@x.org")).expect_err("nobody's manager");
        assert!(nobody.contains("nobody to escalate to"), "{nobody}");
    }
}
