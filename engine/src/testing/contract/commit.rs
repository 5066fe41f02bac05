//! `Store::commit`: a turn is recorded whole or not at all.

use super::bench::{Bench, answer, at, child, event, event_to, finished, id, json, raised, task, turn};
use crate::ids::{EventId, MessageId};
use crate::model::{Answer, Blocked, BlockedKind, Failure, Message, RuntimeStatus};
use crate::store::{Claim, Ending, StoreError, TurnCommit};

pub async fn a_turn_is_recorded_whole(bench: Bench) {
    let claim = bench.claimed("order-1").await;
    let committed = bench.commit(full_turn(&bench, &claim).await).await;
    let record = bench.record("order-1").await;
    assert_eq!((record.status, record.updated_at), (RuntimeStatus::Running, at(10)));
    assert_eq!(record.custom_status, Some(json("\"half\"")));
    assert_eq!(bench.store().load(&claim).await.expect("the store answers"), [event(0), event(1)]);
    let child_key = bench.record("child-1").await.key;
    assert_eq!(committed.touched, [child_key]);
    assert_eq!(committed.claim, Some(claim.clone()));
    let tasks: Vec<_> = committed.tasks.iter().map(|task| (task.event_id.0, &*task.name, task.recoveries)).collect();
    assert_eq!(tasks, [(0, "Step", 0), (3, "Step", 0)]);
    assert_eq!(bench.store().fire_timers(at(0), 10).await.expect("the store answers").next, Some(at(20)));
    assert!(bench.inbox(claim.key).await.is_empty());
}

pub async fn a_turn_that_fails_half_way_leaves_no_trace(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.send("order-1", Message::Raise(raised("go"))).await.expect("the instance runs");
    // The first turn has recorded an event with this sequence number.
    let clash = TurnCommit { events: vec![event(0)], ..full_turn(&bench, &claim).await };
    let refused = bench.store().commit(clash).await;
    assert!(matches!(refused, Err(StoreError::Database(_))), "{refused:?}");
    assert_eq!(bench.inbox(claim.key).await, [Message::Raise(raised("go"))]);
    assert_eq!(bench.store().load(&claim).await.expect("the store answers"), [event(0)]);
    assert!(bench.store().find(None, &id("child-1")).await.expect("the store answers").is_none());
    assert_eq!(bench.store().fire_timers(at(0), 10).await.expect("the store answers").next, None);
    assert_eq!(bench.record("order-1").await.custom_status, None);
    bench.finish(&claim, 1).await;
}

async fn full_turn(bench: &Bench, claim: &Claim) -> TurnCommit {
    TurnCommit {
        consumed: bench.unread(claim.key).await,
        events: vec![event(0), event(1)],
        tasks: vec![task(0), task(3)],
        timers: vec![(EventId(1), at(20))],
        children: vec![child("child-1", claim, 2)],
        custom_status: Some(json("\"half\"")),
        ..turn(claim, 0)
    }
}

pub async fn a_message_cannot_be_consumed_twice(bench: Bench) {
    let claim = bench.claimed("order-1").await;
    let consumed = bench.unread(claim.key).await;
    bench.commit(TurnCommit { consumed: consumed.clone(), ..turn(&claim, 0) }).await;
    let again = bench.store().commit(TurnCommit { consumed, ..turn(&claim, 1) }).await;
    assert!(matches!(again, Err(StoreError::LeaseLost)), "{again:?}");
    let unknown = TurnCommit { consumed: vec![MessageId(999)], ..turn(&claim, 1) };
    assert!(matches!(bench.store().commit(unknown).await, Err(StoreError::LeaseLost)));
}

pub async fn a_history_is_in_the_order_of_its_turns(bench: Bench) {
    let claim = bench.begun("order-1").await;
    for sequence in 1..12 {
        bench.commit(turn(&claim, sequence)).await;
    }
    let expected: Vec<_> = (0..12).map(event).collect();
    assert_eq!(bench.store().load(&claim).await.expect("the store answers"), expected);
}

pub async fn a_turn_without_events_may_consume(bench: Bench) {
    let claim = bench.claimed("order-1").await;
    let consumed = bench.unread(claim.key).await;
    bench.commit(TurnCommit { consumed, events: Vec::new(), ..turn(&claim, 0) }).await;
    assert!(bench.inbox(claim.key).await.is_empty());
    assert!(bench.store().load(&claim).await.expect("the store answers").is_empty());
}

pub async fn a_custom_status_stays_until_it_is_changed(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.commit(TurnCommit { custom_status: Some(json("{\"at\": 1}")), ..turn(&claim, 1) }).await;
    bench.commit(turn(&claim, 2)).await;
    assert_eq!(bench.record("order-1").await.custom_status, Some(json("{\"at\": 1}")));
}

