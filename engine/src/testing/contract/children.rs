//! `Store::commit` of turns that start, try again, detach and end other instances.

use super::bench::{Bench, at, child, finished, id, json, raised, started, turn};
use crate::ids::EventId;
use crate::model::{ExecutionStarted, Failure, Message, RuntimeStatus};
use crate::store::{Claim, TurnCommit};

fn is_terminate(message: &Message) -> bool {
    matches!(message, Message::Terminate { recursive: true, reason: Some(reason) } if reason.contains("order-1"))
}

async fn terminate(bench: &Bench, parent: &Claim, children: &[(u32, &str)]) -> Vec<crate::ids::InstanceKey> {
    let terminated_children = children.iter().map(|(action, child)| (EventId(*action), id(child))).collect();
    bench.commit(TurnCommit { terminated_children, ..turn(parent, 2) }).await.touched
}

pub async fn a_further_try_begins_its_child_anew(bench: Bench) {
    let parent = bench.begun("order-1").await;
    bench.commit(TurnCommit { children: vec![child("child-1", &parent, 0)], ..turn(&parent, 1) }).await;
    let first = bench.claim(bench.record("child-1").await.key).await;
    bench.send("child-1", Message::Raise(raised("unread"))).await.expect("it runs");
    bench.finish(&first, 0).await;
    let begins = ExecutionStarted { input: json("2"), ..child("child-1", &parent, 2) };
    let (children, retried_children) = (vec![begins.clone()], vec![(EventId(2), EventId(0))]);
    let again = TurnCommit { children, retried_children, ..turn(&parent, 2) };
    assert_eq!(bench.commit(again).await.touched, [first.key]);
    let record = bench.record("child-1").await;
    assert_eq!((record.key, record.status, record.ordinal), (first.key, RuntimeStatus::Pending, 2));
    assert_eq!((record.execution, record.input, record.output), (begins.execution, Some(json("2")), None));
    assert_eq!((record.parent, record.completed_at), (Some(id("order-1")), None));
    let start = Message::Start { started: Box::new(begins), carried: Vec::new() };
    assert_eq!(bench.inbox(first.key).await, [start]);
    assert_eq!(bench.store().history(None, &id("child-1"), Some(1)).await.expect("the store answers").len(), 1);
    let second = bench.claim(first.key).await;
    bench.finish(&second, 0).await;
    // The third try follows the second, which is a try of the same call.
    let (children, retried_children) = (vec![child("child-1", &parent, 4)], vec![(EventId(4), EventId(0))]);
    bench.commit(TurnCommit { children, retried_children, ..turn(&parent, 3) }).await;
    assert_eq!(bench.record("child-1").await.ordinal, 3);
}

pub async fn only_an_ended_try_of_the_same_call_makes_way(bench: Bench) {
    let (parent, other) = (bench.begun("order-1").await, bench.begun("order-2").await);
    let children = vec![child("before", &parent, 0), child("running", &parent, 1)];
    bench.commit(TurnCommit { children, ..turn(&parent, 1) }).await;
    bench.commit(TurnCommit { children: vec![child("stranger", &other, 1)], ..turn(&other, 1) }).await;
    bench.create("loner").await;
    for name in ["before", "stranger", "loner"] {
        bench.finish(&bench.claim(bench.record(name).await.key).await, 0).await;
    }
    let names = ["before", "running", "stranger", "loner"];
    let children = names.iter().zip(5..).map(|(name, action)| child(name, &parent, action)).collect();
    let retried_children = (5..9).map(|action| (EventId(action), EventId(1))).collect();
    bench.commit(TurnCommit { children, retried_children, ..turn(&parent, 2) }).await;
    let told = bench.inbox(parent.key).await;
    let is_refusal = |message: &Message| {
        let failure = if let Message::ChildDone(answer) = message { answer.result.as_ref().err() } else { None };
        failure.is_some_and(|failure| failure.kind == Failure::INSTANCE_EXISTS)
    };
    assert!(told.len() == 4 && told.iter().all(is_refusal), "{told:?}");
    for name in names {
        assert_eq!(bench.record(name).await.ordinal, 1, "{name}");
    }
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
    assert!(bench.store().find(None, &id("child-1")).await.expect("the store answers").is_none());
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
