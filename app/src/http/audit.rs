//! `/audit`: what was done, by whom. For admins.

use axum::extract::{Query, State};
use serde::Deserialize;

use super::error::Refusal;
use super::present;
use super::reader::Reader;
use super::state::AppState;
use crate::pages::{self, Page};
use crate::portal::audit::AuditFilter;
use crate::view;
use crate::view::AuditLog;

/// What the address says; a cursor that is none counts as absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    actor: String,
    action: String,
    object: String,
    before: String,
}

/// `GET /audit`.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Query(filter): Query<Filter>,
) -> Result<Page, Refusal> {
    let before: Option<i64> = filter.before.parse().ok();
    let wanted = AuditFilter { actor: filter.actor, action: filter.action, object: filter.object };
    let log = state.portal.audit_log(&reader.actor, &wanted, before).await?;
    let seen = reader.seen(&state);
    let page = AuditLog {
        filter: view::AuditFilter { actor: wanted.actor, action: wanted.action, object: wanted.object },
        rows: log.page.rows.into_iter().map(|line| present::audit::row(line, seen)).collect(),
        paged: before.is_some(),
        next: log.page.next.map(|seq| seq.to_string()),
        checkpoint: log.checkpoint.map(|checkpoint| present::audit::checkpoint(&checkpoint, seen)),
    };
    Ok(pages::audit(reader.frame, page))
}