pub async fn a_turn_clears_what_blocked_the_instance(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let blocked = Blocked { kind: BlockedKind::UnknownCode, message: "no such code".to_owned(), since: at(5) };
    bench.store().block(&claim, blocked.clone()).await.expect("the lease holds");
    let record = bench.record("order-1").await;
    assert_eq!((record.blocked, record.status), (Some(blocked), RuntimeStatus::Running));
    bench.commit(turn(&claim, 1)).await;
    assert_eq!(bench.record("order-1").await.blocked, None);
}

pub async fn an_end_keeps_the_result_and_drops_tasks_and_timers(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let waiting = TurnCommit { tasks: vec![task(0)], timers: vec![(EventId(1), at(20))], ..turn(&claim, 1) };
    let task = bench.commit(waiting).await.tasks.remove(0);
    let ended = bench.finish(&claim, 2).await;
    assert_eq!(ended.claim, None);
    let record = bench.record("order-1").await;
    assert_eq!((record.status, record.completed_at), (RuntimeStatus::Completed, Some(at(10))));
    assert_eq!((record.output, record.failure), (Some(json("\"done\"")), None));
    assert_eq!(bench.store().fire_timers(at(99), 10).await.expect("the store answers").next, None);
    let late = bench.store().complete_task(task.id, claim.key, &answer(&claim, 0)).await;
    assert!(!late.expect("the store answers"));
}

pub async fn a_failure_is_kept_with_its_cause(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let failure = Failure::new("Declined", "no funds").caused_by(Failure::new("Bank", "says so"));
    let ending =
        Ending::Finished { status: RuntimeStatus::Failed, output: None, failure: Some(failure.clone()), parent: None };
    bench.commit(TurnCommit { ending, ..turn(&claim, 1) }).await;
    let record = bench.record("order-1").await;
    assert_eq!((record.status, record.output, record.failure), (RuntimeStatus::Failed, None, Some(failure)));
}

pub async fn an_ended_instance_takes_no_more_turns(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.finish(&claim, 1).await;
    assert!(matches!(bench.store().commit(turn(&claim, 2)).await, Err(StoreError::LeaseLost)));
}

pub async fn unread_messages_of_an_ended_instance_stay(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.send("order-1", Message::Raise(raised("late"))).await.expect("the instance runs");
    bench.finish(&claim, 1).await;
    assert_eq!(bench.inbox(claim.key).await, [Message::Raise(raised("late"))]);
}

pub async fn a_child_begins_with_its_parents_link(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let begins = child("child-1", &claim, 0);
    bench.commit(TurnCommit { children: vec![begins.clone()], ..turn(&claim, 1) }).await;
    let record = bench.record("child-1").await;
    assert_eq!((record.status, record.parent), (RuntimeStatus::Pending, Some(id("order-1"))));
    let start = Message::Start { started: Box::new(begins), carried: Vec::new() };
    assert_eq!(bench.inbox(record.key).await, [start]);
}

pub async fn a_taken_child_id_is_a_failure_for_the_parent(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let taken = bench.create("child-1").await;
    let children = vec![child("child-1", &claim, 0), child("child-2", &claim, 1)];
    let committed = bench.commit(TurnCommit { children, ..turn(&claim, 1) }).await;
    assert_eq!(committed.touched, [claim.key, bench.record("child-2").await.key]);
    let [Message::ChildDone(Answer { execution, event_id, result: Err(failure) })] = &bench.inbox(claim.key).await[..]
    else {
        panic!("the parent is told once");
    };
    assert_eq!((*execution, *event_id), (claim.execution, EventId(0)));
    assert_eq!(failure.kind, Failure::INSTANCE_EXISTS);
    assert_eq!(bench.inbox(taken).await.len(), 1);
    assert_eq!(bench.record("child-1").await.parent, None);
}

pub async fn of_two_children_with_one_id_the_first_begins(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let children = vec![child("child-1", &claim, 0), child("child-1", &claim, 1)];
    bench.commit(TurnCommit { children, ..turn(&claim, 1) }).await;
    assert_eq!(bench.inbox(bench.record("child-1").await.key).await.len(), 1);
    let told = bench.inbox(claim.key).await;
    assert!(matches!(&told[..], [Message::ChildDone(answer)] if answer.event_id == EventId(1)), "{told:?}");
}

