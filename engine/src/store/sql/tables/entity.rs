//! States and locks of entities, whose other columns are those of [`super::instance`].

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "entities")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub instance_key: i64,
    pub state: Option<String>,
    pub lock_instance: Option<String>,
    pub lock_execution: Option<String>,
    pub lock_event_id: Option<i64>,
    pub locked_at: Option<i64>,
}

/// None: rows are joined by hand.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
