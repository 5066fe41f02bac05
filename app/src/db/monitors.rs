//! Monitors, their checks, counters and incidents.

use std::collections::HashMap;

use async_trait::async_trait;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::error::one_row;
use super::monitor_rows::{check_row, incident_row, signed};
use super::reads::DbReads;
use super::tables::{monitor, monitor_check, monitor_count, monitor_incident};
use super::words::{Row, Word};
use super::work::Unit;
use super::{engine, users};
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::{MonitorId, UserId};
use crate::portal::monitors::{
    Bucket, Check, Incident, Monitor, MonitorLine, MonitorReads, MonitorRecord, MonitorWork, Uptime, Windows,
};
use crate::portal::user::User;

/// Checks that are kept of a monitor.
const KEPT_CHECKS: u64 = 1_000;
/// Incidents that are kept of a monitor.
const KEPT_INCIDENTS: u64 = 200;

#[async_trait]
impl MonitorWork for Unit<'_> {
    async fn count_monitors(&self) -> Result<u64> {
        Ok(monitor::Entity::find().count(self.db()).await?)
    }

    async fn lock_monitor(&self, id: MonitorId) -> Result<Option<Monitor>> {
        let found = monitor::Entity::find_by_id(id.to_string()).lock_exclusive().one(self.db()).await?;
        found.map(Monitor::try_from).transpose()
    }

    async fn insert_monitor(&self, row: &Monitor) -> Result<()> {
        monitor::Entity::insert(monitor::ActiveModel::from(row)).exec_without_returning(self.db()).await?;
        Ok(())
    }

    async fn update_monitor(&self, row: &Monitor) -> Result<()> {
        let changed = monitor::Entity::update_many()
            .set(monitor::ActiveModel::from(row))
            .filter(monitor::Column::Id.eq(row.id.to_string()))
            .exec(self.db())
            .await?;
        one_row(changed.rows_affected, "monitors", row.id)
    }

    async fn delete_monitor(&self, id: MonitorId) -> Result<()> {
        let (db, of) = (self.db(), id.to_string());
        monitor_check::Entity::delete_many().filter(monitor_check::Column::MonitorId.eq(of.as_str())).exec(db).await?;
        monitor_count::Entity::delete_many().filter(monitor_count::Column::MonitorId.eq(of.as_str())).exec(db).await?;
        monitor_incident::Entity::delete_many()
            .filter(monitor_incident::Column::MonitorId.eq(of.as_str()))
            .exec(db)
            .await?;
        let deleted = monitor::Entity::delete_by_id(of).exec(db).await?;
        one_row(deleted.rows_affected, "monitors", id)
    }

    async fn insert_check(&self, of: MonitorId, row: &Check) -> Result<()> {
        monitor_check::Entity::insert(check_row(of, row)).exec_without_returning(self.db()).await?;
        monitor_check::Entity::delete_many()
            .filter(monitor_check::Column::MonitorId.eq(of.to_string()))
            .filter(monitor_check::Column::Number.lte(signed(row.number.saturating_sub(KEPT_CHECKS))))
            .exec(self.db())
            .await?;
        for bucket in Bucket::ALL {
            count(self.db(), of, bucket, row).await?;
        }
        Ok(())
    }

    async fn find_incident(&self, of: MonitorId, number: u64) -> Result<Option<Incident>> {
        let found = monitor_incident::Entity::find_by_id((of.to_string(), signed(number))).one(self.db()).await?;
        found.map(Incident::try_from).transpose()
    }

    async fn insert_incident(&self, of: MonitorId, row: &Incident) -> Result<()> {
        monitor_incident::Entity::insert(incident_row(of, row)).exec_without_returning(self.db()).await?;
        monitor_incident::Entity::delete_many()
            .filter(monitor_incident::Column::MonitorId.eq(of.to_string()))
            .filter(monitor_incident::Column::Number.lte(signed(row.number.saturating_sub(KEPT_INCIDENTS))))
            .exec(self.db())
            .await?;
        Ok(())
    }

    async fn update_incident(&self, of: MonitorId, row: &Incident) -> Result<()> {
        let changed = monitor_incident::Entity::update_many()
            .set(incident_row(of, row))
            .filter(monitor_incident::Column::MonitorId.eq(of.to_string()))
            .filter(monitor_incident::Column::Number.eq(signed(row.number)))
            .exec(self.db())
            .await?;
        one_row(changed.rows_affected, "monitor_incidents", of)
    }

    async fn start_monitor(&self, of: MonitorId) -> Result<()> {
        engine::start_monitor(self.engine(), of).await
    }

    async fn wake_monitor(&self, of: MonitorId) -> Result<()> {
        engine::wake_monitor(self.engine(), of).await
    }
}

/// Counts a check in its bucket. The monitor is locked, so nobody else makes the same bucket.
async fn count(db: &impl ConnectionTrait, of: MonitorId, bucket: Bucket, check: &Check) -> Result<()> {
    let begins_at = bucket.beginning(check.at).micros();
    let failed = i64::from(check.problem.is_some());
    let of_bucket = monitor_count::Column::MonitorId.eq(of.to_string());
    let of_bucket = of_bucket.and(monitor_count::Column::Bucket.eq(bucket.word()));
    let counted = monitor_count::Entity::update_many()
        .col_expr(monitor_count::Column::Checks, Expr::col(monitor_count::Column::Checks).add(1_i64))
        .col_expr(monitor_count::Column::Failed, Expr::col(monitor_count::Column::Failed).add(failed))
        .filter(of_bucket.clone())
        .filter(monitor_count::Column::BeginsAt.eq(begins_at))
        .exec(db)
        .await?;
    if counted.rows_affected > 0 {
        return Ok(());
    }
    let first = monitor_count::ActiveModel {
        monitor_id: Set(of.to_string()),
        bucket: Set(bucket.word().to_owned()),
        begins_at: Set(begins_at),
        checks: Set(1),
        failed: Set(failed),
    };
    monitor_count::Entity::insert(first).exec_without_returning(db).await?;
    let oldest = bucket.first_of(bucket.kept(), check.at).micros();
    let too_old = of_bucket.and(monitor_count::Column::BeginsAt.lt(oldest));
    monitor_count::Entity::delete_many().filter(too_old).exec(db).await?;
    Ok(())
}

