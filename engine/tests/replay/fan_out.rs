//! Fan-outs of any width: their limit, their results, and that their work grows in proportion to them.

use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign_engine::replay::Code;
use countersign_engine::{Activity, Failure, Orchestration};
use futures::StreamExt;
use futures::future::{join_all, poll_fn};
use futures::stream::FuturesUnordered;
use serde_json::{Value, json};

use crate::support::{Bench, code, scheduled};

const WORK: Activity<u32, u32> = Activity::named("Work");
const CHILD: Orchestration<u32, u32> = Orchestration::named("Child");

fn limited(limit: usize) -> Bench {
    let limit = NonZeroUsize::new(limit).expect("a limit that lets work through");
    Bench::new(code(move |ctx, _| async move {
        let results = ctx.fan_out(0..5_u32, |n| ctx.call(WORK, &n)).limit(limit).await;
        Ok(json!(results.into_iter().map(|result| result.map_err(|failure| failure.kind)).collect::<Vec<_>>()))
    }))
}

#[test]
fn no_more_calls_run_at_a_time_than_the_limit_allows() {
    let mut bench = limited(2);
    assert_eq!(scheduled(&bench.turn([bench.start_message()])), [0, 1]);
    assert_eq!(scheduled(&bench.turn([bench.done(1, 11)])), [2]);
    bench.evict();
    assert_eq!(scheduled(&bench.turn([bench.done(2, 12), bench.done(0, 10)])), [3, 4]);
    bench.turn([bench.done(4, 14), bench.done(3, 13)]);
    assert_eq!(bench.output(), json!([{"Ok": 10}, {"Ok": 11}, {"Ok": 12}, {"Ok": 13}, {"Ok": 14}]));
}

#[test]
fn one_failure_does_not_sink_the_others() {
    let mut bench = limited(5);
    bench.turn([bench.start_message()]);
    bench.turn([bench.failed(2, Failure::new("Broken", "it is")), bench.done(0, 10), bench.done(1, 11)]);
    bench.turn([bench.done(3, 13), bench.done(4, 14)]);
    assert_eq!(bench.output(), json!([{"Ok": 10}, {"Ok": 11}, {"Err": "Broken"}, {"Ok": 13}, {"Ok": 14}]));
}

#[test]
fn a_fan_out_of_nothing_completes_at_once() {
    let mut bench = Bench::new(code(|ctx, _| async move {
        let none = ctx.fan_out(std::iter::empty::<u32>(), |n| ctx.call(WORK, &n)).await;
        Ok(json!(none.len()))
    }));
    bench.turn([bench.start_message()]);
    assert_eq!(bench.output(), json!(0));
}

/// Counts how often the futures that `shape` combines are polled.
fn counting(shape: &'static str, width: u32, polls: Arc<AtomicU64>) -> Arc<dyn Code> {
    code(move |ctx, _| {
        let polls = Arc::clone(&polls);
        async move {
            let counted = |n: u32| {
                let (ctx, polls) = (ctx.clone(), Arc::clone(&polls));
                async move {
                    let mut call = pin!(async {
                        if n.is_multiple_of(2) { ctx.call(WORK, &n).await } else { ctx.child(CHILD, &n).await }
                    });
                    poll_fn(|context| {
                        polls.fetch_add(1, Ordering::Relaxed);
                        call.as_mut().poll(context)
                    })
                    .await
                }
            };
            let results: Vec<Result<u32, Failure>> = match shape {
                "join_all" => join_all((0..width).map(counted)).await,
                "fan_out" => ctx.fan_out(0..width, counted).await,
                _ => (0..width).map(counted).collect::<FuturesUnordered<_>>().collect().await,
            };
            let sum = results.into_iter().sum::<Result<u32, Failure>>()?;
            Ok(Value::from(sum))
        }
    })
}

/// The polls that a fan-out takes whose answers come a few at a time, and then its replay.
fn polls(shape: &'static str, width: u32) -> u64 {
    let polls = Arc::new(AtomicU64::new(0));
    let mut bench = Bench::new(counting(shape, width, Arc::clone(&polls)));
    bench.quick_turn([bench.start_message()]);
    for first in (0..width).step_by(10) {
        let answers = (first..first + 10)
            .rev()
            .map(|n| if n.is_multiple_of(2) { bench.done(n, 1) } else { bench.child_done(n, 1) });
        let answers = answers.collect::<Vec<_>>();
        bench.quick_turn(answers);
    }
    assert_eq!(bench.output(), json!(width));
    bench.evict();
    polls.load(Ordering::Relaxed)
}

#[test]
fn ten_times_the_calls_take_ten_times_the_polls_whatever_combines_them() {
    for shape in ["join_all", "fan_out", "futures_unordered"] {
        let (thousand, ten_thousand) = (polls(shape, 1_000), polls(shape, 10_000));
        assert!(ten_thousand <= 10 * thousand + 100, "{shape}: {thousand} polls, then {ten_thousand}");
        assert!(ten_thousand <= 5 * 10_000, "{shape}: {ten_thousand} polls for 10,000 calls");
    }
}
