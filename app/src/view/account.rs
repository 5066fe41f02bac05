//! Set-up, sign-in and accepting an invitation.

use serde::{Deserialize, Serialize};

use super::form::FormErrors;

/// `/setup`: the first admin. Fields: `name`, `email`, `password`, hidden `token`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUp {
    /// The one-time token of the printed link, posted back.
    pub token: String,
    /// What was typed.
    pub name: String,
    /// What was typed.
    pub email: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// `/sign-in`. Fields: `email`, `password`, hidden `next`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// What was typed. The password is never sent back.
    pub email: String,
    /// The path to go to afterwards, already checked to be one of ours; empty for the inbox.
    pub next: String,
    /// What is wrong. "Wrong address or password" belongs to the form as a whole.
    pub errors: FormErrors,
}

/// `/invite/{token}`. Fields: `name`, `password`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The token of the link, for the form's address.
    pub token: String,
    /// Who invites.
    pub invited_by: String,
    /// The address that was invited; it cannot be changed.
    pub email: String,
    /// What was typed, or the name the inviter gave.
    pub name: String,
    /// What is wrong.
    pub errors: FormErrors,
}
