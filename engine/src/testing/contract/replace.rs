//! `Store::replace`.

use super::bench::{Bench, at, child, event, event_to, id, json, raised, started, tagged, task, turn};
use crate::ids::{EntityId, EventId};
use crate::model::{
    ActionLink, Answer, EntityMessage, Event, EventKind, ExecutionStarted, Failure, Message, RuntimeStatus,
};
use crate::store::{StoreError, TurnCommit, Unfinished};

/// Another instance of that id: of other code, with another input and a tag.
fn other(name: &str) -> ExecutionStarted {
    let begins = tagged(name, &[("a", "1")]);
    ExecutionStarted { name: "Other".into(), version: "2".into(), input: json("[7]"), ..begins }
}

pub async fn what_has_ended_makes_way_for_another(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.send("order-1", Message::Raise(raised("unread"))).await.expect("the instance runs");
    bench.finish(&claim, 1).await;
    let begins = other("order-1");
    assert_eq!(bench.replace(&begins, Unfinished::Stays).await.expect("the instance has ended"), [claim.key]);
    let record = bench.record("order-1").await;
    assert_eq!((record.key, record.status, record.ordinal), (claim.key, RuntimeStatus::Pending, 2));
    assert_eq!((&*record.name, &*record.version, record.input), ("Other", "2", Some(json("[7]"))));
    assert_eq!((record.execution, record.output, record.completed_at), (begins.execution, None, None));
    assert_eq!((record.tags.get("a"), record.created_at, record.updated_at), (Some("1"), at(1), at(3)));
    let start = Message::Start { started: Box::new(begins), carried: Vec::new() };
    assert_eq!(bench.inbox(claim.key).await, [start]);
    assert_eq!(bench.store().history(None, &id("order-1"), Some(1)).await.expect("the store answers").len(), 2);
}

pub async fn what_has_not_ended_stays_unless_told_otherwise(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let refused = bench.replace(&other("order-1"), Unfinished::Stays).await;
    let running = RuntimeStatus::Running;
    assert!(
        matches!(refused, Err(StoreError::WrongState { status, verb: "replaced", .. }) if status == running),
        "{refused:?}"
    );
    assert_eq!(&*bench.record("order-1").await.name, "Work");
    bench.commit(turn(&claim, 1)).await;
}

