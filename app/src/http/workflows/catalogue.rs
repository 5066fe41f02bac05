//! `GET /workflows`.

use std::time::Duration;

use axum::extract::State;
use countersign_engine::{Between, InstanceFilter, RuntimeStatus, Timestamp};

use crate::http::error::Refusal;
use crate::http::instances::engine;
use crate::http::reader::Reader;
use crate::http::state::AppState;
use crate::pages::{self, Page};
use crate::portal::PortalError;
use crate::portal::workflows::Workflow;
use crate::view::{WorkflowRow, Workflows};

/// What counts as recent.
const RECENT: Duration = Duration::from_secs(7 * 86_400);

/// Passes those who may start workflows.
pub(super) fn require_starter(reader: &Reader) -> Result<(), Refusal> {
    if reader.user.roles.requester || reader.user.roles.admin {
        return Ok(());
    }
    Err(PortalError::forbidden("Only requesters may start workflows.").into())
}

/// `GET /workflows`.
pub(crate) async fn list(State(state): State<AppState>, reader: Reader) -> Result<Page, Refusal> {
    require_starter(&reader)?;
    let starter = state.portal.starter_filter(&reader.actor)?;
    let everybody = starter.is_none();
    let since = Timestamp::from_micros(state.portal.now().micros()) - RECENT;
    let recent = InstanceFilter {
        tags: starter.into_iter().collect(),
        created: Between { from: Some(since), until: None },
        ..InstanceFilter::default()
    };
    let mut rows = Vec::new();
    for workflow in state.portal.catalogue().iter() {
        let filter = InstanceFilter { name: Some(workflow.name.clone()), ..recent.clone() };
        let counts = state.engine.count_by_status_of(&filter).await.map_err(engine)?;
        rows.push(row(workflow, &counts));
    }
    Ok(pages::workflows(reader.frame, Workflows { rows, everybody }))
}

fn row(workflow: &Workflow, counts: &[(RuntimeStatus, u64)]) -> WorkflowRow {
    let open = counts.iter().filter(|(status, _)| !status.is_finished());
    WorkflowRow {
        name: workflow.name.clone(),
        version: workflow.version.clone(),
        summary: workflow.summary.clone(),
        description: workflow.description.clone(),
        recent: counts.iter().map(|(_, count)| count).sum(),
        open: open.map(|(_, count)| count).sum(),
    }
}
