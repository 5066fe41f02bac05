//! `Store::recover` after the process was killed, and `Store::restart` of an instance.

use super::bench::{Bench, answer, at, child, event, finished, id, json, raised, resume, suspend, task, turn};
use crate::ids::{EventId, MessageId};
use crate::model::{Message, RuntimeStatus};
use crate::store::{StoreError, TurnCommit};

pub async fn a_restarted_process_finds_everything(mut bench: Bench) {
    let claim = bench.begun("order-1").await;
    let waiting = TurnCommit { timers: vec![(EventId(1), at(20))], ..turn(&claim, 1) };
    bench.commit(TurnCommit { custom_status: Some(json("1")), ..waiting }).await;
    bench.send("order-1", Message::Raise(raised("go"))).await.expect("the instance runs");
    let before = bench.record("order-1").await;
    bench.restart_process().await;
    let after = bench.record("order-1").await;
    assert_eq!(
        (after.status, after.execution, after.custom_status),
        (before.status, before.execution, Some(json("1")))
    );
    assert_eq!(bench.inbox(claim.key).await, [Message::Raise(raised("go"))]);
    let claim = bench.claim(claim.key).await;
    assert_eq!(bench.store().load(&claim).await.expect("the store answers"), [event(0), event(1)]);
    assert_eq!(bench.store().fire_timers(at(0), 1).await.expect("the store answers").next, Some(at(20)));
}

pub async fn a_new_node_takes_over_all_leases(mut bench: Bench) {
    let before = bench.begun("order-1").await;
    bench.restart_process().await;
    let after = bench.claim(before.key).await;
    assert_eq!((after.owner, after.execution), (bench.node, before.execution));
    assert!(after.epoch > before.epoch);
    bench.commit(turn(&after, 1)).await;
}

pub async fn a_new_node_gets_the_instances_with_unread_messages(mut bench: Bench) {
    let (idle, ended) = (bench.begun("idle").await, bench.begun("ended").await);
    bench.send("ended", Message::Raise(raised("unread"))).await.expect("the instance runs");
    bench.finish(&ended, 1).await;
    let told = bench.begun("told").await;
    let fresh = bench.create("fresh").await;
    bench.send("told", Message::Raise(raised("go"))).await.expect("the instance runs");
    bench.send("told", suspend()).await.expect("the instance runs");
    let recovered = bench.restart_process().await;
    assert_eq!(recovered.instances, [fresh, told.key]);
    assert!(bench.inbox(idle.key).await.is_empty());
}

pub async fn a_new_node_gets_the_tasks_and_counts_their_recoveries(mut bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.commit(TurnCommit { tasks: vec![task(0), task(1)], ..turn(&claim, 1) }).await;
    for recoveries in 1..=3 {
        let tasks = bench.restart_process().await.tasks;
        for task in &tasks {
            assert!(bench.mark(task).await);
        }
        let found: Vec<_> = tasks.iter().map(|task| (task.event_id.0, task.recoveries)).collect();
        assert_eq!(found, [(0, recoveries), (1, recoveries)]);
        assert_eq!(
            (&tasks[0].instance, tasks[0].execution, &tasks[0].input),
            (&id("order-1"), claim.execution, &json("[1]"))
        );
    }
    let task = bench.restart_process().await.tasks.remove(0);
    assert!(bench.store().complete_task(task.id, task.key, &answer(&claim, 0)).await.expect("the store answers"));
    assert_eq!(bench.restart_process().await.tasks.len(), 1);
}

pub async fn a_finished_instance_begins_anew(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.commit(TurnCommit { custom_status: Some(json("1")), ..turn(&claim, 1) }).await;
    bench.send("order-1", Message::Raise(raised("unread"))).await.expect("the instance runs");
    bench.finish(&claim, 2).await;
    assert_eq!(bench.restart("order-1", None).await.expect("the instance has ended"), [claim.key]);
    let record = bench.record("order-1").await;
    assert_eq!((record.status, record.ordinal, &*record.name), (RuntimeStatus::Pending, 2, "Work"));
    assert_eq!((record.output, record.custom_status, record.completed_at), (None, None, None));
    assert_eq!((record.created_at, record.updated_at), (at(1), at(3)));
    let inbox = bench.inbox(claim.key).await;
    let [Message::Start { started, carried }] = &inbox[..] else { panic!("only the start is unread: {inbox:?}") };
    assert_eq!((started.execution, started.seed), (record.execution, record.execution.0));
    assert_eq!((&started.input, &started.parent, carried.len()), (&json("{\"a\": 1.0}"), &None, 0));
    assert_eq!(bench.store().history(None, &id("order-1"), Some(1)).await.expect("the store answers").len(), 3);
    assert!(bench.store().history(None, &id("order-1"), None).await.expect("the store answers").is_empty());
}

pub async fn a_restart_may_bring_another_input(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.finish(&claim, 1).await;
    bench.restart("order-1", Some(json("[7]"))).await.expect("the instance has ended");
    assert_eq!(bench.record("order-1").await.input, Some(json("[7]")));
    assert!(
        matches!(&bench.inbox(claim.key).await[..], [Message::Start { started, .. }] if started.input == json("[7]"))
    );
}

pub async fn a_restart_voids_the_lease(bench: Bench) {
    let before = bench.begun("order-1").await;
    bench.finish(&before, 1).await;
    bench.restart("order-1", None).await.expect("the instance has ended");
    assert!(matches!(bench.store().commit(turn(&before, 2)).await, Err(StoreError::LeaseLost)));
    let after = bench.claim(before.key).await;
    assert!(after.epoch > before.epoch);
    bench.commit(TurnCommit { consumed: bench.unread(after.key).await, ..turn(&after, 0) }).await;
    assert_eq!(bench.status("order-1").await, RuntimeStatus::Running);
}

pub async fn a_restarted_child_owes_its_parent_nothing(bench: Bench) {
    let parent = bench.begun("order-1").await;
    bench.commit(TurnCommit { children: vec![child("child-1", &parent, 0)], ..turn(&parent, 1) }).await;
    let claim = bench.claim(bench.record("child-1").await.key).await;
    let ending = finished(Some((id("order-1"), answer(&parent, 0))));
    bench.commit(TurnCommit { ending, ..turn(&claim, 0) }).await;
    bench.restart("child-1", None).await.expect("the child has ended");
    assert_eq!(bench.record("child-1").await.parent, None);
    assert!(matches!(&bench.inbox(claim.key).await[..], [Message::Start { started, .. }] if started.parent.is_none()));
}

pub async fn what_is_restarted_and_resumed_before_its_first_turn_is_pending(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.finish(&claim, 1).await;
    bench.restart("order-1", None).await.expect("the instance has ended");
    bench.send("order-1", suspend()).await.expect("the instance is pending");
    bench.send("order-1", resume()).await.expect("the instance is suspended");
    assert_eq!(bench.status("order-1").await, RuntimeStatus::Pending);
}

pub async fn what_has_not_ended_cannot_be_restarted(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let refused = bench.restart("order-1", None).await;
    assert!(matches!(refused, Err(StoreError::WrongState { status: RuntimeStatus::Running, verb: "restarted", .. })));
    assert!(matches!(bench.restart("nobody", None).await, Err(StoreError::NotFound(_))));
    let inbox = bench.store().inbox(claim.key, MessageId(0), 10).await.expect("the store answers");
    assert!(inbox.is_empty());
}
