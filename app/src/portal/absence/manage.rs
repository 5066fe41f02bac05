//! What people do with absences: plan, cancel, name a backup. Each for themself, admins for everybody.

use super::absences::{Absence, Absences, Backup, Conflict};
use super::draft::AbsenceDraft;
use crate::portal::actor::Actor;
use crate::portal::clock::Time;
use crate::portal::control::{Verb, checked_reason};
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{AbsenceId, UserId};
use crate::portal::service::{Parts, Portal};
use crate::portal::submit::person;
use crate::portal::user::{Email, User};
use crate::portal::work::{Audit, Work};

/// A person whose absences somebody changes, locked until the end of the unit of work.
struct Absentee<'a> {
    work: &'a dyn Work,
    parts: &'a Parts,
    actor: &'a Actor,
    now: Time,
    person: User,
    absences: Absences,
}

impl Portal {
    /// The person whose absences the actor wants to see or change: themself, or anybody for an admin. With a session only.
    pub async fn absentee(&self, actor: &Actor, of: UserId) -> Result<User> {
        may_plan_for(actor, of)?;
        self.reads().find_user(of).await?.ok_or(PortalError::NotFound)
    }

    /// Plans an absence. [`PortalError::Invalid`] names the fields of the draft. That it is planned is certain once its instance
    /// says so: another one that was planned at the same moment may come before it.
    pub async fn plan_absence(&self, actor: &Actor, of: UserId, draft: AbsenceDraft) -> Result<AbsenceId> {
        self.change_absences("plan_absence", actor, of, move |absentee| {
            Box::pin(async move {
                let zone = absentee.person.time_zone();
                let checked = draft.check(zone, absentee.now).map_err(PortalError::Invalid)?;
                let substitute = match &checked.substitute {
                    Some(email) => Some(absentee.substitute(email, "substitute").await?),
                    None => None,
                };
                let id = AbsenceId(absentee.parts.clock.new_id());
                let by = absentee.planner();
                let absence = Absence { id, from: checked.from, to: checked.to, substitute, note: checked.note, by };
                let mut after = absentee.absences.clone();
                after.plan(of, absence.clone(), absentee.now).map_err(of_field)?;
                absentee.work.start_absence(of, &absence).await?;
                let substitute = substitute.map_or_else(|| "nobody".to_owned(), |user| format!("user {user}"));
                let detail = format!("absence {id}, {}, substitute {substitute}", absence.days(zone));
                absentee.audit("absence.planned", detail).await?;
                Ok(id)
            })
        })
        .await
    }

    /// Cancels an absence; one that has begun is over. What the substitute has not answered stays with them.
    pub async fn cancel_absence(&self, actor: &Actor, of: UserId, id: AbsenceId) -> Result<()> {
        self.change_absences("cancel_absence", actor, of, move |absentee| {
            Box::pin(async move {
                let absence = absentee.absences.find(id).ok_or(PortalError::NotFound)?;
                let detail = format!("absence {id}, {}", absence.days(absentee.person.time_zone()));
                absentee.work.cancel_absence(of, id).await?;
                absentee.audit("absence.cancelled", detail).await
            })
        })
        .await
    }

    /// Names who stands in whenever an absence names nobody; an empty address for nobody. [`PortalError::Invalid`] names
    /// `backup`. Gives the id of the change, which is carried out by an instance.
    pub async fn set_backup(&self, actor: &Actor, of: UserId, address: &str) -> Result<AbsenceId> {
        let email = match address.trim() {
            "" => None,
            typed => Some(Email::parse(typed).map_err(|why| PortalError::field("backup", why))?),
        };
        self.change_absences("set_backup", actor, of, move |absentee| {
            Box::pin(async move {
                let backup = match &email {
                    Some(email) => {
                        let user = absentee.substitute(email, "backup").await?;
                        Some(Backup { user, by: absentee.planner() })
                    }
                    None => None,
                };
                if backup.is_some_and(|backup| backup.user == of) {
                    return Err(PortalError::field("backup", Conflict::Oneself.to_string()));
                }
                let id = AbsenceId(absentee.parts.clock.new_id());
                absentee.work.set_backup(id, of, backup).await?;
                let detail = backup.map_or_else(|| "nobody".to_owned(), |backup| format!("user {}", backup.user));
                absentee.audit("absence.backup_named", detail).await?;
                Ok(id)
            })
        })
        .await
    }

    /// Does an engine verb to the instance of an absence. Only a failed one is begun again, which the entity's rules allow
    /// or refuse; an absence is cancelled on the page of its person, where the entity is told too. Admins only.
    pub(in crate::portal) async fn steer_absence(
        &self,
        actor: &Actor,
        id: AbsenceId,
        verb: Verb,
        reason: &str,
    ) -> Result<()> {
        actor.require_admin_in_person()?;
        let reason = checked_reason(reason)?;
        if verb != Verb::Restart {
            return Err(PortalError::conflict("An absence is cancelled on the page of its person."));
        }
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit("steer_absence", move |work| {
            Box::pin(async move {
                work.restart(&instance_of_absence(id)).await?;
                let (at, action, object) = (parts.clock.now(), "absence.restarted", id.to_string());
                work.audit(Audit { at, actor: &actor, action, object, detail: reason }).await
            })
        })
        .await
    }

    /// Runs `apply` on somebody's absences with their row locked, if the actor may.
    async fn change_absences<T, F>(&self, caller: &'static str, actor: &Actor, of: UserId, apply: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(Absentee<'a>) -> futures::future::BoxFuture<'a, Result<T>> + Send + 'static,
    {
        may_plan_for(actor, of)?;
        let (actor, parts) = (actor.clone(), self.parts.clone());
        self.unit(caller, move |work| {
            Box::pin(async move {
                let person = work.lock_user(of).await?.ok_or(PortalError::NotFound)?;
                let absences = work.absences_of(of).await?;
                let now = parts.clock.now();
                apply(Absentee { work, parts: &parts, actor: &actor, now, person, absences }).await
            })
        })
        .await
    }
}

impl Absentee<'_> {
    /// The person with this address; a guest is made of an unknown one.
    async fn substitute(&self, email: &Email, field: &str) -> Result<UserId> {
        person(self.actor, self.work, &*self.parts.clock, email, field, self.now).await
    }

    /// The actor, where they do it for somebody else.
    fn planner(&self) -> Option<UserId> {
        self.actor.user_id().filter(|by| *by != self.person.id)
    }

    async fn audit(&self, action: &'static str, detail: String) -> Result<()> {
        let object = self.person.id.to_string();
        self.work.audit(Audit { at: self.now, actor: self.actor, action, object, detail }).await
    }
}

/// The id of the engine's instance of an absence.
pub fn instance_of_absence(id: AbsenceId) -> String {
    format!("absence-{id}")
}

pub(super) fn may_plan_for(actor: &Actor, of: UserId) -> Result<()> {
    let user = actor.require_session()?;
    if user.id == of || user.roles.admin {
        return Ok(());
    }
    Err(PortalError::forbidden("Only administrators see and plan the absences of others."))
}

fn of_field(conflict: Conflict) -> PortalError {
    PortalError::field(conflict.field(), conflict.to_string())
}
