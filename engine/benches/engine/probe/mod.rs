//! The limit: what SQLite itself does with the same rows, written by a bare loop of prepared statements.

mod copy;
mod record;
mod reference;
mod replay;

use std::path::Path;

use rusqlite::Connection;

use crate::Error;

pub(crate) use copy::copy;
pub(crate) use record::Recording;
pub(crate) use reference::reference;

/// `PRAGMA synchronous` as a number: every commit is on the disk before it returns.
const FULL: i64 = 2;

/// The chains that are written at a time, as many as W1 has in flight.
const IN_FLIGHT: usize = 100;

/// Opens a database with the durability that the engine's has.
fn open(file: &Path) -> Result<Connection, Error> {
    let database = Connection::open(file)?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    let synchronous: i64 = database.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    let journal: String = database.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if (synchronous, journal.as_str()) != (FULL, "wal") {
        return Err(format!("the probe would not be durable: synchronous={synchronous}, journal_mode={journal}").into());
    }
    Ok(database)
}

/// The columns of a table: their names, and whether they belong to the primary key.
fn columns(database: &Connection, table: &str) -> rusqlite::Result<Vec<(String, bool)>> {
    let mut columns = database.prepare("SELECT name, pk > 0 FROM pragma_table_info(?1) ORDER BY cid")?;
    let rows = columns.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// The tables whose rows the engine writes.
fn tables(database: &Connection) -> rusqlite::Result<Vec<String>> {
    let named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
        AND name NOT LIKE '%migrations' AND name NOT LIKE 'bench%'";
    let mut tables = database.prepare(named)?;
    let rows = tables.query_map([], |row| row.get(0))?;
    rows.collect()
}
