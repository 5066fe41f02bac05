//! Which index serves which list, asked of SQLite itself, and how much of it a page reads.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::sqlx::sqlite::SqliteRow;
use sea_orm::sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use tempfile::TempDir;

use super::query::statements;
use super::{entity_query, health};
use crate::clock::Timestamp;
use crate::ids::{EntityId, InstanceId, InstanceKey};
use crate::model::RuntimeStatus;
use crate::store::{Between, Cursor, EntityQuery, InstanceFilter, InstanceOrder, InstanceQuery, Sqlite};

/// A database of so many instances; of every ten one has failed, one is blocked, one is filed and one is a child.
struct Place {
    connection: SqliteConnection,
    instances: i64,
    _folder: TempDir,
}

impl Place {
    async fn of(instances: i64) -> Self {
        const FILL: &str = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < $1) \
            INSERT INTO instances (id, name, version, status, lease_epoch, execution, ordinal, input, \
            created_at, updated_at, completed_at, blocked_kind, parent_id) SELECT printf('order-%06d', x), 'Work', '', \
            CASE x % 10 WHEN 0 THEN 'Failed' WHEN 1 THEN 'Running' ELSE 'Completed' END, 0, '', 1, 'null', x / 3, x, \
            CASE x % 10 WHEN 1 THEN NULL ELSE x END, CASE x % 10 WHEN 2 THEN 'Poison' END, \
            CASE x % 10 WHEN 3 THEN 'parent' END FROM n";
        const TAGS: &str =
            "INSERT INTO instance_tags SELECT 'team', 'red', created_at, key FROM instances WHERE key % 10 = 4";
        let folder = TempDir::new().expect("a temporary folder");
        let store = Sqlite::open(folder.path()).await.expect("the folder is free");
        let fill = Statement::from_sql_and_values(DbBackend::Sqlite, FILL, [instances.into()]);
        store.writer().execute_raw(fill).await.expect("the rows are good");
        store.writer().execute_unprepared(TAGS).await.expect("the rows are good");
        let file = format!("sqlite://{}", folder.path().join("countersign.db").display());
        let connection = SqliteConnection::connect(&file).await.expect("the file exists");
        Self { connection, instances, _folder: folder }
    }

    /// A page in the middle of the list.
    fn page(&self, filter: &InstanceFilter, order: InstanceOrder) -> Vec<(String, Vec<Value>)> {
        let middle = self.instances / 2;
        let id = InstanceId::parse(&format!("order-{middle:06}")).expect("a valid id");
        let created_at = Timestamp::from_micros(middle / 3);
        let completed_at = Some(Timestamp::from_micros(middle));
        let after = Some(Cursor { created_at, completed_at, key: InstanceKey(middle), id });
        let query = InstanceQuery { filter: filter.clone(), order, after, limit: 10, ..InstanceQuery::default() };
        let page = statements(&query, DbBackend::Sqlite).into_iter().flatten();
        page.map(|part| part(10)).collect()
    }

    async fn plan(&mut self, statement: &str) -> Vec<String> {
        let explain = sea_orm::sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")));
        let rows = explain.fetch_all(&mut self.connection).await.expect("the statement is good");
        rows.iter().map(|row| row.get::<String, _>(3)).collect()
    }

    /// The same without what subqueries do, each of which reads rows of one instance.
    async fn plan_without_subqueries(&mut self, statement: &str) -> Vec<String> {
        let explain = sea_orm::sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")));
        let rows = explain.fetch_all(&mut self.connection).await.expect("the statement is good");
        let outer = rows.iter().filter(|row| row.get::<i64, _>(1) == 0);
        outer.map(|row| row.get::<String, _>(3)).collect()
    }

    /// How many steps the database makes for a statement.
    async fn steps(&mut self, statement: &str, values: Vec<Value>) -> u64 {
        self.read(statement, values).await.0
    }

    /// The same with what it finds.
    async fn read(&mut self, statement: &str, values: Vec<Value>) -> (u64, Vec<SqliteRow>) {
        let steps = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&steps);
        let mut handle = self.connection.lock_handle().await.expect("the connection is free");
        handle.set_progress_handler(1, move || counter.fetch_add(1, Ordering::Relaxed) < u64::MAX);
        drop(handle);
        let mut query = sea_orm::sqlx::query(AssertSqlSafe(statement.to_owned()));
        for value in values {
            query = match value {
                Value::BigInt(number) => query.bind(number),
                Value::String(text) => query.bind(text),
                other => panic!("no list asks for {other:?}"),
            };
        }
        let rows = query.fetch_all(&mut self.connection).await.expect("the statement is good");
        (steps.load(Ordering::Relaxed), rows)
    }

    /// The places of a page's instances, and the steps made for them.
    async fn places(&mut self, query: &InstanceQuery) -> (u64, Vec<Cursor>) {
        let (mut steps, mut found) = (0, Vec::new());
        for part in statements(query, DbBackend::Sqlite).into_iter().flatten() {
            let missing = query.limit - u32::try_from(found.len()).expect("no more than the limit");
            if missing > 0 {
                let (text, values) = part(missing);
                let (made, rows) = self.read(&text, values).await;
                steps += made;
                found.extend(rows.iter().map(place_of));
            }
        }
        (steps, found)
    }

    /// One instance is new, and one of a hundred ends otherwise than it had.
    async fn change(&mut self, number: usize) {
        let begun = format!(
            "INSERT INTO instances (id, name, version, status, lease_epoch, execution, ordinal, input, created_at, \
             updated_at, completed_at) VALUES ('new-{number}', 'Work', '', 'Completed', 0, '', 1, 'null', 9999999, 1, 1)"
        );
        let ended = format!("UPDATE instances SET status = 'Failed' WHERE key % 100 = {number}");
        for statement in [begun, ended] {
            let change = sea_orm::sqlx::query(AssertSqlSafe(statement));
            change.execute(&mut self.connection).await.expect("the statement is good");
        }
    }
}

