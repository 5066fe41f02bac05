//! `Store::begin` and `Store::commit_transaction`: a caller's own transaction.

use std::pin::pin;
use std::time::Duration;

use futures::future::join_all;
use futures::poll;
use sea_orm::ConnectionTrait;

use super::bench::{Bench, at, child, id, json, raised, started, task, turn};
use crate::ids::{EntityId, InstanceId};
use crate::model::{EntityMessage, Message, RuntimeStatus};
use crate::store::{Claim, InstanceFilter, Outgoing, StoreError, Transaction, TurnCommit};

/// A row of the caller's own.
async fn write_own_row(tx: &Transaction) {
    let statements = "CREATE TABLE IF NOT EXISTS own (name TEXT); INSERT INTO own VALUES ('row')";
    tx.connection().execute_unprepared(statements).await.expect("the caller's own statement is good");
}

async fn own_rows_exist(bench: &Bench) -> bool {
    let tx = bench.store().begin("look").await.expect("the writer is free");
    tx.connection().execute_unprepared("SELECT name FROM own").await.is_ok()
}

pub async fn what_is_done_within_a_transaction_comes_true_together(bench: Bench) {
    let other = bench.begun("order-2").await;
    let tx = bench.store().begin("both").await.expect("the writer is free");
    write_own_row(&tx).await;
    let key = bench.store().create(&tx, &started("order-1"), at(1)).await.expect("the id is free");
    let event = Message::Raise(raised("go"));
    bench.store().send(&tx, &id("order-1"), &event, at(1)).await.expect("it sees its own instance");
    bench.store().send(&tx, &id("order-2"), &event, at(1)).await.expect("the instance runs");
    assert!(bench.store().find(None, &id("order-1")).await.expect("the store answers").is_none());
    let touched = bench.store().commit_transaction(tx).await.expect("the transaction is short");
    assert_eq!(touched, [key, key, other.key]);
    assert_eq!(bench.inbox(key).await.len(), 2);
    assert!(own_rows_exist(&bench).await);
}

pub async fn a_dropped_transaction_leaves_no_trace(bench: Bench) {
    let tx = bench.store().begin("dropped").await.expect("the writer is free");
    write_own_row(&tx).await;
    bench.store().create(&tx, &started("order-1"), at(1)).await.expect("the id is free");
    drop(tx);
    assert!(bench.store().find(None, &id("order-1")).await.expect("the store answers").is_none());
    assert!(!own_rows_exist(&bench).await);
    bench.create("order-1").await;
}

pub async fn a_refused_call_leaves_the_transaction_usable(bench: Bench) {
    bench.create("order-1").await;
    let tx = bench.store().begin("both").await.expect("the writer is free");
    let refused = bench.store().create(&tx, &started("order-1"), at(1)).await;
    assert!(matches!(refused, Err(StoreError::Exists(_))));
    bench.store().create(&tx, &started("order-2"), at(1)).await.expect("the id is free");
    bench.store().commit_transaction(tx).await.expect("the transaction is short");
    bench.record("order-2").await;
}

pub async fn a_transaction_over_its_budget_is_rolled_back(mut bench: Bench) {
    bench.reopen(Duration::ZERO).await;
    let refused = bench.try_create(&started("order-1")).await;
    assert!(matches!(refused, Err(StoreError::Budget { caller: "create", budget_ms: 0 })), "{refused:?}");
    assert!(bench.store().find(None, &id("order-1")).await.expect("the store answers").is_none());
}

pub async fn reads_do_not_wait_for_a_writer(bench: Bench) {
    bench.create("order-1").await;
    let _tx = bench.store().begin("long").await.expect("the writer is free");
    bench.record("order-1").await;
}

pub async fn transactions_that_send_to_one_instance_take_turns(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let first = bench.store().begin("first").await.expect("nobody writes");
    bench.store().send(&first, &id("order-1"), &Message::Raise(raised("first")), at(2)).await.expect("it runs");
    let mut second = pin!(bench.send("order-1", Message::Raise(raised("second"))));
    for _ in 0..20 {
        assert!(poll!(second.as_mut()).is_pending(), "the second did not wait for the first");
        // Time for the database to do a step.
        bench.record("order-1").await;
    }
    bench.store().commit_transaction(first).await.expect("the transaction is short");
    second.await.expect("its turn has come");
    let messages = ["first", "second"].map(|name| Message::Raise(raised(name)));
    assert_eq!(bench.inbox(claim.key).await, messages);
}

