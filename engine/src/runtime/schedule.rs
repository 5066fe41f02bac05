//! The step that starts what schedules say.

use std::collections::HashSet;
use std::time::Duration;

use super::node::Node;
use crate::clock::Timestamp;
use crate::ids::{InstanceId, ScheduleId};
use crate::model::{Message, ScheduleRecord};
use crate::observe;
use crate::observe::names::field;
use crate::schedule::{self, Firing};
use crate::store::{StoreError, Transaction};

/// The most schedules read at a time.
const PAGE: u32 = 100;

/// The most schedules with a waiting run that are looked at when a run has ended.
const MAX_QUEUED: u32 = 1_000;

/// How long a schedule that could not be fired rests at the most. Less than the minute for which a late run counts as
/// being on time, so that one failure misses no moment.
const REST: Duration = Duration::from_secs(30);

impl Node {
    /// Fires all schedules that are due, and those whose waiting run may start; gives the moment of the next one.
    ///
    /// A schedule is one transaction: its runs start, and it moves on to its next moment, or neither. One that cannot
    /// be fired holds up no other one: it rests until the next call, which is due soon. After an error, which is one of
    /// the store as a whole, the same call may be made again.
    pub async fn fire_schedules(&self) -> Result<Option<Timestamp>, StoreError> {
        self.wake.schedules_seen();
        let mut resting = HashSet::new();
        for id in self.store.queued_schedules(MAX_QUEUED).await? {
            let fired = self.fire_queued(&id).await;
            resting.extend(unless_fired(id, fired)?);
        }
        loop {
            // Those that rest are still due; they must not take the places of others on the page.
            let limit = PAGE.saturating_add(u32::try_from(resting.len()).unwrap_or(u32::MAX));
            let due = self.store.due_schedules(self.clock.now(), limit).await?;
            let ids: Vec<_> = due.ids.into_iter().filter(|id| !resting.contains(id)).collect();
            if ids.is_empty() {
                let again = (!resting.is_empty()).then(|| self.clock.now() + REST);
                return Ok(due.next.into_iter().chain(again).min());
            }
            for id in ids {
                let fired = self.fire_schedule(&id).await;
                resting.extend(unless_fired(id, fired)?);
            }
        }
    }

    /// Fires a schedule with a waiting run if the runs before have ended. Mostly they have not, and nothing is written.
    async fn fire_queued(&self, id: &ScheduleId) -> Result<(), StoreError> {
        let Some(mut record) = self.store.find_schedule(None, id).await? else { return Ok(()) };
        if self.active_runs(&mut record).await?.is_empty() { self.fire_schedule(id).await } else { Ok(()) }
    }

    async fn fire_schedule(&self, id: &ScheduleId) -> Result<(), StoreError> {
        let tx = self.store.begin("fire_schedule").await?;
        let Some(mut record) = self.store.hold_schedule(&tx, id).await? else { return Ok(()) };
        let active = self.active_runs(&mut record).await?;
        let now = self.clock.now();
        let (skipped, planned) = (record.state.skipped, record.state.fire_at);
        let firing = schedule::fire(&mut record, &active, now).unwrap_or_else(|invalid| {
            // A zone that this machine does not know, say: a pause shows it and stops it from being tried for ever.
            schedule::pause(&mut record, invalid.to_string(), now);
            tracing::error!({ field::SCHEDULE_ID } = %id, { field::ERROR } = %invalid, "schedule is paused");
            Firing::default()
        });
        self.carry_out(&tx, &record, &firing, now).await?;
        let touched = self.heard(self.store.commit_transaction(tx).await)?;
        self.wake.instances(touched);
        if firing.missed {
            tracing::warn!({ field::SCHEDULE_ID } = %id, "moments of the schedule were missed and are not caught up");
        }
        observe::count_schedule(firing.start.len(), record.state.skipped - skipped);
        if let Some(planned) = planned.filter(|planned| *planned <= now) {
            observe::count_schedule_lateness(now.since(planned));
        }
        Ok(())
    }

    async fn carry_out(
        &self,
        tx: &Transaction,
        record: &ScheduleRecord,
        firing: &Firing,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for instance in &firing.terminate {
            let reason = Some(format!("the schedule {} starts its next run", record.id));
            match self.store.send(tx, instance, &Message::Terminate { reason, recursive: true }, now).await {
                Ok(()) | Err(StoreError::NotFound(_) | StoreError::Finished { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        for moment in &firing.start {
            let started = schedule::started(record, *moment, self.clock.new_id());
            match self.store.create(tx, &started, now).await {
                // The run of this moment exists: the schedule was moved back to it, or somebody took its id.
                Ok(_) | Err(StoreError::Exists(_)) => {}
                Err(error) => return Err(error),
            }
        }
        self.store.save_schedule(tx, record).await
    }

    /// The runs that go on; notes those that have ended, so that they are not asked for again.
    async fn active_runs(&self, record: &mut ScheduleRecord) -> Result<Vec<InstanceId>, StoreError> {
        let mut active = Vec::new();
        for run in record.state.recent.iter_mut().filter(|run| !run.ended) {
            let found = self.store.find(None, &run.instance).await?;
            run.ended = found.is_none_or(|instance| instance.status.is_finished());
            if !run.ended {
                active.push(run.instance.clone());
            }
        }
        Ok(active)
    }
}

/// The schedule, unless it was fired; its error is told here. An error of the store as a whole stays one.
fn unless_fired(id: ScheduleId, fired: Result<(), StoreError>) -> Result<Option<ScheduleId>, StoreError> {
    match fired {
        Ok(()) => Ok(None),
        Err(error @ (StoreError::Unavailable(_) | StoreError::Unknown(_))) => Err(error),
        Err(error) => {
            tracing::error!(
                { field::SCHEDULE_ID } = %id,
                { field::ERROR } = %error,
                "a schedule could not be fired; it will be tried again"
            );
            Ok(Some(id))
        }
    }
}
