//! Timers of the same moment fire in one order on all databases, which the index must give: a batch of them must not cost
//! a sort of all that are due.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_125000_order_timers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("timers_by_moment").table("timers").to_owned()).await?;
        let mut by_moment = Index::create();
        by_moment.name("timers_by_moment").table("timers");
        for column in ["fire_at", "instance_key", "execution", "event_id"] {
            by_moment.col(column);
        }
        manager.create_index(by_moment).await
    }
}
