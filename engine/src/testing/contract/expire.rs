//! `Store::expire` and `Store::first_end`.

use super::bench::{Bench, at, finished, id, json, raised, task, turn};
use super::purge::sweep;
use crate::clock::Timestamp;
use crate::ids::EventId;
use crate::model::{Message, RuntimeStatus};
use crate::store::{Ending, TurnCommit};

/// An instance that ended at the moment `end` with an output, and has an unread message.
async fn ended(bench: &Bench, name: &str, end: i64) {
    let claim = bench.begun(name).await;
    let begun = TurnCommit { tasks: vec![task(0)], timers: vec![(EventId(1), at(99))], ..turn(&claim, 1) };
    bench.commit(begun).await;
    bench.send(name, Message::Raise(raised("late"))).await.expect("it runs");
    bench.commit(TurnCommit { now: at(end), ending: finished(None), ..turn(&claim, 2) }).await;
}

/// Removes in a transaction of its own; how many are gone, and when the first of those that are left ended.
pub(super) async fn expire(bench: &Bench, status: RuntimeStatus, until: i64, limit: u32) -> (u64, Option<Timestamp>) {
    let tx = bench.store().begin("expire").await.expect("the writer is free");
    let removed = bench.store().expire(&tx, status, at(until), limit).await.expect("the store answers");
    bench.store().commit_transaction(tx).await.expect("the transaction is short");
    (removed, bench.store().first_end(status).await.expect("the store answers"))
}

async fn exists(bench: &Bench, name: &str) -> bool {
    bench.store().find(None, &id(name)).await.expect("the store answers").is_some()
}

pub async fn what_ended_long_ago_goes_with_everything_of_it(bench: Bench) {
    ended(&bench, "old", 20).await;
    ended(&bench, "new", 30).await;
    let key = bench.record("old").await.key;
    assert_eq!(expire(&bench, RuntimeStatus::Completed, 19, 10).await, (0, Some(at(20))));
    assert_eq!(expire(&bench, RuntimeStatus::Completed, 20, 10).await, (1, Some(at(30))));
    assert!(!exists(&bench, "old").await && exists(&bench, "new").await);
    assert!(!sweep(&bench, 100).await);
    assert!(bench.inbox(key).await.is_empty());
    assert!(bench.store().history(None, &id("old"), Some(1)).await.expect("the store answers").is_empty());
    assert_eq!(bench.create("old").await.0.cmp(&key.0), std::cmp::Ordering::Greater, "the id is free, the key is not");
}

pub async fn each_status_has_an_age_of_its_own(bench: Bench) {
    ended(&bench, "completed", 20).await;
    let claim = bench.begun("failed").await;
    let ending = Ending::Finished {
        status: RuntimeStatus::Failed,
        output: None,
        failure: Some(crate::model::Failure::new("Declined", "no funds")),
        parent: None,
    };
    bench.commit(TurnCommit { now: at(20), ending, ..turn(&claim, 1) }).await;
    assert_eq!(expire(&bench, RuntimeStatus::Failed, 50, 10).await, (1, None));
    assert_eq!(expire(&bench, RuntimeStatus::Terminated, 50, 10).await, (0, None));
    assert!(exists(&bench, "completed").await && !exists(&bench, "failed").await);
}

pub async fn no_more_expire_at_once_than_asked_for_and_the_oldest_first(bench: Bench) {
    for (name, end) in [("c", 40), ("a", 20), ("b", 30)] {
        ended(&bench, name, end).await;
    }
    assert_eq!(expire(&bench, RuntimeStatus::Completed, 50, 2).await, (2, Some(at(40))));
    assert!(exists(&bench, "c").await);
    assert_eq!(expire(&bench, RuntimeStatus::Completed, 50, 2).await, (1, None));
}

pub async fn what_runs_or_runs_again_never_expires(bench: Bench) {
    bench.begun("running").await;
    ended(&bench, "again", 20).await;
    bench.restart("again", Some(json("1"))).await.expect("it has ended");
    for status in RuntimeStatus::ALL {
        assert_eq!(expire(&bench, status, 1_000, 10).await, (0, None), "{status:?}");
    }
    assert!(exists(&bench, "running").await && exists(&bench, "again").await);
}