pub async fn many_writers_at_once_all_succeed(bench: Bench) {
    let names: Vec<String> = (0..100).map(|n| format!("order-{n}")).collect();
    let keys = join_all(names.iter().map(|name| bench.create(name))).await;
    let claims = join_all(keys.into_iter().map(|key| bench.claim(key))).await;
    join_all(claims.iter().map(|claim| bench.commit(turn(claim, 0)))).await;
    let counts = bench.store().count_by_status(None, &InstanceFilter::default()).await.expect("the store answers");
    assert_eq!(counts, [(RuntimeStatus::Running, 100)]);
}

/// Names for each pair of neighbours, who have them in opposite orders: so many that two statements overlap.
fn names_at(place: usize) -> Vec<String> {
    let mut names: Vec<_> = (0..30).map(|n| format!("{}-{n}", place / 2)).collect();
    if place % 2 == 1 {
        names.reverse();
    }
    names
}

/// Commits a turn of each of many instances at the same time: what `of` says of the one at that place.
async fn commit_together(bench: &Bench, of: impl Fn(usize, &Claim) -> TurnCommit) -> Vec<Claim> {
    let names: Vec<String> = (0..40).map(|n| format!("order-{n}")).collect();
    let claims = join_all(names.iter().map(|name| bench.begun(name))).await;
    let turns = claims.iter().enumerate().map(|(place, claim)| bench.store().commit(of(place, claim)));
    for committed in join_all(turns).await {
        committed.expect("no turn stops another");
    }
    claims
}

pub async fn turns_that_start_the_same_children_do_not_wait_for_each_other(bench: Bench) {
    let starts = |place: usize, claim: &Claim| {
        let children = names_at(place).iter().zip(0..).map(|(name, action)| child(name, claim, action)).collect();
        TurnCommit { children, ..turn(claim, 1) }
    };
    for pair in commit_together(&bench, starts).await.chunks(2) {
        let refusals = bench.inbox(pair[0].key).await.len() + bench.inbox(pair[1].key).await.len();
        assert_eq!(refusals, 30, "each child is started by one of the two");
    }
}

pub async fn turns_that_tell_the_same_new_entities_do_not_wait_for_each_other(bench: Bench) {
    let counter = |key: &String| EntityId::new("Counter", key).expect("the test's key is valid");
    let signal = |key: &String| {
        let signal = EntityMessage::Signal { operation: "add".into(), input: json("1") };
        Outgoing { to: InstanceId::of_entity(&counter(key)), message: Message::Entity(signal), later: None }
    };
    let tells = |place: usize, claim: &Claim| {
        let sent = names_at(place).iter().map(signal).collect();
        TurnCommit { sent, ..turn(claim, 1) }
    };
    for place in (0..commit_together(&bench, tells).await.len()).step_by(2) {
        for key in names_at(place) {
            let found = bench.store().find_entity(None, &counter(&key)).await.expect("the store answers");
            assert_eq!(bench.inbox(found.expect("it was told").key).await.len(), 2);
        }
    }
}

pub async fn a_write_that_is_cut_off_is_whole_or_not_at_all(bench: Bench) {
    let mut outcomes = [0, 0];
    for steps in 0..40 {
        let claim = bench.begun(&format!("order-{steps}")).await;
        cut_off(&bench, &claim, steps).await;
        // Whoever writes to the instance next comes after whatever the cut-off one has left.
        bench.send(claim.instance.as_str(), Message::Raise(raised("next"))).await.expect("the instance runs");
        let record = bench.record(claim.instance.as_str()).await;
        let turns = bench.store().load(&claim).await.expect("the store answers").len();
        let tasks = usize::from(record.custom_status.is_some());
        assert_eq!(turns, 1 + tasks, "after {steps} steps");
        outcomes[tasks] += 1;
    }
    assert!(outcomes[0] > 0, "no write was cut off");
}

/// Begins to commit a turn and forgets it after so many steps.
async fn cut_off(bench: &Bench, claim: &Claim, steps: usize) {
    let whole = TurnCommit { tasks: vec![task(0)], custom_status: Some(json("1")), ..turn(claim, 1) };
    let mut commit = pin!(bench.store().commit(whole));
    for _ in 0..steps {
        if poll!(commit.as_mut()).is_ready() {
            break;
        }
        // Time for the database to do a step.
        bench.record(claim.instance.as_str()).await;
    }
}
