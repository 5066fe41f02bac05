//! Instances: what every client sees, and the lease.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "instances")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub key: i64,
    pub id: String,
    pub name: String,
    pub version: String,
    pub status: String,
    pub lease_owner: Option<String>,
    pub lease_epoch: i64,
    pub execution: String,
    pub ordinal: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub completed_at: Option<i64>,
    pub blocked_kind: Option<String>,
    pub blocked_message: Option<String>,
    pub blocked_since: Option<i64>,
    pub parent_id: Option<String>,
    pub parent_execution: Option<String>,
    pub parent_event_id: Option<i64>,
    pub custom_status: Option<String>,
    pub output: Option<String>,
    pub failure: Option<String>,
    /// Absent in a list that did not ask for values.
    pub input: Option<String>,
    pub tags: Option<String>,
    pub awaits_outside: Option<bool>,
    pub recoveries: i64,
    pub marked: bool,
    pub has_set_aside: bool,
}

/// None: rows are joined by hand.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
