//! Groups of people: a name under which policies ask several at once. Admins keep them.
//!
//! A group is looked up when a request is submitted; who joins or leaves later changes nothing about requests that run.

mod group;
mod manage;
mod work;

pub use group::{Group, GroupDraft, MAX_GROUP_MEMBERS, MAX_GROUP_NAME_CHARS};
pub use manage::GroupPage;
pub use work::{GroupReads, GroupWork};
