//! Tokens are made, listed and revoked: in the portal after signing in, or at the command line. No token makes another one.

use super::token::{MAX_LIVE_TOKENS, Token, TokenDraft, TokenLine, TokensOf};
use crate::portal::actor::{Actor, SignedIn};
use crate::portal::error::{FieldError, PortalError, Result};
use crate::portal::ids::{TokenHash, TokenId};
use crate::portal::pages::{PAGE_ROWS, Page};
use crate::portal::scope::{Scope, Scopes};
use crate::portal::service::{Parts, Portal};
use crate::portal::user::{Email, User};
use crate::portal::work::{Audit, Work};

impl Portal {
    /// Makes a token for the actor, who has a session. `hash` is the one of a text that was minted for it.
    /// [`PortalError::Invalid`] names `name`, `scope` and `expires`; [`PortalError::Conflict`] when too many work already.
    pub async fn create_token(&self, actor: &Actor, draft: TokenDraft, hash: TokenHash) -> Result<Token> {
        let id = actor.require_session()?.id;
        let (actor, draft, parts) = (actor.clone(), draft.checked()?, self.parts.clone());
        self.unit("create_token", move |work| {
            Box::pin(async move {
                let owner = work.find_user(id).await?.ok_or(PortalError::NotSignedIn)?;
                write(work, &parts, &actor, &owner, draft, hash).await
            })
        })
        .await
    }

    /// Makes a token for the person with this address, at the command line only. As [`Portal::create_token`]; `email` may be
    /// wrong too.
    pub async fn create_token_for(
        &self,
        actor: &Actor,
        email: &str,
        draft: TokenDraft,
        hash: TokenHash,
    ) -> Result<Token> {
        if !matches!(actor, Actor::Cli) {
            return Err(PortalError::forbidden("Nobody makes tokens in the name of others."));
        }
        let email = Email::parse(email).map_err(|message| PortalError::field("email", message))?;
        let (actor, draft, parts) = (actor.clone(), draft.checked()?, self.parts.clone());
        self.unit("create_token_for", move |work| {
            Box::pin(async move {
                let owner = work.find_user_by_email(&email).await?;
                let owner = owner.ok_or_else(|| PortalError::field("email", "Nobody here has this address."))?;
                write(work, &parts, &actor, &owner, draft, hash).await
            })
        })
        .await
    }

    /// A page of tokens, newest first: one's own, or everybody's for admins.
    pub async fn tokens(
        &self,
        actor: &Actor,
        of: TokensOf,
        before: Option<TokenId>,
    ) -> Result<Page<TokenLine, TokenId>> {
        let user = actor.require_session()?.id;
        let user = match of {
            TokensOf::Mine => Some(user),
            TokensOf::Everybody => actor.require_admin().map(|()| None)?,
        };
        let rows = self.reads().list_tokens(user, before, PAGE_ROWS + 1).await?;
        Ok(Page::cut(rows, |line| line.token.id))
    }

    /// Closes a token for good: one's own, or anybody's for admins. To everybody else it does not exist. Nothing changes when
    /// it was revoked before.
    pub async fn revoke_token(&self, actor: &Actor, id: TokenId) -> Result<()> {
        let user = actor.require_session()?;
        let (by, is_admin) = (user.id, user.roles.admin);
        let (actor, clock) = (actor.clone(), self.parts.clock.clone());
        self.unit("revoke_token", move |work| {
            Box::pin(async move {
                let token = work.find_token(id).await?.filter(|token| is_admin || token.user == by);
                let token = token.ok_or(PortalError::NotFound)?;
                let now = clock.now();
                if !work.revoke_token(id, now).await? {
                    return Ok(());
                }
                let detail = format!("of user {}", token.user);
                work.audit(Audit { at: now, actor: &actor, action: "token.revoked", object: id.to_string(), detail })
                    .await
            })
        })
        .await
    }
}

async fn write(
    work: &dyn Work,
    parts: &Parts,
    actor: &Actor,
    owner: &User,
    draft: TokenDraft,
    hash: TokenHash,
) -> Result<Token> {
    let user = owner.signed_in().ok_or_else(|| PortalError::field("email", "This person cannot sign in."))?;
    check_roles(&user, &draft)?;
    let now = parts.clock.now();
    if work.count_live_tokens(user.id, now).await? >= MAX_LIVE_TOKENS {
        return Err(PortalError::conflict(format!(
            "There are {MAX_LIVE_TOKENS} tokens that work already. Revoke those that are not needed any more."
        )));
    }
    let token = Token {
        id: TokenId(parts.clock.new_id()),
        user: user.id,
        hash,
        scopes: draft.scopes,
        created_at: now,
        expires_at: draft.expires_at(now),
        last_used_at: None,
        revoked_at: None,
        name: draft.name,
    };
    work.insert_token(&token).await?;
    let life = draft.days.map_or_else(|| "for ever".to_owned(), |days| format!("for {days} days"));
    let detail = format!("of user {} {life}: {}", user.id, words(token.scopes));
    work.audit(Audit { at: now, actor, action: "token.created", object: token.id.to_string(), detail }).await?;
    Ok(token)
}

fn check_roles(owner: &SignedIn, draft: &TokenDraft) -> Result<()> {
    let mut errors = Vec::new();
    let beyond: Scopes = draft.scopes.iter().filter(|scope| !scope.is_for(owner.roles)).collect();
    if !beyond.is_empty() {
        let message = format!("The roles of {} do not allow {}.", owner.email, words(beyond));
        errors.push(FieldError::new("scope", message));
    }
    if draft.days.is_none() && !owner.roles.admin {
        errors.push(FieldError::new("expires", "Only administrators have tokens that never expire."));
    }
    if errors.is_empty() { Ok(()) } else { Err(PortalError::Invalid(errors)) }
}

fn words(scopes: Scopes) -> String {
    scopes.iter().map(Scope::word).collect::<Vec<_>>().join(", ")
}
