//! Buffering, order and loss of external events: the bug classes of other engines.

use std::time::Duration;

use countersign_engine::Failure;
use countersign_engine::model::Message;
use countersign_engine::replay::End;
use futures::future::{Either, join};
use futures::poll;
use serde_json::{Value, json};

use crate::support::{Bench, code, raised};

#[test]
fn an_event_that_comes_before_the_wait_is_kept() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        ctx.timer(Duration::from_secs(1)).await;
        ctx.external_event::<Value>("go").await
    }));
    bench.turn([raised("go", 1)]);
    bench.evict();
    bench.pass(Duration::from_secs(1));
    bench.turn([bench.fired(0)]);
    assert_eq!(bench.output(), json!(1));
}

#[test]
fn an_event_in_the_same_batch_as_the_start_is_kept() {
    let mut bench = Bench::new(code(|ctx, _| async move { ctx.external_event::<Value>("go").await }));
    bench.turn([bench.start_message(), raised("go", 1)]);
    assert_eq!(bench.output(), json!(1));
}

#[test]
fn events_of_one_name_come_out_first_in_first_out() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let mut values = Vec::new();
        for _ in 0..3 {
            values.push(ctx.external_event::<Value>("go").await?);
        }
        Ok(json!(values))
    }));
    bench.turn([raised("go", 1), raised("go", 2)]);
    bench.turn([raised("go", 3)]);
    assert_eq!(bench.output(), json!([1, 2, 3]));
}

#[test]
fn names_are_compared_without_regard_to_case() {
    let mut bench = Bench::started(code(|ctx, _| async move { ctx.external_event::<Value>("Approval").await }));
    bench.turn([raised("APPROVAL", true)]);
    assert_eq!(bench.output(), json!(true));
}

#[test]
fn the_newest_waiter_is_served_first() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let (older, newer) = join(ctx.external_event::<u8>("go"), ctx.external_event::<u8>("go")).await;
        Ok(json!({ "older": older?, "newer": newer? }))
    }));
    bench.turn([raised("go", 1), raised("go", 2)]);
    assert_eq!(bench.output(), json!({ "older": 2, "newer": 1 }));
}

#[test]
fn a_wait_that_lost_a_race_swallows_nothing() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let first = ctx.first_of(ctx.external_event::<Value>("go"), ctx.timer(Duration::from_secs(1))).await;
        assert!(matches!(first, Either::Right(())));
        ctx.external_event::<Value>("go").await
    }));
    bench.pass(Duration::from_secs(1));
    bench.turn([bench.fired(0)]);
    bench.turn([raised("go", "mine")]);
    assert_eq!(bench.output(), json!("mine"));
}

#[test]
fn a_value_given_to_a_waiter_that_is_dropped_unread_goes_to_the_next_wait() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        // The event completes both sides in one poll; the left one wins and the right one is dropped with its value.
        let left = async { ctx.external_event::<Value>("signal").await };
        let both = futures::future::select(Box::pin(left), Box::pin(ctx.external_event::<Value>("go")));
        drop(both);
        ctx.external_event::<Value>("go").await
    }));
    bench.turn([raised("go", 9)]);
    assert_eq!(bench.output(), json!(9));
}

#[test]
fn events_that_were_not_used_are_carried_over_by_continue_as_new() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let value: Value = ctx.external_event("go").await?;
        ctx.continue_as_new(&value).await
    }));
    let outcome = bench.turn([raised("go", 1), raised("go", 2), raised("other", 3)]);
    let Some(End::ContinuedAsNew { input, carried, .. }) = outcome.end else { panic!("not continued") };
    assert_eq!(input.as_str(), "1");
    // What came after the end stays in the inbox; nothing had been received before it.
    assert_eq!((carried.len(), outcome.consumed.len()), (0, 1));
}

#[test]
fn events_received_before_continue_as_new_and_not_used_are_handed_to_the_next_execution() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let value: Value = ctx.external_event("go").await?;
        ctx.continue_as_new(&value).await
    }));
    bench.turn([raised("Other", 1), raised("other", 2)]);
    bench.evict();
    let outcome = bench.turn([raised("go", 3)]);
    let Some(End::ContinuedAsNew { carried, .. }) = outcome.end else { panic!("not continued") };
    assert_eq!(carried.iter().map(|raised| raised.input.as_str()).collect::<Vec<_>>(), ["1", "2"]);
}

#[test]
fn values_that_waiters_gave_back_keep_their_order() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let mut older = ctx.external_event::<Value>("go");
        let mut newer = ctx.external_event::<Value>("go");
        // Both wait and neither is asked again: the newer is given the first value, the older the second.
        assert!(poll!(&mut older).is_pending() && poll!(&mut newer).is_pending());
        ctx.external_event::<Value>("drop").await?;
        drop(newer);
        drop(older);
        let first: Value = ctx.external_event("go").await?;
        Ok(json!([first, ctx.external_event::<Value>("go").await?]))
    }));
    bench.turn([raised("go", 1), raised("go", 2), raised("drop", 0)]);
    assert_eq!(bench.output(), json!([1, 2]));
}

#[test]
fn values_that_waiters_had_not_read_are_carried_over_in_their_order() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let mut older = ctx.external_event::<Value>("go");
        let mut newer = ctx.external_event::<Value>("go");
        assert!(poll!(&mut older).is_pending() && poll!(&mut newer).is_pending());
        let next: Value = ctx.external_event("next").await?;
        ctx.continue_as_new(&next).await
    }));
    let outcome = bench.turn([raised("go", 1), raised("go", 2), raised("next", 0)]);
    let Some(End::ContinuedAsNew { carried, .. }) = outcome.end else { panic!("not continued") };
    assert_eq!(carried.iter().map(|raised| raised.input.as_str()).collect::<Vec<_>>(), ["1", "2"]);
}

#[test]
fn a_value_of_the_wrong_type_is_a_clear_failure_and_not_a_stuck_wait() {
    let mut bench = Bench::started(code(|ctx, _| async move { Ok(json!(ctx.external_event::<bool>("go").await?)) }));
    bench.turn([raised("go", "yes")]);
    let failure = bench.failure();
    assert_eq!(failure.kind, Failure::INVALID_PAYLOAD);
    assert!(failure.message.contains("\"go\""), "{failure}");
}

#[test]
fn events_that_come_while_suspended_are_read_in_order_after_the_resume() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let first: Value = ctx.external_event("go").await?;
        let second: Value = ctx.external_event("go").await?;
        Ok(json!([first, second]))
    }));
    let outcome = bench.turn([Message::Suspend { reason: None }, raised("go", 1)]);
    assert!(outcome.suspended);
    assert_eq!(outcome.consumed.len(), 1);
    bench.evict();
    let outcome = bench.turn([raised("go", 1), Message::Resume { reason: None }, raised("go", 2)]);
    assert_eq!(outcome.consumed.len(), 3);
    assert_eq!(bench.output(), json!([1, 2]));
}
