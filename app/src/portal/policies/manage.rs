//! Make, change, archive and restore policies. For admins with a session.

use futures::future::BoxFuture;

use super::draft::PolicyDraft;
use super::work::StoredPolicy;
use crate::portal::actor::Actor;
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{GroupId, PolicyId};
use crate::portal::service::{Parts, Portal};
use crate::portal::work::{Audit, Work};

/// The most policies.
const MAX_POLICIES: u64 = 500;

/// Somebody who changes a policy within a unit of work.
struct Change<'a> {
    work: &'a dyn Work,
    parts: &'a Parts,
    actor: &'a Actor,
    now: Time,
}

impl Portal {
    /// Makes a policy. [`PortalError::Invalid`] names the fields of the draft.
    pub async fn create_policy(&self, actor: &Actor, draft: PolicyDraft) -> Result<PolicyId> {
        let draft = checked(actor, draft)?;
        self.change_policies("create_policy", actor, move |change| {
            Box::pin(async move {
                change.name_is_free(&draft, None).await?;
                change.create(draft).await
            })
        })
        .await
    }

    /// Saves a new version of a policy, written by somebody who saw version `seen` of it. A conflict when there is a newer one, so
    /// that nobody undoes what they have not seen. Requests that run keep the version that they were submitted with.
    pub async fn edit_policy(&self, actor: &Actor, id: PolicyId, seen: u32, draft: PolicyDraft) -> Result<()> {
        let draft = checked(actor, draft)?;
        self.change_policies("edit_policy", actor, move |change| {
            Box::pin(async move {
                let old = change.work.lock_policy(id).await?.ok_or(PortalError::NotFound)?;
                if old.version != seen {
                    let newest = old.version;
                    return Err(PortalError::conflict(format!(
                        "Somebody saved version {newest} of this policy in the meantime. Look at it before you save yours \
                         over it."
                    )));
                }
                change.name_is_free(&draft, Some(id)).await?;
                change.save(old, draft).await
            })
        })
        .await
    }

    /// Makes a policy, or a new version of the one that has its name.
    pub(super) async fn put_policy(&self, actor: &Actor, draft: PolicyDraft) -> Result<PolicyId> {
        let draft = checked(actor, draft)?;
        self.change_policies("import_policy", actor, move |change| {
            Box::pin(async move {
                let Some(id) = change.work.find_policy_by_name(&draft.name).await? else {
                    return change.create(draft).await;
                };
                let old = change.work.lock_policy(id).await?.ok_or(PortalError::NotFound)?;
                if old.archived_at.is_some() {
                    let why = "There is an archived policy of this name. Restore it first, or choose another name.";
                    return Err(PortalError::field("text", why));
                }
                change.save(old, draft).await?;
                Ok(id)
            })
        })
        .await
    }

    /// Lets nobody choose a policy any more. Requests that run are not touched. A conflict when it is archived.
    pub async fn archive_policy(&self, actor: &Actor, id: PolicyId) -> Result<()> {
        self.set_archived("archive_policy", actor, id, true).await
    }

    /// Lets people choose an archived policy again. A conflict when it is not archived.
    pub async fn restore_policy(&self, actor: &Actor, id: PolicyId) -> Result<()> {
        self.set_archived("restore_policy", actor, id, false).await
    }

    async fn set_archived(&self, caller: &'static str, actor: &Actor, id: PolicyId, archived: bool) -> Result<()> {
        self.change_policies(caller, actor, move |change| {
            Box::pin(async move {
                let old = change.work.lock_policy(id).await?.ok_or(PortalError::NotFound)?;
                match (old.archived_at.is_some(), archived) {
                    (true, true) => return Err(PortalError::conflict("This policy is archived already.")),
                    (false, false) => return Err(PortalError::conflict("This policy is not archived.")),
                    _ => {}
                }
                change.work.archive_policy(id, archived.then_some(change.now)).await?;
                let action = if archived { "policy.archived" } else { "policy.restored" };
                change.audit(action, id, old.draft.name).await
            })
        })
        .await
    }

    /// Runs `apply` in one unit of work, if the actor may change policies.
    async fn change_policies<T, F>(&self, caller: &'static str, actor: &Actor, apply: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(Change<'a>) -> BoxFuture<'a, Result<T>> + Send + 'static,
    {
        actor.require_admin_in_person()?;
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit(caller, move |work| {
            Box::pin(async move { apply(Change { work, parts: &parts, actor: &actor, now: parts.clock.now() }).await })
        })
        .await
    }
}

/// The draft, if the actor may save policies and it can be kept.
fn checked(actor: &Actor, draft: PolicyDraft) -> Result<PolicyDraft> {
    actor.require_admin_in_person()?;
    draft.checked().map_err(PortalError::Invalid)
}

impl Change<'_> {
    async fn name_is_free(&self, draft: &PolicyDraft, own: Option<PolicyId>) -> Result<()> {
        match self.work.find_policy_by_name(&draft.name).await? {
            Some(other) if Some(other) != own => Err(PortalError::field(
                "name",
                "There is a policy of this name already, maybe among the archived ones.",
            )),
            _ => Ok(()),
        }
    }

    async fn create(self, draft: PolicyDraft) -> Result<PolicyId> {
        if self.work.count_policies().await? >= MAX_POLICIES {
            return Err(PortalError::conflict(format!("There are {MAX_POLICIES} policies, which is the most.")));
        }
        self.groups_exist(&draft).await?;
        let id = PolicyId(self.parts.clock.new_id());
        let policy =
            StoredPolicy { id, version: 1, draft, created_at: self.now, changed_at: self.now, archived_at: None };
        self.work.insert_policy(&policy, self.actor.user_id()).await?;
        self.audit("policy.created", id, policy.draft.name).await?;
        Ok(id)
    }

    async fn save(self, old: StoredPolicy, draft: PolicyDraft) -> Result<()> {
        self.groups_exist(&draft).await?;
        let policy = StoredPolicy { version: old.version + 1, draft, changed_at: self.now, ..old };
        self.work.insert_policy_version(&policy, self.actor.user_id()).await?;
        let detail = format!("version {}: {}", policy.version, policy.draft.name);
        self.audit("policy.changed", policy.id, detail).await
    }

    /// Passes when every group that is named exists, and keeps them from being removed until the unit ends.
    async fn groups_exist(&self, draft: &PolicyDraft) -> Result<()> {
        let mut gone = Vec::new();
        for group in draft.groups_named() {
            if self.work.find_group(group).await?.is_none() {
                gone.push(group);
            }
        }
        let is_gone = |named: &[GroupId]| named.iter().any(|group| gone.contains(group));
        match draft.stages.iter().position(|stage| is_gone(&stage.approvers.groups)) {
            Some(number) => Err(PortalError::field(format!("stage.{number}.approvers"), GROUP_IS_GONE)),
            None if is_gone(&draft.offered_to) => Err(PortalError::field("offered_to", GROUP_IS_GONE)),
            None => Ok(()),
        }
    }

    async fn audit(&self, action: &'static str, id: PolicyId, detail: String) -> Result<()> {
        self.work.audit(Audit { at: self.now, actor: self.actor, action, object: id.to_string(), detail }).await
    }
}

const GROUP_IS_GONE: &str = "A group that was chosen does not exist any more. Choose again.";
