//! Large values, which a store keeps beside its rows and nobody notices.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::join;
use sea_orm::{ConnectionTrait, Statement};

use super::bench::{Bench, answer, child, continued, finished, id, raised, started, task, turn};
use crate::ids::EventId;
use crate::limits::LARGE_PAYLOAD_BYTES;
use crate::model::{
    Answer, Event, EventKind, ExecutionStarted, Message, Payload, Raised, RuntimeStatus, TaskScheduled,
};
use crate::store::{Claim, Ending, InstanceQuery, TurnCommit, Values};

/// A value that is kept beside its row, another one for each letter.
fn large(letter: char) -> Payload {
    Payload::encode(&letter.to_string().repeat(LARGE_PAYLOAD_BYTES)).expect("it is not too large")
}

/// A value that a caller gave and that looks like what a store might write in the place of a large one.
fn look_alike() -> Payload {
    let text = format!("{{\"countersign:payload\":\"{}\"}}", "0".repeat(64));
    Payload::from_json(text).expect("it is JSON")
}

/// The number that an expression over a table gives.
async fn number(bench: &Bench, expression: &str, table: &str) -> i64 {
    // PostgreSQL's lengths have four bytes, its counts eight.
    let text = format!("SELECT CAST({expression} AS BIGINT) FROM {table}");
    let tx = bench.store().begin("look").await.expect("the store answers");
    let backend = tx.connection().get_database_backend();
    let row = tx.connection().query_one_raw(Statement::from_string(backend, text)).await.expect("valid SQL");
    row.expect("a row").try_get_by_index(0).expect("a number")
}

async fn kept(bench: &Bench) -> i64 {
    number(bench, "COUNT(*)", "payloads").await
}

fn completed(sequence: u32, result: Payload) -> Event {
    let kind = EventKind::TaskCompleted { task_scheduled_id: EventId(0), result };
    Event { kind, ..super::bench::event(sequence) }
}

fn raise(input: Payload) -> Message {
    Message::Raise(Raised { input, ..raised("go") })
}

async fn input_of(bench: &Bench, claim: &Claim) -> Payload {
    match bench.inbox(claim.key).await.remove(0) {
        Message::Start { started, .. } => started.input,
        other => panic!("{other:?}"),
    }
}

pub async fn large_values_come_back_byte_for_byte(mut bench: Bench) {
    for (name, value) in [("order-1", large as fn(char) -> Payload), ("order-2", |_| look_alike())] {
        let key = bench.try_create(&ExecutionStarted { input: value('a'), ..started(name) }).await.expect("free");
        let claim = bench.claim(key).await;
        assert_eq!((input_of(&bench, &claim).await, bench.record(name).await.input), (value('a'), Some(value('a'))));
        let child_name = format!("{name}-child");
        let child = ExecutionStarted { input: value('b'), ..child(&child_name, &claim, 1) };
        let turn = TurnCommit {
            consumed: bench.unread(key).await,
            events: vec![completed(0, value('c'))],
            tasks: vec![TaskScheduled { input: value('d'), ..task(0) }],
            children: vec![child],
            custom_status: Some(value('e')),
            ..turn(&claim, 0)
        };
        assert_eq!(bench.commit(turn).await.tasks[0].input, value('d'));
        bench.send(name, raise(value('f'))).await.expect("the instance runs");
        let recovered = bench.restart_process().await;
        assert_eq!(recovered.tasks.iter().find(|task| task.key == key).expect("it waits").input, value('d'));
        assert_eq!(bench.inbox(key).await, [raise(value('f'))]);
        let claim = bench.claim(key).await;
        assert_eq!(bench.store().load(&claim).await.expect("a history"), [completed(0, value('c'))]);
        assert_eq!(bench.record(name).await.custom_status, Some(value('e')));
        assert_eq!(bench.record(&child_name).await.input, Some(value('b')));
        let task = recovered.tasks.iter().find(|task| task.key == key).expect("it waits");
        let done = Answer { result: Ok(value('g')), ..answer(&claim, 0) };
        bench.store().complete_task(task.id, key, &done).await.expect("it is answered");
        assert_eq!(bench.inbox(key).await[1], Message::TaskDone(done));
    }
}

