//! Who would be asked when, if somebody submitted a request now.

use super::cast::{Cast, Who};
use super::draft::{PolicyDraft, RungDoes};
use super::facts::Facts;
use crate::portal::actor::Actor;
use crate::portal::clock::Time;
use crate::portal::error::FieldError;
use crate::portal::ids::UserId;
use crate::portal::ladder::Deadline;
use crate::portal::policy::{Does, FinalRule, Rule};
use crate::portal::user::{Person, User};

/// A policy seen by one requester.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyPreview {
    /// Who would submit the request.
    pub requester: Person,
    /// The stages. Each takes it that those before it are approved when their due time comes, or at once where there is none.
    pub stages: Vec<PreviewStage>,
    /// Who would observe it.
    pub observers: Vec<PreviewPerson>,
    /// Whether the policy lets requesters approve their own requests.
    pub self_approval: bool,
}

/// A stage with its people and times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewStage {
    /// Its name; may be empty.
    pub name: String,
    /// How many must approve.
    pub rule: Rule,
    /// Who is asked.
    pub asked: Vec<PreviewPerson>,
    /// When they are asked.
    pub opens_at: Time,
    /// By when they must decide; none where nothing happens by itself.
    pub due_at: Option<Time>,
    /// What the clock does, in order of time.
    pub steps: Vec<PreviewStep>,
}

/// Somebody who would be asked, or whoever stands in for them then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewPerson {
    /// Who, unless nobody has heard of them yet.
    pub id: Option<UserId>,
    /// Display name; empty where only the address is known.
    pub name: String,
    /// Mail address.
    pub email: String,
}

/// A rung of the ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewStep {
    /// When.
    pub at: Time,
    /// What.
    pub does: PreviewDoes,
}

/// What a rung does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreviewDoes {
    /// Reminds those who have not answered.
    Remind,
    /// Asks these people too.
    Escalate(Vec<PreviewPerson>),
    /// Ends the stage.
    Finish(FinalRule),
}

impl From<Who<'_>> for PreviewPerson {
    fn from(who: Who<'_>) -> Self {
        match who {
            Who::Known(user) => Self { id: Some(user.id), name: user.name.clone(), email: user.email.to_string() },
            Who::Unknown(email) => Self { id: None, name: String::new(), email: email.to_string() },
        }
    }
}

impl PolicyPreview {
    /// Everybody who would be asked at some time, whom the portal knows; maybe twice.
    pub fn known(&self) -> Vec<UserId> {
        let escalated = |step: &PreviewStep| match &step.does {
            PreviewDoes::Escalate(people) => people.clone(),
            PreviewDoes::Remind | PreviewDoes::Finish(_) => Vec::new(),
        };
        let of_stage = |stage: &PreviewStage| {
            let escalated: Vec<_> = stage.steps.iter().flat_map(escalated).collect();
            stage.asked.iter().cloned().chain(escalated).collect::<Vec<_>>()
        };
        self.stages.iter().flat_map(of_stage).filter_map(|person| person.id).collect()
    }

    /// Along whom, and by whose arrangements for others, no question goes by absences.
    pub fn barred(&self) -> Option<UserId> {
        (!self.self_approval).then_some(self.requester.id)
    }
}

/// The preview of a policy that was checked, in the words for `actor`. The times are those that a request gets, by the same rules.
pub(super) fn preview(
    actor: &Actor,
    draft: &PolicyDraft,
    requester: &User,
    facts: &Facts,
    now: Time,
) -> Result<PolicyPreview, Vec<FieldError>> {
    let cast = Cast::new(actor, draft, requester, facts)?;
    // Times do not depend on who is who, so that it does no harm to take all of them for one.
    let anybody = |_: Who<'_>| Some(UserId(uuid::Uuid::nil()));
    let mut opens_at = now;
    let mut stages = Vec::with_capacity(cast.stages.len());
    for stage in &cast.stages {
        let Some(frozen) = stage.frozen(anybody) else { continue };
        let deadline: Deadline = frozen.deadline(opens_at);
        let due_at = deadline.base_at;
        let escalated = stage.rungs().filter(|(rung, _)| matches!(rung.does, RungDoes::Escalate(_)));
        let mut escalated = escalated.map(|(_, to)| people(to));
        let steps = frozen.times(deadline).map(|(_, rung, at)| PreviewStep {
            at,
            does: match rung.does {
                Does::Remind => PreviewDoes::Remind,
                Does::Finish(rule) => PreviewDoes::Finish(rule),
                Does::Escalate(_) => PreviewDoes::Escalate(escalated.next().unwrap_or_default()),
            },
        });
        let steps = steps.collect();
        let (name, rule) = (frozen.name.clone(), frozen.rule);
        stages.push(PreviewStage { name, rule, asked: people(&stage.asked), opens_at, due_at, steps });
        opens_at = due_at.unwrap_or(opens_at);
    }
    let (requester, observers) = (requester.person(), people(&cast.observers));
    Ok(PolicyPreview { requester, stages, observers, self_approval: draft.self_approval })
}

fn people(who: &[Who<'_>]) -> Vec<PreviewPerson> {
    who.iter().map(|who| PreviewPerson::from(*who)).collect()
}
