//! Schedules: what `Store` promises of them.

use super::bench::{Bench, at, id, json};
use crate::clock::Timestamp;
use crate::ids::{InstanceId, ScheduleId};
use crate::model::{CatchUp, Overlap, Pause, Recurrence, Schedule, ScheduleRecord, ScheduleState, ScheduledRun};
use crate::store::StoreError;

pub(super) fn name(text: &str) -> ScheduleId {
    ScheduleId::parse(text).expect("the test's id is valid")
}

/// A schedule that is due at `fire_at`.
pub(super) fn schedule(text: &str, fire_at: Option<i64>) -> ScheduleRecord {
    let schedule = Schedule {
        orchestration: "Report".into(),
        version: "2".into(),
        input: json("{\"a\": 1.0}"),
        recurrence: Recurrence::cron("0 8 * * *", "Europe/Berlin"),
        overlap: Overlap::QueueOne,
        catch_up: CatchUp::All { within: std::time::Duration::from_millis(1_500) },
        start_at: Some(at(1)),
        end_at: None,
        jitter: std::time::Duration::from_secs(5),
    };
    let run = ScheduledRun { instance: run(text), moment: at(3), started_at: at(4), ended: true };
    let state = ScheduleState {
        next: fire_at.map(at),
        fire_at: fire_at.map(at),
        recent: vec![run],
        started: 1,
        ..ScheduleState::default()
    };
    ScheduleRecord { id: name(text), schedule, state, created_at: at(1), updated_at: at(2) }
}

fn run(text: &str) -> InstanceId {
    id(&format!("{text}@1"))
}

async fn create(bench: &Bench, record: &ScheduleRecord) -> Result<(), StoreError> {
    let tx = bench.store().begin("create_schedule").await?;
    bench.store().create_schedule(&tx, record).await?;
    bench.store().commit_transaction(tx).await.map(drop)
}

async fn due(bench: &Bench, now: i64, limit: u32) -> (Vec<String>, Option<Timestamp>) {
    let due = bench.store().due_schedules(at(now), limit).await.expect("the store answers");
    (due.ids.iter().map(ToString::to_string).collect(), due.next)
}

pub async fn a_schedule_is_given_back_as_it_was_created(bench: Bench) {
    let record = schedule("report", Some(10));
    create(&bench, &record).await.expect("the id is free");
    let found = bench.store().find_schedule(None, &name("report")).await.expect("the store answers");
    assert_eq!(found, Some(record));
    assert_eq!(bench.store().find_schedule(None, &name("other")).await.expect("the store answers"), None);
}

pub async fn a_taken_schedule_id_is_refused(bench: Bench) {
    create(&bench, &schedule("report", Some(10))).await.expect("the id is free");
    let again = create(&bench, &schedule("report", Some(99))).await;
    assert!(matches!(again, Err(StoreError::ScheduleExists(_))), "{again:?}");
    assert_eq!(due(&bench, 10, 10).await.0, ["report"]);
}

pub async fn schedules_are_due_in_the_order_of_their_moments(bench: Bench) {
    for (text, fire_at) in [("c", Some(30)), ("a", Some(20)), ("b", Some(10)), ("never", None), ("later", Some(40))] {
        create(&bench, &schedule(text, fire_at)).await.expect("the id is free");
    }
    assert_eq!(due(&bench, 9, 10).await, (Vec::new(), Some(at(10))));
    assert_eq!(due(&bench, 30, 10).await, (vec!["b".to_owned(), "a".to_owned(), "c".to_owned()], Some(at(40))));
    assert_eq!(due(&bench, 30, 2).await.0, ["b", "a"]);
    assert_eq!(due(&bench, 40, 1).await.1, None);
}

pub async fn a_held_schedule_is_saved_with_the_transaction_or_not_at_all(bench: Bench) {
    create(&bench, &schedule("report", Some(10))).await.expect("the id is free");
    for commit in [false, true] {
        let tx = bench.store().begin("save").await.expect("the writer is free");
        let held = bench.store().hold_schedule(&tx, &name("report")).await.expect("the store answers");
        let mut record = held.expect("it exists");
        record.state.fire_at = Some(at(20));
        record.state.queued = Some(at(15));
        bench.store().save_schedule(&tx, &record).await.expect("it exists");
        if commit {
            bench.store().commit_transaction(tx).await.expect("the transaction is short");
        }
        assert_eq!(due(&bench, 10, 10).await.0.is_empty(), commit);
        let queued = bench.store().queued_schedules(10).await.expect("the store answers");
        assert_eq!(queued.len(), usize::from(commit));
    }
}

pub async fn a_paused_schedule_is_neither_due_nor_queued(bench: Bench) {
    let mut record = schedule("report", None);
    record.state.queued = Some(at(5));
    record.state.paused = Some(Pause { reason: "holidays".to_owned(), since: at(6) });
    create(&bench, &record).await.expect("the id is free");
    assert_eq!(due(&bench, 99, 10).await, (Vec::new(), None));
    assert!(bench.store().queued_schedules(10).await.expect("the store answers").is_empty());
}

pub async fn a_deleted_schedule_is_gone(bench: Bench) {
    create(&bench, &schedule("report", Some(10))).await.expect("the id is free");
    for first in [true, false] {
        let tx = bench.store().begin("delete").await.expect("the writer is free");
        let deleted = bench.store().delete_schedule(&tx, &name("report")).await;
        assert_eq!(deleted.is_ok(), first, "{deleted:?}");
        let saved = bench.store().save_schedule(&tx, &schedule("report", Some(10))).await;
        assert!(matches!(saved, Err(StoreError::ScheduleNotFound(_))), "{saved:?}");
        bench.store().commit_transaction(tx).await.expect("the transaction is short");
    }
    assert_eq!(due(&bench, 99, 10).await.0.len(), 0);
}

pub async fn schedules_are_listed_in_pages(bench: Bench) {
    for text in ["d", "b", "a", "c"] {
        create(&bench, &schedule(text, None)).await.expect("the id is free");
    }
    let first = bench.store().list_schedules(None, None, 3).await.expect("the store answers");
    let rest = bench.store().list_schedules(None, Some(&first[2].id), 3).await.expect("the store answers");
    let ids = first.iter().chain(&rest).map(|record| record.id.to_string());
    assert_eq!(ids.collect::<Vec<_>>(), ["a", "b", "c", "d"]);
}

pub async fn schedules_are_listed_in_the_order_of_characters(bench: Bench) {
    for text in ["a_1", "b", "a1", "B", "a-2"] {
        create(&bench, &schedule(text, None)).await.expect("the id is free");
    }
    let (mut ids, mut after) = (Vec::new(), None);
    while let Some(record) =
        bench.store().list_schedules(None, after.as_ref(), 1).await.expect("the store answers").into_iter().next()
    {
        ids.push(record.id.to_string());
        after = Some(record.id);
    }
    assert_eq!(ids, ["B", "a-2", "a1", "a_1", "b"]);
}
