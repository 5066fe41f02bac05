//! The ways in which a holder of a lease changes its instance.

use std::collections::HashSet;
use std::sync::LazyLock;

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, Value};

use super::beside::Beside;
use super::convert;
use super::error::SqlError;
use super::statement::{placeholders, rows_per_statement, sql_of};
use super::tables::instance::{Column, Entity};
use super::tables::node;
use crate::clock::Timestamp;
use crate::ids::InstanceKey;
use crate::model::{Payload, RuntimeStatus};
use crate::store::{Claim, Ending, TurnCommit};

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
    update.table(Entity).values(set);
    if claim.is_new {
        update
            .values([(Column::LeaseOwner, owner.into()), (Column::LeaseEpoch, claim.epoch.into())])
            .and_where(Column::LeaseOwner.is_null())
            .and_where(Column::LeaseEpoch.eq(claim.epoch - 1));
    } else {
        update.and_where(Column::LeaseOwner.eq(owner)).and_where(Column::LeaseEpoch.eq(claim.epoch));
    }
    update
        .and_where(Column::Key.eq(claim.key.0))
        .and_where(Column::Execution.eq(convert::execution(claim.execution)))
        .and_where(Column::CompletedAt.is_null())
        .and_where(Expr::exists(living));
    Ok(db.execute(&update).await?.rows_affected() == 1)
}

/// A turn that waits, or ends its instance, as one row of [`update_many`].
pub(in crate::store) struct Change<'c> {
    claim: &'c Claim,
    now: Timestamp,
    custom_status: Option<String>,
    awaits_outside: bool,
    /// The final status, the output and the failure of one that ends.
    end: Option<(RuntimeStatus, Option<String>, Option<String>)>,
}

impl<'c> Change<'c> {
    /// What `turn` changes, none of whose values is kept beside the row.
    pub(in crate::store) fn of(turn: &'c TurnCommit) -> Self {
        Self::with(turn, &mut Beside::default())
    }

    /// What `turn` changes, with its large values put into `beside`.
    pub(super) fn with(turn: &'c TurnCommit, beside: &mut Beside) -> Self {
        let mut text = |value: &Payload| beside.text(turn.claim.key, value);
        Self {
            claim: &turn.claim,
            now: turn.now,
            custom_status: turn.custom_status.as_ref().map(&mut text),
            awaits_outside: turn.awaits_outside,
            end: match &turn.ending {
                Ending::Finished { status, output, failure, .. } => {
                    Some((*status, output.as_ref().map(&mut text), failure.as_ref().map(convert::to_json)))
                }
                Ending::Waiting | Ending::ContinuedAsNew { .. } => None,
            },
        }
    }
}

const COLUMNS: usize = 13;

// What was blocked or recovered is so no longer once a turn is committed. Why a turn that waits only ends `Pending`: see
// [`super::control`].
const SET: &str = "UPDATE instances SET lease_owner = turn.column2, lease_epoch = turn.column3, \
    updated_at = turn.column7, custom_status = COALESCE(turn.column8, custom_status), \
    awaits_outside = turn.column9, \
    status = COALESCE(turn.column10, CASE status WHEN 'Pending' THEN 'Running' ELSE status END), \
    output = turn.column11, failure = turn.column12, completed_at = turn.column13, \
    has_set_aside = has_set_aside AND turn.column10 IS NULL, \
    blocked_kind = NULL, blocked_message = NULL, blocked_since = NULL, recoveries = 0, marked = FALSE FROM (VALUES ";

const WHERE: &str = ") AS turn WHERE instances.key = turn.column1 AND completed_at IS NULL \
    AND COALESCE(lease_owner, '') = turn.column4 AND lease_epoch = turn.column5 AND execution = turn.column6 \
    AND EXISTS (SELECT 1 FROM nodes WHERE nodes.id = turn.column2) RETURNING instances.key";

/// The same as [`update`] for many instances at once, each at most once, in one statement. Gives those whose claims hold.
pub(super) async fn update_many(
    db: &impl ConnectionTrait,
    changes: &[Change<'_>],
) -> Result<HashSet<InstanceKey>, SqlError> {
    let mut held = HashSet::with_capacity(changes.len());
    for changes in changes.chunks(rows_per_statement(COLUMNS)) {
        let text = format!("{SET}{}{WHERE}", placeholders(db, changes.len(), COLUMNS));
        let values = changes.iter().flat_map(row).collect();
        for row in db.query_all_raw(sql_of(db, &text, values)).await? {
            held.insert(InstanceKey(row.try_get_by_index(0)?));
        }
    }
    Ok(held)
}

/// The same statement for one instance, for a connection that counts placeholders, with its values. It gives a row if the
/// claim holds.
pub(in crate::store) fn change_one(change: &Change<'_>) -> (&'static str, [Value; COLUMNS]) {
    static TEXT: LazyLock<String> = LazyLock::new(|| format!("{SET}({}?){WHERE}", "?, ".repeat(COLUMNS - 1)));
    (&TEXT, row(change))
}

fn row(change: &Change<'_>) -> [Value; COLUMNS] {
    let Change { claim, now, custom_status, awaits_outside, end } = change;
    let owner = convert::node(claim.owner);
    let (owner_before, epoch_before) =
        if claim.is_new { (String::new(), claim.epoch - 1) } else { (owner.clone(), claim.epoch) };
    let (status, output, failure) = match end {
        Some((status, output, failure)) => (Some(status.as_str().to_owned()), output.clone(), failure.clone()),
        None => (None, None, None),
    };
    let completed_at = status.as_ref().map(|_| now.as_micros());
    [
        claim.key.0.into(),
        owner.into(),
        claim.epoch.into(),
        owner_before.into(),
        epoch_before.into(),
        convert::execution(claim.execution).into(),
        now.as_micros().into(),
        custom_status.clone().into(),
        (*awaits_outside).into(),
        status.into(),
        output.into(),
        failure.into(),
        completed_at.into(),
    ]
}
