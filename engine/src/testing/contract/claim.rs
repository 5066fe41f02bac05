//! `Store::claim`, and what a lost lease cannot do.

use super::bench::{Bench, at, child, event, event_to, id, raised, task, turn};
use crate::ids::{EventId, InstanceKey};
use crate::model::{Blocked, BlockedKind};
use crate::store::{Claim, StoreError, TurnCommit};

pub async fn a_claim_names_the_current_execution(bench: Bench) {
    let claim = bench.claimed("order-1").await;
    let record = bench.record("order-1").await;
    assert_eq!((claim.key, &claim.instance, claim.owner), (record.key, &record.id, bench.node));
    assert_eq!((claim.execution, claim.ordinal), (record.execution, 1));
}

pub async fn claiming_again_confirms_the_same_lease(bench: Bench) {
    let claim = bench.claimed("order-1").await;
    assert_eq!(bench.claim(claim.key).await, claim);
}

pub async fn a_claim_tells_what_blocks_the_turns_since_the_last_commit(bench: Bench) {
    let claim = bench.begun("order-1").await;
    assert_eq!(claim.blocked, None);
    let blocked = Blocked { kind: BlockedKind::UnknownCode, message: "no such code".to_owned(), since: at(5) };
    bench.store().block(&claim, blocked.clone()).await.expect("the lease holds");
    let again = bench.claim(claim.key).await;
    assert_eq!((again.epoch, &again.blocked), (claim.epoch, &Some(blocked)));
    let next = bench.commit(turn(&again, 1)).await.claim.expect("it waits");
    assert_eq!((next.blocked, bench.claim(claim.key).await.blocked), (None, None));
}

pub async fn what_does_not_exist_or_has_ended_cannot_be_claimed(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.finish(&claim, 1).await;
    for key in [claim.key, InstanceKey(999)] {
        assert_eq!(bench.store().claim(bench.node, key).await.expect("the store answers"), None);
    }
}

pub async fn another_living_nodes_lease_is_not_given_away(mut bench: Bench) {
    let claim = bench.claimed("order-1").await;
    let before = bench.node;
    bench.start_node().await;
    let now = bench.claim(claim.key).await;
    assert!(now.epoch > claim.epoch);
    assert_eq!(bench.store().claim(before, claim.key).await.expect("the store answers"), None);
}

pub async fn a_lost_lease_cannot_commit(mut bench: Bench) {
    let lost = bench.begun("order-1").await;
    bench.start_node().await;
    assert_loses(&bench, &lost).await;
    bench.claim(lost.key).await;
    assert_loses(&bench, &lost).await;
}

pub async fn another_epoch_cannot_commit(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let epoch = claim.epoch + 1;
    assert_loses(&bench, &Claim { epoch, ..claim }).await;
}

/// A turn with something of every kind changes nothing.
async fn assert_loses(bench: &Bench, lost: &Claim) {
    bench.send("order-1", crate::model::Message::Raise(raised("go"))).await.expect("the instance runs");
    let unread = bench.unread(lost.key).await;
    let all = TurnCommit {
        consumed: unread.clone(),
        events: vec![event(1), event(2)],
        tasks: vec![task(0)],
        timers: vec![(EventId(1), at(20))],
        children: vec![child("child-1", lost, 2)],
        sent: vec![event_to("order-1", "echo")],
        custom_status: Some(super::bench::json("\"lost\"")),
        ..turn(lost, 1)
    };
    let refused = bench.store().commit(all).await;
    assert!(matches!(refused, Err(StoreError::LeaseLost)), "{refused:?}");
    assert_eq!(bench.unread(lost.key).await, unread);
    assert_eq!(bench.store().history(None, &id("order-1"), None).await.expect("the store answers"), [event(0)]);
    assert!(bench.store().find(None, &id("child-1")).await.expect("the store answers").is_none());
    assert_eq!(bench.store().fire_timers(at(100), 10).await.expect("the store answers").next, None);
    assert_eq!(bench.record("order-1").await.custom_status, None);
}

pub async fn a_lost_lease_cannot_block(mut bench: Bench) {
    let lost = bench.begun("order-1").await;
    bench.start_node().await;
    let blocked = Blocked { kind: BlockedKind::Poison, message: "it kills".to_owned(), since: at(5) };
    assert!(matches!(bench.store().block(&lost, blocked).await, Err(StoreError::LeaseLost)));
    assert_eq!(bench.record("order-1").await.blocked, None);
}

pub async fn a_retired_nodes_lease_is_void(bench: Bench) {
    let lost = bench.begun("order-1").await;
    bench.store().retire(bench.node).await.expect("the store answers");
    assert_loses(&bench, &lost).await;
}

pub async fn a_retired_node_gets_no_work(bench: Bench) {
    bench.store().retire(bench.node).await.expect("the store answers");
    assert!(matches!(bench.store().recover(bench.node).await, Err(StoreError::LeaseLost)));
}

pub async fn what_a_retired_node_had_goes_to_the_next(mut bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.commit(TurnCommit { tasks: vec![task(0)], ..turn(&claim, 1) }).await;
    bench.send("order-1", crate::model::Message::Raise(raised("go"))).await.expect("the instance runs");
    bench.store().retire(bench.node).await.expect("the store answers");
    let recovered = bench.start_node().await;
    assert_eq!(recovered.instances, [claim.key]);
    assert_eq!(recovered.tasks.iter().map(|task| task.recoveries).collect::<Vec<_>>(), [1]);
}
