//! A webhook, without its secret.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhooks")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) events: String,
    pub(crate) description: String,
    pub(crate) owner_id: String,
    pub(crate) secret_number: i64,
    pub(crate) secret_key_id: i64,
    pub(crate) old_secret_number: Option<i64>,
    pub(crate) old_secret_key_id: Option<i64>,
    pub(crate) old_secret_until: Option<i64>,
    pub(crate) disabled_at: Option<i64>,
    pub(crate) disabled_why: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
