//! What the pages of policies ask for, and the form of a new request.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::draft::PolicyDraft;
use super::facts::Facts;
use super::preview::{PolicyPreview, preview};
use super::template::{Filling, fill};
use super::work::{PolicyLine, PolicyVersion, StoredPolicy};
use crate::portal::actor::{Actor, SignedIn};
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::groups::Group;
use crate::portal::ids::PolicyId;
use crate::portal::scope::Scope;
use crate::portal::service::Portal;
use crate::portal::user::{Email, UserState};

/// A policy with its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyPage {
    /// The policy.
    pub policy: StoredPolicy,
    /// Its versions, newest first.
    pub versions: Vec<PolicyVersion>,
    /// What the version says that was asked for.
    pub shown: PolicyDraft,
}

/// A policy that somebody may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsablePolicy {
    /// The policy.
    pub policy: StoredPolicy,
    /// What the title of a new request begins as; empty where the policy says nothing.
    pub title: String,
    /// What its text begins as.
    pub text: String,
}

impl Portal {
    /// Every policy, by name, archived ones included. For admins.
    pub async fn policies(&self, actor: &Actor) -> Result<Vec<PolicyLine>> {
        actor.require_admin_in_person()?;
        self.reads().list_policies().await
    }

    /// A policy with what `version` of it says, the newest one without. For admins.
    pub async fn policy(&self, actor: &Actor, id: PolicyId, version: Option<u32>) -> Result<PolicyPage> {
        actor.require_admin_in_person()?;
        let policy = self.reads().find_policy(id).await?.ok_or(PortalError::NotFound)?;
        let shown = match version {
            Some(version) => self.reads().find_policy_version(id, version).await?.ok_or(PortalError::NotFound)?,
            None => policy.draft.clone(),
        };
        Ok(PolicyPage { versions: self.reads().list_policy_versions(id).await?, shown, policy })
    }

    /// Who would be asked when, if the person with the address `requester` submitted a request now; the actor themself when it is
    /// empty. For admins. [`PortalError::Invalid`] names `as`, the fields of the draft, or `policy` where somebody is missing.
    pub async fn preview_draft(&self, actor: &Actor, draft: PolicyDraft, requester: &str) -> Result<PolicyPreview> {
        actor.require_admin_in_person()?;
        let draft = draft.checked().map_err(PortalError::Invalid)?;
        let email = match requester.trim() {
            "" => actor.require_session()?.email.clone(),
            typed => typed.to_owned(),
        };
        let email = Email::parse(&email).map_err(|message| PortalError::field("as", message))?;
        let facts = Facts::of_pages(self.reads()).await?;
        let known = facts.user_of(&email).filter(|user| user.state != UserState::Disabled);
        let user = known.ok_or_else(|| PortalError::field("as", "Nobody here has this address."))?;
        preview(actor, &draft, user, &facts, self.now()).map_err(PortalError::Invalid)
    }

    /// The policies that the actor may choose for a request of theirs, by name.
    pub async fn usable_policies(&self, actor: &Actor) -> Result<Vec<UsablePolicy>> {
        actor.require_scope(Scope::RequestsRead)?;
        let user = actor.require_requester()?;
        let lines = self.reads().list_policies().await?;
        let policies = lines.into_iter().map(|line| line.policy).filter(|policy| policy.archived_at.is_none());
        let groups = self.reads().list_groups().await?;
        let usable = policies.filter(|policy| may_use(user, &policy.draft, &groups));
        Ok(usable.map(|policy| self.filled(user, policy)).collect())
    }

    /// Who would be asked when, if the actor submitted a request with this policy now. [`PortalError::Invalid`] names `policy`.
    pub async fn preview_policy(&self, actor: &Actor, id: PolicyId) -> Result<PolicyPreview> {
        let user = actor.require_requester()?.id;
        let usable = self.usable_policies(actor).await?;
        let chosen = usable.into_iter().find(|usable| usable.policy.id == id);
        let gone = || PortalError::field("policy", "This policy can no longer be chosen. Choose another one.");
        let draft = chosen.ok_or_else(gone)?.policy.draft;
        let facts = Facts::of_pages(self.reads()).await?;
        let requester = facts.user(user).ok_or(PortalError::NotSignedIn)?;
        preview(actor, &draft, requester, &facts, self.now()).map_err(PortalError::Invalid)
    }

    fn filled(&self, user: &SignedIn, policy: StoredPolicy) -> UsablePolicy {
        let filling = Filling {
            requester: if user.name.is_empty() { user.email.clone() } else { user.name.clone() },
            email: user.email.clone(),
            date: day_of(self.now(), user.zone.name()),
            policy: policy.draft.name.clone(),
        };
        let title = fill(&policy.draft.title, &filling);
        UsablePolicy { title, text: fill(&policy.draft.text, &filling), policy }
    }
}

/// Whether somebody may choose a policy: everybody, or the members of its groups, and admins.
pub(super) fn may_use(user: &SignedIn, draft: &PolicyDraft, groups: &[Group]) -> bool {
    let mut offered = groups.iter().filter(|group| draft.offered_to.contains(&group.id));
    draft.offered_to.is_empty() || user.roles.admin || offered.any(|group| group.members.contains(&user.id))
}

/// The day as a calendar of that zone has it: `2026-11-23`.
fn day_of(at: Time, zone: &str) -> String {
    let moment = Timestamp::from_microsecond(at.micros()).unwrap_or_default();
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    moment.to_zoned(zone).date().to_string()
}
