//! `Store::commit` of turns that start, detach and end other instances.

use super::bench::{Bench, at, child, finished, id, started, turn};
use crate::ids::EventId;
use crate::model::{Message, RuntimeStatus};
use crate::store::{Claim, TurnCommit};

fn is_terminate(message: &Message) -> bool {
    matches!(message, Message::Terminate { recursive: true, reason: Some(reason) } if reason.contains("order-1"))
}

async fn terminate(bench: &Bench, parent: &Claim, children: &[(u32, &str)]) -> Vec<crate::ids::InstanceKey> {
    let terminated_children = children.iter().map(|(action, child)| (EventId(*action), id(child))).collect();
    bench.commit(TurnCommit { terminated_children, ..turn(parent, 2) }).await.touched
}

pub async fn terminated_children_are_told(bench: Bench) {
    let parent = bench.begun("order-1").await;
    let children = vec![child("child-1", &parent, 0), child("child-2", &parent, 1), child("child-3", &parent, 2)];
    bench.commit(TurnCommit { children, ..turn(&parent, 1) }).await;
    let ended = bench.claim(bench.record("child-2").await.key).await;
    bench.finish(&ended, 0).await;
    let first = bench.record("child-1").await.key;
    let touched = terminate(&bench, &parent, &[(0, "child-1"), (1, "child-2"), (7, "nobody")]).await;
    assert_eq!(touched, [first]);
    assert!(bench.inbox(first).await.last().is_some_and(is_terminate));
    assert!(!bench.inbox(bench.record("child-3").await.key).await.iter().any(is_terminate));
}

pub async fn a_stranger_with_a_childs_id_is_not_terminated(bench: Bench) {
    let parent = bench.begun("order-1").await;
    let stranger = bench.create("child-1").await;
    let other = bench.begun("order-2").await;
    bench.commit(TurnCommit { children: vec![child("child-2", &other, 1)], ..turn(&other, 1) }).await;
    assert!(terminate(&bench, &parent, &[(0, "child-1"), (1, "child-2")]).await.is_empty());
    assert!(!bench.inbox(stranger).await.iter().any(is_terminate));
    // Nor is a child of the same parent that another action started.
    bench.commit(TurnCommit { children: vec![child("child-3", &parent, 3)], ..turn(&parent, 3) }).await;
    let other_action = TurnCommit { terminated_children: vec![(EventId(4), id("child-3"))], ..turn(&parent, 4) };
    assert!(bench.commit(other_action).await.touched.is_empty());
}

pub async fn a_child_that_is_terminated_in_its_own_turn_never_exists(bench: Bench) {
    let parent = bench.begun("order-1").await;
    let both = TurnCommit {
        children: vec![child("child-1", &parent, 0), child("child-2", &parent, 1)],
        terminated_children: vec![(EventId(0), id("child-1"))],
        ..turn(&parent, 1)
    };
    bench.commit(both).await;
    assert!(bench.store().find(&id("child-1")).await.expect("the store answers").is_none());
    assert_eq!(bench.status("child-2").await, RuntimeStatus::Pending);
}

pub async fn what_is_started_detached_has_no_parent(bench: Bench) {
    let starter = bench.begun("order-1").await;
    let taken = bench.create("audit-2").await;
    let children = vec![started("audit-1"), started("audit-2")];
    let committed = bench.commit(TurnCommit { children, ..turn(&starter, 1) }).await;
    let detached = bench.record("audit-1").await;
    assert_eq!((detached.parent, detached.created_at), (None, at(10)));
    assert_eq!(committed.touched, [detached.key]);
    assert_eq!(bench.inbox(taken).await.len(), 1);
    let claim = bench.claim(detached.key).await;
    let committed = bench.commit(TurnCommit { ending: finished(None), ..turn(&claim, 0) }).await;
    assert!(committed.touched.is_empty());
}
