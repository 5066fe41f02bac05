//! `/absence` and `/people/{id}/absence`: who is away when, and who stands in. Everybody for themself, admins for everybody.

use std::time::Duration;

use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use countersign_engine::{InstanceId, InstanceRecord, Seen};
use serde::Deserialize;
use uuid::Uuid;

use super::error::Refusal;
use super::instances::engine;
use super::notice::Done;
use super::outlook::ahead;
use super::present::absence::{Known, Shown};
use super::reader::Reader;
use super::state::AppState;
use crate::flows::absence_state::AbsenceStatus;
use crate::pages::{self, Page, paths};
use crate::portal::absence::{AbsenceDraft, Absences, instance_of_absence};
use crate::portal::ids::{AbsenceId, UserId};
use crate::portal::{FieldError, PortalError};
use crate::view::absence::{AbsenceForm, BackupForm};
use crate::view::{FormErrors, Notice, Tone};

/// How long the answer to a form waits for the entity, which needs some milliseconds when the engine is not busy.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the address says; anything unknown counts as absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    plan: String,
}

/// The form of an absence, and that of the backup.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    from: String,
    to: String,
    substitute: String,
    note: String,
    backup: String,
}

/// What every input of an instance of absences says.
#[derive(Deserialize)]
struct Whose {
    user: Uuid,
}

/// The forms as they come back.
#[derive(Default)]
struct Forms {
    absence: AbsenceForm,
    backup: Option<BackupForm>,
}

/// `GET /absence`.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Query(asked): Query<Asked>,
) -> Result<Page, Refusal> {
    let of = reader.user.id;
    look(&state, reader, of, &asked).await
}

/// `POST /absence`.
pub(crate) async fn plan(
    State(state): State<AppState>,
    reader: Reader,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let of = reader.user.id;
    plan_for(&state, reader, of, typed).await
}

/// `POST /absence/{id}/cancel`.
pub(crate) async fn cancel(
    State(state): State<AppState>,
    reader: Reader,
    Path(absence): Path<String>,
) -> Result<Redirect, Refusal> {
    cancel_for(&state, &reader, reader.user.id, &absence).await
}

/// `POST /absence/backup`.
pub(crate) async fn back_up(
    State(state): State<AppState>,
    reader: Reader,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let of = reader.user.id;
    back_up_for(&state, reader, of, typed).await
}

