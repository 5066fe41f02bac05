//! `Reads`, within a transaction of a caller.

use std::fmt::Debug;

use super::bench::{Bench, at, finished, id, started, suspend, task, turn};
use super::entities::{counter, locked_by, with_state};
use super::query::{all, any};
use super::schedules;
use crate::clock::{Clock, SystemClock};
use crate::ids::InstanceKey;
use crate::model::{EntityMessage, Payload, RuntimeStatus};
use crate::store::{
    Claim, EntityQuery, InstanceFilter, InstanceOrder, InstanceQuery, StoreError, Transaction, TurnCommit, Unfinished,
};

fn text<T: Debug>(answer: Result<T, StoreError>) -> String {
    format!("{:?}", answer.expect("the store answers"))
}

/// What each read shows.
async fn shown(bench: &Bench, within: Option<&Transaction>) -> [(&'static str, String); 10] {
    let (store, schedule) = (bench.store(), schedules::name("report"));
    let entities = EntityQuery { include_empty: true, limit: 10, ..EntityQuery::default() };
    [
        ("find", text(store.find(within, &id("new")).await)),
        ("query", text(store.query(within, &all()).await)),
        ("count_by_status", text(store.count_by_status(within, &any()).await)),
        ("list_tasks", text(store.list_tasks(within, &id("running")).await)),
        ("history", text(store.history(within, &id("ended"), None).await)),
        ("find_entity", text(store.find_entity(within, &counter("new")).await)),
        ("list_entities", text(store.list_entities(within, &entities).await)),
        ("find_orphan_locks", text(store.find_orphan_locks(within).await)),
        ("find_schedule", text(store.find_schedule(within, &schedule).await)),
        ("list_schedules", text(store.list_schedules(within, None, 10).await)),
    ]
}

/// An instance with a task, an instance that has ended, and one that has ended and held a lock.
async fn prepare(bench: &Bench) -> (InstanceKey, Claim) {
    let running = bench.begun("running").await;
    bench.commit(TurnCommit { tasks: vec![task(0)], ..turn(&running, 1) }).await;
    let ended = bench.begun("ended").await;
    bench.finish(&ended, 1).await;
    let holder = bench.begun("holder").await;
    with_state(bench, "orphan", locked_by(&holder)).await;
    bench.finish(&holder, 1).await;
    (ended.key, holder)
}

/// A transaction that changes what each read shows.
async fn changed(bench: &Bench, ended: InstanceKey, holder: &Claim) -> Transaction {
    let (store, source) = (bench.store(), SystemClock.new_id());
    let tx = store.begin("change").await.expect("the writer is free");
    store.create(&tx, &started("new"), at(20)).await.expect("the id is free");
    store.replace(&tx, &started("running"), Unfinished::Ends, at(20)).await.expect("it runs");
    assert_eq!(store.purge(&tx, &[ended]).await.expect("the store answers"), 1);
    let signal = EntityMessage::Signal { operation: "add".into(), input: Payload::null() };
    store.tell_entity(&tx, &counter("new"), &signal, None, source, at(20)).await.expect("it is told");
    let section = locked_by(holder).lock.expect("it is locked").section;
    let unlock = EntityMessage::Unlock { section };
    store.tell_entity(&tx, &counter("orphan"), &unlock, None, source, at(20)).await.expect("it is told");
    store.create_schedule(&tx, &schedules::schedule("report", Some(30))).await.expect("the id is free");
    tx
}

pub async fn a_transaction_shows_what_it_has_done_and_nobody_else_sees_it_before_its_commit(bench: Bench) {
    let (ended, holder) = prepare(&bench).await;
    let before = shown(&bench, None).await;
    let tx = changed(&bench, ended, &holder).await;
    for (before, within) in before.iter().zip(shown(&bench, Some(&tx)).await) {
        assert_ne!(*before, within);
    }
    assert_eq!(shown(&bench, None).await, before);
    drop(tx);
    assert_eq!(shown(&bench, None).await, before);
    let tx = changed(&bench, ended, &holder).await;
    let within = shown(&bench, Some(&tx)).await;
    bench.store().commit_transaction(tx).await.expect("the transaction is short");
    assert_eq!(shown(&bench, None).await, within);
}

/// The ids of all pages of two.
async fn pages(bench: &Bench, tx: &Transaction, order: InstanceOrder, statuses: &[RuntimeStatus]) -> Vec<String> {
    let filter = InstanceFilter { statuses: statuses.to_vec(), ..any() };
    let mut query = InstanceQuery { filter, order, limit: 2, ..InstanceQuery::default() };
    let mut ids = Vec::new();
    loop {
        let page = bench.store().query(Some(tx), &query).await.expect("the store answers");
        let Some(last) = page.last() else { return ids };
        query.after = Some(last.cursor());
        ids.extend(page.iter().map(|record| record.id.to_string()));
    }
}

pub async fn a_transaction_pages_through_several_states(bench: Bench) {
    for name in ["a", "b", "c"] {
        bench.begun(name).await;
    }
    for (name, moment) in [("e", 40), ("f", 30)] {
        let claim = bench.begun(name).await;
        bench.commit(TurnCommit { now: at(moment), ending: finished(None), ..turn(&claim, 1) }).await;
    }
    let store = bench.store();
    let tx = store.begin("look").await.expect("the writer is free");
    store.send(&tx, &id("b"), &suspend(), at(2)).await.expect("it runs");
    store.create(&tx, &started("d"), at(3)).await.expect("the id is free");
    let open = [RuntimeStatus::Pending, RuntimeStatus::Running, RuntimeStatus::Suspended];
    assert_eq!(pages(&bench, &tx, InstanceOrder::OldestFirst, &open).await, ["a", "b", "c", "d"]);
    assert_eq!(pages(&bench, &tx, InstanceOrder::NewestFirst, &open).await, ["d", "c", "b", "a"]);
    assert_eq!(pages(&bench, &tx, InstanceOrder::ById, &open[1..]).await, ["a", "b", "c"]);
    assert_eq!(pages(&bench, &tx, InstanceOrder::ByEnd, &[]).await, ["f", "e"]);
}