#[async_trait]
impl MonitorReads for DbReads {
    async fn find_monitor(&self, id: MonitorId) -> Result<Option<Monitor>> {
        monitor::Entity::find_by_id(id.to_string()).one(self.pool()).await?.map(Monitor::try_from).transpose()
    }

    async fn list_monitors(&self, windows: Windows) -> Result<Vec<MonitorLine>> {
        let by_name = monitor::Entity::find().order_by_asc(monitor::Column::Name).order_by_asc(monitor::Column::Id);
        let rows = by_name.all(self.pool()).await?;
        let monitors: Vec<Monitor> = rows.into_iter().map(Monitor::try_from).collect::<Result<_>>()?;
        let owners: Vec<UserId> = monitors.iter().map(|monitor| monitor.owner).collect();
        let people = users::list(self.pool(), &owners).await?;
        let day = uptimes(self.pool(), Bucket::Hour, windows.day, None).await?;
        let month = uptimes(self.pool(), Bucket::Day, windows.month, None).await?;
        monitors.into_iter().map(|monitor| line(monitor, &people, &day, &month)).collect()
    }

    async fn find_monitor_record(
        &self,
        id: MonitorId,
        windows: Windows,
        before: Option<u64>,
        checks: u64,
        incidents: u64,
    ) -> Result<Option<MonitorRecord>> {
        let Some(monitor) = self.find_monitor(id).await? else { return Ok(None) };
        let db = self.pool();
        let alerts = &monitor.settings.alerts;
        let (receivers, escalate_to) = (alerts.to.clone(), alerts.escalation.map(|escalation| escalation.to));
        let mut named = receivers.clone();
        named.extend(escalate_to.into_iter().chain([monitor.owner]));
        let people = users::list(db, &named).await?;
        let person = |id| super::person_of(&people, id, "monitors");
        let day = uptimes(db, Bucket::Hour, windows.day, Some(id)).await?;
        let month = uptimes(db, Bucket::Day, windows.month, Some(id)).await?;
        Ok(Some(MonitorRecord {
            receivers: receivers.into_iter().map(person).collect::<Result<_>>()?,
            escalate_to: escalate_to.map(person).transpose()?,
            checks: list_checks(db, id, before, checks).await?,
            incidents: list_incidents(db, id, incidents).await?,
            line: line(monitor, &people, &day, &month)?,
        }))
    }
}

type Uptimes = HashMap<String, Uptime>;

fn line(monitor: Monitor, people: &[User], day: &Uptimes, month: &Uptimes) -> Result<MonitorLine> {
    let id = monitor.id.to_string();
    let of = |uptimes: &Uptimes| uptimes.get(&id).copied().unwrap_or_default();
    Ok(MonitorLine {
        owner: super::person_of(people, monitor.owner, "monitors")?,
        day: of(day),
        month: of(month),
        monitor,
    })
}

/// The counters of all buckets from `since` on added up, by monitor.
async fn uptimes(db: &impl ConnectionTrait, bucket: Bucket, since: Time, only: Option<MonitorId>) -> Result<Uptimes> {
    // PostgreSQL adds up to a type of its own.
    let sum = |column: monitor_count::Column| Expr::col(column).sum().cast_as("bigint");
    let mut query = monitor_count::Entity::find()
        .select_only()
        .column(monitor_count::Column::MonitorId)
        .column_as(sum(monitor_count::Column::Checks), "checks")
        .column_as(sum(monitor_count::Column::Failed), "failed")
        .filter(monitor_count::Column::Bucket.eq(bucket.word()))
        .filter(monitor_count::Column::BeginsAt.gte(since.micros()))
        .group_by(monitor_count::Column::MonitorId);
    if let Some(id) = only {
        query = query.filter(monitor_count::Column::MonitorId.eq(id.to_string()));
    }
    let rows: Vec<(String, i64, i64)> = query.into_tuple().all(db).await?;
    rows.into_iter()
        .map(|(id, checks, failed)| {
            let row = Row { table: "monitor_counts", id: &id };
            let uptime = Uptime { checks: row.number("checks", checks)?, failed: row.number("failed", failed)? };
            Ok((id, uptime))
        })
        .collect()
}

async fn list_checks(db: &impl ConnectionTrait, of: MonitorId, before: Option<u64>, limit: u64) -> Result<Vec<Check>> {
    let mut query = monitor_check::Entity::find()
        .filter(monitor_check::Column::MonitorId.eq(of.to_string()))
        .order_by_desc(monitor_check::Column::Number)
        .limit(limit);
    if let Some(before) = before {
        query = query.filter(monitor_check::Column::Number.lt(signed(before)));
    }
    query.all(db).await?.into_iter().map(Check::try_from).collect()
}

async fn list_incidents(db: &impl ConnectionTrait, of: MonitorId, limit: u64) -> Result<Vec<Incident>> {
    let newest = monitor_incident::Entity::find()
        .filter(monitor_incident::Column::MonitorId.eq(of.to_string()))
        .order_by_desc(monitor_incident::Column::Number)
        .limit(limit);
    newest.all(db).await?.into_iter().map(Incident::try_from).collect()
}
