//! A monitor: what was asked for, and how its service stands.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "monitors")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) owner_id: String,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) statuses: String,
    pub(crate) contains: Option<String>,
    pub(crate) max_latency_ms: Option<i64>,
    pub(crate) certificate_days: Option<i64>,
    pub(crate) interval_seconds: i64,
    pub(crate) timeout_seconds: i64,
    pub(crate) retries: i64,
    pub(crate) alert_to: String,
    pub(crate) remind_every_seconds: Option<i64>,
    pub(crate) escalate_to: Option<String>,
    pub(crate) escalate_after_seconds: Option<i64>,
    pub(crate) revision: i64,
    pub(crate) created_at: i64,
    pub(crate) paused_at: Option<i64>,
    pub(crate) checks: i64,
    pub(crate) failures: i64,
    pub(crate) failing_since: Option<i64>,
    pub(crate) next_check_at: i64,
    pub(crate) last_at: Option<i64>,
    pub(crate) last_latency_us: Option<i64>,
    pub(crate) last_problem: Option<String>,
    pub(crate) certificate_expires_at: Option<i64>,
    pub(crate) incident: Option<i64>,
    pub(crate) incidents: i64,
    pub(crate) recent: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
