//! `Store::fire_timers`.

use super::bench::{Bench, at, turn};
use crate::ids::EventId;
use crate::model::Message;
use crate::store::{Claim, TurnCommit};

/// Sets timers of the actions 0, 1, 2 … to these moments.
async fn set(bench: &Bench, name: &str, moments: &[i64]) -> Claim {
    let claim = bench.begun(name).await;
    let timers = (0..).map(EventId).zip(moments.iter().map(|seconds| at(*seconds))).collect();
    bench.commit(TurnCommit { timers, ..turn(&claim, 1) }).await;
    claim
}

fn fired(claim: &Claim, event_id: u32, seconds: i64) -> Message {
    Message::TimerFired { execution: claim.execution, event_id: EventId(event_id), fire_at: at(seconds) }
}

pub async fn a_timer_fires_when_it_is_due_and_not_before(bench: Bench) {
    let claim = set(&bench, "order-1", &[20]).await;
    let early = bench.store().fire_timers(at(19), 10).await.expect("the store answers");
    assert_eq!((early.touched, early.next), (Vec::new(), Some(at(20))));
    assert!(bench.inbox(claim.key).await.is_empty());
    let due = bench.store().fire_timers(at(20), 10).await.expect("the store answers");
    assert_eq!((due.touched, due.next), (vec![claim.key], None));
    assert_eq!(bench.inbox(claim.key).await, [fired(&claim, 0, 20)]);
}

pub async fn a_timer_fires_once(bench: Bench) {
    let claim = set(&bench, "order-1", &[20]).await;
    for _ in 0..3 {
        bench.store().fire_timers(at(30), 10).await.expect("the store answers");
    }
    assert_eq!(bench.inbox(claim.key).await.len(), 1);
}

pub async fn timers_fire_in_the_order_of_their_moments(bench: Bench) {
    let claim = set(&bench, "order-1", &[40, 20, 30, 99]).await;
    let other = set(&bench, "order-2", &[25]).await;
    let due = bench.store().fire_timers(at(50), 10).await.expect("the store answers");
    assert_eq!((due.touched, due.next), (vec![claim.key, other.key], Some(at(99))));
    assert_eq!(bench.inbox(claim.key).await, [fired(&claim, 1, 20), fired(&claim, 2, 30), fired(&claim, 0, 40)]);
}

pub async fn no_more_timers_fire_at_once_than_asked_for(bench: Bench) {
    let claim = set(&bench, "order-1", &[20, 21, 22]).await;
    let due = bench.store().fire_timers(at(50), 2).await.expect("the store answers");
    assert_eq!(due.next, Some(at(22)));
    assert_eq!(bench.inbox(claim.key).await, [fired(&claim, 0, 20), fired(&claim, 1, 21)]);
}
