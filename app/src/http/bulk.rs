//! `/requests/decide`: one answer to several requests. What was chosen in the list is shown with its revisions, and sent from there.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::error::Refusal;
use super::present;
use super::reader::Reader;
use super::request::stale;
use super::state::AppState;
use crate::auth::NonceFor;
use crate::pages::{self, Page};
use crate::portal::{AskedAbout, BulkAnswer, BulkOutcome, MAX_BULK, PortalError, RequestId, RevisionHash};
use crate::view::{BulkDecision, BulkResult, DecisionForm, Verdict};

/// What the list sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Chosen {
    request: Vec<String>,
}

/// What the page that confirms it posts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    chosen: Vec<String>,
    verdict: String,
    reason: String,
}

/// A request and the nonce that says which revision of it was shown.
type Shown<'a> = (RequestId, &'a str);

/// `GET /requests/decide`.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Form(chosen): Form<Chosen>,
) -> Result<Page, Refusal> {
    let mut ids: Vec<RequestId> = Vec::new();
    for id in chosen.request.iter().filter_map(|id| id.parse().ok()) {
        if !ids.contains(&id) {
            ids.push(id);
        }
        not_too_many(ids.len())?;
    }
    let about = state.portal.asked_about(&reader.actor, &ids).await?;
    let left_out = ids.len() - about.iter().filter(|about| about.waits).count();
    Ok(confirmation(&state, reader, &about, left_out, &[], DecisionForm::default()))
}

/// `POST /requests/decide`.
pub(crate) async fn decide(
    State(state): State<AppState>,
    reader: Reader,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    not_too_many(typed.chosen.len())?;
    let shown: Vec<Shown<'_>> = typed.chosen.iter().filter_map(|pair| read_pair(pair)).collect();
    let ids: Vec<RequestId> = shown.iter().map(|(id, _)| *id).collect();
    let about = state.portal.asked_about(&reader.actor, &ids).await?;
    // Asking for changes needs words for each request.
    let verdict = Verdict::from_key(&typed.verdict).filter(|verdict| *verdict != Verdict::RequestChanges);
    let form = DecisionForm { verdict, reason: typed.reason.clone(), ..DecisionForm::default() };
    let Some(chosen) = revisions(&state, &reader, &shown) else {
        let form = DecisionForm { errors: stale(), ..form };
        return Ok(confirmation(&state, reader, &about, 0, &[], form).unprocessable().into_response());
    };
    let answer = BulkAnswer { verdict: verdict.map(Into::into), reason: typed.reason.clone(), chosen };
    match state.portal.decide_in_bulk(&reader.actor, answer).await {
        Ok(outcomes) => Ok(result(&state, reader, &about, outcomes).await.into_response()),
        Err(PortalError::Invalid(errors)) => {
            let form = DecisionForm { errors: errors.into(), ..form };
            // With the revisions that were shown before: what has changed meanwhile is not smuggled in.
            Ok(confirmation(&state, reader, &about, 0, &shown, form).unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn not_too_many(number: usize) -> Result<(), Refusal> {
    if number > MAX_BULK {
        return Err(Refusal::BadRequest(format!("At most {MAX_BULK} requests can be decided at once.")));
    }
    Ok(())
}

fn read_pair(pair: &str) -> Option<Shown<'_>> {
    let (id, nonce) = pair.split_once('~')?;
    Some((id.parse().ok()?, nonce))
}

/// The revisions that the form showed; nothing when one of the nonces is not authentic or too old.
fn revisions(state: &AppState, reader: &Reader, shown: &[Shown<'_>]) -> Option<Vec<(RequestId, RevisionHash)>> {
    let now = state.portal.now();
    let revision = |(id, nonce): &Shown<'_>| {
        let hash = state.keys.read_nonce(nonce, NonceFor::Session(reader.user.id, *id), now)?;
        Some((*id, hash))
    };
    shown.iter().map(revision).collect()
}

/// The page with those that wait for the reader, each with the nonce it had before, or a new one.
fn confirmation(
    state: &AppState,
    reader: Reader,
    about: &[AskedAbout],
    left_out: usize,
    before: &[Shown<'_>],
    form: DecisionForm,
) -> Page {
    let seen = reader.seen(state);
    let nonce = |about: &AskedAbout| match before.iter().find(|(id, _)| *id == about.id) {
        Some((_, nonce)) => (*nonce).to_owned(),
        None => state.keys.form_nonce(NonceFor::Session(reader.user.id, about.id), about.revision_hash, seen.now),
    };
    let rows = about.iter().filter(|about| about.waits).map(|about| {
        let chosen = format!("{}~{}", about.id, nonce(about));
        present::bulk::row(about, chosen, seen)
    });
    let rows = rows.collect();
    pages::bulk(reader.frame, BulkDecision { rows, left_out, form })
}

async fn result(state: &AppState, mut reader: Reader, about: &[AskedAbout], outcomes: Vec<BulkOutcome>) -> Page {
    for BulkOutcome { request, outcome } in &outcomes {
        if let Err(PortalError::Internal(reason)) = outcome {
            tracing::error!(%request, reason, "a fault while {request} was decided with others: {reason}");
        }
    }
    // What is recorded is told, whether or not the number in the navigation can be read again.
    if let (Some(viewer), Ok(waiting)) = (&mut reader.frame.viewer, state.portal.waiting_count(&reader.actor).await) {
        viewer.waiting = waiting;
    }
    let seen = reader.seen(state);
    let rows = outcomes.into_iter().map(|done| present::bulk::result(done, about, seen)).collect();
    pages::bulk_result(reader.frame, BulkResult { rows })
}
