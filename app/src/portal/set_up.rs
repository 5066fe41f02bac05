//! The first admin: by a one-time link printed at start, by the command line, or by the environment.

use super::actor::{Actor, Roles, SignedIn};
use super::clock::Time;
use super::error::{PortalError, Result};
use super::ids::{LinkId, UserId};
use super::link::{Binding, Invalid, Link, LinkClaims, LinkState, Purpose, whole_seconds};
use super::request::MAX_LINK_LIFE;
use super::service::Portal;
use super::stage::{insert_minted, use_up};
use super::user::{Email, User, UserState, check_password, checked_email, checked_name};
use super::work::{Audit, LinkScope, Work};

/// What the audit log calls the link that sets up the first admin.
const SET_UP: &str = "set-up";

/// A person with a password, as typed.
#[derive(Clone)]
pub struct AccountDraft {
    /// Display name.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// Password; never logged.
    pub password: String,
}

impl Portal {
    /// Whether the portal still waits for its first admin.
    pub async fn needs_set_up(&self) -> Result<bool> {
        Ok(!self.reads().has_admin().await?)
    }

    /// Mints the link that sets up the first admin, in place of those before; `None` once there is an admin.
    pub async fn mint_set_up_link(&self) -> Result<Option<Link>> {
        let parts = self.parts.clone();
        self.unit("mint_set_up_link", move |work| {
            Box::pin(async move {
                if work.count_admins().await? > 0 {
                    return Ok(None);
                }
                let now = parts.clock.now();
                work.revoke_links(LinkScope::SetUp, Invalid::Superseded).await?;
                let link = Link {
                    id: LinkId(uuid::Uuid::from_bytes(parts.clock.random())),
                    purpose: Purpose::SetUp,
                    user: None,
                    assignment: None,
                    key: parts.keys.active_key(),
                    binding: Binding::of_nobody(),
                    created_at: now,
                    expires_at: whole_seconds(now + MAX_LINK_LIFE),
                    state: LinkState::Live,
                };
                insert_minted(work, &link, SET_UP.to_owned()).await?;
                Ok(Some(link))
            })
        })
        .await
    }

    /// Whether a set-up link, whose signature has been checked, works now. [`PortalError::NotFound`] when it does not.
    pub async fn check_set_up_link(&self, claims: &LinkClaims) -> Result<()> {
        let link = self.reads().find_link(claims.id).await?;
        if link.is_some_and(|link| works(&link, claims, Purpose::SetUp, self.now())) && self.needs_set_up().await? {
            return Ok(());
        }
        Err(PortalError::NotFound)
    }

    /// Makes the first admin. `claims` come from the set-up link, whose signature has been checked. The link is used up.
    /// [`PortalError::Invalid`] names `name`, `email` and `password`; [`PortalError::Conflict`] once there is an admin.
    pub async fn set_up_first_admin(&self, claims: LinkClaims, draft: AccountDraft) -> Result<SignedIn> {
        self.check_set_up_link(&claims).await?;
        let account = self.checked_account(draft).await?;
        let parts = self.parts.clone();
        self.unit("set_up_first_admin", move |work| {
            Box::pin(async move {
                let now = parts.clock.now();
                if work.count_admins().await? > 0 {
                    return Err(PortalError::conflict("There is an administrator already. Please sign in."));
                }
                let link = work.find_link(claims.id).await?.filter(|link| works(link, &claims, Purpose::SetUp, now));
                if link.is_none() || !use_up(work, claims.id, SET_UP.to_owned(), now).await? {
                    return Err(PortalError::NotFound);
                }
                let id = UserId(parts.clock.new_id());
                write_admin(work, account, id, now, &Actor::Link(claims.id)).await
            })
        })
        .await
    }

    /// Makes an admin, or gives an existing person the role and this password. For the command line.
    pub async fn create_admin(&self, actor: &Actor, draft: AccountDraft) -> Result<SignedIn> {
        actor.require_admin_in_person()?;
        let account = self.checked_account(draft).await?;
        let (parts, actor) = (self.parts.clone(), actor.clone());
        self.unit("create_admin", move |work| {
            Box::pin(async move {
                let id = UserId(parts.clock.new_id());
                write_admin(work, account, id, parts.clock.now(), &actor).await
            })
        })
        .await
    }

    async fn checked_account(&self, draft: AccountDraft) -> Result<Account> {
        let mut errors = Vec::new();
        let name = checked_name(&draft.name, &mut errors);
        let email = checked_email("email", &draft.email, &mut errors);
        check_password(&draft.password, &mut errors);
        let Some(email) = email.filter(|_| errors.is_empty()) else { return Err(PortalError::Invalid(errors)) };
        let password_hash = self.parts.passwords.hash(draft.password).await?;
        Ok(Account { name, email, password_hash })
    }
}

/// A checked account.
struct Account {
    name: String,
    email: Email,
    password_hash: String,
}

/// Whether an authentic link is the row's, live, and not too old.
pub(super) fn works(link: &Link, claims: &LinkClaims, purpose: Purpose, now: Time) -> bool {
    link.is_claimed_by(claims) && link.purpose == purpose && link.state == LinkState::Live && now < link.expires_at
}

async fn write_admin(work: &dyn Work, account: Account, id: UserId, now: Time, actor: &Actor) -> Result<SignedIn> {
    let known = work.find_user_by_email(&account.email).await?;
    let is_new = known.is_none();
    let mut user = known.unwrap_or_else(|| User::guest(id, account.email, now));
    user.name = account.name;
    user.password_hash = Some(account.password_hash);
    user.state = UserState::Active;
    user.roles = Roles::ALL;
    if is_new {
        work.insert_user(&user).await?;
    } else {
        work.update_user(&user).await?;
        work.end_sessions(user.id).await?;
    }
    let line = Audit { at: now, actor, action: "user.made_admin", object: user.id.to_string(), detail: String::new() };
    work.audit(line).await?;
    user.signed_in().ok_or_else(|| PortalError::Internal("an admin was made who may not sign in".into()))
}
