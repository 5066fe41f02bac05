//! Somebody shows a token.

use super::bucket::Allowance;
use super::token::TokenState;
use crate::portal::actor::Bearer;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{TokenHash, TokenId};
use crate::portal::service::Portal;

/// A token that works, and how much more it may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// Who comes.
    pub bearer: Bearer,
    /// What is left to them after this call.
    pub allowance: Allowance,
    /// Whether the caller should have this use noted, by [`Portal::note_token_use`], without making anybody wait for it.
    pub is_use_to_note: bool,
}

impl Portal {
    /// Who comes with the token of this hash, with its owner's roles of now; takes one call from what it may do.
    /// [`PortalError::NotSignedIn`] when there is none, it was revoked or has expired, or its owner may not sign in: all look
    /// alike. [`PortalError::TooMany`] when it is used too often.
    pub async fn admit_token(&self, hash: TokenHash) -> Result<Admitted> {
        let (token, owner) = self.reads().find_token_of(hash).await?.ok_or(PortalError::NotSignedIn)?;
        let now = self.now();
        let works = token.state(now) == TokenState::Live;
        let user = owner.signed_in().filter(|_| works).ok_or(PortalError::NotSignedIn)?;
        let allowance = self.buckets.take(token.id, now)?;
        let is_use_to_note = self.buckets.is_to_note(token.id, token.last_used_at, now);
        let scopes = token.scopes.within(user.roles);
        let bearer = Bearer { id: token.id, user, scopes, once: None, in_person: false };
        Ok(Admitted { bearer, allowance, is_use_to_note })
    }

    /// Writes that a token is used now. It changes nothing that anybody decides by, so no audit row says so.
    pub async fn note_token_use(&self, id: TokenId) -> Result<()> {
        let now = self.now();
        self.unit("note_token_use", move |work| Box::pin(async move { work.touch_token(id, now).await })).await
    }
}
