//! A person.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) roles: String,
    pub(crate) password_hash: Option<String>,
    pub(crate) invited_at: Option<i64>,
    pub(crate) signed_in_at: Option<i64>,
    pub(crate) manager_id: Option<String>,
    pub(crate) language: String,
    pub(crate) zone: String,
    pub(crate) digest: String,
    pub(crate) shortcuts: bool,
    pub(crate) created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
