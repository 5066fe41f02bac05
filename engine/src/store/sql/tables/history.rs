//! Histories: one row per turn, holding the turn's events as a JSON array.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "history")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub instance_key: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub ordinal: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub first_sequence: i64,
    pub events: String,
}

/// None: rows are joined by hand.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
