//! `Store::commit`, `Store::start` and `Store::tell` at the same time: whatever shares a transaction, each is whole or not at
//! all by itself. And what spares a turn a look at the store: its start and its answers in memory.

use futures::future::join_all;
use sea_orm::ConnectionTrait;

use super::bench::{Bench, answer, at, child, event, event_to, finished, id, raised, started, suspend, task, turn};
use crate::ids::{InstanceId, MessageId, TaskId};
use crate::model::{Blocked, BlockedKind, ExecutionStarted, Message, RuntimeStatus, Task};
use crate::store::{Begun, Claim, Committed, Started, StoreError, TurnCommit};

/// Instances that have begun.
async fn begun(bench: &Bench, count: usize) -> Vec<Claim> {
    let mut claims = Vec::new();
    for n in 0..count {
        claims.push(bench.begun(&format!("order-{n}")).await);
    }
    claims
}

/// Commits turns at the same time.
async fn commit_all(bench: &Bench, turns: Vec<TurnCommit>) -> Vec<Result<Committed, StoreError>> {
    join_all(turns.into_iter().map(|turn| bench.store().commit(turn))).await
}

/// Commits a second turn of each of several instances at the same time, the third of which is changed by `spoil`. Says what became
/// of that one; the others must be committed. Nothing may be left of it.
async fn spoiled(bench: &Bench, spoil: impl Fn(TurnCommit) -> TurnCommit) -> StoreError {
    let claims = begun(bench, 6).await;
    let with_task = |claim: &Claim| TurnCommit { tasks: vec![task(0)], ..turn(claim, 1) };
    let turns = claims.iter().map(with_task).enumerate().map(|(n, turn)| if n == 2 { spoil(turn) } else { turn });
    let mut committed = commit_all(bench, turns.collect()).await;
    let refused = committed.remove(2).expect_err("it is spoiled");
    let others = claims.iter().enumerate().filter(|(n, _)| *n != 2);
    for (committed, (_, claim)) in committed.into_iter().zip(others) {
        let committed = committed.expect("one loser stops no other");
        assert_eq!((committed.tasks.len(), &committed.tasks[0].instance), (1, &claim.instance));
        assert_eq!(history(bench, claim).await, 2);
    }
    assert_eq!(history(bench, &claims[2]).await, 1);
    assert!(bench.tasks("order-2").await.is_empty());
    refused
}

async fn history(bench: &Bench, claim: &Claim) -> usize {
    bench.store().load(claim).await.expect("the store answers").len()
}

/// Starts an instance on the bench's node.
async fn start(bench: &Bench, started: &ExecutionStarted) -> Result<Started, StoreError> {
    bench.store().start(started, Some(bench.node), at(1)).await
}

/// The same for one that begins at once.
async fn begin(bench: &Bench, name: &str) -> Begun {
    start(bench, &started(name)).await.expect("the id is free").begun.expect("it begins at once")
}

fn first_turn(begun: &Begun) -> TurnCommit {
    TurnCommit { consumed: vec![begun.message], ..turn(&begun.claim, 0) }
}

pub async fn turns_starts_and_messages_that_come_together_all_happen(bench: Bench) {
    let claims = begun(&bench, 20).await;
    let new: Vec<_> = (0..20).map(|n| started(&format!("new-{n}"))).collect();
    let go = Message::Raise(raised("go"));
    let ids: Vec<&InstanceId> = claims.iter().map(|claim| &claim.instance).collect();
    let (turns, starts, tells) = futures::join!(
        commit_all(&bench, claims.iter().map(|claim| turn(claim, 1)).collect()),
        join_all(new.iter().map(|started| start(&bench, started))),
        join_all(ids.iter().map(|id| bench.store().tell(id, &go, at(2)))),
    );
    for (claim, (turned, told)) in claims.iter().zip(turns.into_iter().zip(tells)) {
        assert_eq!(turned.expect("the lease holds").claim.as_ref(), Some(claim));
        assert_eq!(history(&bench, claim).await, 2);
        assert_eq!(told.expect("the instance runs"), claim.key);
        assert_eq!(bench.inbox(claim.key).await, std::slice::from_ref(&go));
    }
    for (new, result) in new.iter().zip(starts) {
        let result = result.expect("the id is free");
        let record = bench.record(new.instance.as_str()).await;
        assert_eq!((record.key, record.status, record.execution), (result.key, RuntimeStatus::Pending, new.execution));
        assert_eq!(bench.unread(result.key).await, [result.begun.expect("it begins at once").message]);
    }
}

pub async fn a_turn_whose_lease_is_lost_loses_alone(bench: Bench) {
    let lost = |turn: TurnCommit| TurnCommit { claim: Claim { epoch: 99, ..turn.claim.clone() }, ..turn };
    assert!(matches!(spoiled(&bench, lost).await, StoreError::LeaseLost));
}

pub async fn a_turn_whose_message_is_gone_loses_alone(bench: Bench) {
    let gone = |turn: TurnCommit| TurnCommit { consumed: vec![MessageId(999_999)], ..turn };
    assert!(matches!(spoiled(&bench, gone).await, StoreError::LeaseLost));
}