fn place_of(row: &SqliteRow) -> Cursor {
    Cursor {
        created_at: Timestamp::from_micros(row.get("created_at")),
        completed_at: row.get::<Option<i64>, _>("completed_at").map(Timestamp::from_micros),
        key: InstanceKey(row.get("key")),
        id: InstanceId::parse(row.get("id")).expect("a valid id"),
    }
}

/// Lists and the index that serves each.
fn lists() -> Vec<(InstanceFilter, InstanceOrder, &'static str)> {
    use InstanceOrder::{ByEnd, ById, NewestFirst, OldestFirst};
    let any = InstanceFilter::default;
    let of = |statuses: &[RuntimeStatus]| InstanceFilter { statuses: statuses.to_vec(), ..any() };
    let named = |filter| InstanceFilter { name: Some("Work".to_owned()), ..filter };
    let (completed, failed) = (RuntimeStatus::Completed, RuntimeStatus::Failed);
    let time = Between { from: Some(Timestamp::from_micros(1)), until: Some(Timestamp::from_micros(1_000_000)) };
    let tags = vec![("team".to_owned(), "red".to_owned())];
    let prefix = Some("order-0".to_owned());
    let parent = InstanceId::parse("parent").ok();
    vec![
        (any(), NewestFirst, "instances_by_age"),
        (any(), OldestFirst, "instances_by_age"),
        (InstanceFilter { created: time, ..any() }, NewestFirst, "instances_by_age"),
        (of(&[failed]), NewestFirst, "instances_by_status"),
        (of(&[failed, completed]), OldestFirst, "instances_by_status"),
        (named(any()), NewestFirst, "instances_by_name"),
        (named(of(&[completed])), NewestFirst, "instances_by_name"),
        (named(of(&[failed])), NewestFirst, "instances_by_status"),
        (InstanceFilter { parent: parent.clone(), ..any() }, NewestFirst, "instances_by_parent"),
        (InstanceFilter { parent, ..named(of(&[completed])) }, NewestFirst, "instances_by_parent"),
        (InstanceFilter { blocked: Some(true), ..any() }, NewestFirst, "instances_by_obstacle"),
        (InstanceFilter { blocked: Some(true), ..named(of(&[completed])) }, NewestFirst, "instances_by_obstacle"),
        (InstanceFilter { id_prefix: prefix.clone(), ..any() }, ById, "sqlite_autoindex_instances_1"),
        (InstanceFilter { id_prefix: prefix, ..named(of(&[completed])) }, ById, "sqlite_autoindex_instances_1"),
        (InstanceFilter { tags: tags.clone(), ..any() }, NewestFirst, "t USING PRIMARY KEY"),
        (InstanceFilter { tags, ..named(of(&[completed])) }, OldestFirst, "t USING PRIMARY KEY"),
        (InstanceFilter { completed: time, ..any() }, ByEnd, "instances_by_end"),
    ]
}

#[tokio::test]
async fn every_list_is_served_by_an_index_in_its_order() {
    let mut place = Place::of(100).await;
    for (filter, order, index) in lists() {
        for (statement, _) in place.page(&filter, order) {
            let plan = place.plan(&statement).await.join("; ");
            assert!(plan.contains(index), "{statement}\n{plan}");
            assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{statement}\n{plan}");
        }
    }
}

