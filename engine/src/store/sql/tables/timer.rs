//! Timers that have not fired, and messages that have not been delivered yet.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "timers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub instance_key: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub execution: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: i64,
    pub fire_at: i64,
    /// What is delivered instead of `TimerFired`.
    pub message: Option<String>,
}

/// None: rows are joined by hand.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