pub async fn a_turn_that_cannot_be_written_fails_alone(bench: Bench) {
    // The first turn has recorded an event with this sequence number.
    let clash = |turn: TurnCommit| TurnCommit { events: vec![event(0)], ..turn };
    let refused = spoiled(&bench, clash).await;
    assert!(matches!(refused, StoreError::Database(_)), "{refused:?}");
}

pub async fn a_message_that_is_refused_is_refused_alone(bench: Bench) {
    let claims = begun(&bench, 3).await;
    bench.finish(&claims[0], 1).await;
    bench.send("order-1", suspend()).await.expect("the instance runs");
    let names = ["order-0", "order-1", "order-2", "nobody"].map(id);
    let pause = suspend();
    let told = join_all(names.iter().map(|name| bench.store().tell(name, &pause, at(2)))).await;
    assert!(matches!(told[0], Err(StoreError::Finished { .. })), "{:?}", told[0]);
    assert!(matches!(told[1], Err(StoreError::WrongState { .. })), "{:?}", told[1]);
    assert!(matches!(told[2], Ok(key) if key == claims[2].key), "{:?}", told[2]);
    assert!(matches!(told[3], Err(StoreError::NotFound(_))), "{:?}", told[3]);
    assert_eq!(bench.inbox(claims[2].key).await, [suspend()]);
    assert_eq!(bench.inbox(claims[1].key).await.len(), 1);
}

pub async fn of_starts_with_one_id_one_wins(bench: Bench) {
    let same: Vec<_> = (0..5).map(|_| started("order-1")).collect();
    let results = join_all(same.iter().map(|started| start(&bench, started))).await;
    let mut winners = Vec::new();
    for (started, result) in same.iter().zip(results) {
        match result {
            Ok(result) => winners.push((started.execution, result.key)),
            Err(error) => assert!(matches!(error, StoreError::Exists(_)), "{error:?}"),
        }
    }
    let record = bench.record("order-1").await;
    assert_eq!(winners, [(record.execution, record.key)]);
    assert_eq!(bench.inbox(record.key).await.len(), 1);
}

pub async fn a_first_turn_takes_the_lease_once(bench: Bench) {
    let begun = begin(&bench, "order-1").await;
    assert!(begun.claim.is_new);
    let held = bench.commit(first_turn(&begun)).await.claim.expect("it waits");
    assert_eq!(held, Claim { is_new: false, ..begun.claim.clone() });
    let record = bench.record("order-1").await;
    assert_eq!((record.status, bench.inbox(record.key).await.len()), (RuntimeStatus::Running, 0));
    let again = bench.store().commit(turn(&begun.claim, 1)).await;
    assert!(matches!(again, Err(StoreError::LeaseLost)), "{again:?}");
    bench.finish(&held, 1).await;
    assert_eq!(bench.status("order-1").await, RuntimeStatus::Completed);
}

pub async fn who_was_quicker_keeps_an_instance_that_begins(bench: Bench) {
    let begun = begin(&bench, "order-1").await;
    let quicker = bench.claim(begun.claim.key).await;
    let late = bench.store().commit(first_turn(&begun)).await;
    assert!(matches!(late, Err(StoreError::LeaseLost)), "{late:?}");
    let consumed = bench.unread(quicker.key).await;
    bench.commit(TurnCommit { consumed, ..turn(&quicker, 0) }).await;
}

pub async fn what_begins_can_be_blocked(bench: Bench) {
    let begun = begin(&bench, "order-1").await;
    let blocked = Blocked { kind: BlockedKind::LimitExceeded, message: "too much".to_owned(), since: at(5) };
    bench.store().block(&begun.claim, blocked.clone()).await.expect("nobody has the lease");
    assert_eq!(bench.record("order-1").await.blocked, Some(blocked.clone()));
    let claim = bench.claim(begun.claim.key).await;
    assert_eq!((claim.epoch, claim.blocked.as_ref()), (begun.claim.epoch, Some(&blocked)));
    bench.commit(TurnCommit { consumed: vec![begun.message], ..turn(&claim, 0) }).await;
    assert_eq!(bench.record("order-1").await.blocked, None);
}

pub async fn a_start_of_later_begins_then(bench: Bench) {
    let later = ExecutionStarted { scheduled_at: Some(at(50)), ..started("order-1") };
    let result = start(&bench, &later).await.expect("the id is free");
    assert_eq!((result.due, result.begun.is_none()), (Some(at(50)), true));
    assert!(bench.inbox(result.key).await.is_empty());
    let fired = bench.store().fire_timers(at(50), 10).await.expect("the store answers");
    assert_eq!(fired.touched, [result.key]);
    assert_eq!(bench.inbox(result.key).await.len(), 1);
    let alone = bench.store().start(&started("order-2"), None, at(1)).await.expect("the id is free");
    assert!(alone.begun.is_none(), "no node is known that could run it");
    assert_eq!(bench.inbox(alone.key).await.len(), 1);
}

