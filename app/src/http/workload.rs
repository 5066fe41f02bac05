//! `/workload`: what is on whose desk. For admins.

use axum::extract::State;

use super::error::Refusal;
use super::outlook::ahead;
use super::present::absence::Known;
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page};
use crate::view::absence::Workload;

/// `GET /workload`.
pub(crate) async fn show(State(state): State<AppState>, reader: Reader) -> Result<Page, Refusal> {
    let loads = state.portal.workload(&reader.actor).await?;
    let asked: Vec<_> = loads.iter().map(|load| load.person.id).collect();
    let (absences, people) = ahead(&state, &asked).await?;
    let known = Known { absences: &absences, people: &people, seen: reader.seen(&state) };
    Ok(pages::workload(reader.frame, Workload { rows: loads.into_iter().map(|load| known.load(load)).collect() }))
}
