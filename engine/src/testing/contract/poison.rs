//! Work that may have killed its node: counted, marked, set aside, driven again.

use super::bench::{Bench, answer, at, id, raised, task, turn};
use crate::ids::EventId;
use crate::model::{Blocked, BlockedKind, Message, RuntimeStatus, Task};
use crate::store::{Claim, Recovered, StoreError, TurnCommit};

fn obstacle(kind: BlockedKind) -> Blocked {
    Blocked { kind, message: "it dies".to_owned(), since: at(7) }
}

/// An instance with tasks 0 and 1.
async fn with_tasks(bench: &Bench) -> (Claim, Vec<Task>) {
    let claim = bench.begun("order-1").await;
    let tasks = bench.commit(TurnCommit { tasks: vec![task(0), task(1)], ..turn(&claim, 1) }).await.tasks;
    (claim, tasks)
}

/// An instance whose task 0 is set aside, and its other task.
async fn with_set_aside(bench: &Bench, kind: BlockedKind) -> (Claim, Vec<Task>) {
    let (claim, tasks) = with_tasks(bench).await;
    assert!(bench.set_aside(&tasks[0], obstacle(kind)).await);
    (claim, tasks)
}

fn counts(recovered: &Recovered) -> Vec<(u32, u32)> {
    recovered.tasks.iter().map(|task| (task.event_id.0, task.recoveries)).collect()
}

pub async fn a_task_counts_at_first_and_then_only_when_it_had_begun(mut bench: Bench) {
    with_tasks(&bench).await;
    assert_eq!(counts(&bench.restart_process().await), [(0, 1), (1, 1)]);
    let tasks = bench.restart_process().await.tasks;
    assert!(bench.mark(&tasks[1]).await);
    let recovered = bench.restart_process().await;
    assert_eq!(counts(&recovered), [(1, 2), (0, 1)], "the suspect comes first");
    assert_eq!(counts(&bench.restart_process().await), [(1, 2), (0, 1)], "a mark counts once");
}

pub async fn what_a_node_gives_up_does_not_count(mut bench: Bench) {
    with_tasks(&bench).await;
    let key = bench.claimed("order-2").await.key;
    bench.store().release(bench.node).await.expect("the store answers");
    assert_eq!(counts(&bench.restart_process().await), [(0, 0), (1, 0)]);
    assert_eq!(bench.claim(key).await.recoveries, 0);
    bench.restart_process().await;
    let claim = bench.claim(key).await;
    assert!(bench.mark_turn(&claim).await);
    bench.store().release(bench.node).await.expect("the store answers");
    let recovered = bench.restart_process().await;
    assert_eq!(recovered.instances, [key], "it is not forgotten");
    assert_eq!((claim.recoveries, bench.claim(key).await.recoveries), (1, 1));
}

pub async fn what_another_node_has_is_neither_marked_nor_set_aside(mut bench: Bench) {
    let (claim, tasks) = with_tasks(&bench).await;
    let former = bench.node;
    bench.start_node().await;
    assert!(!bench.mark_turn(&claim).await);
    assert!(!bench.store().mark_task(former, &tasks[0]).await.expect("the store answers"));
    let late = bench.store().set_aside(former, &tasks[0], obstacle(BlockedKind::Poison)).await;
    assert!(!late.expect("the store answers"));
    assert_eq!(bench.record("order-1").await.blocked, None);
}

pub async fn poison_blocks_visibly_and_no_node_gets_it(mut bench: Bench) {
    let (claim, tasks) = with_set_aside(&bench, BlockedKind::Poison).await;
    let blocked = Some(obstacle(BlockedKind::Poison));
    bench.commit(turn(&claim, 2)).await;
    assert_eq!(bench.record("order-1").await.blocked, blocked, "turns go on beside it");
    assert_eq!(bench.tasks("order-1").await[0].blocked, blocked);
    assert_eq!(bench.tasks("order-1").await[1].blocked, None);
    let recovered = bench.restart_process().await;
    assert_eq!(recovered.tasks.iter().map(|task| task.id).collect::<Vec<_>>(), [tasks[1].id]);
    assert_eq!(bench.record("order-1").await.blocked, blocked);
}

