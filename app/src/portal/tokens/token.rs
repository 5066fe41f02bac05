//! An API token as the portal knows it, and what is typed to make one.

use std::time::Duration;

use crate::portal::clock::Time;
use crate::portal::error::{FieldError, PortalError, Result};
use crate::portal::ids::{TokenHash, TokenId, UserId};
use crate::portal::scope::Scopes;
use crate::portal::user::{Person, checked_name};

/// How many tokens of one person may work at a time: more are forgotten ones.
pub const MAX_LIVE_TOKENS: u64 = 50;
/// The longest life of a token in days, but for those of admins that never expire.
pub const MAX_TOKEN_DAYS: u32 = 365;
/// The lives in days that people choose from.
pub const LIFETIMES: [u32; 4] = [7, 30, 90, MAX_TOKEN_DAYS];

const DAY: Duration = Duration::from_secs(86_400);

/// An API token. Its text is known to whoever was shown it, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Which.
    pub id: TokenId,
    /// In whose name it acts.
    pub user: UserId,
    /// What its owner calls it.
    pub name: String,
    /// The SHA-256 of its text.
    pub hash: TokenHash,
    /// What it may be used for, as it was made; the owner's roles may have become less since.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Time,
    /// From when on it does not work; `None` when it never expires.
    pub expires_at: Option<Time>,
    /// When it was last used, to within ten minutes.
    pub last_used_at: Option<Time>,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
}

/// Whether a token works, its owner's account aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// It does.
    Live,
    /// Its day has come.
    Expired,
    /// Somebody closed it.
    Revoked,
}

impl Token {
    /// How it stands at `now`.
    pub fn state(&self, now: Time) -> TokenState {
        if self.revoked_at.is_some() {
            TokenState::Revoked
        } else if self.expires_at.is_some_and(|end| end <= now) {
            TokenState::Expired
        } else {
            TokenState::Live
        }
    }
}

/// A token with whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenLine {
    /// The token.
    pub token: Token,
    /// Its owner.
    pub owner: Person,
}

/// Whose tokens are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokensOf {
    /// The actor's own.
    Mine,
    /// Everybody's; for admins.
    Everybody,
}

/// A token to be made, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenDraft {
    /// What to call it.
    pub name: String,
    /// What it may be used for; at least one scope, none beyond the owner's roles.
    pub scopes: Scopes,
    /// For how many days, 1 to [`MAX_TOKEN_DAYS`]; `None` for ever, which only admins may choose.
    pub days: Option<u32>,
}

impl TokenDraft {
    /// The draft with its name in one line; [`PortalError::Invalid`] names `name`, `scope` and `expires`.
    pub(super) fn checked(self) -> Result<Self> {
        let mut errors = Vec::new();
        let name = checked_name(&self.name, &mut errors);
        if self.scopes.is_empty() {
            errors.push(FieldError::new("scope", "Choose at least one thing that the token may do."));
        }
        if self.days.is_some_and(|days| !(1..=MAX_TOKEN_DAYS).contains(&days)) {
            errors.push(FieldError::new("expires", format!("Choose a life of 1 to {MAX_TOKEN_DAYS} days.")));
        }
        if errors.is_empty() { Ok(Self { name, ..self }) } else { Err(PortalError::Invalid(errors)) }
    }

    /// When a token made at `now` expires.
    pub(super) fn expires_at(&self, now: Time) -> Option<Time> {
        self.days.map(|days| now + DAY * days)
    }
}
