//! Ordinary combinators of `futures` and tokio, of any width, with real wakers.

use std::pin::pin;
use std::time::Duration;

use countersign_engine::Activity;
use futures::future::{Either, join_all, select_all};
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use serde_json::{Value, json};

use crate::support::{Bench, code, raised, scheduled};

const WORK: Activity<u32, u32> = Activity::named("Work");

#[test]
fn join_all_of_two_thousand_activities_completes_in_any_order_of_results() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let calls = (0..2_000).map(|n| ctx.call(WORK, &n));
        let results: Vec<u32> = join_all(calls).await.into_iter().collect::<Result<_, _>>()?;
        Ok(json!(results.iter().sum::<u32>()))
    }));
    let (odd, even): (Vec<u32>, Vec<u32>) = (0..2_000).partition(|n| n % 2 == 1);
    let odd = odd.into_iter().rev().map(|n| bench.done(n, n)).collect::<Vec<_>>();
    bench.turn(odd);
    bench.evict();
    let even = even.into_iter().map(|n| bench.done(n, n)).collect::<Vec<_>>();
    bench.turn(even);
    assert_eq!(bench.output(), json!(1_999_000));
}

#[test]
fn what_waits_for_many_gates_does_nothing_before_the_last_one_opens() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let gates = (0..20).map(|n| ctx.external_event::<bool>(format!("gate-{n}")));
        let open: Vec<bool> = join_all(gates).await.into_iter().collect::<Result<_, _>>()?;
        Ok(json!(ctx.call(WORK, &u32::try_from(open.len()).expect("few")).await?))
    }));
    // All but one, in another order than they are waited for, one of them twice, and with a restart in between.
    for n in (0..20).rev().filter(|n| *n != 7).chain([3]) {
        let outcome = bench.turn([raised(&format!("gate-{n}"), true)]);
        assert!(scheduled(&outcome).is_empty() && bench.end().is_none(), "gate {n} opened the way");
        bench.evict();
    }
    let outcome = bench.turn([raised("gate-7", true)]);
    let [work] = scheduled(&outcome)[..] else { panic!("the way is open: {:?}", scheduled(&outcome)) };
    bench.turn([bench.done(work, 1)]);
    assert_eq!(bench.output(), json!(1));
}

#[test]
fn results_come_out_of_futures_unordered_as_they_arrive() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let mut calls: FuturesUnordered<_> = (0..3).map(|n| ctx.call(WORK, &n)).collect();
        let mut order = Vec::new();
        while let Some(result) = calls.next().await {
            order.push(result?);
        }
        Ok(json!(order))
    }));
    bench.turn([bench.done(2, 20), bench.done(0, 0)]);
    bench.turn([bench.done(1, 10)]);
    assert_eq!(bench.output(), json!([20, 0, 10]));
}

#[test]
fn a_timer_that_loses_a_race_is_cancelled() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let event = ctx.external_event::<String>("go");
        match ctx.first_of(event, ctx.timer(Duration::from_secs(60))).await {
            Either::Left(value) => Ok(json!(value?)),
            Either::Right(()) => Ok(Value::Null),
        }
    }));
    let outcome = bench.turn([raised("go", "now")]);
    assert_eq!(outcome.cancelled_timers.iter().map(|id| id.0).collect::<Vec<_>>(), [0]);
    assert_eq!(bench.output(), json!("now"));
}

#[test]
fn a_biased_select_of_tokio_works() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let winner = tokio::select! {
            biased;
            () = ctx.timer(Duration::from_secs(5)) => "timer",
            _ = ctx.external_event::<Value>("go") => "event",
        };
        Ok(json!(winner))
    }));
    bench.pass(Duration::from_secs(5));
    bench.turn([bench.fired(0)]);
    assert_eq!(bench.output(), json!("timer"));
}

#[test]
fn a_biased_select_of_futures_works() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let mut timer = pin!(ctx.timer(Duration::from_secs(5)).fuse());
        let mut event = pin!(ctx.external_event::<Value>("go").fuse());
        let winner = futures::select_biased! {
            () = timer => "timer",
            _ = event => "event",
        };
        Ok(json!(winner))
    }));
    bench.evict();
    let outcome = bench.turn([raised("go", 1)]);
    assert_eq!(bench.output(), json!("event"));
    assert_eq!(outcome.events.len(), 3, "{:?}", crate::support::names(&outcome));
}

#[test]
fn a_biased_select_prefers_the_first_of_what_is_ready() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        ctx.external_event::<Value>("begin").await?;
        let mut one = pin!(ctx.external_event::<u32>("one").fuse());
        let mut two = pin!(ctx.external_event::<u32>("two").fuse());
        let (mut order, mut left) = (Vec::new(), 2);
        while left > 0 {
            let value = futures::select_biased! {
                value = one => value?,
                value = two => value?,
            };
            order.push(value);
            left -= 1;
        }
        Ok(json!(order))
    }));
    bench.turn([raised("two", 2), raised("one", 1)]);
    bench.turn([raised("begin", Value::Null)]);
    assert_eq!(bench.output(), json!([1, 2]));
}

#[test]
fn select_all_gives_the_first_and_keeps_the_others() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let (first, place, rest) = select_all((0..3).map(|n| ctx.call(WORK, &n))).await;
        let (second, _, _) = select_all(rest).await;
        Ok(json!([first?, place, second?]))
    }));
    bench.turn([bench.done(1, 11)]);
    bench.turn([bench.done(0, 10)]);
    assert_eq!(bench.output(), json!([11, 1, 10]));
}

#[test]
fn an_action_is_scheduled_when_its_future_is_first_polled() {
    let bench = &mut Bench::new(code(|ctx, _| async move {
        let never = ctx.call(WORK, &1);
        ctx.call(WORK, &2).await?;
        drop(never);
        Ok(Value::Null)
    }));
    let outcome = bench.turn([bench.start_message()]);
    assert_eq!(scheduled(&outcome), [0]);
}

#[test]
fn a_dropped_activity_keeps_its_result_out_of_the_code_but_in_the_history() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let slow = ctx.call(WORK, &1);
        let _ = ctx.first_of(slow, ctx.timer(Duration::from_secs(1))).await;
        ctx.call(WORK, &2).await.map(|n| json!(n))
    }));
    bench.pass(Duration::from_secs(1));
    bench.turn([bench.fired(1)]);
    let outcome = bench.turn([bench.done(0, 5)]);
    assert_eq!(crate::support::names(&outcome), ["OrchestratorStarted", "TaskCompleted"]);
    bench.turn([bench.done(2, 6)]);
    assert_eq!(bench.output(), json!(6));
}

#[test]
fn cancel_on_drop_names_the_activity_for_cancellation() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let slow = ctx.call(WORK, &1).cancel_on_drop();
        let _ = ctx.first_of(slow, ctx.timer(Duration::from_secs(1))).await;
        ctx.external_event::<Value>("go").await
    }));
    bench.pass(Duration::from_secs(1));
    let outcome = bench.turn([bench.fired(1)]);
    assert_eq!(outcome.cancelled_tasks.iter().map(|id| id.0).collect::<Vec<_>>(), [0]);
}
