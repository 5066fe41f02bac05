//! A request.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "requests")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) requester_id: String,
    pub(crate) generation: i64,
    pub(crate) revision: i64,
    pub(crate) revision_hash: String,
    pub(crate) submitted_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) due_at: Option<i64>,
    pub(crate) reminded_at: Option<i64>,
    pub(crate) escalated_at: Option<i64>,
    pub(crate) held_at: Option<i64>,
    pub(crate) ending: Option<String>,
    pub(crate) closed_at: Option<i64>,
    pub(crate) closed_by: Option<String>,
    pub(crate) closed_reason: String,
    pub(crate) policy: String,
    pub(crate) text: String,
    pub(crate) stage: i64,
    pub(crate) changes_requested_at: Option<i64>,
    pub(crate) ladder_base_at: Option<i64>,
    pub(crate) rungs_done: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
