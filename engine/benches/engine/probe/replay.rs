//! The rows of a recording, written again for many chains.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Statement, params_from_iter};

use super::record::{Recording, make_tables};
use super::{IN_FLIGHT, open};
use crate::Error;

/// The chains written: enough for a second or so, whatever the size of the groups.
const CHAINS_ALONE: usize = 1_000;
const CHAINS_IN_GROUPS: usize = 5_000;
const LARGE_GROUP: usize = 4;

/// Gives rows of other chains the numbers that their own would have.
#[derive(Default)]
struct Numbers {
    /// The last id of each table.
    last: HashMap<String, i64>,
    /// The id that stands for a recorded one, by chain and table.
    ids: HashMap<(usize, String, i64), i64>,
}

impl Recording {
    /// Writes the recorded rows for many chains, in `commits` logical commits each of which `group` share a transaction. Gives
    /// the chains per second. `folder` must not be there.
    pub(crate) async fn replay(&self, folder: &Path, commits: f64, group: f64) -> Result<f64, Error> {
        let file = make_tables(folder).await?;
        let (commits, group) = (rounded(commits), rounded(group));
        let database = open(&file)?;
        let mut statements =
            self.writes.iter().map(|write| database.prepare(&write.sql)).collect::<rusqlite::Result<Vec<_>>>()?;
        let (mut begin, mut end) = (database.prepare("BEGIN IMMEDIATE")?, database.prepare("COMMIT")?);
        let count = if group < LARGE_GROUP { CHAINS_ALONE } else { CHAINS_IN_GROUPS };
        let window = IN_FLIGHT.max(group);
        let (mut numbers, mut took) = (Numbers::default(), Duration::ZERO);
        for first in (0..count).step_by(window) {
            let prepared = self.prepare(first..first + window, commits, &mut numbers);
            let began = Instant::now();
            for transaction in prepared.chunks(group) {
                begin.execute([])?;
                write(&mut statements, transaction)?;
                end.execute([])?;
            }
            took += began.elapsed();
        }
        #[expect(clippy::cast_precision_loss, reason = "the number is small")]
        let written = count.div_ceil(window) as f64 * window as f64;
        Ok(written / took.as_secs_f64())
    }

    /// The logical commits of these chains in the order in which they are written: all first ones, all second ones. Of each the
    /// statements by their place in the recording, with their values.
    fn prepare(&self, chains: std::ops::Range<usize>, commits: usize, numbers: &mut Numbers) -> Vec<Vec<Prepared>> {
        let mut all = Vec::new();
        for commit in 0..commits {
            let share = commit * self.writes.len() / commits..(commit + 1) * self.writes.len() / commits;
            for chain in chains.clone() {
                let values = |place| (place, self.values(place, chain, numbers));
                all.push(share.clone().map(values).collect());
            }
        }
        all
    }

    fn values(&self, place: usize, chain: usize, numbers: &mut Numbers) -> Vec<Value> {
        let write = &self.writes[place];
        let of_chain = |(column, value): &(String, Value)| match (column.as_str(), value) {
            ("key" | "instance_key", Value::Integer(key)) if *key == self.key => {
                Value::Integer(i64::try_from(chain).unwrap_or(i64::MAX - 1) + 1)
            }
            ("id", Value::Integer(id)) => Value::Integer(numbers.of(chain, &write.table, *id)),
            (_, Value::Text(text)) => Value::Text(Self::text_of(text, chain)),
            (_, other) => other.clone(),
        };
        write.values.iter().map(of_chain).collect()
    }
}

/// A statement's place in the recording, and its values.
type Prepared = (usize, Vec<Value>);

fn write(statements: &mut [Statement<'_>], commits: &[Vec<Prepared>]) -> rusqlite::Result<()> {
    for (place, values) in commits.iter().flatten() {
        statements[*place].execute(params_from_iter(values))?;
    }
    Ok(())
}

impl Numbers {
    fn of(&mut self, chain: usize, table: &str, recorded: i64) -> i64 {
        let last = self.last.entry(table.to_owned()).or_insert(0);
        *self.ids.entry((chain, table.to_owned(), recorded)).or_insert_with(|| {
            *last += 1;
            *last
        })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
fn rounded(number: f64) -> usize {
    number.round().max(1.0) as usize
}
