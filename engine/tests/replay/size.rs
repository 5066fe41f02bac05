//! How much memory a run says it takes.

use countersign_engine::Activity;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{Bench, code, raised};

const WORK: Activity<Value, Value> = Activity::named("Work");

/// A run that calls so many activities at once and has had its first turn.
fn calls(width: u32) -> Bench {
    Bench::started(code(move |ctx, _| async move {
        let results = join_all((0..width).map(|n| ctx.call(WORK, &json!(n)))).await;
        ctx.external_event::<Value>("go").await?;
        Ok(json!(results.into_iter().collect::<Result<Vec<Value>, _>>()?))
    }))
}

#[test]
fn a_run_that_waits_takes_a_few_kilobytes() {
    let bytes = Bench::started(code(|ctx, _| async move { ctx.external_event::<Value>("go").await })).bytes();
    assert!((1_000..10_000).contains(&bytes), "{bytes}");
}

#[test]
fn each_open_action_counts_until_it_has_its_answer() {
    let (few, many) = (calls(100).bytes(), calls(10_000).bytes());
    let each = (many - few) / 9_900;
    assert!((300..3_000).contains(&each), "{each} bytes for an open action");
    let mut bench = calls(10_000);
    let answers: Vec<_> = (0..10_000).map(|n| bench.done(n, n)).collect();
    bench.quick_turn(answers);
    assert!(bench.bytes() < many / 10, "{} of {many}", bench.bytes());
}

#[test]
fn what_the_code_was_given_counts_because_it_may_have_kept_it() {
    let mut bench = calls(10);
    let before = bench.bytes();
    bench.turn((0..10).map(|n| bench.done(n, "x".repeat(10_000))).collect::<Vec<_>>());
    assert!(bench.bytes() >= before + 90_000, "{before}, then {}", bench.bytes());
    let before = bench.bytes();
    bench.turn([raised("other", "x".repeat(10_000))]);
    assert!(bench.bytes() >= before + 10_000, "{before}, then {}", bench.bytes());
}

#[test]
fn a_run_that_is_rebuilt_is_as_large_as_it_was() {
    let mut bench = calls(100);
    for n in 0..50 {
        bench.quick_turn([bench.done(n, json!({ "n": n })), raised(&format!("event {}", n % 7), n)]);
    }
    let live = bench.bytes();
    bench.evict();
    assert_eq!(bench.bytes(), live);
}
