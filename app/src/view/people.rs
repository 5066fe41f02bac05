//! People and invitations, for admins.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::absence::Away;
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
    /// Who their manager is, by name or address.
    pub manager: Option<String>,
    /// When they last signed in.
    pub signed_in_at: Option<Moment>,
    /// Whether this is the reader, who can neither disable themselves nor stop being an admin.
    pub is_viewer: bool,
    /// Whether and until when they are away.
    pub away: Option<Away>,
}

/// A person with the way to their page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonLink {
    /// Their id.
    pub id: Uuid,
    /// Name and address.
    pub person: Person,
    /// How the account stands.
    pub state: AccountState,
}

/// `GET /people/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonDetail {
    /// The person, as the list has them.
    pub row: PersonRow,
    /// Their manager.
    pub manager: Option<PersonLink>,
    /// Those whose manager they are, by name.
    pub reports: Vec<PersonLink>,
    /// The groups that they belong to, as (id, name), by name.
    pub groups: Vec<(Uuid, String)>,
    /// In which language they get mail, as it calls itself.
    pub language: String,
    /// In which time zone they read times.
    pub zone: String,
    /// Whether they get a digest.
    pub digest: bool,
    /// When they were first invited.
    pub invited_at: Option<Moment>,
    /// When they became known.
    pub created_at: Moment,
    /// The form that says who their manager is.
    pub form: ManagerForm,
}

/// `POST /people/{id}/manager`. Field: `manager`, an address, or nothing for nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagerForm {
    /// What was typed.
    pub manager: String,
    /// Who could be chosen.
    pub others: Vec<Person>,
    /// What is wrong.
    pub errors: FormErrors,
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
