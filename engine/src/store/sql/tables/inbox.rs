//! Inboxes: unread messages, by instance and not by execution, so that no execution takes one to its grave.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub instance_key: i64,
    /// Whether it is read before all that are not: see `Message::comes_first`.
    pub is_start: bool,
    pub message: String,
}

/// None: rows are joined by hand.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
