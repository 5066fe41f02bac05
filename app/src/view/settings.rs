//! What everybody sets for themselves.

use serde::{Deserialize, Serialize};

use super::form::FormErrors;
use super::moment::Moment;

/// `GET /settings`: one field per section, in the order of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Who they are and how the portal speaks to them.
    pub profile: ProfileForm,
    /// The password.
    pub password: PasswordForm,
    /// Whether single keys do something on pages.
    pub shortcuts: bool,
    /// Where they are signed in, the session used last first.
    pub sessions: Vec<SessionRow>,
}

/// `POST /settings`. Fields: `name`, `language`, `zone`, `digest`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileForm {
    /// Their address; it never changes.
    pub email: String,
    /// What was typed.
    pub name: String,
    /// The chosen language's code.
    pub language: String,
    /// The languages to choose from, as (code, name in the language itself).
    pub languages: Vec<(String, String)>,
    /// What was typed: a time zone's name.
    pub zone: String,
    /// The zones to choose from.
    pub zones: Vec<String>,
    /// The time of now in that zone; `None` while what was typed is none.
    pub zone_time: Option<String>,
    /// Whether a digest is wanted.
    pub digest: bool,
    /// What is wrong.
    pub errors: FormErrors,
}

/// `POST /settings/password`. Fields: `current`, `password`. Nothing that was typed is sent back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordForm {
    /// What is wrong.
    pub errors: FormErrors,
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// When it began.
    pub began_at: Moment,
    /// When it was last used.
    pub used_at: Moment,
    /// When it ends by itself.
    pub ends_at: Moment,
    /// Whether it is the one that shows this page.
    pub is_this: bool,
}
