//! Which rows the engine writes for one chain: triggers note each of them while it runs one.

use std::path::{Path, PathBuf};

use countersign_engine::InstanceId;
use countersign_engine::store::Sqlite;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::{columns, tables};
use crate::code::CHAIN;
use crate::place::database_file;
use crate::session::Session;
use crate::{Error, drive};

/// The id of the chain that is recorded, as long as the ids that the engine makes.
const ID: &str = "00000000-0000-7000-8000-000000000000";

/// The rows of one chain, in the order in which they were written.
pub(crate) struct Recording {
    pub(super) writes: Vec<Write>,
    /// The chain's id as text and its key, which other chains replace by their own.
    pub(super) key: i64,
}

/// One row inserted, changed or deleted.
pub(super) struct Write {
    pub(super) sql: String,
    pub(super) table: String,
    /// What the statement's parameters stand for, and their values.
    pub(super) values: Vec<(String, Value)>,
}

/// What a trigger noted.
struct Note {
    table: String,
    kind: String,
    values: Vec<Value>,
}

impl Recording {
    /// Runs one chain in `folder`, which must not be there.
    pub(crate) async fn of_a_chain(folder: &Path) -> Result<Self, Error> {
        make_tables(folder).await?;
        let file = database_file(folder, "");
        install(&super::open(&file)?)?;
        let session = Session::open_in(folder, None).await?;
        let before = last_note(&super::open(&file)?)?;
        let id = InstanceId::parse(ID)?;
        let client = session.client();
        client.start(CHAIN, &0).id(id.clone()).await?;
        drive::completed(&client, &id).await?;
        // Without the rows of a node that ends.
        let database = super::open(&file)?;
        let after = last_note(&database)?;
        session.close().await;
        let notes = notes(&database, before, after)?;
        let key = database.query_row("SELECT key FROM instances WHERE id = ?1", [ID], |row| row.get(0))?;
        Ok(Self { writes: writes(&database, &notes)?, key })
    }

    /// The value that stands in the place of `recorded` for the chain of that number.
    pub(super) fn text_of(recorded: &str, chain: usize) -> String {
        recorded.replace(ID, &format!("{}{chain:012}", &ID[..24]))
    }
}

/// An empty database with the engine's tables.
pub(super) async fn make_tables(folder: &Path) -> Result<PathBuf, Error> {
    Sqlite::open(folder).await?.close().await;
    Ok(database_file(folder, ""))
}

fn install(database: &Connection) -> Result<(), Error> {
    let mut width = 0;
    let mut triggers = String::new();
    for table in tables(database)? {
        let columns = columns(database, &table)?;
        width = width.max(columns.len());
        let places: Vec<String> = (0..columns.len()).map(|place| format!("c{place}")).collect();
        let note = |kind: &str, row: &str| {
            let values: Vec<String> = columns.iter().map(|(name, _)| format!("{row}.\"{name}\"")).collect();
            let (places, values) = (places.join(", "), values.join(", "));
            format!("INSERT INTO bench_notes (\"table\", kind, {places}) VALUES ('{table}', '{kind}', {values});")
        };
        for (event, notes) in [
            ("INSERT", note("insert", "NEW")),
            ("UPDATE", note("old", "OLD") + &note("update", "NEW")),
            ("DELETE", note("delete", "OLD")),
        ] {
            triggers +=
                &format!("CREATE TRIGGER bench_{table}_{event} AFTER {event} ON \"{table}\" BEGIN {notes} END;");
        }
    }
    let places: Vec<String> = (0..width).map(|place| format!("c{place}")).collect();
    let table = format!("CREATE TABLE bench_notes (id INTEGER PRIMARY KEY, \"table\", kind, {});", places.join(", "));
    Ok(database.execute_batch(&(table + &triggers))?)
}

fn last_note(database: &Connection) -> rusqlite::Result<i64> {
    database.query_row("SELECT coalesce(max(id), 0) FROM bench_notes", [], |row| row.get(0))
}

fn notes(database: &Connection, after: i64, last: i64) -> rusqlite::Result<Vec<Note>> {
    let mut query = database.prepare("SELECT * FROM bench_notes WHERE id > ?1 AND id <= ?2 ORDER BY id")?;
    let width = query.column_count();
    let rows = query.query_map([after, last], |row| {
        let values = (3..width).map(|place| row.get(place)).collect::<rusqlite::Result<_>>()?;
        Ok(Note { table: row.get(1)?, kind: row.get(2)?, values })
    })?;
    rows.collect()
}

fn writes(database: &Connection, notes: &[Note]) -> Result<Vec<Write>, Error> {
    let mut writes = Vec::new();
    let mut old: &[Value] = &[];
    for note in notes {
        let columns = columns(database, &note.table)?;
        match note.kind.as_str() {
            "insert" => writes.push(insert(note, &columns)),
            "delete" => writes.push(delete(note, &columns)),
            "old" => old = &note.values,
            _ => writes.push(update(note, old, &columns)),
        }
    }
    Ok(writes)
}

fn insert(note: &Note, columns: &[(String, bool)]) -> Write {
    let names: Vec<String> = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let places = vec!["?"; names.len()].join(", ");
    let sql = format!("INSERT INTO \"{}\" ({}) VALUES ({places})", note.table, names.join(", "));
    let values = columns.iter().zip(&note.values).map(|((name, _), value)| (name.clone(), value.clone()));
    Write { sql, table: note.table.clone(), values: values.collect() }
}

fn delete(note: &Note, columns: &[(String, bool)]) -> Write {
    let (condition, values) = by_key(note, columns);
    Write { sql: format!("DELETE FROM \"{}\" WHERE {condition}", note.table), table: note.table.clone(), values }
}

/// Only the columns that changed: indexes on others are not touched.
fn update(note: &Note, old: &[Value], columns: &[(String, bool)]) -> Write {
    let all = columns.iter().zip(&note.values).zip(old);
    let changed: Vec<_> = all.filter(|((_, new), old)| new != old).map(|((column, new), _)| (&column.0, new)).collect();
    let (condition, key) = by_key(note, columns);
    let settings: Vec<String> = match changed.as_slice() {
        [] => vec![format!("\"{0}\" = \"{0}\"", columns[0].0)],
        some => some.iter().map(|(name, _)| format!("\"{name}\" = ?")).collect(),
    };
    let sql = format!("UPDATE \"{}\" SET {} WHERE {condition}", note.table, settings.join(", "));
    let values = changed.into_iter().map(|(name, value)| (name.clone(), value.clone())).chain(key).collect();
    Write { sql, table: note.table.clone(), values }
}

fn by_key(note: &Note, columns: &[(String, bool)]) -> (String, Vec<(String, Value)>) {
    let key: Vec<_> = columns.iter().zip(&note.values).filter(|((_, is_key), _)| *is_key).collect();
    let condition: Vec<String> = key.iter().map(|((name, _), _)| format!("\"{name}\" = ?")).collect();
    (condition.join(" AND "), key.into_iter().map(|((name, _), value)| (name.clone(), value.clone())).collect())
}