pub async fn an_ended_child_answers_its_parent(bench: Bench) {
    let parent = bench.begun("order-1").await;
    bench.commit(TurnCommit { children: vec![child("child-1", &parent, 0)], ..turn(&parent, 1) }).await;
    let child = bench.claim(bench.record("child-1").await.key).await;
    let ending = finished(Some((id("order-1"), answer(&parent, 0))));
    let committed = bench.commit(TurnCommit { ending, ..turn(&child, 0) }).await;
    assert_eq!(committed.touched, [parent.key]);
    assert_eq!(bench.inbox(parent.key).await, [Message::ChildDone(answer(&parent, 0))]);
}

pub async fn an_answer_to_an_ended_or_missing_parent_is_dropped(bench: Bench) {
    let parent = bench.begun("order-1").await;
    bench.finish(&parent, 1).await;
    for (name, receiver) in [("child-1", "order-1"), ("child-2", "nobody")] {
        let child = bench.begun(name).await;
        let ending = finished(Some((id(receiver), answer(&parent, 0))));
        let committed = bench.commit(TurnCommit { ending, ..turn(&child, 1) }).await;
        assert!(committed.touched.is_empty());
        assert_eq!(bench.status(name).await, RuntimeStatus::Completed);
    }
    assert!(bench.inbox(parent.key).await.is_empty());
}

pub async fn events_reach_those_who_live(bench: Bench) {
    let (sender, ended) = (bench.begun("order-1").await, bench.begun("order-2").await);
    bench.finish(&ended, 1).await;
    let receiver = bench.begun("order-3").await;
    let sent = ["order-3", "order-2", "nobody", "order-1", "order-3"].map(|name| event_to(name, "go")).to_vec();
    let committed = bench.commit(TurnCommit { sent, ..turn(&sender, 1) }).await;
    assert_eq!(committed.touched, [receiver.key, sender.key]);
    assert_eq!(bench.inbox(receiver.key).await, vec![Message::Raise(raised("go")); 2]);
    assert_eq!(bench.inbox(sender.key).await, [Message::Raise(raised("go"))]);
    assert!(bench.inbox(ended.key).await.is_empty());
}

pub async fn cancelled_tasks_and_timers_are_gone(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let timers = vec![(EventId(2), at(20)), (EventId(3), at(30))];
    let tasks = bench.commit(TurnCommit { tasks: vec![task(0), task(1)], timers, ..turn(&claim, 1) }).await.tasks;
    let cancel =
        TurnCommit { cancelled_tasks: vec![EventId(0)], cancelled_timers: vec![EventId(2)], ..turn(&claim, 2) };
    bench.commit(cancel).await;
    let done = [0, 1].map(|n: u32| (tasks[n as usize].id, answer(&claim, n)));
    for ((task, answer), lives) in done.into_iter().zip([false, true]) {
        assert_eq!(bench.store().complete_task(task, claim.key, &answer).await.expect("the store answers"), lives);
    }
    assert_eq!(bench.store().fire_timers(at(0), 10).await.expect("the store answers").next, Some(at(30)));
}

pub async fn what_is_cancelled_in_its_own_turn_never_exists(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let both = TurnCommit {
        tasks: vec![task(0)],
        cancelled_tasks: vec![EventId(0)],
        timers: vec![(EventId(1), at(20))],
        cancelled_timers: vec![EventId(1)],
        ..turn(&claim, 1)
    };
    assert!(bench.commit(both).await.tasks.is_empty());
    assert_eq!(bench.store().fire_timers(at(99), 10).await.expect("the store answers").next, None);
}

pub async fn a_fan_out_of_ten_thousand_is_one_commit(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let tasks = (0..10_000).map(task).collect();
    let timers = (10_000..20_000).map(|n| (EventId(n), at(i64::from(n)))).collect();
    let committed = bench.commit(TurnCommit { tasks, timers, ..turn(&claim, 1) }).await;
    assert_eq!(committed.tasks.len(), 10_000);
    let ids: std::collections::HashSet<_> = committed.tasks.iter().map(|task| task.id).collect();
    assert_eq!(ids.len(), 10_000);
    assert!(committed.tasks.iter().zip(0..).all(|(task, n)| task.event_id == EventId(n)));
}

pub async fn turns_that_send_to_each_other_do_not_wait_for_each_other(bench: Bench) {
    let pair = [bench.begun("order-1").await, bench.begun("order-2").await];
    let turns = (1..=20).flat_map(|sequence| {
        let [first, second] = &pair;
        [(first, second), (second, first)].map(|(from, to)| {
            let sent = vec![event_to(to.instance.as_str(), &sequence.to_string())];
            bench.store().commit(TurnCommit { sent, ..turn(from, sequence) })
        })
    });
    for committed in futures::future::join_all(turns).await {
        committed.expect("neither turn stops the other");
    }
    for claim in &pair {
        assert_eq!(bench.inbox(claim.key).await.len(), 20);
    }
}
