//! A code that is mailed besides a link, without its digits.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "link_codes")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) assignment_id: String,
    pub(crate) link_id: String,
    pub(crate) mail_id: String,
    pub(crate) key_id: i64,
    pub(crate) revision_hash: String,
    pub(crate) proof: String,
    pub(crate) created_at: i64,
    pub(crate) expires_at: i64,
    pub(crate) tries: i64,
    pub(crate) state: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