pub async fn rows_stay_small_and_a_value_is_kept_once_for_an_instance(bench: Bench) {
    let key = bench.try_create(&ExecutionStarted { input: large('a'), ..started("order-1") }).await.expect("free");
    let claim = bench.claim(key).await;
    let first = TurnCommit {
        consumed: bench.unread(key).await,
        events: vec![completed(0, large('a')), completed(1, large('a'))],
        custom_status: Some(large('a')),
        ..turn(&claim, 0)
    };
    bench.commit(first).await;
    assert_eq!(kept(&bench).await, 1);
    assert!(number(&bench, "MAX(LENGTH(events))", "history").await < 1_000);
    assert!(number(&bench, "MAX(LENGTH(input))", "instances").await < 1_000);
    let ending =
        Ending::Finished { status: RuntimeStatus::Completed, output: Some(large('a')), failure: None, parent: None };
    bench.commit(TurnCommit { ending, ..turn(&claim, 2) }).await;
    assert_eq!(bench.record("order-1").await.output, Some(large('a')));
    bench.restart("order-1", None).await.expect("it has ended");
    assert_eq!((bench.record("order-1").await.input, kept(&bench).await), (Some(large('a')), 1));
}

pub async fn small_values_are_kept_in_their_rows(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.send("order-1", raise(Payload::null())).await.expect("the instance runs");
    bench.commit(TurnCommit { ending: finished(None), ..turn(&claim, 1) }).await;
    assert_eq!(kept(&bench).await, 0);
}

pub async fn forgotten_histories_take_their_values_along(bench: Bench) {
    let mut claim = bench.begun("loop").await;
    bench.commit(TurnCommit { custom_status: Some(large('s')), ..turn(&claim, 1) }).await;
    bench.send("loop", raise(large('m'))).await.expect("the instance runs");
    for (letter, sequence) in [('a', 2), ('b', 0), ('c', 0), ('d', 0)] {
        let events = vec![completed(sequence, large(letter))];
        let ending = continued(&claim, Vec::new(), 2);
        let committed = bench.commit(TurnCommit { events, ending, ..turn(&claim, sequence) }).await;
        claim = committed.claim.expect("the instance goes on");
    }
    // Of the five executions the last two are kept: the value of the fourth, the status and the unread message stay.
    // A value goes one execution after its history, because the commit that recorded it began the next one.
    assert_eq!(kept(&bench).await, 4);
    let last = bench.store().history(None, &id("loop"), Some(4)).await.expect("a history");
    assert_eq!(last, [completed(0, large('d'))]);
    assert_eq!(bench.record("loop").await.custom_status, Some(large('s')));
    assert!(bench.inbox(claim.key).await.contains(&raise(large('m'))));
}

pub async fn a_removed_instance_takes_its_values_along(bench: Bench) {
    for name in ["order-1", "order-2"] {
        bench.try_create(&ExecutionStarted { input: large('a'), ..started(name) }).await.expect("free");
    }
    let claim = bench.claim(bench.record("order-1").await.key).await;
    bench.finish(&claim, 0).await;
    super::expire::expire(&bench, RuntimeStatus::Completed, 99, 10).await;
    assert!(!super::purge::sweep(&bench, 100).await);
    assert_eq!(kept(&bench).await, 1);
    assert_eq!(bench.record("order-2").await.input, Some(large('a')));
}

/// An instance with large values, which ends and goes with all that it leaves behind.
async fn come_and_go(bench: &Bench) {
    let key = bench.try_create(&ExecutionStarted { input: large('a'), ..started("order-1") }).await.expect("free");
    let claim = bench.claim(key).await;
    let turn = TurnCommit {
        consumed: bench.unread(key).await,
        events: vec![completed(0, large('b'))],
        ending: finished(None),
        ..turn(&claim, 0)
    };
    bench.commit(turn).await;
    let tx = bench.store().begin("remove").await.expect("the writer is free");
    assert_eq!(bench.store().purge(&tx, &[key]).await.expect("the store answers"), 1);
    assert!(!bench.store().sweep(&tx, 100).await.expect("the store answers"));
    bench.store().commit_transaction(tx).await.expect("the transaction is short");
}

pub async fn what_is_removed_meanwhile_is_read_whole_or_not_at_all(bench: Bench) {
    let is_over = AtomicBool::new(false);
    let changes = async {
        for _ in 0..30 {
            come_and_go(&bench).await;
        }
        is_over.store(true, Ordering::Relaxed);
    };
    let looks = async {
        let with_values = InstanceQuery { values: Values::Included, limit: 10, ..InstanceQuery::default() };
        while !is_over.load(Ordering::Relaxed) {
            let found = bench.store().find(None, &id("order-1")).await.expect("there or not");
            let listed = bench.store().query(None, &with_values).await.expect("there or not");
            assert!(found.iter().chain(&listed).all(|record| record.input == Some(large('a'))));
            let history = bench.store().history(None, &id("order-1"), None).await.expect("there or not");
            assert!(history.iter().all(|event| *event == completed(0, large('b'))));
        }
    };
    join(changes, looks).await;
}
