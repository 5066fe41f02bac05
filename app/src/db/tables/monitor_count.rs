//! How many checks of a monitor there were in an hour or a day.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "monitor_counts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) monitor_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) bucket: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) begins_at: i64,
    pub(crate) checks: i64,
    pub(crate) failed: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
