//! A page of a preview: its picture, or why there is none.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "preview_pages")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) file_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) page: i64,
    pub(crate) width: i64,
    pub(crate) height: i64,
    pub(crate) image: Option<Vec<u8>>,
    pub(crate) why: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
