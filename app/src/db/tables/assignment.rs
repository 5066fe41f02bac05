//! One person's question within one round.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignments")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) request_id: String,
    pub(crate) generation: i64,
    pub(crate) stage: i64,
    pub(crate) user_id: String,
    pub(crate) position: i64,
    pub(crate) escalation: bool,
    pub(crate) state: String,
    pub(crate) reminders: i64,
    pub(crate) created_at: i64,
    pub(crate) settled_at: Option<i64>,
    pub(crate) attempt: i64,
    pub(crate) revision: i64,
    pub(crate) stands_in_for: Option<String>,
    pub(crate) stands_in_why: Option<String>,
    pub(crate) added_by: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
