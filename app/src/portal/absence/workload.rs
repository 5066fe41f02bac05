//! What waits for whom, and how long answers take.

use std::time::Duration;

use crate::portal::actor::Actor;
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::UserId;
use crate::portal::scope::Scope;
use crate::portal::service::Portal;
use crate::portal::user::{Person, User};

/// How far back answers count.
const COUNTED_FOR: Duration = Duration::from_secs(30 * 86_400);

/// What is on somebody's desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// Whose.
    pub person: Person,
    /// Questions that wait for them.
    pub open: u64,
    /// Those of them whose requests are due already.
    pub overdue: u64,
    /// When the oldest of them was asked.
    pub oldest_at: Option<Time>,
    /// How many questions they have answered in the last 30 days.
    pub answered: u64,
    /// Half of those answers took no longer, from the question on; the time on hold included.
    pub median: Option<Duration>,
}

impl Portal {
    /// What is on everybody's desk, the fullest first. For admins.
    pub async fn workload(&self, actor: &Actor) -> Result<Vec<Load>> {
        actor.require_scope(Scope::PeopleRead)?;
        actor.require_admin()?;
        let now = self.now();
        let mut loads = self.reads().list_loads(now, now - COUNTED_FOR).await?;
        loads.sort_by(|a, b| {
            let key = |load: &Load| (load.overdue, load.open);
            key(b).cmp(&key(a)).then_with(|| a.person.label().cmp(b.person.label()))
        });
        Ok(loads)
    }

    /// The people whom pages about absences name. Names only: who may see the page is asked by [`Portal::absentee`],
    /// [`Portal::workload`] and [`Portal::people`].
    pub async fn people_named(&self, ids: &[UserId]) -> Result<Vec<User>> {
        if ids.is_empty() { Ok(Vec::new()) } else { self.reads().list_named(ids).await }
    }
}
