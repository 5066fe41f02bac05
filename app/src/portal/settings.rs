//! What everybody sets for themselves: name, language, time zone, digest, password, and where they are signed in.

use async_trait::async_trait;

use super::actor::Actor;
use super::clock::Time;
use super::error::{FieldError, PortalError, Result};
use super::ids::{SessionHash, UserId};
use super::language::Language;
use super::service::Portal;
use super::user::{Digest, User, check_password, checked_name};
use super::work::{Audit, Work};
use super::zone::Zone;

/// Somebody's sessions, for their page.
#[async_trait]
pub trait SessionReads: Send + Sync {
    /// The sessions that still work at `now`, the one used last first.
    async fn list_sessions(&self, user: UserId, now: Time) -> Result<Vec<SessionLine>>;
}

/// Somebody's sessions, within a unit of work.
#[async_trait]
pub trait SessionWork: Send + Sync {
    /// Ends all sessions of a person but `kept`; how many there were.
    async fn end_other_sessions(&self, user: UserId, kept: Option<SessionHash>) -> Result<u64>;
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionLine {
    /// Which; it opens nothing.
    pub hash: SessionHash,
    /// When it began.
    pub began_at: Time,
    /// When it was last used, to some minutes.
    pub used_at: Time,
    /// When it ends by itself.
    pub ends_at: Time,
}

/// What somebody has set, and where they are signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsPage {
    /// The person.
    pub user: User,
    /// Their sessions, the one used last first.
    pub sessions: Vec<SessionLine>,
}

/// Settings as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsDraft {
    /// Display name.
    pub name: String,
    /// A language's code.
    pub language: String,
    /// A time zone's name.
    pub zone: String,
    /// Whether they want a digest.
    pub digest: Digest,
}

/// Settings that were checked.
struct Checked {
    name: String,
    language: Language,
    zone: Zone,
    digest: Digest,
}

impl SettingsDraft {
    fn check(&self) -> std::result::Result<Checked, Vec<FieldError>> {
        let mut errors = Vec::new();
        let name = checked_name(&self.name, &mut errors);
        let language = Language::of(&self.language);
        if language.is_none() {
            errors.push(FieldError::new("language", "Choose one of these languages."));
        }
        let zone = Zone::of(&self.zone);
        if zone.is_none() {
            errors.push(FieldError::new("zone", "There is no such time zone. Choose one, such as Europe/Berlin."));
        }
        match (language, zone) {
            (Some(language), Some(zone)) if errors.is_empty() => {
                Ok(Checked { name, language, zone, digest: self.digest })
            }
            _ => Err(errors),
        }
    }
}

impl Portal {
    /// What the actor has set. No token may see or change it.
    pub async fn settings(&self, actor: &Actor) -> Result<SettingsPage> {
        let id = actor.require_session()?.id;
        let user = self.reads().find_user(id).await?.ok_or(PortalError::NotSignedIn)?;
        Ok(SettingsPage { user, sessions: self.reads().list_sessions(id, self.now()).await? })
    }

    /// Keeps what the actor has set. [`PortalError::Invalid`] names `name`, `language` and `zone`.
    pub async fn save_settings(&self, actor: &Actor, draft: &SettingsDraft) -> Result<()> {
        let id = actor.require_session()?.id;
        let checked = draft.check().map_err(PortalError::Invalid)?;
        self.change_user("save_settings", actor, id, move |work, _, actor, user, now| {
            Box::pin(async move {
                let Checked { name, language, zone, digest } = checked;
                if digest != user.digest || (digest == Digest::Daily && zone != user.time_zone()) {
                    work.keep_digests(user.id).await?;
                }
                (user.name, user.language, user.digest) = (name, language, digest);
                zone.name().clone_into(&mut user.zone);
                audit(work, actor, "user.settings_changed", user, now).await
            })
        })
        .await
    }

    /// Gives the actor a new password for the present one, and ends their sessions but `kept`.
    /// [`PortalError::Invalid`] names `current` and `password`; [`PortalError::TooMany`] after too many wrong ones.
    pub async fn change_password(
        &self,
        actor: &Actor,
        kept: Option<SessionHash>,
        current: &str,
        password: &str,
    ) -> Result<()> {
        let id = actor.require_session()?.id;
        let old_hash = self.prove(id, current).await?;
        let mut errors = Vec::new();
        check_password(password, &mut errors);
        if !errors.is_empty() {
            return Err(PortalError::Invalid(errors));
        }
        let new_hash = self.parts.passwords.hash(password.to_owned()).await?;
        self.change_user("change_password", actor, id, move |work, _, actor, user, now| {
            Box::pin(async move {
                if user.password_hash != old_hash {
                    return Err(PortalError::conflict("Your password was changed at this very moment. Try again."));
                }
                user.password_hash = Some(new_hash);
                work.end_other_sessions(user.id, kept).await?;
                audit(work, actor, "user.password_changed", user, now).await
            })
        })
        .await
    }

    /// Ends the actor's sessions but `kept`.
    pub async fn end_other_sessions(&self, actor: &Actor, kept: SessionHash) -> Result<()> {
        let id = actor.require_session()?.id;
        self.change_user("end_other_sessions", actor, id, move |work, _, actor, user, now| {
            Box::pin(async move {
                work.end_other_sessions(user.id, Some(kept)).await?;
                audit(work, actor, "user.sessions_ended", user, now).await
            })
        })
        .await
    }

    /// In which zone whoever holds the link of `actor` reads times: their own, as far as they have ever said; UTC otherwise.
    pub async fn zone_of_link(&self, actor: &Actor) -> Result<Zone> {
        let Actor::Link(id) = *actor else { return Err(PortalError::NotSignedIn) };
        let Some(user) = self.reads().find_link(id).await?.and_then(|link| link.user) else { return Ok(Zone::UTC) };
        Ok(self.reads().find_user(user).await?.map_or(Zone::UTC, |user| user.time_zone()))
    }

    /// The hash of the password that `current` is.
    async fn prove(&self, id: UserId, current: &str) -> Result<Option<String>> {
        let found = self.reads().find_user(id).await?.ok_or(PortalError::NotSignedIn)?;
        self.sign_ins.check(&found.email, self.now())?;
        let is_right = self.parts.passwords.verify(current.to_owned(), found.password_hash.clone()).await?;
        if !is_right {
            self.sign_ins.failed(&found.email, self.now());
            return Err(PortalError::field("current", "This is not your present password."));
        }
        Ok(found.password_hash)
    }
}

async fn audit(work: &dyn Work, actor: &Actor, action: &'static str, user: &User, at: Time) -> Result<()> {
    work.audit(Audit { at, actor, action, object: user.id.to_string(), detail: String::new() }).await
}