pub async fn a_task_without_code_comes_back_with_the_next_node(mut bench: Bench) {
    with_set_aside(&bench, BlockedKind::UnknownCode).await;
    let tasks = bench.restart_process().await.tasks;
    let found: Vec<_> = tasks.iter().map(|task| (task.event_id.0, task.set_aside.clone(), task.recoveries)).collect();
    assert_eq!(found, [(0, Some(obstacle(BlockedKind::UnknownCode)), 0), (1, None, 1)]);
    assert!(bench.record("order-1").await.blocked.is_some());
    assert!(bench.mark(&tasks[0]).await);
    assert_eq!(bench.record("order-1").await.blocked, None, "it runs");
}

pub async fn what_is_driven_again_comes_back_with_the_turn_that_reads_of_it(mut bench: Bench) {
    let (claim, tasks) = with_tasks(&bench).await;
    for _ in 0..4 {
        let dying = bench.restart_process().await.tasks.remove(0);
        assert!(bench.mark(&dying).await);
    }
    let dead = bench.restart_process().await.tasks.remove(0);
    assert_eq!((dead.id, dead.recoveries), (tasks[0].id, 5));
    assert!(bench.set_aside(&dead, obstacle(BlockedKind::Poison)).await);
    assert_eq!(bench.redrive("order-1").await.expect("it is blocked"), [claim.key]);
    assert_eq!(bench.inbox(claim.key).await, [Message::Redrive]);
    let claim = bench.claim(claim.key).await;
    let consumed = bench.unread(claim.key).await;
    let committed = bench.commit(TurnCommit { redrive: true, consumed, ..turn(&claim, 2) }).await;
    let [back] = &committed.tasks[..] else { panic!("one task comes back: {:?}", committed.tasks) };
    assert_eq!((back.id, back.recoveries, back.is_suspect(), &back.set_aside), (dead.id, 2, true, &None));
    assert_eq!(bench.record("order-1").await.blocked, None);
    let again = bench.restart_process().await.tasks.remove(0);
    assert_eq!((again.id, again.recoveries), (dead.id, 2), "a death before its begin neither loses nor counts it");
    assert!(bench.mark(&again).await);
    assert_eq!(bench.restart_process().await.tasks[0].recoveries, 3);
}

pub async fn the_end_of_what_was_set_aside_unblocks(bench: Bench) {
    let (claim, tasks) = with_set_aside(&bench, BlockedKind::Poison).await;
    let done = bench.store().complete_task(tasks[0].id, claim.key, &answer(&claim, 0)).await;
    assert!(done.expect("the store answers"));
    assert_eq!(bench.record("order-1").await.blocked, None);
    assert!(bench.set_aside(&tasks[1], obstacle(BlockedKind::Poison)).await);
    bench.commit(TurnCommit { cancelled_tasks: vec![EventId(1)], ..turn(&claim, 2) }).await;
    assert_eq!(bench.record("order-1").await.blocked, None);
}

pub async fn the_end_of_the_instance_unblocks(bench: Bench) {
    let (claim, _) = with_set_aside(&bench, BlockedKind::Poison).await;
    bench.finish(&claim, 2).await;
    let record = bench.record("order-1").await;
    assert_eq!((record.status, record.blocked), (RuntimeStatus::Completed, None));
}

pub async fn an_instance_counts_like_a_task(mut bench: Bench) {
    let claim = bench.claimed("begun").await;
    let fresh = bench.create("fresh").await;
    bench.restart_process().await;
    let (begun, waiting) = (bench.claim(claim.key).await, bench.create("other").await);
    assert_eq!((begun.recoveries, bench.claim(fresh).await.recoveries), (1, 0));
    assert!(bench.mark_turn(&begun).await);
    let recovered = bench.restart_process().await;
    assert_eq!(recovered.instances, [claim.key, fresh, waiting], "the suspect comes first");
    bench.claim(claim.key).await;
    bench.restart_process().await;
    assert_eq!(bench.claim(claim.key).await.recoveries, 2, "it had not begun again");
}

