//! Schedules.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "schedules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// When it is to be looked at: the state's `fire_at`, for the index.
    pub fire_at: Option<i64>,
    /// Whether a run waits for the end of the one before.
    pub queued: bool,
    pub created_at: i64,
    pub updated_at: i64,
    pub schedule: String,
    pub state: String,
}

/// None: rows are joined by hand.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
