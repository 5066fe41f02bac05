//! One person: the page that admins see of them, and who their manager is.

use async_trait::async_trait;

use super::actor::Actor;
use super::error::{PortalError, Result};
use super::groups::Group;
use super::ids::UserId;
use super::service::Portal;
use super::user::{Email, User, UserState};
use super::work::{Audit, Work};

/// Who stands above whom, within a unit of work.
#[async_trait]
pub trait PersonWork: Send + Sync {
    /// The managers above somebody, nearest first. Until this unit ends no other one that asks this changes a manager.
    async fn list_managers_above(&self, user: UserId) -> Result<Vec<UserId>>;
}

/// A person with whom and what they belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonPage {
    /// The person.
    pub user: User,
    /// Their manager.
    pub manager: Option<User>,
    /// Those whose manager they are, by name.
    pub reports: Vec<User>,
    /// The groups that they belong to, by name.
    pub groups: Vec<Group>,
    /// Everybody, by name.
    pub people: Vec<User>,
}

impl Portal {
    /// Somebody's page, for admins.
    pub async fn person_page(&self, actor: &Actor, id: UserId) -> Result<PersonPage> {
        actor.require_admin_in_person()?;
        let people = self.reads().list_people().await?;
        let user = people.iter().find(|user| user.id == id).cloned().ok_or(PortalError::NotFound)?;
        let mut groups = self.reads().list_groups().await?;
        groups.retain(|group| group.members.contains(&id));
        Ok(PersonPage {
            manager: people.iter().find(|other| Some(other.id) == user.manager).cloned(),
            reports: people.iter().filter(|other| other.manager == Some(id)).cloned().collect(),
            people,
            groups,
            user,
        })
    }

    /// Says who somebody's manager is: whoever has the address `manager`, or nobody when it is empty.
    /// [`PortalError::Invalid`] names `manager`: nobody stands above themselves, not even through others.
    pub async fn set_manager(&self, actor: &Actor, id: UserId, manager: &str) -> Result<()> {
        actor.require_admin_in_person()?;
        let email = match manager.trim() {
            "" => None,
            typed => Some(Email::parse(typed).map_err(wrong)?),
        };
        self.change_person("set_manager", actor, id, move |work, _, actor, user, now| {
            Box::pin(async move {
                user.manager = match &email {
                    Some(email) => Some(manager_of(work, user, email).await?),
                    None => None,
                };
                let detail = user.manager.map_or_else(|| "nobody".to_owned(), |manager| manager.to_string());
                let object = user.id.to_string();
                work.audit(Audit { at: now, actor, action: "user.manager_changed", object, detail }).await
            })
        })
        .await
    }
}

fn wrong(message: &str) -> PortalError {
    PortalError::field("manager", message)
}

/// The person with that address, if `user` may report to them.
async fn manager_of(work: &dyn Work, user: &User, email: &Email) -> Result<UserId> {
    let manager = work.find_user_by_email(email).await?;
    let manager = manager.ok_or_else(|| wrong("Nobody here has this address. Invite them first."))?;
    if manager.id == user.id {
        return Err(wrong("Nobody is their own manager."));
    }
    if manager.state == UserState::Disabled {
        return Err(wrong("This person is disabled. Choose somebody else."));
    }
    if work.list_managers_above(manager.id).await?.contains(&user.id) {
        let name = manager.person().label().to_owned();
        return Err(wrong(&format!("{name} reports to this person, directly or through others.")));
    }
    Ok(manager.id)
}