pub async fn what_has_not_ended_ends_with_its_replacement(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let waiting = TurnCommit { tasks: vec![task(0)], timers: vec![(EventId(1), at(20))], ..turn(&claim, 1) };
    let task = bench.commit(waiting).await.tasks.remove(0);
    bench.send("order-1", Message::Raise(raised("unread"))).await.expect("the instance runs");
    bench.replace(&other("order-1"), Unfinished::Ends).await.expect("it need not have ended");
    assert!(matches!(bench.store().commit(turn(&claim, 2)).await, Err(StoreError::LeaseLost)));
    let answer = super::bench::answer(&claim, 0);
    assert!(!bench.store().complete_task(task.id, claim.key, &answer).await.expect("the store answers"));
    assert_eq!(bench.store().fire_timers(at(99), 10).await.expect("the store answers").next, None);
    assert!(matches!(&bench.inbox(claim.key).await[..], [Message::Start { .. }]));
    let old = bench.store().history(None, &id("order-1"), Some(1)).await.expect("the store answers");
    assert_eq!(old.iter().map(|event| event.sequence.0).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    let terminated = RuntimeStatus::Terminated;
    assert!(matches!(&old[4].kind, EventKind::ExecutionCompleted { status, .. } if *status == terminated));
    let claim = bench.claim(claim.key).await;
    bench.commit(TurnCommit { consumed: bench.unread(claim.key).await, ..turn(&claim, 0) }).await;
    assert_eq!(bench.status("order-1").await, RuntimeStatus::Running);
}

pub async fn the_parent_of_what_is_replaced_gets_its_end(bench: Bench) {
    let parent = bench.begun("order-1").await;
    bench.commit(TurnCommit { children: vec![child("child-1", &parent, 4)], ..turn(&parent, 1) }).await;
    let touched = bench.replace(&other("child-1"), Unfinished::Ends).await.expect("it need not have ended");
    assert!(touched.contains(&parent.key));
    let inbox = bench.inbox(parent.key).await;
    let [Message::ChildDone(Answer { execution, event_id, result: Err(failure) })] = &inbox[..] else {
        panic!("the parent gets one answer: {inbox:?}")
    };
    assert_eq!((*execution, *event_id, &*failure.kind), (parent.execution, EventId(4), Failure::TERMINATED));
    assert_eq!(bench.record("child-1").await.parent, None);
}

pub async fn what_is_replaced_and_its_parent_do_not_wait_for_each_other(bench: Bench) {
    let parent = bench.begun("order-1").await;
    for n in 1..=20 {
        let name = format!("child-{n}");
        bench.commit(TurnCommit { children: vec![child(&name, &parent, n)], ..turn(&parent, 2 * n - 1) }).await;
        let sends = TurnCommit { sent: vec![event_to(&name, "go")], ..turn(&parent, 2 * n) };
        let begins = other(&name);
        let replaced = bench.replace(&begins, Unfinished::Ends);
        let (committed, replaced) = futures::future::join(bench.store().commit(sends), replaced).await;
        committed.expect("the replacement does not stop the parent");
        replaced.expect("the parent does not stop the replacement");
    }
    let ends = bench.inbox(parent.key).await;
    assert!(ends.len() == 20 && ends.iter().all(|message| matches!(message, Message::ChildDone(_))), "{ends:?}");
}

pub async fn what_is_replaced_lets_go_of_its_locks(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let counter = |key| EntityId::new("Counter", key).expect("the test's key is valid");
    let request = |event_id, keys: &[&'static str]| EventKind::EntityLockRequested {
        event_id: EventId(event_id),
        entities: keys.iter().copied().map(counter).collect(),
    };
    let grant = |section| EventKind::EntityLockGranted { lock_requested_id: EventId(section) };
    let release = |event_id, section| EventKind::EntityUnlockSent {
        event_id: EventId(event_id),
        lock_requested_id: EventId(section),
        entities: Vec::new(),
    };
    let kinds = [
        // Left, given up and then left, given up, and entered.
        vec![request(0, &["left"]), grant(0), release(1, 0)],
        vec![request(2, &["late"]), release(3, 2), grant(2), release(4, 2)],
        vec![request(5, &["given-up"]), release(6, 5)],
        vec![request(7, &["a", "b"]), grant(7)],
    ];
    let mut sequence = 1;
    for kinds in kinds {
        let numbered = kinds.into_iter().zip(sequence..).map(|(kind, n)| Event { kind, ..event(n) });
        let turn = TurnCommit { events: numbered.collect(), ..turn(&claim, 0) };
        sequence += u32::try_from(turn.events.len()).expect("a few");
        bench.commit(turn).await;
    }
    let touched = bench.replace(&other("order-1"), Unfinished::Ends).await.expect("it need not have ended");
    for (key, event_id) in [("given-up", 5), ("a", 7), ("b", 7)] {
        let entity =
            bench.store().find_entity(None, &counter(key)).await.expect("the store answers").expect("it is told");
        let section = ActionLink { instance: id("order-1"), execution: claim.execution, event_id: EventId(event_id) };
        assert_eq!(bench.inbox(entity.key).await, [Message::Entity(EntityMessage::Unlock { section })], "{key}");
        assert!(touched.contains(&entity.key), "{key}");
    }
    for key in ["left", "late"] {
        assert!(bench.store().find_entity(None, &counter(key)).await.expect("the store answers").is_none(), "{key}");
    }
}

pub async fn a_replacement_may_be_scheduled(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let begins = ExecutionStarted { scheduled_at: Some(at(20)), ..other("order-1") };
    bench.replace(&begins, Unfinished::Ends).await.expect("it need not have ended");
    assert!(bench.inbox(claim.key).await.is_empty());
    assert_eq!(bench.store().fire_timers(at(20), 10).await.expect("the store answers").touched, [claim.key]);
}

pub async fn only_what_exists_can_be_replaced(bench: Bench) {
    let refused = bench.replace(&started("nobody"), Unfinished::Ends).await;
    assert!(matches!(refused, Err(StoreError::NotFound(missing)) if missing == id("nobody")));
}
