//! API tokens.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::form::FormErrors;
use super::frame::Person;
use super::mark::{Icon, Mark, Tone};
use super::moment::Moment;

/// `GET /tokens`, and again as the answer to the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Whose tokens are shown.
    pub tab: TokenTab,
    /// The rows of this page, newest first.
    pub rows: Vec<TokenRow>,
    /// Whether this is not the first page.
    pub paged: bool,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// The form for a new one.
    pub form: TokenForm,
    /// The one that was just made.
    pub created: Option<CreatedToken>,
}

/// Whose tokens are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenTab {
    /// The reader's.
    Mine,
    /// Everybody's (admins).
    Everybody,
}

impl TokenTab {
    /// The value of `?tab=`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Everybody => "everybody",
        }
    }

    /// Its words.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mine => "Mine",
            Self::Everybody => "Everybody\u{2019}s",
        }
    }
}

/// One token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    /// Its id.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// Its owner.
    pub owner: Person,
    /// How it stands.
    pub state: TokenState,
    /// What it may be used for: `instances:read`.
    pub scopes: Vec<String>,
    /// When it was last used.
    pub last_used_at: Option<Moment>,
    /// From when on it does not work; none when it never expires.
    pub expires_at: Option<Moment>,
}

/// How a token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenState {
    /// It works.
    Live,
    /// Its day has come.
    Expired,
    /// Somebody closed it.
    Revoked,
}

impl TokenState {
    /// Word, colour and icon.
    #[must_use]
    pub const fn mark(self) -> Mark {
        match self {
            Self::Live => Mark { word: "Works", tone: Tone::Good, icon: Icon::Check },
            Self::Expired => Mark { word: "Expired", tone: Tone::Gone, icon: Icon::Clock },
            Self::Revoked => Mark { word: "Revoked", tone: Tone::Gone, icon: Icon::Cross },
        }
    }
}

/// `POST /tokens`. Fields: `name`, `scope` (repeated), `expires`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenForm {
    /// What was typed.
    pub name: String,
    /// What a token of the reader may do.
    pub groups: Vec<ScopeGroup>,
    /// How long it may live.
    pub lives: Vec<Choice>,
    /// What is wrong.
    pub errors: FormErrors,
}

/// Scopes about one kind of thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeGroup {
    /// What they are about.
    pub title: String,
    /// The scopes.
    pub scopes: Vec<Choice>,
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The form's value.
    pub value: String,
    /// What it means.
    pub text: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A token that was just made: the one time that its text is shown. Printing it for debugging prints nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedToken {
    /// What its owner calls it.
    pub name: String,
    /// The secret.
    pub text: String,
}

impl fmt::Debug for CreatedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CreatedToken({}, …)", self.name)
    }
}
