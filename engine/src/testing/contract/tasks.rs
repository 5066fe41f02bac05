//! `Store::complete_task`.

use std::time::Duration;

use super::bench::{Bench, answer, at, id, json, task, turn};
use crate::ids::{EventId, InstanceKey, TaskId};
use crate::model::{Answer, Failure, Message, Task, TaskScheduled, TaskTimeouts, Traceparent};
use crate::store::{Claim, TurnCommit};

async fn scheduled(bench: &Bench) -> (Claim, Task) {
    let claim = bench.begun("order-1").await;
    let tasks = bench.commit(TurnCommit { tasks: vec![task(0)], ..turn(&claim, 1) }).await.tasks;
    (claim, tasks.into_iter().next().expect("one task was scheduled"))
}

pub async fn a_task_carries_what_its_call_said(mut bench: Bench) {
    let claim = bench.begun("order-1").await;
    let timeouts =
        TaskTimeouts { start_to_close: Some(Duration::from_secs(30)), heartbeat: Some(Duration::from_micros(7)) };
    let last_heartbeat = Some(json("[\"half\"]"));
    let call = TaskScheduled { attempt: 3, first_event_id: EventId(2), timeouts, last_heartbeat, ..task(7) };
    let task = bench.commit(TurnCommit { tasks: vec![call], ..turn(&claim, 1) }).await.tasks.remove(0);
    let expected = Task {
        id: task.id,
        key: claim.key,
        instance: id("order-1"),
        execution: claim.execution,
        event_id: EventId(7),
        first_event_id: EventId(2),
        attempt: 3,
        name: "Step".into(),
        input: json("[1]"),
        timeouts,
        last_heartbeat: Some(json("[\"half\"]")),
        recoveries: 0,
        set_aside: None,
        traceparent: None,
    };
    assert_eq!(task, expected);
    assert_eq!(bench.restart_process().await.tasks, [Task { recoveries: 1, ..expected }]);
}

pub async fn a_task_keeps_the_span_of_its_turn(mut bench: Bench) {
    let span = Traceparent::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").ok();
    let claim = bench.begun("order-1").await;
    let commit = TurnCommit { tasks: vec![task(0)], traceparent: span, ..turn(&claim, 1) };
    assert_eq!(bench.commit(commit).await.tasks[0].traceparent, span);
    assert_eq!(bench.restart_process().await.tasks[0].traceparent, span);
}

pub async fn an_answer_takes_the_place_of_its_task(bench: Bench) {
    let (claim, task) = scheduled(&bench).await;
    assert!(bench.store().complete_task(task.id, claim.key, &answer(&claim, 0)).await.expect("the store answers"));
    assert_eq!(bench.inbox(claim.key).await, [Message::TaskDone(answer(&claim, 0))]);
}

pub async fn a_failure_is_an_answer(bench: Bench) {
    let (claim, task) = scheduled(&bench).await;
    let failed = Answer { result: Err(Failure::new("Declined", "no funds")), ..answer(&claim, 0) };
    assert!(bench.store().complete_task(task.id, claim.key, &failed).await.expect("the store answers"));
    assert_eq!(bench.inbox(claim.key).await, [Message::TaskDone(failed)]);
}

pub async fn a_task_is_answered_once(bench: Bench) {
    let (claim, task) = scheduled(&bench).await;
    for first in [true, false] {
        let done = bench.store().complete_task(task.id, claim.key, &answer(&claim, 0)).await;
        assert_eq!(done.expect("the store answers"), first);
    }
    assert_eq!(bench.inbox(claim.key).await.len(), 1);
}

pub async fn an_unknown_task_has_no_answer(bench: Bench) {
    let (claim, task) = scheduled(&bench).await;
    for (task, key) in [(TaskId(999), claim.key), (task.id, InstanceKey(999))] {
        assert!(!bench.store().complete_task(task, key, &answer(&claim, 0)).await.expect("the store answers"));
    }
    assert!(bench.inbox(claim.key).await.is_empty());
    assert_eq!(bench.store().fire_timers(at(0), 1).await.expect("the store answers").next, None);
}

pub async fn a_heartbeat_is_seen_and_outlives_its_node(mut bench: Bench) {
    let (claim, task) = scheduled(&bench).await;
    let before = bench.tasks("order-1").await;
    assert_eq!((before.len(), &before[0].heartbeat, before[0].heartbeat_at), (1, &None, None));
    for (details, moment) in [("1", 5), ("2", 6)] {
        assert!(bench.heartbeat(task.id, details, moment).await);
    }
    let seen = bench.tasks("order-1").await.remove(0);
    assert_eq!((seen.heartbeat, seen.heartbeat_at), (Some(json("2")), Some(at(6))));
    assert_eq!((seen.event_id, &*seen.name, seen.attempt, seen.scheduled_at), (EventId(0), "Step", 1, at(10)));
    assert_eq!(bench.restart_process().await.tasks[0].last_heartbeat, Some(json("2")));
    assert!(bench.store().complete_task(task.id, claim.key, &answer(&claim, 0)).await.expect("the store answers"));
    assert!(bench.tasks("order-1").await.is_empty());
}

pub async fn a_heartbeat_of_what_is_gone_says_so(mut bench: Bench) {
    let (claim, task) = scheduled(&bench).await;
    let former = bench.node;
    bench.start_node().await;
    let late = bench.store().heartbeat(former, task.id, &json("1"), at(5)).await;
    assert!(!late.expect("the store answers"), "another node has the task");
    let claim = bench.claim(claim.key).await;
    bench.finish(&claim, 2).await;
    assert!(!bench.heartbeat(task.id, "1", 6).await);
}