pub async fn a_commit_or_a_quiet_turn_clears_the_count(mut bench: Bench) {
    let key = bench.claimed("order-1").await.key;
    bench.restart_process().await;
    let claim = bench.claim(key).await;
    bench.store().survived(&claim).await.expect("the lease holds");
    assert_eq!(bench.claim(key).await.recoveries, 0);
    bench.restart_process().await;
    let claim = bench.claim(key).await;
    assert_eq!(claim.recoveries, 1);
    let consumed = bench.unread(key).await;
    let next = bench.commit(TurnCommit { consumed, ..turn(&claim, 0) }).await.claim.expect("it waits");
    assert_eq!((next.recoveries, bench.claim(key).await.recoveries), (0, 0));
}

pub async fn a_blocked_turn_is_driven_again(mut bench: Bench) {
    let key = bench.claimed("order-1").await.key;
    for _ in 0..4 {
        bench.restart_process().await;
        let claim = bench.claim(key).await;
        assert!(bench.mark_turn(&claim).await);
    }
    let claim = bench.claim(key).await;
    assert_eq!((claim.recoveries, &claim.blocked), (4, &None));
    bench.store().block(&claim, obstacle(BlockedKind::Poison)).await.expect("the lease holds");
    assert_eq!(bench.claim(key).await.blocked, Some(obstacle(BlockedKind::Poison)));
    assert_eq!(bench.redrive("order-1").await.expect("it is blocked"), [key]);
    assert_eq!(bench.record("order-1").await.blocked, None);
    let again = bench.claim(key).await;
    assert_eq!((again.recoveries, again.blocked), (2, None));
    assert!(again.epoch > claim.epoch);
}

pub async fn another_obstacle_is_no_sign_of_poison(mut bench: Bench) {
    let key = bench.claimed("order-1").await.key;
    bench.restart_process().await;
    let claim = bench.claim(key).await;
    bench.store().block(&claim, obstacle(BlockedKind::NonDeterminism)).await.expect("the lease holds");
    assert_eq!(bench.claim(key).await.recoveries, 0);
}

pub async fn only_what_is_blocked_can_be_driven_again(bench: Bench) {
    let claim = bench.begun("order-1").await;
    assert!(matches!(bench.redrive("nobody").await, Err(StoreError::NotFound(_))));
    assert!(matches!(bench.redrive("order-1").await, Err(StoreError::NotBlocked(found)) if found == id("order-1")));
    bench.finish(&claim, 1).await;
    assert!(matches!(bench.redrive("order-1").await, Err(StoreError::Finished { .. })));
    assert!(bench.send("order-1", Message::Raise(raised("late"))).await.is_err());
}

pub async fn what_no_column_can_hold_is_replaced_in_the_message_of_an_obstacle(bench: Bench) {
    let (claim, tasks) = with_tasks(&bench).await;
    let with_zero = |kind| Blocked { message: "it \0 dies".to_owned(), ..obstacle(kind) };
    let shown = |kind| Some(Blocked { message: "it \u{FFFD} dies".to_owned(), ..obstacle(kind) });
    assert!(bench.set_aside(&tasks[0], with_zero(BlockedKind::UnknownCode)).await);
    assert_eq!(bench.record("order-1").await.blocked, shown(BlockedKind::UnknownCode));
    bench.store().block(&claim, with_zero(BlockedKind::Poison)).await.expect("the lease holds");
    assert_eq!(bench.record("order-1").await.blocked, shown(BlockedKind::Poison));
}

pub async fn of_several_that_are_set_aside_an_instance_shows_the_first(bench: Bench) {
    let (_, tasks) = with_tasks(&bench).await;
    assert!(bench.set_aside(&tasks[1], obstacle(BlockedKind::UnknownCode)).await);
    assert_eq!(bench.record("order-1").await.blocked, Some(obstacle(BlockedKind::UnknownCode)));
    assert!(bench.set_aside(&tasks[0], obstacle(BlockedKind::Poison)).await);
    assert_eq!(bench.record("order-1").await.blocked, Some(obstacle(BlockedKind::Poison)));
}
