//! Messages that are delivered at a later moment: `Store::send_later`, a turn's delayed messages, and scheduled starts.

use super::bench::{Bench, at, continued, event_to, finished, id, later, raised, started, turn};
use crate::ids::EventId;
use crate::model::{ExecutionStarted, Message, RuntimeStatus};
use crate::store::{Outgoing, StoreError, TurnCommit};

fn event(name: &str) -> Message {
    Message::Raise(raised(name))
}

/// Fires what is due at `seconds` and says when the next is.
async fn fire(bench: &Bench, seconds: i64) -> Option<i64> {
    let next = bench.store().fire_timers(at(seconds), 10).await.expect("the store answers").next;
    next.map(|moment| moment.as_micros() / 1_000_000)
}

pub async fn a_delayed_message_comes_at_its_moment_and_not_before(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let touched = bench.send_later("order-1", event("go"), later(20)).await.expect("the instance runs");
    assert!(touched.is_empty());
    assert_eq!(fire(&bench, 19).await, Some(20));
    assert!(bench.inbox(claim.key).await.is_empty());
    let due = bench.store().fire_timers(at(20), 10).await.expect("the store answers");
    assert_eq!((due.touched, due.next), (vec![claim.key], None));
    assert_eq!(bench.inbox(claim.key).await, [event("go")]);
}

pub async fn a_turns_delayed_messages_come_at_their_moments(bench: Bench) {
    let (sender, receiver) = (bench.begun("order-1").await, bench.begun("order-2").await);
    let delayed = |name, event, seconds| Outgoing { later: Some(later(seconds)), ..event_to(name, event) };
    let sent = vec![
        delayed("order-2", "second", 30),
        event_to("order-2", "now"),
        delayed("order-2", "first", 20),
        delayed("nobody", "lost", 15),
        delayed("order-1", "echo", 30),
    ];
    let committed = bench.commit(TurnCommit { sent, ..turn(&sender, 1) }).await;
    assert_eq!((committed.touched, committed.due), (vec![receiver.key], Some(at(20))));
    assert_eq!(bench.inbox(receiver.key).await, [event("now")]);
    assert_eq!(fire(&bench, 20).await, Some(30));
    assert_eq!(fire(&bench, 30).await, None);
    assert_eq!(bench.inbox(receiver.key).await, [event("now"), event("first"), event("second")]);
    assert_eq!(bench.inbox(sender.key).await, [event("echo")]);
}

pub async fn delayed_messages_and_timers_come_in_the_order_of_their_moments(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.commit(TurnCommit { timers: vec![(EventId(0), at(21))], ..turn(&claim, 1) }).await;
    let (first, second) = (later(22), later(22));
    for (name, moment) in [("third", second), ("second", first), ("first", later(20))] {
        bench.send_later("order-1", event(name), moment).await.expect("the instance runs");
    }
    assert_eq!(fire(&bench, 30).await, None);
    let fired = Message::TimerFired { execution: claim.execution, event_id: EventId(0), fire_at: at(21) };
    assert_eq!(bench.inbox(claim.key).await, [event("first"), fired, event("second"), event("third")]);
}

pub async fn a_delayed_message_survives_continue_as_new(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.commit(TurnCommit { timers: vec![(EventId(0), at(21))], ..turn(&claim, 1) }).await;
    bench.send_later("order-1", event("go"), later(20)).await.expect("the instance runs");
    bench.commit(TurnCommit { ending: continued(&claim, Vec::new(), 9), ..turn(&claim, 2) }).await;
    assert_eq!(fire(&bench, 99).await, None);
    assert!(matches!(&bench.inbox(claim.key).await[..], [Message::Start { .. }, Message::Raise(_)]));
}

pub async fn a_delayed_message_survives_a_restart_of_the_process(mut bench: Bench) {
    let key = bench.begun("order-1").await.key;
    bench.send_later("order-1", event("go"), later(20)).await.expect("the instance runs");
    bench.restart_process().await;
    assert_eq!(fire(&bench, 0).await, Some(20));
    assert_eq!(fire(&bench, 20).await, None);
    assert_eq!(bench.inbox(key).await, [event("go")]);
}

pub async fn a_delayed_message_goes_with_the_end_of_its_instance(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.send_later("order-1", event("go"), later(20)).await.expect("the instance runs");
    bench.commit(TurnCommit { ending: finished(None), ..turn(&claim, 1) }).await;
    assert_eq!(fire(&bench, 0).await, None);
    let refused = bench.send_later("order-1", event("go"), later(20)).await;
    assert!(matches!(refused, Err(StoreError::Finished { status: RuntimeStatus::Completed, .. })), "{refused:?}");
}

pub async fn a_delayed_message_to_nobody_is_refused(bench: Bench) {
    let refused = bench.send_later("nobody", event("go"), later(20)).await;
    assert!(matches!(refused, Err(StoreError::NotFound(missing)) if missing == id("nobody")));
}

fn scheduled(name: &str, seconds: i64) -> ExecutionStarted {
    ExecutionStarted { scheduled_at: Some(at(seconds)), ..started(name) }
}

pub async fn a_scheduled_instance_is_pending_until_its_start(mut bench: Bench) {
    let begins = scheduled("order-1", 20);
    let key = bench.try_create(&begins).await.expect("the id is free");
    bench.send("order-1", event("early")).await.expect("the instance takes messages");
    bench.restart_process().await;
    assert_eq!(bench.status("order-1").await, RuntimeStatus::Pending);
    assert_eq!((fire(&bench, 19).await, bench.inbox(key).await), (Some(20), vec![event("early")]));
    assert_eq!(fire(&bench, 20).await, None);
    let start = Message::Start { started: Box::new(begins), carried: Vec::new() };
    assert_eq!(bench.inbox(key).await, [start, event("early")]);
}

pub async fn a_start_in_the_past_is_a_start_now(bench: Bench) {
    let key = bench.try_create(&scheduled("order-1", 1)).await.expect("the id is free");
    assert!(matches!(&bench.inbox(key).await[..], [Message::Start { .. }]));
    assert_eq!(fire(&bench, 99).await, None);
}

pub async fn a_terminated_instance_does_not_wait_for_its_start(bench: Bench) {
    let key = bench.try_create(&scheduled("order-1", 20)).await.expect("the id is free");
    let terminate = Message::Terminate { reason: None, recursive: false };
    bench.send("order-1", terminate.clone()).await.expect("the instance is pending");
    assert!(matches!(&bench.inbox(key).await[..], [Message::Start { .. }, told] if *told == terminate));
    assert_eq!(fire(&bench, 99).await, None);
}
