//! The values of a list: inputs, outputs, and what instances say of themselves.
//!
//! A value may have megabytes and a page hundreds of rows: read all at once, a few calls would fill the memory of the
//! server. So a page ends early where its values are large, and the next one goes on there.

use countersign_engine::InstanceRecord;
use futures::future::try_join_all;

use super::denial::Denial;
use crate::http::state::AppState;
use crate::portal::Actor;
use crate::portal::workflows::STARTER;

/// With so many bytes of values a page has enough.
const ENOUGH_BYTES: usize = 8 * 1024 * 1024;
/// How many rows are read at a time, by one statement: all of them are in memory before they are counted.
const TOGETHER: usize = 4;

/// A page with its values.
pub(super) struct Filled {
    /// Its rows.
    pub(super) rows: Vec<InstanceRecord>,
    /// How many rows of the list it covers; the next page begins behind them.
    pub(super) looked_at: usize,
}

/// The instances of a list as they stand now, with their values, as far as a page has room. Those that are gone since
/// they were listed are left out, and so is one whose id has become somebody else's.
pub(super) async fn filled(
    state: &AppState,
    actor: &Actor,
    listed: &[InstanceRecord],
    with_input: bool,
) -> Result<Filled, Denial> {
    let mut page = Filled { rows: Vec::with_capacity(listed.len()), looked_at: 0 };
    let mut bytes = 0;
    for some in listed.chunks(TOGETHER) {
        if bytes >= ENOUGH_BYTES {
            break;
        }
        page.looked_at += some.len();
        let found = try_join_all(some.iter().map(|row| state.engine.status(&row.id))).await?;
        let is_theirs = |row: &InstanceRecord| state.portal.may_read_run(actor, row.tags.get(STARTER));
        for mut row in found.into_iter().flatten().filter(is_theirs) {
            if !with_input {
                row.input = None;
            }
            bytes += size(&row);
            page.rows.push(row);
        }
    }
    Ok(page)
}

/// The bytes of an instance's values.
fn size(row: &InstanceRecord) -> usize {
    [&row.input, &row.output, &row.custom_status].into_iter().flatten().map(|value| value.as_str().len()).sum()
}
