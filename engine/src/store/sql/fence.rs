//! The one way in which a holder of a lease changes its instance.

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, ConnectionTrait};

use super::convert;
use super::error::SqlError;
use super::tables::instance::{Column, Entity};
use super::tables::node;
use crate::store::Claim;

/// Writes columns of the claim's instance if the claim holds: its owner lives and has the lease in this epoch, and
/// the execution is the current one and has not ended. `false`, and no change, otherwise.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    claim: &Claim,
    set: impl IntoIterator<Item = (Column, Expr)> + Send,
) -> Result<bool, SqlError> {
    let owner = convert::node(claim.owner);
    let mut living = Query::select();
    living.expr(Expr::val(1)).from(node::Entity).and_where(node::Column::Id.eq(owner.clone()));
    let mut update = Query::update();
    update
        .table(Entity)
        .values(set)
        .and_where(Column::Key.eq(claim.key.0))
        .and_where(Column::LeaseOwner.eq(owner))
        .and_where(Column::LeaseEpoch.eq(claim.epoch))
        .and_where(Column::Execution.eq(convert::execution(claim.execution)))
        .and_where(Column::CompletedAt.is_null())
        .and_where(Expr::exists(living));
    Ok(db.execute(&update).await?.rows_affected() == 1)
}
