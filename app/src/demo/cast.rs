//! The people of the story come together: they are invited, accept, and say who they are.

use std::collections::HashMap;

use super::error::DemoError;
use super::people::{ADA, ADMIN, GROUPS, INVITED, MEMBERS, Member, address};
use super::works::Works;
use crate::portal::link::LinkClaims;
use crate::portal::{
    AccountDraft, Actor, Digest, GroupDraft, InviteDraft, Language, LinkId, Portal, PortalError, RequestId, Roles,
    SettingsDraft,
};

/// Between two things that somebody does one after the other, in milliseconds.
const PAUSE: std::ops::RangeInclusive<u64> = 45_000..=240_000;

/// Who plays.
#[derive(Debug)]
pub(super) struct Cast {
    admin: Actor,
    people: HashMap<&'static str, Actor>,
}

impl Cast {
    /// The administrator, then everybody else with their groups. All have the same password.
    pub(super) async fn gather(portal: &Portal, works: &Works, password: &str) -> Result<Self, DemoError> {
        let draft = AccountDraft { name: ADA.to_owned(), email: ADMIN.to_owned(), password: password.to_owned() };
        let admin = Actor::User(portal.create_admin(&Actor::Cli, draft).await?);
        let settings = settings(ADA, Language::En, "Europe/Berlin", Digest::Never);
        portal.save_settings(&admin, &settings).await?;
        let mut cast = Self { people: HashMap::from([(ADA, admin.clone())]), admin };
        for member in &MEMBERS {
            let actor = cast.join(portal, works, member, password).await;
            let actor = actor.map_err(|error| DemoError::refused(format!("{} joins", member.name), error))?;
            cast.people.insert(member.name, actor);
        }
        cast.invite(portal, INVITED, Roles { requester: true, approver: true, admin: false }).await?;
        for (name, members) in GROUPS {
            let members = members.iter().map(|name| address(name)).collect::<Vec<_>>().join(", ");
            portal.create_group(&cast.admin, &GroupDraft { name: name.to_owned(), members }).await?;
            works.clock().spend(PAUSE);
        }
        works.settle().await?;
        Ok(cast)
    }

    /// The administrator.
    pub(super) fn admin(&self) -> &Actor {
        &self.admin
    }

    /// Somebody with an account; `None` for those who only have an address.
    pub(super) fn actor(&self, name: &str) -> Option<&Actor> {
        self.people.get(name)
    }

    /// The same for what needs an account.
    pub(super) fn member(&self, name: &str) -> Result<&Actor, PortalError> {
        self.actor(name).ok_or_else(|| PortalError::Internal(format!("{name} has no account")))
    }

    /// The newest link that was mailed to somebody about a request.
    pub(super) async fn link_to(&self, portal: &Portal, name: &str, request: RequestId) -> Result<LinkId, PortalError> {
        let (email, mut before) = (address(name), None);
        loop {
            let page = portal.outbox(&self.admin, None, before).await?;
            let mut about =
                page.rows.iter().filter(|line| line.mail.request == Some(request) && line.to.email == email);
            if let Some(link) = about.find_map(|line| line.mail.link) {
                return Ok(link);
            }
            before = Some(page.next.ok_or(PortalError::NotFound)?);
        }
    }

    async fn join(
        &self,
        portal: &Portal,
        works: &Works,
        member: &Member,
        password: &str,
    ) -> Result<Actor, PortalError> {
        let claims = self.invite(portal, member.name, member.roles).await?;
        works.settle().await.map_err(|error| PortalError::Internal(error.to_string()))?;
        works.clock().spend(PAUSE);
        let user = portal.accept_invitation(claims, member.name, password).await?;
        let (id, actor) = (user.id, Actor::User(user));
        works.clock().spend(PAUSE);
        let settings = settings(member.name, member.language, member.zone, member.digest);
        portal.save_settings(&actor, &settings).await?;
        portal.set_manager(&self.admin, id, &address(member.manager)).await?;
        Ok(actor)
    }

    /// Invites somebody and gives what the link in their mail says.
    async fn invite(&self, portal: &Portal, name: &str, roles: Roles) -> Result<LinkClaims, PortalError> {
        let email = address(name);
        portal.invite(&self.admin, InviteDraft { name: name.to_owned(), email: email.clone(), roles }).await?;
        let page = portal.outbox(&self.admin, None, None).await?;
        let mail = page.rows.iter().find(|line| line.to.email == email).ok_or(PortalError::NotFound)?;
        let facts = portal.mail(&self.admin, mail.mail.id).await?;
        facts.link.map(|link| link.claims()).ok_or(PortalError::NotFound)
    }
}

fn settings(name: &str, language: Language, zone: &str, digest: Digest) -> SettingsDraft {
    SettingsDraft { name: name.to_owned(), language: language.code().to_owned(), zone: zone.to_owned(), digest }
}
