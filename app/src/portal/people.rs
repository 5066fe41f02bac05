//! People: invite, accept, change roles, disable, enable. For admins, but for accepting; no API token changes who may do what.

use super::actor::{Actor, Roles, SignedIn};
use super::advance::queue;
use super::clock::Time;
use super::error::{FieldError, PortalError, Result};
use super::ids::{LinkId, UserId};
use super::link::{Binding, Invalid, Link, LinkClaims, LinkState, Purpose, whole_seconds};
use super::mail::{Mail, MailKind};
use super::request::MAX_LINK_LIFE;
use super::scope::Scope;
use super::service::{Parts, Portal};
use super::set_up::works;
use super::stage::{Letter, Post, insert_minted, use_up};
use super::user::{MAX_NAME_CHARS, Person, User, UserState, check_password, checked_email, checked_name, one_line};
use super::work::{Audit, LinkScope, Work};

/// Whom to invite, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteDraft {
    /// Display name; may be empty, the invited person enters it then.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// What they will be allowed to do; at least one.
    pub roles: Roles,
}

/// An invitation that works, for its page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenInvitation {
    /// Who is invited.
    pub invited: Person,
    /// Who invites; nobody when it was the command line.
    pub by: Option<Person>,
}

impl Portal {
    /// Everybody, by name, for admins.
    pub async fn people(&self, actor: &Actor) -> Result<Vec<User>> {
        actor.require_scope(Scope::PeopleRead)?;
        actor.require_admin()?;
        self.reads().list_people().await
    }

    /// Invites somebody by mail. [`PortalError::Invalid`] names `name`, `email`, `role`. An address that has an account is refused;
    /// a guest's becomes an invited one's.
    pub async fn invite(&self, actor: &Actor, draft: InviteDraft) -> Result<UserId> {
        actor.require_admin_in_person()?;
        let mut errors = Vec::new();
        let name = one_line(&draft.name);
        if name.chars().count() > MAX_NAME_CHARS {
            errors.push(FieldError::new("name", format!("The name may have at most {MAX_NAME_CHARS} characters.")));
        }
        let email = checked_email("email", &draft.email, &mut errors);
        check_roles(draft.roles, &mut errors);
        let Some(email) = email.filter(|_| errors.is_empty()) else { return Err(PortalError::Invalid(errors)) };
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit("invite", move |work| {
            Box::pin(async move {
                let now = parts.clock.now();
                let known = work.find_user_by_email(&email).await?;
                if known.as_ref().is_some_and(|user| user.state != UserState::Guest) {
                    return Err(PortalError::field("email", "This person is listed already."));
                }
                let is_new = known.is_none();
                let mut user = known.unwrap_or_else(|| User::guest(UserId(parts.clock.new_id()), email, now));
                (user.state, user.roles, user.invited_at) = (UserState::Invited, draft.roles, Some(now));
                if !name.is_empty() {
                    user.name = name;
                }
                if is_new {
                    work.insert_user(&user).await?
                } else {
                    work.update_user(&user).await?
                }
                send_invitation(work, &parts, &actor, &user, now).await?;
                Ok(user.id)
            })
        })
        .await
    }

    /// Sends a new invitation in place of the old one. A conflict once it was accepted.
    pub async fn invite_again(&self, actor: &Actor, id: UserId) -> Result<()> {
        self.change_person("invite_again", actor, id, |work, parts, actor, user, now| {
            Box::pin(async move {
                if user.state != UserState::Invited {
                    return Err(PortalError::conflict("Only somebody who has not accepted yet can be invited again."));
                }
                user.invited_at = Some(now);
                send_invitation(work, parts, actor, user, now).await
            })
        })
        .await
    }

    /// The invitation behind a link whose signature has been checked. [`PortalError::NotFound`] when it does not work (any more).
    pub async fn invitation(&self, claims: &LinkClaims) -> Result<OpenInvitation> {
        let link =
            self.reads().find_link(claims.id).await?.filter(|link| works(link, claims, Purpose::Invite, self.now()));
        let invited = link.and_then(|link| link.user).ok_or(PortalError::NotFound)?;
        let user = self.reads().find_user(invited).await?.filter(|user| user.state == UserState::Invited);
        let invited = user.ok_or(PortalError::NotFound)?.person();
        Ok(OpenInvitation { invited, by: self.reads().find_inviter(claims.id).await? })
    }

    /// Accepts an invitation: the account is active, the link used up. [`PortalError::Invalid`] names `name` and `password`.
    pub async fn accept_invitation(&self, claims: LinkClaims, name: &str, password: &str) -> Result<SignedIn> {
        self.invitation(&claims).await?;
        let mut errors = Vec::new();
        let name = checked_name(name, &mut errors);
        check_password(password, &mut errors);
        if !errors.is_empty() {
            return Err(PortalError::Invalid(errors));
        }
        let password_hash = self.parts.passwords.hash(password.to_owned()).await?;
        let clock = self.parts.clock.clone();
        self.unit("accept_invitation", move |work| {
            Box::pin(async move {
                let now = clock.now();
                let link = work.find_link(claims.id).await?.filter(|link| works(link, &claims, Purpose::Invite, now));
                let invited = link.and_then(|link| link.user).ok_or(PortalError::NotFound)?;
                let mut user = work
                    .find_user(invited)
                    .await?
                    .filter(|user| user.state == UserState::Invited)
                    .ok_or(PortalError::NotFound)?;
                if !use_up(work, claims.id, as_invitation(&user), now).await? {
                    return Err(PortalError::NotFound);
                }
                (user.name, user.password_hash, user.state, user.signed_in_at) =
                    (name, Some(password_hash), UserState::Active, Some(now));
                work.update_user(&user).await?;
                audit(work, &Actor::Link(claims.id), "user.accepted_invitation", &user, now).await?;
                user.signed_in().ok_or_else(|| PortalError::Internal("an active account may not sign in".into()))
            })
        })
        .await
    }