#[tokio::test]
async fn the_doctors_walk_and_the_lists_of_entities_are_served_by_an_index_in_their_order() {
    let all = || EntityQuery { include_empty: true, limit: 10, ..EntityQuery::default() };
    let full = || EntityQuery { include_empty: false, ..all() };
    let named = |query| EntityQuery { name: Some("Counter".to_owned()), ..query };
    let after = |query| EntityQuery { after: Some(InstanceKey(50)), ..query };
    let prefix = EntityQuery { key_prefix: Some("a".to_owned()), ..named(all()) };
    let list = |query: EntityQuery| {
        let page = entity_query::page(&query).expect("there may be such entities");
        DbBackend::Sqlite.build(&page).sql
    };
    let mut place = Place::of(100).await;
    for (statement, index) in [
        (health::page(), "instances_by_status (status=? AND "),
        (list(all()), "instances_entities (status=?)"),
        (list(after(all())), "instances_entities (status=? AND key>?)"),
        (list(after(full())), "instances_entities (status=? AND key>?)"),
        (list(named(full())), "instances_entities_by_name (name=?)"),
        (list(after(named(all()))), "instances_entities_by_name (name=? AND key>?)"),
        (list(after(prefix)), "instances_entities_by_name (name=? AND key>?)"),
    ] {
        let plan = place.plan_without_subqueries(&statement).await.join("; ");
        assert!(plan.contains(index), "{statement}\n{plan}");
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{statement}\n{plan}");
    }
}

#[tokio::test]
async fn entities_of_given_ids_are_found_by_them_however_many_they_are() {
    let ids = (0..50).map(|number| EntityId::new("counter", &number.to_string()).expect("an id")).collect();
    let query = EntityQuery { ids: Some(ids), limit: 1_000, ..EntityQuery::default() };
    let page = entity_query::page(&query).expect("there may be such entities");
    let plan = Place::of(100).await.plan_without_subqueries(&DbBackend::Sqlite.build(&page).sql).await.join("; ");
    assert!(plan.contains("sqlite_autoindex_instances_1 (id=?)"), "{plan}");
}

#[tokio::test]
async fn a_page_reads_no_more_of_a_long_list_than_of_a_short_one() {
    let (mut short, mut long) = (Place::of(1_000).await, Place::of(20_000).await);
    for (filter, order, _) in lists() {
        for (of_short, of_long) in short.page(&filter, order).into_iter().zip(long.page(&filter, order)) {
            let (text, few) = (of_long.0.clone(), short.steps(&of_short.0, of_short.1).await);
            let many = long.steps(&of_long.0, of_long.1).await;
            assert!(many < 2 * few + 100, "{text}: {many} steps, {few} for a list of 1,000");
        }
    }
}

#[tokio::test]
async fn a_prefix_is_a_range_of_the_index_of_ids_in_every_order() {
    let mut place = Place::of(100).await;
    let filter = InstanceFilter { id_prefix: Some("order-0".to_owned()), ..InstanceFilter::default() };
    for (statement, _) in place.page(&filter, InstanceOrder::NewestFirst) {
        let plan = place.plan(&statement).await.join("; ");
        assert!(plan.contains("sqlite_autoindex_instances_1 (id>? AND id<?)"), "{plan}");
    }
}

#[tokio::test]
async fn fifty_thousand_instances_are_paged_without_loss_while_others_change_and_no_page_reads_more_than_the_first() {
    const ROWS: u32 = 1_000;
    let mut place = Place::of(50_000).await;
    let filter = InstanceFilter { statuses: vec![RuntimeStatus::Completed], ..InstanceFilter::default() };
    let (mut seen, mut steps, mut after) = (Vec::new(), Vec::new(), None);
    loop {
        let query = InstanceQuery { filter: filter.clone(), after, limit: ROWS, ..InstanceQuery::default() };
        let (made, page) = place.places(&query).await;
        place.change(steps.len()).await;
        steps.push(made);
        seen.extend(page.iter().map(|place| place.key.0));
        let Some(last) = page.last().filter(|_| page.len() == ROWS as usize) else { break };
        // As a caller gets it and sends it back.
        after = Some(last.to_string().parse().expect("a place in a list"));
    }
    let once: HashSet<i64> = seen.iter().copied().collect();
    assert_eq!(once.len(), seen.len(), "nothing is shown twice");
    let pages = i64::try_from(steps.len()).expect("some forty pages");
    let is_unchanged = |key: &i64| !matches!(key % 10, 0 | 1) && key % 100 >= pages;
    assert!((1..=50_000).filter(is_unchanged).all(|key| once.contains(&key)), "nothing that stayed is left out");
    assert!(steps.iter().all(|made| *made < 2 * steps[0]), "{steps:?}");
}
