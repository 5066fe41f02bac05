//! Schedules: what starts orchestrations again and again.

use super::{Client, EngineError, Within};
use crate::ids::{InstanceId, ScheduleId};
use crate::limits::{check_name, check_version};
use crate::model::{Schedule, ScheduleRecord, ScheduleState};
use crate::schedule::{self, Firing};
use crate::store::StoreError;

impl Client {
    /// Creates a schedule, which runs from its next moment on. Errors say that the id is taken or that the schedule makes no
    /// sense.
    ///
    /// The run of a moment has the id `SCHEDULE@MOMENT`, such as `report@2026-03-01T08:00:00Z`, so that none is ever started
    /// twice, whatever is killed when.
    pub async fn create_schedule(&self, id: &ScheduleId, schedule: &Schedule) -> Result<(), EngineError> {
        let (id, schedule) = (id.clone(), schedule.clone());
        self.write("create_schedule", move |within| {
            Box::pin(async move { within.create_schedule(&id, &schedule).await })
        })
        .await
    }

    /// Puts another schedule in the place of that of `id`. Its runs, and the one that waits, stay; a paused one stays paused.
    pub async fn update_schedule(&self, id: &ScheduleId, schedule: &Schedule) -> Result<(), EngineError> {
        let (id, schedule) = (id.clone(), schedule.clone());
        self.write("update_schedule", move |within| {
            Box::pin(async move { within.update_schedule(&id, &schedule).await })
        })
        .await
    }

    /// Stops a schedule: moments pass without a run until it is resumed. Pausing again changes the reason.
    pub async fn pause_schedule(&self, id: &ScheduleId, reason: &str) -> Result<(), EngineError> {
        let (id, reason) = (id.clone(), reason.to_owned());
        self.write("pause_schedule", move |within| Box::pin(async move { within.pause_schedule(&id, &reason).await }))
            .await
    }

    /// Lets a schedule go on with its next moment; those that passed meanwhile are not caught up. One that runs stays as it is.
    pub async fn resume_schedule(&self, id: &ScheduleId) -> Result<(), EngineError> {
        let id = id.clone();
        self.write("resume_schedule", move |within| Box::pin(async move { within.resume_schedule(&id).await })).await
    }

    /// Starts a run at once, paused or not and whatever else runs; the schedule's moments stay as they are. Gives the run's id.
    pub async fn trigger_schedule(&self, id: &ScheduleId) -> Result<InstanceId, EngineError> {
        let id = id.clone();
        self.write("trigger_schedule", move |within| Box::pin(async move { within.trigger_schedule(&id).await })).await
    }

    /// Removes a schedule; its runs go on.
    pub async fn delete_schedule(&self, id: &ScheduleId) -> Result<(), EngineError> {
        let id = id.clone();
        self.write("delete_schedule", move |within| Box::pin(async move { within.delete_schedule(&id).await })).await
    }

    /// The schedule of that id, with its next moment and its last runs.
    pub async fn schedule(&self, id: &ScheduleId) -> Result<Option<ScheduleRecord>, EngineError> {
        Ok(self.store().find_schedule(None, id).await?)
    }

    /// A page of schedules in the order of their ids: those after `after`, at most `limit` and at most 1,000.
    pub async fn schedules(&self, after: Option<&ScheduleId>, limit: u32) -> Result<Vec<ScheduleRecord>, EngineError> {
        Ok(self.store().list_schedules(None, after, limit).await?)
    }
}

impl Within<'_> {
    /// Creates a schedule; see [`Client::create_schedule`].
    pub async fn create_schedule(self, id: &ScheduleId, schedule: &Schedule) -> Result<(), EngineError> {
        check_code(schedule)?;
        let now = self.client.clock().now();
        let mut record = ScheduleRecord {
            id: id.clone(),
            schedule: schedule.clone(),
            state: ScheduleState::default(),
            created_at: now,
            updated_at: now,
        };
        schedule::begin(&mut record, now)?;
        self.client.store().create_schedule(self.tx, &record).await?;
        self.look_again();
        Ok(())
    }

    /// Puts another schedule in the place of that of `id`; see [`Client::update_schedule`].
    pub async fn update_schedule(self, id: &ScheduleId, schedule: &Schedule) -> Result<(), EngineError> {
        check_code(schedule)?;
        let mut record = self.held(id).await?;
        record.schedule = schedule.clone();
        schedule::begin(&mut record, self.client.clock().now())?;
        self.save(record).await
    }

    /// Stops a schedule; see [`Client::pause_schedule`].
    pub async fn pause_schedule(self, id: &ScheduleId, reason: &str) -> Result<(), EngineError> {
        let mut record = self.held(id).await?;
        schedule::pause(&mut record, reason.to_owned(), self.client.clock().now());
        self.save(record).await
    }

    /// Lets a schedule go on; see [`Client::resume_schedule`].
    pub async fn resume_schedule(self, id: &ScheduleId) -> Result<(), EngineError> {
        let mut record = self.held(id).await?;
        if record.state.paused.take().is_none() {
            return Ok(());
        }
        schedule::begin(&mut record, self.client.clock().now())?;
        self.save(record).await
    }

    /// Starts a run at once; see [`Client::trigger_schedule`].
    pub async fn trigger_schedule(self, id: &ScheduleId) -> Result<InstanceId, EngineError> {
        let mut record = self.held(id).await?;
        let (clock, store) = (self.client.clock(), self.client.store());
        let now = clock.now();
        schedule::start(&mut record, &mut Firing::default(), now, now);
        let started = schedule::started(&record, now, clock.new_id());
        store.create(self.tx, &started, now).await?;
        store.save_schedule(self.tx, &record).await?;
        Ok(started.instance)
    }

    /// Removes a schedule; see [`Client::delete_schedule`].
    pub async fn delete_schedule(self, id: &ScheduleId) -> Result<(), EngineError> {
        Ok(self.client.store().delete_schedule(self.tx, id).await?)
    }

    /// The schedule of that id; see [`Client::schedule`].
    pub async fn schedule(self, id: &ScheduleId) -> Result<Option<ScheduleRecord>, EngineError> {
        Ok(self.client.store().find_schedule(Some(self.tx), id).await?)
    }

    /// A page of schedules; see [`Client::schedules`].
    pub async fn schedules(self, after: Option<&ScheduleId>, limit: u32) -> Result<Vec<ScheduleRecord>, EngineError> {
        Ok(self.client.store().list_schedules(Some(self.tx), after, limit).await?)
    }

    async fn held(self, id: &ScheduleId) -> Result<ScheduleRecord, EngineError> {
        let found = self.client.store().hold_schedule(self.tx, id).await?;
        found.ok_or_else(|| StoreError::ScheduleNotFound(id.clone()).into())
    }

    async fn save(self, mut record: ScheduleRecord) -> Result<(), EngineError> {
        record.updated_at = self.client.clock().now();
        self.client.store().save_schedule(self.tx, &record).await?;
        self.look_again();
        Ok(())
    }

    /// The node's next moment may be another one once this is durable.
    fn look_again(self) {
        let wake = self.client.wake().clone();
        self.tx.after_commit(move || wake.schedules());
    }
}

/// Refuses here what every run would be refused for, when nobody is left to be told.
fn check_code(schedule: &Schedule) -> Result<(), EngineError> {
    check_name("an orchestration", &schedule.orchestration)?;
    check_version(&schedule.version)?;
    Ok(())
}
