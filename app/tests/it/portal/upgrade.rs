//! Rows that the version before wrote go on as what they were.

use countersign_migrations::portal::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

/// How many changes of the tables came before requests had stages.
const BEFORE_STAGES: u32 = 11;
/// How many came before whoever passes a question on went on as an observer.
const BEFORE_OBSERVING: u32 = 20;

/// A database as it was after so many changes of the tables.
async fn after(changes: u32) -> DatabaseConnection {
    let mut options = ConnectOptions::new("sqlite::memory:");
    // Each connection would have a database of its own.
    options.max_connections(1);
    let db = Database::connect(options).await.expect("a database");
    Migrator::up(&db, Some(changes)).await.expect("the tables of before");
    db
}

/// A request that is due at 9,000 s, with what the version before kept of its ladder.
fn insert(id: &str, reminded_at: &str, escalated_at: &str, policy: &str) -> String {
    format!(
        "INSERT INTO requests VALUES ('{id}', 'Contract', 'rita', 1, 1, 'hash', 0, 0, 9000000000, {reminded_at}, \
         {escalated_at}, NULL, NULL, NULL, NULL, '', '{policy}', '')"
    )
}

#[tokio::test]
async fn a_ladder_that_was_begun_goes_on_where_it_stood() {
    let db = after(BEFORE_STAGES).await;
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

#[tokio::test]
async fn whoever_passed_their_question_on_before_goes_on_as_an_observer() {
    let db = after(BEFORE_OBSERVING).await;
    let request = "INSERT INTO requests (id, title, requester_id, generation, revision, revision_hash, submitted_at, \
                   updated_at, closed_reason, policy, text) \
                   VALUES ('r', 'Contract', 'rita', 2, 1, 'hash', 0, 0, '', '{}', '')";
    db.execute_unprepared(request).await.expect("a request");
    let there = "INSERT INTO request_observers VALUES ('r', 'olga', 'rita', 1)";
    db.execute_unprepared(there).await.expect("an observer");
    let table = [
        // (who was asked, in which round, how that ended, who passed it on)
        ("otto", 2, "reassigned", "'otto'"),
        ("away", 2, "reassigned", "NULL"),
        ("olga", 2, "reassigned", "'olga'"),
        ("taken", 2, "reassigned", "'ada'"),
        ("rita", 2, "reassigned", "'rita'"),
        ("early", 1, "reassigned", "'early'"),
        ("ben", 2, "approved", "'ben'"),
    ];
    for (number, (who, round, state, by)) in (0..).zip(table) {
        let at = 100 + number;
        let question = format!(
            "INSERT INTO assignments (id, request_id, generation, stage, user_id, position, escalation, state, \
             reminders, created_at, settled_at) \
             VALUES ('{who}', 'r', {round}, 1, '{who}', {number}, FALSE, '{state}', 0, 50, {at})"
        );
        db.execute_unprepared(&question).await.expect("a question");
        let event = format!("INSERT INTO request_events VALUES ('r', {number}, {at}, 'reassigned', {by}, '{who}', '')");
        db.execute_unprepared(&event).await.expect("an event");
    }
    Migrator::up(&db, None).await.expect("the tables of now");
    let observers = "SELECT user_id, added_by, added_at FROM request_observers ORDER BY added_at";
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, observers)).await.expect("rows");
    let rows: Vec<(String, Option<String>, i64)> = rows
        .iter()
        .map(|row| {
            let (who, by) = (row.try_get_by_index(0).expect("a text"), row.try_get_by_index(1).expect("a text"));
            (who, by, row.try_get_by_index(2).expect("a number"))
        })
        .collect();
    let expected = [("olga", Some("rita"), 1_i64), ("otto", Some("otto"), 100), ("away", None, 101)];
    assert_eq!(rows, expected.map(|(who, by, at)| (who.to_owned(), by.map(str::to_owned), at)));
}