    /// Gives somebody other roles. Their sessions end, unless they are the actor; nobody takes their own admin role.
    pub async fn change_roles(&self, actor: &Actor, id: UserId, roles: Roles) -> Result<()> {
        self.change_person("change_roles", actor, id, move |work, _, actor, user, now| {
            Box::pin(async move {
                let mut errors = Vec::new();
                check_roles(roles, &mut errors);
                if !errors.is_empty() {
                    return Err(PortalError::Invalid(errors));
                }
                let is_self = actor.user_id() == Some(user.id);
                if is_self && !roles.admin {
                    return Err(PortalError::conflict(
                        "You cannot take your own administrator role. Ask another administrator.",
                    ));
                }
                if !is_self && user.roles != roles {
                    work.end_sessions(user.id).await?;
                }
                user.roles = roles;
                audit(work, actor, "user.roles_changed", user, now).await
            })
        })
        .await
    }

    /// Shuts somebody out: no sign-in, no decision, sessions ended, links revoked.
    pub async fn disable_user(&self, actor: &Actor, id: UserId) -> Result<()> {
        self.change_person("disable_user", actor, id, |work, _, actor, user, now| {
            Box::pin(async move {
                if actor.user_id() == Some(user.id) {
                    return Err(PortalError::conflict("You cannot disable yourself. Ask another administrator."));
                }
                user.state = UserState::Disabled;
                work.end_sessions(user.id).await?;
                work.revoke_links(LinkScope::User(user.id), Invalid::Disabled).await?;
                audit(work, actor, "user.disabled", user, now).await
            })
        })
        .await
    }

    /// Lets somebody in again. Their old links stay closed; the next mail has a new one.
    pub async fn enable_user(&self, actor: &Actor, id: UserId) -> Result<()> {
        self.change_person("enable_user", actor, id, |work, _, actor, user, now| {
            Box::pin(async move {
                if user.state != UserState::Disabled {
                    return Err(PortalError::conflict("This person is not disabled."));
                }
                user.state = user.state_if_enabled();
                audit(work, actor, "user.enabled", user, now).await
            })
        })
        .await
    }

    /// Changes one person in a unit of work of its own, for admins in person. `change` writes the audit's line.
    pub(super) async fn change_person<F>(
        &self,
        caller: &'static str,
        actor: &Actor,
        id: UserId,
        change: F,
    ) -> Result<()>
    where
        F: for<'a> FnOnce(
                &'a dyn Work,
                &'a Parts,
                &'a Actor,
                &'a mut User,
                Time,
            ) -> futures::future::BoxFuture<'a, Result<()>>
            + Send
            + 'static,
    {
        actor.require_admin_in_person()?;
        self.change_user(caller, actor, id, change).await
    }

    /// The same for whoever was let in before.
    pub(super) async fn change_user<F>(&self, caller: &'static str, actor: &Actor, id: UserId, change: F) -> Result<()>
    where
        F: for<'a> FnOnce(
                &'a dyn Work,
                &'a Parts,
                &'a Actor,
                &'a mut User,
                Time,
            ) -> futures::future::BoxFuture<'a, Result<()>>
            + Send
            + 'static,
    {
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit(caller, move |work| {
            Box::pin(async move {
                let mut user = work.lock_user(id).await?.ok_or(PortalError::NotFound)?;
                change(work, &parts, &actor, &mut user, parts.clock.now()).await?;
                work.update_user(&user).await
            })
        })
        .await
    }
}

fn check_roles(roles: Roles, errors: &mut Vec<FieldError>) {
    if roles.is_empty() {
        errors.push(FieldError::new("role", "Choose at least one role."));
    }
}

async fn audit(work: &dyn Work, actor: &Actor, action: &'static str, user: &User, now: Time) -> Result<()> {
    work.audit(Audit { at: now, actor, action, object: user.id.to_string(), detail: format!("{:?}", user.roles) }).await
}

/// What the audit log calls the link of somebody's invitation.
fn as_invitation(user: &User) -> String {
    format!("invitation, user {}", user.id)
}

async fn send_invitation(work: &dyn Work, parts: &Parts, actor: &Actor, user: &User, now: Time) -> Result<()> {
    // The first row, because it says who revokes the invitation before.
    audit(work, actor, "user.invited", user, now).await?;
    work.revoke_links(LinkScope::User(user.id), Invalid::Superseded).await?;
    let link = Link {
        id: LinkId(uuid::Uuid::from_bytes(parts.clock.random())),
        purpose: Purpose::Invite,
        user: Some(user.id),
        assignment: None,
        key: parts.keys.active_key(),
        binding: Binding::of_person(user.id, user.email.as_str()),
        created_at: now,
        expires_at: whole_seconds(now + MAX_LINK_LIFE),
        state: LinkState::Live,
    };
    insert_minted(work, &link, as_invitation(user)).await?;
    let post = Post { clock: &*parts.clock, keys: &*parts.keys, now };
    let letter = Letter { kind: MailKind::Invitation, to: user.id, natural_key: format!("invitation/{}", link.id) };
    queue(work, &Mail { link: Some(link.id), by: actor.user_id(), ..post.mail(letter) }).await
}
