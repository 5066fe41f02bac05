//! `/workload`: what is on whose desk. For admins.

use axum::extract::State;

use super::absence::everybody;
use super::error::Refusal;
use super::present::absence::{Known, named};
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page};
use crate::view::absence::Workload;

/// `GET /workload`.
pub(crate) async fn show(State(state): State<AppState>, reader: Reader) -> Result<Page, Refusal> {
    let loads = state.portal.workload(&reader.actor).await?;
    let (absences, seen) = (everybody(&state).await?, reader.seen(&state));
    let mut ids = named(&absences);
    ids.extend(loads.iter().map(|load| load.person.id));
    let people = state.portal.people_named(&ids).await?;
    let known = Known { absences: &absences, people: &people, seen };
    Ok(pages::workload(reader.frame, Workload { rows: loads.into_iter().map(|load| known.load(load)).collect() }))
}
