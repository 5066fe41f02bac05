//! Make, change and remove groups. For admins with a session.

use super::group::{Checked, Group, GroupDraft};
use crate::portal::actor::Actor;
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{GroupId, UserId};
use crate::portal::service::{Parts, Portal};
use crate::portal::submit::person;
use crate::portal::user::{Email, User};
use crate::portal::work::{Audit, Work};

/// A group as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupPage {
    /// The group.
    pub group: Group,
    /// Who belongs to it, by name.
    pub members: Vec<User>,
    /// The policies that use it, by name.
    pub policies: Vec<String>,
}

impl Portal {
    /// Every group, by name.
    pub async fn groups(&self, actor: &Actor) -> Result<Vec<Group>> {
        actor.require_admin_in_person()?;
        self.reads().list_groups().await
    }

    /// One group with its people.
    pub async fn group(&self, actor: &Actor, id: GroupId) -> Result<GroupPage> {
        actor.require_admin_in_person()?;
        let group = self.reads().find_group(id).await?.ok_or(PortalError::NotFound)?;
        let people = self.reads().list_people().await?;
        let members = people.into_iter().filter(|user| group.members.contains(&user.id)).collect();
        Ok(GroupPage { members, policies: self.reads().policies_using(id).await?, group })
    }

    /// Makes a group. [`PortalError::Invalid`] names `name` and `members`. Unknown addresses become guests.
    pub async fn create_group(&self, actor: &Actor, draft: &GroupDraft) -> Result<GroupId> {
        actor.require_admin_in_person()?;
        let checked = draft.check().map_err(PortalError::Invalid)?;
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit("create_group", move |work| {
            Box::pin(async move {
                let now = parts.clock.now();
                if work.find_group_by_name(&checked.name).await?.is_some() {
                    return Err(name_taken());
                }
                let members = members(&actor, work, &parts, &checked, &[], now).await?;
                let id = GroupId(parts.clock.new_id());
                let group = Group { id, name: checked.name, members, created_at: now };
                work.insert_group(&group).await?;
                let detail = changes(&group.name, &group.name, &[], &group.members);
                audit(work, &actor, "group.created", id, detail, now).await?;
                Ok(id)
            })
        })
        .await
    }

    /// Gives a group another name and other people. [`PortalError::Invalid`] names `name` and `members`.
    pub async fn edit_group(&self, actor: &Actor, id: GroupId, draft: &GroupDraft) -> Result<()> {
        actor.require_admin_in_person()?;
        let checked = draft.check().map_err(PortalError::Invalid)?;
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit("edit_group", move |work| {
            Box::pin(async move {
                let now = parts.clock.now();
                let old = work.lock_group(id).await?.ok_or(PortalError::NotFound)?;
                if work.find_group_by_name(&checked.name).await?.is_some_and(|other| other.id != id) {
                    return Err(name_taken());
                }
                let members = members(&actor, work, &parts, &checked, &old.members, now).await?;
                let detail = changes(&old.name, &checked.name, &old.members, &members);
                work.update_group(&Group { name: checked.name, members, ..old }).await?;
                audit(work, &actor, "group.changed", id, detail, now).await
            })
        })
        .await
    }

    /// Removes a group. A conflict while a policy uses it.
    pub async fn delete_group(&self, actor: &Actor, id: GroupId) -> Result<()> {
        actor.require_admin_in_person()?;
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit("delete_group", move |work| {
            Box::pin(async move {
                let group = work.lock_group(id).await?.ok_or(PortalError::NotFound)?;
                let policies = work.policies_using(id).await?;
                if !policies.is_empty() {
                    let why =
                        format!("These policies use the group: {}. Change or archive them first.", policies.join(", "));
                    return Err(PortalError::Conflict(why));
                }
                work.delete_group(id).await?;
                audit(work, &actor, "group.deleted", id, group.name, parts.clock.now()).await
            })
        })
        .await
    }
}

fn name_taken() -> PortalError {
    PortalError::field("name", "There is a group of this name already.")
}

/// The people with the typed addresses. Who was disabled since they joined may stay; nobody disabled joins.
async fn members(
    actor: &Actor,
    work: &dyn Work,
    parts: &Parts,
    checked: &Checked,
    present: &[UserId],
    now: Time,
) -> Result<Vec<UserId>> {
    let staying: Vec<(Email, UserId)> =
        work.list_users(present).await?.into_iter().map(|user| (user.email, user.id)).collect();
    let mut members = Vec::with_capacity(checked.members.len());
    for email in &checked.members {
        let id = match staying.iter().find(|(staying, _)| staying == email) {
            Some((_, id)) => *id,
            None => person(actor, work, &*parts.clock, email, "members", now).await?,
        };
        members.push(id);
    }
    Ok(members)
}

/// What the audit log says of a change: the name, and who joined and left.
fn changes(old_name: &str, name: &str, old: &[UserId], new: &[UserId]) -> String {
    let listed = |word: &str, some: &[UserId], without: &[UserId]| {
        let ids: Vec<_> = some.iter().filter(|id| !without.contains(id)).map(ToString::to_string).collect();
        (!ids.is_empty()).then(|| format!("{word} {}", ids.join(" ")))
    };
    let name = if old_name == name { name.to_owned() } else { format!("{old_name} -> {name}") };
    let parts = [Some(name), listed("joined", new, old), listed("left", old, new)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

async fn audit(
    work: &dyn Work,
    actor: &Actor,
    action: &'static str,
    id: GroupId,
    detail: String,
    at: Time,
) -> Result<()> {
    work.audit(Audit { at, actor, action, object: id.to_string(), detail }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_says_who_joined_and_who_left() {
        let id = |number| UserId(uuid::Uuid::from_u128(number));
        let (one, two) = (id(1), id(2));
        assert_eq!(changes("A", "A", &[one], &[one]), "A");
        assert_eq!(changes("A", "B", &[one], &[two]), format!("A -> B; joined {two}; left {one}"));
    }
}
