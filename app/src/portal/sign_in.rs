//! Sign-in with a password, and who a session belongs to.

use super::actor::{Actor, SignedIn};
use super::error::{FieldError, PortalError, Result};
use super::ids::UserId;
use super::service::Portal;
use super::user::{Email, UserState};
use super::work::Audit;

impl Portal {
    /// Checks an address and a password. Unknown addresses, disabled accounts and wrong passwords take as long and say the
    /// same: [`PortalError::Invalid`] for the form as a whole. [`PortalError::TooMany`] after too many failures.
    ///
    /// The caller gives the session a new id and stores the person's id in it.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn> {
        let email = Email::parse(email).map_err(|message| PortalError::field("email", message))?;
        if password.is_empty() {
            return Err(PortalError::field("password", "Enter your password."));
        }
        self.sign_ins.check(&email, self.now())?;
        let user = self.reads().find_user_by_email(&email).await?.filter(|user| user.state == UserState::Active);
        let hash = user.as_ref().and_then(|user| user.password_hash.clone());
        let matches = self.parts.passwords.verify(password.to_owned(), hash).await?;
        match user.filter(|_| matches) {
            Some(user) => {
                self.sign_ins.succeeded(&email);
                self.note_sign_in(user.id).await
            }
            None => {
                self.sign_ins.failed(&email, self.now());
                Err(PortalError::Invalid(vec![FieldError::new("", "The address or the password is wrong.")]))
            }
        }
    }

    async fn note_sign_in(&self, id: UserId) -> Result<SignedIn> {
        let clock = self.parts.clock.clone();
        self.unit("sign_in", move |work| {
            Box::pin(async move {
                let mut user = work.find_user(id).await?.ok_or(PortalError::NotSignedIn)?;
                let signed_in = user.signed_in().ok_or(PortalError::NotSignedIn)?;
                let now = clock.now();
                user.signed_in_at = Some(now);
                work.update_user(&user).await?;
                let actor = Actor::User(signed_in.clone());
                work.audit(Audit {
                    at: now,
                    actor: &actor,
                    action: "user.signed_in",
                    object: id.to_string(),
                    detail: String::new(),
                })
                .await?;
                Ok(signed_in)
            })
        })
        .await
    }

    /// The actor of a session that belongs to `id`, with the roles of now; `None` when the account is gone or disabled.
    pub async fn actor(&self, id: UserId) -> Result<Option<Actor>> {
        let user = self.reads().find_user(id).await?;
        Ok(user.and_then(|user| user.signed_in()).map(Actor::User))
    }
}
