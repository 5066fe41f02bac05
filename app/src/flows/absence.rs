//! The entity of somebody's absences, and the instances that plan one and follow it.

use std::time::Duration;

use countersign_engine::EntityContext;
use countersign_engine::clock::Timestamp;
use countersign_engine::model::Failure;
use countersign_engine::registry::{Registry, RegistryError};
use countersign_engine::replay::OrchestrationContext;
use futures::future::Either;
use uuid::Uuid;

use super::absence_state::{AbsenceAnswer, AbsenceStatus, StoredAbsence, StoredAbsences, StoredBackup};
use super::approval::{failure, patiently};
use super::names::{
    ABSENCE_CANCELLED, AbsenceInput, AbsenceRef, BEGIN_ABSENCE, BackupInput, CANCEL_ABSENCE, FORGET_PAST, HandedOver,
    PLAN_ABSENCE, PLANNED_ABSENCE, SET_BACKUP, SETTING_BACKUP,
};
use crate::portal::absence::{Absences, Backup, Conflict};
use crate::portal::ids::{AbsenceId, UserId};
use crate::portal::{Portal, Time};

/// How long after its beginning an absence looks for open questions once more: longer than a transaction may take that was
/// begun before the absence and asks the person.
const SECOND_LOOK_AFTER: Duration = Duration::from_secs(60);

pub(super) fn register(registry: Registry, portal: &Portal) -> Result<Registry, RegistryError> {
    let portal = portal.clone();
    registry
        .operation(PLAN_ABSENCE, plan)?
        .operation(CANCEL_ABSENCE, cancel)?
        .operation(SET_BACKUP, set_backup)?
        .operation(FORGET_PAST, forget_past)?
        .orchestration(PLANNED_ABSENCE, planned_absence)?
        .orchestration(SETTING_BACKUP, setting_backup)?
        .activity(BEGIN_ABSENCE, move |_, input: AbsenceRef| {
            let portal = portal.clone();
            async move {
                let begun = portal.begin_absence(UserId(input.user), AbsenceId(input.absence)).await;
                let handover = begun.map_err(|error| failure(&error))?;
                Ok(HandedOver { moved: handover.moved, kept: handover.kept })
            }
        })
}

async fn plan(entity: EntityContext<StoredAbsences>, wish: StoredAbsence) -> Result<AbsenceAnswer, Failure> {
    change(&entity, |absences, of, now| absences.plan(of, wish.into(), now))
}

async fn cancel(entity: EntityContext<StoredAbsences>, absence: Uuid) -> Result<AbsenceAnswer, Failure> {
    change(&entity, |absences, _, _| {
        absences.cancel(AbsenceId(absence));
        Ok(())
    })
}

async fn set_backup(
    entity: EntityContext<StoredAbsences>,
    backup: Option<StoredBackup>,
) -> Result<AbsenceAnswer, Failure> {
    change(&entity, |absences, of, _| absences.set_backup(of, backup.map(Backup::from)))
}

async fn forget_past(entity: EntityContext<StoredAbsences>, (): ()) -> Result<AbsenceAnswer, Failure> {
    change(&entity, |absences, _, now| {
        absences.forget_past(now);
        Ok(())
    })
}

/// Changes the state by a rule; where the rule refuses it stays as it is.
fn change(
    entity: &EntityContext<StoredAbsences>,
    rule: impl FnOnce(&mut Absences, UserId, Time) -> Result<(), Conflict>,
) -> Result<AbsenceAnswer, Failure> {
    let of: UserId = entity
        .key()
        .parse()
        .map_err(|_| Failure::new("NoPerson", format!("{} is the entity of nobody", entity.id())).non_retriable())?;
    let mut absences = Absences::from(entity.get());
    if let Err(conflict) = rule(&mut absences, of, Time(entity.now().as_micros())) {
        return Ok(AbsenceAnswer::Refused { why: conflict.to_string() });
    }
    if absences.is_empty() {
        entity.delete();
    } else {
        entity.set(StoredAbsences::from(&absences));
    }
    Ok(AbsenceAnswer::Done)
}

async fn planned_absence(ctx: OrchestrationContext, input: AbsenceInput) -> Result<String, Failure> {
    let key = input.user.to_string();
    if let AbsenceAnswer::Refused { why } = ctx.call_entity(PLAN_ABSENCE, &key, &input.absence).await? {
        ctx.set_custom_status(&AbsenceStatus::Refused { why })?;
        return Ok("refused".to_owned());
    }
    ctx.set_custom_status(&AbsenceStatus::Planned)?;
    let cancelled = follow(&ctx, &input).await?;
    // What is told after a cancellation is carried out after it, so that whoever waits for the end sees the entity without it.
    ctx.call_entity(FORGET_PAST, &key, &()).await?;
    let (status, how) = if cancelled { (AbsenceStatus::Cancelled, "cancelled") } else { (AbsenceStatus::Over, "over") };
    ctx.set_custom_status(&status)?;
    Ok(how.to_owned())
}

/// Follows an absence to its end; whether it was cancelled.
async fn follow(ctx: &OrchestrationContext, input: &AbsenceInput) -> Result<bool, Failure> {
    if is_cancelled_before(ctx, input.absence.from).await {
        return Ok(true);
    }
    let absence = AbsenceRef { user: input.user, absence: input.absence.id };
    let first = ctx.call(BEGIN_ABSENCE, &absence).retry(patiently()).await?;
    ctx.set_custom_status(&AbsenceStatus::Begun { moved: first.moved, kept: first.kept })?;
    let look_again = ctx.timer(SECOND_LOOK_AFTER);
    if let Either::Left(_) = ctx.first_of(ctx.external_event::<()>(ABSENCE_CANCELLED), look_again).await {
        return Ok(true);
    }
    let second = ctx.call(BEGIN_ABSENCE, &absence).retry(patiently()).await?;
    let moved = first.moved.saturating_add(second.moved);
    ctx.set_custom_status(&AbsenceStatus::Begun { moved, kept: second.kept })?;
    if let Some(to) = input.absence.to {
        return Ok(is_cancelled_before(ctx, to).await);
    }
    // What the event says does not matter.
    let _ = ctx.external_event::<()>(ABSENCE_CANCELLED).await;
    Ok(true)
}

async fn is_cancelled_before(ctx: &OrchestrationContext, micros: i64) -> bool {
    let time = ctx.timer_at(Timestamp::from_micros(micros));
    matches!(ctx.first_of(ctx.external_event::<()>(ABSENCE_CANCELLED), time).await, Either::Left(_))
}

async fn setting_backup(ctx: OrchestrationContext, input: BackupInput) -> Result<String, Failure> {
    match ctx.call_entity(SET_BACKUP, input.user.to_string(), &input.backup).await? {
        AbsenceAnswer::Done => Ok("done".to_owned()),
        AbsenceAnswer::Refused { why } => {
            ctx.set_custom_status(&AbsenceStatus::Refused { why })?;
            Ok("refused".to_owned())
        }
    }
}