/// `GET /people/{id}/absence`.
pub(crate) async fn show_person(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Page, Refusal> {
    look(&state, reader, person(&id)?, &asked).await
}

/// `POST /people/{id}/absence`.
pub(crate) async fn plan_person(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    plan_for(&state, reader, person(&id)?, typed).await
}

/// `POST /people/{id}/absence/{absence}/cancel`.
pub(crate) async fn cancel_person(
    State(state): State<AppState>,
    reader: Reader,
    Path((id, absence)): Path<(String, String)>,
) -> Result<Redirect, Refusal> {
    cancel_for(&state, &reader, person(&id)?, &absence).await
}

/// `POST /people/{id}/absence/backup`.
pub(crate) async fn back_up_person(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    back_up_for(&state, reader, person(&id)?, typed).await
}

/// Whose absence or backup the instance of that id is about.
pub(super) async fn person_of(state: &AppState, id: AbsenceId) -> Result<UserId, Refusal> {
    find(state, id).await?.as_ref().and_then(whose).ok_or(Refusal::NotFound)
}

async fn look(state: &AppState, mut reader: Reader, of: UserId, asked: &Asked) -> Result<Page, Refusal> {
    // Asked first, so that nobody learns of what others have planned.
    state.portal.absentee(&reader.actor, of).await?;
    let mut forms = Forms::default();
    if let Ok(id) = asked.plan.parse::<AbsenceId>()
        && let Some(record) = find(state, id).await?.filter(|record| whose(record) == Some(of))
    {
        match status(&record) {
            Some(AbsenceStatus::Refused { why }) => forms.absence.errors = FormErrors::one("from", why),
            Some(_) => {}
            None => {
                let text = "The absence is being planned. Load this page again to see it.".to_owned();
                reader.frame.notice = Some(Notice { tone: Tone::Ink, text });
            }
        }
    }
    page(state, reader, of, forms).await
}

async fn plan_for(state: &AppState, reader: Reader, of: UserId, typed: Typed) -> Result<Response, Refusal> {
    let Typed { from, to, substitute, note, .. } = typed.clone();
    let draft = AbsenceDraft { from, to, substitute, note };
    let errors = match state.portal.plan_absence(&reader.actor, of, draft).await {
        Ok(id) => match planned(state, id).await {
            Some(AbsenceStatus::Refused { why }) => vec![FieldError::new("from", why)],
            Some(_) => return Ok(Done::AbsencePlanned.then(path(&reader, of)).into_response()),
            None => {
                let path = paths::with_query(path(&reader, of), &[("plan", &id.to_string())]);
                return Ok(Redirect::to(&path).into_response());
            }
        },
        Err(PortalError::Invalid(errors)) => errors,
        Err(error) => return Err(error.into()),
    };
    let Typed { from, to, substitute, note, .. } = typed;
    let absence = AbsenceForm { from, to, substitute, note, errors: errors.into() };
    Ok(page(state, reader, of, Forms { absence, backup: None }).await?.unprocessable().into_response())
}

async fn cancel_for(state: &AppState, reader: &Reader, of: UserId, absence: &str) -> Result<Redirect, Refusal> {
    let id: AbsenceId = absence.parse().map_err(|_| Refusal::NotFound)?;
    state.portal.cancel_absence(&reader.actor, of, id).await?;
    ended(state, id).await;
    Ok(Done::AbsenceCancelled.then(path(reader, of)))
}

async fn back_up_for(state: &AppState, reader: Reader, of: UserId, typed: Typed) -> Result<Response, Refusal> {
    match state.portal.set_backup(&reader.actor, of, &typed.backup).await {
        Ok(id) => {
            ended(state, id).await;
            Ok(Done::BackupNamed.then(path(&reader, of)).into_response())
        }
        Err(PortalError::Invalid(errors)) => {
            let backup = Some(BackupForm { backup: typed.backup, errors: errors.into() });
            let forms = Forms { absence: AbsenceForm::default(), backup };
            Ok(page(state, reader, of, forms).await?.unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(state: &AppState, reader: Reader, of: UserId, forms: Forms) -> Result<Page, Refusal> {
    let (user, seen) = (state.portal.absentee(&reader.actor, of).await?, reader.seen(state));
    let (absences, mut people) = ahead(state, &[of]).await?;
    let concerned = people.iter().filter_map(|user| absences.get(&user.id));
    let planners: Vec<UserId> = concerned.flat_map(Absences::planners).collect();
    people.extend(state.portal.people_named(&planners).await?);
    let waiting = match absences.get(&of) {
        Some(_) => state.portal.waiting_for(&reader.actor, of).await?,
        None => Vec::new(),
    };
    let present = absences.get(&of).and_then(|planned| planned.at(seen.now)).map(|absence| absence.id);
    let record = match present {
        Some(id) => find(state, id).await?,
        None => None,
    };
    let shown = Shown {
        is_own: reader.user.id == of,
        status: record.as_ref().and_then(status),
        waiting,
        form: forms.absence,
        backup: forms.backup,
    };
    let known = Known { absences: &absences, people: &people, seen };
    Ok(pages::absence(reader.frame, known.page(&user, shown)))
}

/// What the entity says to a new absence; `None` when it has said nothing yet.
async fn planned(state: &AppState, id: AbsenceId) -> Option<AbsenceStatus> {
    let id = InstanceId::parse(&instance_of_absence(id)).ok()?;
    let mut seen = Seen::default();
    loop {
        let record = state.engine.wait_for_change(&id, &seen, PATIENCE).await.ok()?;
        match status(&record) {
            Some(status) => return Some(status),
            None if record.status.is_finished() => return None,
            None => seen = record.seen(),
        }
    }
}

/// Waits for the end of an instance, after which the entity shows what it did. The change is certain either way; whoever is not
/// shown it yet loads the page again.
async fn ended(state: &AppState, id: AbsenceId) {
    let Ok(id) = InstanceId::parse(&instance_of_absence(id)) else { return };
    if let Err(error) = state.engine.wait_for_completion(&id, PATIENCE).await {
        tracing::debug!("the instance {id} has not ended yet: {error}");
    }
}

async fn find(state: &AppState, id: AbsenceId) -> Result<Option<InstanceRecord>, Refusal> {
    let id = InstanceId::parse(&instance_of_absence(id)).map_err(|_| Refusal::NotFound)?;
    state.engine.status(&id).await.map_err(engine)
}

fn status(record: &InstanceRecord) -> Option<AbsenceStatus> {
    record.custom_status.as_ref().and_then(|status| status.decode().ok())
}

/// Whose absence or backup an instance is about.
fn whose(record: &InstanceRecord) -> Option<UserId> {
    let input = record.input.as_ref().and_then(|input| input.decode::<Whose>().ok());
    input.map(|input| UserId(input.user))
}

fn path(reader: &Reader, of: UserId) -> String {
    if reader.user.id == of { paths::Absence.to_string() } else { paths::PersonAbsence(&of.to_string()).to_string() }
}

fn person(id: &str) -> Result<UserId, Refusal> {
    id.parse().map_err(|_| Refusal::NotFound)
}
