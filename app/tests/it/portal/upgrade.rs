//! Rows that the version before wrote go on as what they were.

use countersign_migrations::portal::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DbBackend, Statement};

/// How many changes of the tables came before requests had stages.
const BEFORE_STAGES: u32 = 11;

/// A request that is due at 9,000 s, with what the version before kept of its ladder.
fn insert(id: &str, reminded_at: &str, escalated_at: &str, policy: &str) -> String {
    format!(
        "INSERT INTO requests VALUES ('{id}', 'Contract', 'rita', 1, 1, 'hash', 0, 0, 9000000000, {reminded_at}, \
         {escalated_at}, NULL, NULL, NULL, NULL, '', '{policy}', '')"
    )
}

#[tokio::test]
async fn a_ladder_that_was_begun_goes_on_where_it_stood() {
    let mut options = ConnectOptions::new("sqlite::memory:");
    // Each connection would have a database of its own.
    options.max_connections(1);
    let db = Database::connect(options).await.expect("a database");
    Migrator::up(&db, Some(BEFORE_STAGES)).await.expect("the tables of before");
    let full = r#"{"remind_seconds":600,"escalate_to":"boss","escalate_seconds":1800,"final_rule":"reject"}"#;
    let short = r#"{"remind_seconds":null,"escalate_to":"boss","escalate_seconds":1800,"final_rule":"reject"}"#;
    let table = [
        // (id, reminded at, escalated at, policy, what the rungs are counted from, rungs that are behind)
        ("a", "NULL", "NULL", full, 9_000_000_000, 0),
        ("b", "1", "NULL", full, 9_000_000_000, 1),
        ("c", "1", "2", full, 7_200_000_000, 2),
        ("d", "NULL", "2", full, 7_200_000_000, 2),
        ("e", "NULL", "2", short, 7_200_000_000, 1),
    ];
    for (id, reminded_at, escalated_at, policy, ..) in table {
        db.execute_unprepared(&insert(id, reminded_at, escalated_at, policy)).await.expect("a row");
    }
    Migrator::up(&db, None).await.expect("the tables of now");
    let standing = "SELECT ladder_base_at, rungs_done FROM requests ORDER BY id";
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, standing)).await.expect("rows");
    for (row, (id, .., base_at, done)) in rows.iter().zip(table) {
        let number = |column| row.try_get_by_index::<i64>(column).expect("a number");
        assert_eq!((number(0), number(1)), (base_at, done), "{id}");
    }
    assert_eq!(rows.len(), table.len());
}
