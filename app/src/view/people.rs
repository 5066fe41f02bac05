//! People and invitations, for admins.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::form::FormErrors;
use super::frame::{Person, RoleSet};
use super::moment::Moment;
use super::state::AccountState;

/// `GET /people`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// Everybody, by name.
    pub rows: Vec<PersonRow>,
    /// The form for inviting somebody.
    pub invite: InviteForm,
}

/// One person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// Their id.
    pub id: Uuid,
    /// Name and address.
    pub person: Person,
    /// How the account stands.
    pub state: AccountState,
    /// What they may do.
    pub roles: RoleSet,
    /// When they last signed in.
    pub signed_in_at: Option<Moment>,
    /// Whether this is the reader, who can neither disable themselves nor stop being an admin.
    pub is_viewer: bool,
}

/// `POST /people/invite`. Fields: `name`, `email`, `role` (repeated).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteForm {
    /// What was typed.
    pub name: String,
    /// What was typed.
    pub email: String,
    /// What was ticked.
    pub roles: RoleSet,
    /// What is wrong.
    pub errors: FormErrors,
}
