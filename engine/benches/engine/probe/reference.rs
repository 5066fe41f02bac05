//! Rows that are the same whatever the engine writes, so that fat rows or small groups flatter nobody: five turns of a chain of
//! three activities, sixteen turns in a transaction.

use std::path::Path;
use std::time::Instant;

use rusqlite::{Connection, params};

use super::open;
use crate::Error;

const CHAINS: i64 = 16_000;
const TURNS: i64 = 5;
const GROUP: usize = 16;
const BLOB: [u8; 200] = [7; 200];

const TABLES: &str = "
    CREATE TABLE ev (inst INTEGER, seq INTEGER, body BLOB, PRIMARY KEY (inst, seq)) WITHOUT ROWID;
    CREATE TABLE inst (id INTEGER PRIMARY KEY, name TEXT, status TEXT, ver INTEGER, out TEXT);
    CREATE TABLE q (id INTEGER PRIMARY KEY, inst INTEGER, body BLOB);";

/// Chains per second. `folder` must not be there.
pub(crate) fn reference(folder: &Path) -> Result<f64, Error> {
    std::fs::create_dir_all(folder)?;
    let database = open(&folder.join("reference.db"))?;
    database.execute_batch(TABLES)?;
    let began = Instant::now();
    write(&database)?;
    #[expect(clippy::cast_precision_loss, reason = "the number is small")]
    Ok(CHAINS as f64 / began.elapsed().as_secs_f64())
}

fn write(database: &Connection) -> rusqlite::Result<()> {
    let mut event = database.prepare("INSERT INTO ev VALUES (?1, ?2, ?3)")?;
    let mut instance = database.prepare(
        "INSERT INTO inst VALUES (?1, 'Chain', 'Running', ?2, NULL) \
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, ver = excluded.ver, out = 'done'",
    )?;
    let mut put = database.prepare("INSERT INTO q VALUES (?1, ?2, ?3)")?;
    let mut take = database.prepare("DELETE FROM q WHERE id = ?1")?;
    let (mut begin, mut end) = (database.prepare("BEGIN IMMEDIATE")?, database.prepare("COMMIT")?);
    let mut next = 0;
    for first in (0..CHAINS).step_by(GROUP) {
        for turn in 0..TURNS {
            begin.execute([])?;
            for chain in (first..CHAINS).take(GROUP) {
                event.execute(params![chain, 2 * turn, BLOB])?;
                event.execute(params![chain, 2 * turn + 1, BLOB])?;
                instance.execute(params![chain, turn])?;
                put.execute(params![next, chain, BLOB])?;
                // What the turn before put there.
                take.execute([next - i64::try_from(GROUP).unwrap_or(i64::MAX)])?;
                next += 1;
            }
            end.execute([])?;
        }
    }
    Ok(())
}
