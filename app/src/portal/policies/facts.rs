//! Everything that is to be known before a policy's names become people.

use super::draft::{EscalateTo, PolicyDraft, RungDoes};
use crate::portal::error::Result;
use crate::portal::groups::Group;
use crate::portal::ids::{GroupId, UserId};
use crate::portal::reads::Reads;
use crate::portal::user::{Email, User};
use crate::portal::work::Work;

/// The people and groups that a policy may mean, and maybe more.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub(super) users: Vec<User>,
    pub(super) groups: Vec<Group>,
}

impl Facts {
    /// What pages may read: everybody, in two queries.
    pub(super) async fn of_pages(reads: &dyn Reads) -> Result<Self> {
        Ok(Self { users: reads.list_people().await?, groups: reads.list_groups().await? })
    }

    /// What one policy needs, as a unit of work sees it; `groups` are those that it names.
    pub(super) async fn of_unit(
        work: &dyn Work,
        draft: &PolicyDraft,
        mut groups: Vec<Group>,
        requester: &User,
    ) -> Result<Self> {
        groups.retain(|group| draft.asks(group.id));
        let mut facts = Self { users: Vec::new(), groups };
        for email in draft.addresses() {
            facts.users.extend(work.find_user_by_email(email).await?);
        }
        let members = facts.groups.iter().flat_map(|group| group.members.iter().copied());
        let ids: Vec<UserId> = members.chain(requester.manager).collect();
        facts.users.extend(work.list_users(&ids).await?);
        if draft.escalates_to_managers() {
            let managers: Vec<UserId> = facts.users.iter().filter_map(|user| user.manager).collect();
            facts.users.extend(work.list_users(&managers).await?);
        }
        Ok(facts)
    }

    pub(super) fn user(&self, id: UserId) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(super) fn user_of(&self, email: &Email) -> Option<&User> {
        self.users.iter().find(|user| user.email == *email)
    }

    pub(super) fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }
}

impl PolicyDraft {
    fn escalates_to_managers(&self) -> bool {
        let rungs = self.stages.iter().flat_map(|stage| &stage.ladder);
        rungs.into_iter().any(|rung| rung.does == RungDoes::Escalate(EscalateTo::ManagersOfApprovers))
    }
}
