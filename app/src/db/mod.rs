//! The portal's tables and queries: what `portal` declares ([`Work`](crate::portal::Work), [`Reads`](crate::portal::Reads)),
//! done with SeaORM. Nothing outside of this module knows a column.
//!
//! Pages read on a pool of connections that cannot write. Everything that writes does so in a transaction of the
//! engine's client, which commits rows and instances together.

mod database;
mod lock;
mod tables;
mod words;

mod absences;
mod assignments;
mod audit;
mod certificate;
mod codes;
mod deliveries;
mod digests;
mod engine;
mod error;
mod files;
mod groups;
mod inbox;
mod inbox_filter;
mod inbox_tabs;
mod key_uses;
mod links;
mod mails;
mod monitor_rows;
mod monitors;
mod once;
mod policies;
mod policy;
mod previews;
mod records;
mod requests;
mod revisions;
mod saved_views;
mod search;
mod search_text;
mod tokens;
mod users;
mod webhooks;
mod workflows;
mod workload;

mod reads;
mod sessions;
mod work;

pub use database::Database;
pub use reads::DbReads;
pub use sessions::DbSessions;
pub use work::DbUnits;

use crate::portal::error::Result;
use crate::portal::ids::UserId;
use crate::portal::user::{Person, User};

/// The person of that id among those already read; everybody whom a row names must exist.
fn person_of(people: &[User], id: UserId, table: &'static str) -> Result<Person> {
    let found = people.iter().find(|user| user.id == id).map(User::person);
    found.ok_or_else(|| error::unreadable(table, "user", &id.to_string()))
}
