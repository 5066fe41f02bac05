//! What policies ask of the database.

use async_trait::async_trait;

use super::draft::PolicyDraft;
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::{PolicyId, UserId};
use crate::portal::user::Person;

/// A policy as its newest version has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPolicy {
    /// Which.
    pub id: PolicyId,
    /// Which version, from 1.
    pub version: u32,
    /// What it says.
    pub draft: PolicyDraft,
    /// When it was made.
    pub created_at: Time,
    /// When its newest version was saved.
    pub changed_at: Time,
    /// Since when nobody can choose it.
    pub archived_at: Option<Time>,
}

/// Policies within a unit of work.
#[async_trait]
pub trait PolicyWork: Send + Sync {
    /// The policy of that id.
    async fn find_policy(&self, id: PolicyId) -> Result<Option<StoredPolicy>>;
    /// The same, locked against every other unit until this one ends.
    async fn lock_policy(&self, id: PolicyId) -> Result<Option<StoredPolicy>>;
    /// The policy of that name, whatever the case of its letters.
    async fn find_policy_by_name(&self, name: &str) -> Result<Option<PolicyId>>;
    /// How many policies there are.
    async fn count_policies(&self) -> Result<u64>;
    /// Adds a policy with its first version. A conflict when its name is taken.
    async fn insert_policy(&self, policy: &StoredPolicy, by: Option<UserId>) -> Result<()>;
    /// Writes a locked policy back with what is its newest version now; a conflict when there is a version of this number.
    async fn insert_policy_version(&self, policy: &StoredPolicy, by: Option<UserId>) -> Result<()>;
    /// Says since when nobody can choose a locked policy; `None` when everybody can again.
    async fn archive_policy(&self, id: PolicyId, at: Option<Time>) -> Result<()>;
}

/// Policies for pages.
#[async_trait]
pub trait PolicyReads: Send + Sync {
    /// Every policy, by name, with who saved its newest version.
    async fn list_policies(&self) -> Result<Vec<PolicyLine>>;
    /// The policy of that id.
    async fn find_policy(&self, id: PolicyId) -> Result<Option<StoredPolicy>>;
    /// What one version of it says.
    async fn find_policy_version(&self, id: PolicyId, version: u32) -> Result<Option<PolicyDraft>>;
    /// Its versions, newest first.
    async fn list_policy_versions(&self, id: PolicyId) -> Result<Vec<PolicyVersion>>;
}

/// One policy in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyLine {
    /// The policy.
    pub policy: StoredPolicy,
    /// Who saved its newest version; nobody where it was the command line.
    pub by: Option<Person>,
}

/// One version of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyVersion {
    /// Its number, from 1.
    pub version: u32,
    /// When it was saved.
    pub at: Time,
    /// By whom; nobody where it was the command line.
    pub by: Option<Person>,
}
