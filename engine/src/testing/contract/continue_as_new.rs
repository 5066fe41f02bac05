//! `Store::commit` of a turn that ends its execution and begins the next.

use super::bench::{Bench, answer, at, continued, event, id, json, raised, task, turn};
use crate::ids::EventId;
use crate::model::{Message, RuntimeStatus};
use crate::store::{Claim, StoreError, TurnCommit};

pub async fn the_next_execution_takes_the_place_of_the_old_one(bench: Bench) {
    let old = bench.begun("loop").await;
    let committed = bench.commit(TurnCommit { ending: continued(&old, Vec::new(), 20), ..turn(&old, 1) }).await;
    let new = committed.claim.expect("the instance goes on");
    assert_eq!(committed.touched, [old.key]);
    let record = bench.record("loop").await;
    assert_eq!((record.status, record.ordinal, record.input), (RuntimeStatus::Running, 2, Some(json("2"))));
    assert_eq!((record.execution, new.ordinal, new.epoch), (new.execution, 2, old.epoch));
    assert_eq!(bench.claim(old.key).await, new);
    assert!(bench.store().load(&new).await.expect("the store answers").is_empty());
    bench.commit(turn(&new, 0)).await;
    assert!(matches!(bench.store().commit(turn(&old, 2)).await, Err(StoreError::LeaseLost)));
}

pub async fn unread_messages_stay_behind_the_start(bench: Bench) {
    let old = bench.begun("loop").await;
    bench.send("loop", Message::Raise(raised("unread"))).await.expect("the instance runs");
    let ending = continued(&old, vec![raised("carried")], 20);
    bench.commit(TurnCommit { ending, ..turn(&old, 1) }).await;
    bench.send("loop", Message::Raise(raised("later"))).await.expect("the instance runs");
    let inbox = bench.inbox(old.key).await;
    let [Message::Start { carried, .. }, Message::Raise(first), Message::Raise(second)] = &inbox[..] else {
        panic!("a start message comes first: {inbox:?}");
    };
    assert_eq!((&carried[..], first, second), (&[raised("carried")][..], &raised("unread"), &raised("later")));
}

pub async fn tasks_and_timers_of_the_old_execution_are_gone(bench: Bench) {
    let old = bench.begun("loop").await;
    let waiting = TurnCommit { tasks: vec![task(0)], timers: vec![(EventId(1), at(20))], ..turn(&old, 1) };
    let task = bench.commit(waiting).await.tasks.remove(0);
    bench.commit(TurnCommit { ending: continued(&old, Vec::new(), 20), ..turn(&old, 2) }).await;
    assert!(!bench.store().complete_task(task.id, old.key, &answer(&old, 0)).await.expect("the store answers"));
    assert_eq!(bench.store().fire_timers(at(99), 10).await.expect("the store answers").next, None);
}

pub async fn of_the_old_histories_the_last_ones_stay(bench: Bench) {
    let mut claim = bench.begun("loop").await;
    for ordinal in 2..=5 {
        let last = turn(&claim, u32::from(ordinal == 2));
        let committed = bench.commit(TurnCommit { ending: continued(&claim, Vec::new(), 3), ..last }).await;
        claim = committed.claim.expect("the instance goes on");
        bench.commit(TurnCommit { events: Vec::new(), ..turn(&claim, 0) }).await;
    }
    assert_eq!(lengths(&bench, &claim).await, [0, 0, 1, 1, 0]);
}

async fn lengths(bench: &Bench, claim: &Claim) -> Vec<usize> {
    let mut lengths = Vec::new();
    for ordinal in 1..=claim.ordinal {
        let history = bench.store().history(None, &id("loop"), Some(ordinal)).await.expect("the store answers");
        assert!(history.iter().all(|found| *found == event(0)));
        lengths.push(history.len());
    }
    lengths
}
