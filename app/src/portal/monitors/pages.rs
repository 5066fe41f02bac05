//! What the pages of monitors ask for.

use super::monitor::Monitor;
use super::uptime::Windows;
use super::work::{MonitorLine, MonitorRecord};
use crate::portal::actor::Actor;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::MonitorId;
use crate::portal::pages::{PAGE_ROWS, Page};
use crate::portal::scope::Scope;
use crate::portal::service::Portal;

/// Incidents that a page shows.
const INCIDENTS: u64 = 20;

/// A monitor with a page of its checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorPage {
    /// The monitor; its checks are those of the page.
    pub record: MonitorRecord,
    /// The number of the check before which the next page begins.
    pub next: Option<u64>,
    /// Whether the reader may change it.
    pub may_write: bool,
}

impl Portal {
    /// Every monitor, by name. For everybody who is signed in.
    pub async fn monitors(&self, actor: &Actor) -> Result<Vec<MonitorLine>> {
        actor.require_scope(Scope::MonitorsRead)?;
        self.reads().list_monitors(Windows::until(self.now())).await
    }

    /// A monitor with its checks before number `before`, newest first. For everybody who is signed in.
    pub async fn monitor(&self, actor: &Actor, id: MonitorId, before: Option<u64>) -> Result<MonitorPage> {
        actor.require_scope(Scope::MonitorsRead)?;
        let windows = Windows::until(self.now());
        let found = self.reads().find_monitor_record(id, windows, before, PAGE_ROWS + 1, INCIDENTS).await?;
        let mut record = found.ok_or(PortalError::NotFound)?;
        let Page { rows, next } = Page::cut(std::mem::take(&mut record.checks), |check| check.number);
        record.checks = rows;
        Ok(MonitorPage { next, may_write: may_change(actor, &record.line.monitor), record })
    }

    /// Whether the actor may make monitors.
    pub fn may_create_monitors(&self, actor: &Actor) -> bool {
        actor.require_scope(Scope::MonitorsWrite).and_then(|()| actor.require_requester()).is_ok()
    }
}

/// Whether the actor may change this monitor: its owner and those who see everything.
pub(super) fn may_change(actor: &Actor, monitor: &Monitor) -> bool {
    let allowed = actor.require_scope(Scope::MonitorsWrite).is_ok();
    allowed && (actor.sees_everything() || actor.user_id() == Some(monitor.owner))
}
