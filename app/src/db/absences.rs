//! Absences within a unit of work: the entity, and the instances that change it.

use async_trait::async_trait;
use countersign_engine::client::EngineError;
use countersign_engine::store::StoreError;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::engine;
use super::tables::assignment;
use super::words::{Row, Word};
use super::work::Unit;
use crate::flows::absence_state::{StoredAbsence, StoredBackup};
use crate::flows::names::{
    ABSENCE, ABSENCE_CANCELLED, AbsenceInput, BackupInput, CANCEL_ABSENCE, PLANNED_ABSENCE, SETTING_BACKUP,
};
use crate::portal::absence::{Absence, AbsenceWork, Absences, Backup, OpenQuestion, instance_of_absence};
use crate::portal::error::Result;
use crate::portal::ids::{AbsenceId, UserId};
use crate::portal::request::AssignmentState;

#[async_trait]
impl AbsenceWork for Unit<'_> {
    async fn absences_of(&self, user: UserId) -> Result<Absences> {
        let stored = self.engine().read_entity(ABSENCE, user.to_string()).await?;
        Ok(stored.map(Absences::from).unwrap_or_default())
    }

    async fn start_absence(&self, user: UserId, absence: &Absence) -> Result<()> {
        let id = engine::instance(&instance_of_absence(absence.id))?;
        let input = AbsenceInput { user: user.0, absence: StoredAbsence::from(absence) };
        self.engine().start(PLANNED_ABSENCE, &input).id(id).await?;
        Ok(())
    }

    async fn cancel_absence(&self, user: UserId, absence: AbsenceId) -> Result<()> {
        self.engine().signal_entity(CANCEL_ABSENCE, user.to_string(), &absence.0).await?;
        let id = engine::instance(&instance_of_absence(absence))?;
        match self.engine().raise_event(&id, ABSENCE_CANCELLED, &()).await {
            Err(EngineError::Store(StoreError::Finished { .. } | StoreError::NotFound(_))) => Ok(()),
            other => Ok(other?),
        }
    }

    async fn set_backup(&self, id: AbsenceId, user: UserId, backup: Option<Backup>) -> Result<()> {
        let input = BackupInput { user: user.0, backup: backup.map(StoredBackup::from) };
        self.engine().start(SETTING_BACKUP, &input).id(engine::instance(&instance_of_absence(id))?).await?;
        Ok(())
    }

    async fn list_open_questions(&self, user: UserId) -> Result<Vec<OpenQuestion>> {
        let rows: Vec<(String, String)> = assignment::Entity::find()
            .select_only()
            .columns([assignment::Column::Id, assignment::Column::RequestId])
            .filter(assignment::Column::UserId.eq(user.to_string()))
            .filter(assignment::Column::State.eq(AssignmentState::Pending.word()))
            .order_by_asc(assignment::Column::CreatedAt)
            .order_by_asc(assignment::Column::Id)
            .into_tuple()
            .all(self.db())
            .await?;
        let question = |(id, request): (String, String)| {
            let row = Row { table: "assignments", id: &id };
            Ok(OpenQuestion { assignment: row.id("id", &id)?, request: row.id("request_id", &request)? })
        };
        rows.into_iter().map(question).collect()
    }
}
