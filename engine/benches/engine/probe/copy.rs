//! Many waiting instances, made from one.

use std::ops::Range;
use std::path::Path;

use rusqlite::{Connection, params};

use super::{columns, open, tables};
use crate::Error;

/// The copies made in one transaction.
const CHUNK: usize = 50_000;

/// Copies every row of the instance `id`, once for each of `numbers`, under ids that end in the number. Deadlines are spread by a
/// millisecond each. While this runs nobody else may have the database open.
pub(crate) fn copy(file: &Path, id: &str, numbers: Range<i64>) -> Result<(), Error> {
    let database = open(file)?;
    // It is made before anything is measured, and again when it is lost.
    database.pragma_update(None, "synchronous", "OFF")?;
    let find = "SELECT key, execution, (SELECT max(key) FROM instances) FROM instances WHERE id = ?1";
    let (key, execution, last): (i64, String, i64) =
        database.query_row(find, [id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut statements = Vec::new();
    for table in tables(&database)? {
        statements.extend(statement(&database, &table)?);
    }
    let shift = last - numbers.start + 1;
    for first in numbers.clone().step_by(CHUNK) {
        let chunk = database.unchecked_transaction()?;
        let end = numbers.end.min(first + i64::try_from(CHUNK)?);
        for statement in &statements {
            chunk.execute(statement, params![key, id, execution, first, end, shift])?;
        }
        chunk.commit()?;
    }
    Ok(database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

/// The statement that copies the rows of a table; `None` for one without rows of instances.
fn statement(database: &Connection, table: &str) -> rusqlite::Result<Option<String>> {
    let columns = columns(database, table)?;
    let Some((key, _)) =
        columns.iter().find(|(name, _)| name == "instance_key" || (table == "instances" && name == "key"))
    else {
        return Ok(None);
    };
    let value = |name: &String| match name.as_str() {
        _ if name == key => "n + ?6".to_owned(),
        "fire_at" => "fire_at + n * 1000".to_owned(),
        // As long as the original's, and a valid execution's id.
        _ => format!(
            "CASE typeof(\"{name}\") WHEN 'text' THEN replace(replace(\"{name}\", ?2, substr(?2, 1, 6) || printf('%012d', n)), \
             ?3, substr(?3, 1, 24) || printf('%012x', n)) ELSE \"{name}\" END"
        ),
    };
    let names: Vec<String> = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let values: Vec<String> = columns.iter().map(|(name, _)| value(name)).collect();
    Ok(Some(format!(
        "WITH RECURSIVE numbers (n) AS (SELECT ?4 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?5) \
         INSERT INTO \"{table}\" ({}) SELECT {} FROM numbers, \"{table}\" WHERE \"{key}\" = ?1",
        names.join(", "),
        values.join(", ")
    )))
}