/// An instance with tasks 0 and 1.
async fn with_tasks(bench: &Bench) -> (Claim, Vec<Task>) {
    let claim = bench.begun("tasks").await;
    let tasks = bench.commit(TurnCommit { tasks: vec![task(0), task(1)], ..turn(&claim, 1) }).await.tasks;
    (claim, tasks)
}

pub async fn an_answered_task_is_gone(mut bench: Bench) {
    let (claim, tasks) = with_tasks(&bench).await;
    bench.commit(TurnCommit { answered: vec![tasks[0].id], ..turn(&claim, 2) }).await;
    let late = bench.store().complete_task(tasks[0].id, claim.key, &answer(&claim, 0)).await;
    assert!(!late.expect("the store answers"), "its answer is recorded");
    assert!(bench.inbox(claim.key).await.is_empty());
    let recovered = bench.restart_process().await;
    assert_eq!(recovered.tasks.iter().map(|task| task.id).collect::<Vec<_>>(), [tasks[1].id]);
}

pub async fn a_turn_that_answers_what_is_gone_loses_alone(bench: Bench) {
    let gone = |turn: TurnCommit| TurnCommit { answered: vec![TaskId(999_999)], ..turn };
    assert!(matches!(spoiled(&bench, gone).await, StoreError::LeaseLost));
    let (claim, tasks) = with_tasks(&bench).await;
    let answered = || TurnCommit { answered: vec![tasks[0].id], ..turn(&claim, 2) };
    bench.commit(answered()).await;
    let again = bench.store().commit(TurnCommit { ending: finished(None), ..answered() }).await;
    assert!(matches!(again, Err(StoreError::LeaseLost)), "{again:?}");
    assert_eq!(bench.status("tasks").await, RuntimeStatus::Running);
}

pub async fn a_child_of_two_parents_begins_once(bench: Bench) {
    let parents = begun(&bench, 2).await;
    let start = |parent: &Claim| {
        let children = vec![child("child-1", parent, 0), child("child-2", parent, 1)];
        TurnCommit { children, ..turn(parent, 1) }
    };
    let mut begun = Vec::new();
    let mut refused = 0;
    for (parent, committed) in parents.iter().zip(commit_all(&bench, parents.iter().map(start).collect()).await) {
        let committed = committed.expect("no turn stops another");
        let failures = bench.inbox(parent.key).await;
        assert!(failures.iter().all(|message| matches!(message, Message::ChildDone(done) if done.result.is_err())));
        assert_eq!(committed.begun.len() + failures.len(), 2);
        assert!(committed.begun.iter().all(|begun| committed.touched.contains(&begun.claim.key)));
        assert_eq!(committed.touched.contains(&parent.key), !failures.is_empty());
        refused += failures.len();
        begun.extend(committed.begun);
    }
    assert_eq!((begun.len(), refused), (2, 2));
    for begun in &begun {
        bench.commit(first_turn(begun)).await;
        assert_eq!(bench.status(begun.claim.instance.as_str()).await, RuntimeStatus::Running);
    }
}

pub async fn a_child_that_is_told_more_than_its_start_looks_into_its_inbox(bench: Bench) {
    let parent = bench.begun("parent").await;
    let children = vec![child("told", &parent, 0), child("quiet", &parent, 1)];
    let committed = bench.commit(TurnCommit { children, sent: vec![event_to("told", "go")], ..turn(&parent, 1) }).await;
    let begun: Vec<_> = committed.begun.iter().map(|begun| begun.claim.instance.as_str()).collect();
    assert_eq!(begun, ["quiet"]);
    let told = bench.record("told").await.key;
    assert!(committed.touched.contains(&told));
    assert_eq!(bench.inbox(told).await.len(), 2);
}

/// What is refused because of an unreadable row may have been begun; nothing of it may be committed with the others.
pub async fn what_breaks_half_way_leaves_nothing_in_its_group(bench: Bench) {
    let claims = begun(&bench, 2).await;
    let later = ExecutionStarted { scheduled_at: Some(at(500)), ..started("later") };
    bench.store().start(&later, None, at(1)).await.expect("the id is free");
    let tx = bench.store().begin("a test").await.expect("nobody writes");
    let spoil = "UPDATE timers SET message = '{}' WHERE message IS NOT NULL";
    tx.connection().execute_unprepared(spoil).await.expect("there is one");
    bench.store().commit_transaction(tx).await.expect("committed");
    let end = Message::Terminate { reason: None, recursive: false };
    let (ended, turned) =
        futures::join!(bench.store().tell(&later.instance, &end, at(2)), bench.store().commit(turn(&claims[0], 1)));
    assert!(matches!(ended, Err(StoreError::Inconsistent { .. })), "{ended:?}");
    turned.expect("one that breaks stops no other");
    let tx = bench.store().begin("a test").await.expect("nobody writes");
    let left = tx.connection().execute_unprepared("DELETE FROM timers").await.expect("the table is there");
    assert_eq!(left.rows_affected(), 1, "the start waits still");
}
