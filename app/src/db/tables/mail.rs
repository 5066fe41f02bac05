//! A mail, without its link.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mails")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) user_id: String,
    pub(crate) request_id: Option<String>,
    pub(crate) run_id: Option<String>,
    pub(crate) run_title: Option<String>,
    pub(crate) monitor: Option<String>,
    pub(crate) link_id: Option<String>,
    pub(crate) natural_key: String,
    pub(crate) note: String,
    pub(crate) by_user_id: Option<String>,
    pub(crate) ruling: Option<String>,
    pub(crate) state: String,
    pub(crate) attempts: i64,
    pub(crate) error: Option<String>,
    pub(crate) failed_step: Option<String>,
    pub(crate) next_attempt_at: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) sent_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
