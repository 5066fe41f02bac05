//! The policy of a new request: names become people for good.

use super::cast::{Cast, Who};
use super::facts::Facts;
use super::pages::may_use;
use super::work::StoredPolicy;
use crate::portal::actor::Actor;
use crate::portal::clock::{Clock, Time};
use crate::portal::error::{PortalError, Result};
use crate::portal::groups::Group;
use crate::portal::ids::{PolicyId, UserId};
use crate::portal::policy::{Policy, PolicySource};
use crate::portal::submit::person;
use crate::portal::user::{Email, User};
use crate::portal::work::Work;

/// What a request is submitted with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The policy with its people.
    pub policy: Policy,
    /// Who observes the request.
    pub observers: Vec<UserId>,
}

/// The people of a policy for this requester, as things stand in this unit of work; of unknown addresses guests are made.
/// [`PortalError::Invalid`] names `policy` and says per stage who is missing.
async fn resolve(
    actor: &Actor,
    work: &dyn Work,
    clock: &dyn Clock,
    stored: &StoredPolicy,
    groups: Vec<Group>,
    requester: &User,
    now: Time,
) -> Result<Resolved> {
    let draft = &stored.draft;
    let facts = Facts::of_unit(work, draft, groups, requester).await?;
    let cast = Cast::new(actor, draft, requester, &facts).map_err(PortalError::Invalid)?;
    let mut guests: Vec<(&Email, UserId)> = Vec::new();
    for email in cast.newcomers() {
        guests.push((email, person(actor, work, clock, email, "policy", now).await?));
    }
    let id = |who: Who<'_>| match who {
        Who::Known(user) => Some(user.id),
        Who::Unknown(email) => guests.iter().find(|(known, _)| *known == email).map(|(_, id)| *id),
    };
    let stages: Option<Vec<_>> = cast.stages.iter().map(|stage| stage.frozen(id)).collect();
    let observers: Option<Vec<_>> = cast.observers.iter().map(|who| id(*who)).collect();
    let (Some(stages), Some(observers)) = (stages, observers) else {
        return Err(PortalError::Internal("somebody whom a policy names was made no guest".into()));
    };
    let policy = Policy {
        source: Some(PolicySource { id: stored.id, name: draft.name.clone(), version: stored.version }),
        stages,
        on_revision: draft.on_revision,
        self_approval: draft.self_approval,
        reconsider_within: draft.reconsider_within,
        assurance: draft.assurance,
        max_link_life: draft.max_link_life,
    };
    Ok(Resolved { policy, observers })
}

/// The stored policy of that id for a request that the actor submits. [`PortalError::Invalid`] names `policy` also when it is
/// archived or not for them.
pub(in crate::portal) async fn resolve_stored(
    work: &dyn Work,
    clock: &dyn Clock,
    id: PolicyId,
    actor: &Actor,
    now: Time,
) -> Result<Resolved> {
    let gone = || PortalError::field("policy", "This policy can no longer be chosen. Choose another one.");
    let user = actor.signed_in()?;
    let stored = work.find_policy(id).await?.filter(|stored| stored.archived_at.is_none()).ok_or_else(gone)?;
    let mut groups = Vec::new();
    for group in stored.draft.groups_named() {
        groups.extend(work.find_group(group).await?);
    }
    if !may_use(user, &stored.draft, &groups) {
        return Err(gone());
    }
    let requester = work.find_user(user.id).await?.ok_or(PortalError::NotSignedIn)?;
    resolve(actor, work, clock, &stored, groups, &requester, now).await
}
