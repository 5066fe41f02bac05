//! Tasks: scheduled activities that have not ended.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tasks")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub instance_key: i64,
    pub execution: String,
    pub event_id: i64,
    pub first_event_id: i64,
    pub attempt: i64,
    pub claimed_by: Option<String>,
    pub recoveries: i64,
    pub created_at: i64,
    pub name: String,
    pub input: String,
    pub traceparent: Option<String>,
    pub timeout_us: Option<i64>,
    pub heartbeat_timeout_us: Option<i64>,
    pub heartbeat: Option<String>,
    pub heartbeat_at: Option<i64>,
    pub marked: bool,
    pub set_aside_kind: Option<String>,
    pub set_aside_message: Option<String>,
    pub set_aside_since: Option<i64>,
}

/// None: rows are joined by hand.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
