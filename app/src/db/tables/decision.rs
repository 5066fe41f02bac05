//! A decision.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decisions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) request_id: String,
    pub(crate) generation: i64,
    pub(crate) stage: i64,
    pub(crate) number: i64,
    pub(crate) revision: i64,
    pub(crate) assignment_id: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) ruling: String,
    pub(crate) reason: String,
    pub(crate) strength: String,
    pub(crate) revision_hash: String,
    pub(crate) decided_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
