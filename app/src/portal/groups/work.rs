//! What groups ask of the database.

use async_trait::async_trait;

use super::group::Group;
use crate::portal::error::Result;
use crate::portal::ids::GroupId;

/// Groups within a unit of work.
#[async_trait]
pub trait GroupWork: Send + Sync {
    /// The group of that id. Until the unit ends nobody changes or removes it, and others may read it so, too. Who needs several
    /// asks in the order of their ids, as [`PolicyDraft::groups_named`] has them, so that no two units wait for each other.
    ///
    /// [`PolicyDraft::groups_named`]: crate::portal::policies::PolicyDraft::groups_named
    async fn find_group(&self, id: GroupId) -> Result<Option<Group>>;
    /// The same, locked against every other unit until this one ends, to be changed or removed.
    async fn lock_group(&self, id: GroupId) -> Result<Option<Group>>;
    /// The group of that name, whatever the case of its letters.
    async fn find_group_by_name(&self, name: &str) -> Result<Option<Group>>;
    /// Adds a group. A conflict when its name is taken.
    async fn insert_group(&self, group: &Group) -> Result<()>;
    /// Writes name and members back; an error when the group is gone.
    async fn update_group(&self, group: &Group) -> Result<()>;
    /// Removes a group and who belonged to it.
    async fn delete_group(&self, id: GroupId) -> Result<()>;
    /// The names of the policies whose newest version uses this group, by name; archived ones do not count.
    async fn policies_using(&self, id: GroupId) -> Result<Vec<String>>;
}

/// Groups for pages.
#[async_trait]
pub trait GroupReads: Send + Sync {
    /// Every group, by name.
    async fn list_groups(&self) -> Result<Vec<Group>>;
    /// The group of that id.
    async fn find_group(&self, id: GroupId) -> Result<Option<Group>>;
    /// The same as [`GroupWork::policies_using`].
    async fn policies_using(&self, id: GroupId) -> Result<Vec<String>>;
}
