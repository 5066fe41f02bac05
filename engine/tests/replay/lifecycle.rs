//! How executions begin and end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_engine::ids::{EventId, ExecutionId};
use countersign_engine::model::{Answer, Message};
use countersign_engine::replay::{End, Mismatch};
use countersign_engine::{Activity, Failure, Orchestration, Payload};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Bench, code, names, raised};

const WORK: Activity<u32, u32> = Activity::named("Work");
const CHILD: Orchestration<u32, u32> = Orchestration::named("Child");

#[test]
fn a_run_without_awaits_completes_in_its_first_turn() {
    let mut bench = Bench::new(code(|_, _| async { Ok(json!("done")) }));
    let outcome = bench.turn([bench.start_message()]);
    assert_eq!(names(&outcome), ["OrchestratorStarted", "ExecutionStarted", "ExecutionCompleted"]);
    assert_eq!(bench.output(), json!("done"));
}

#[test]
fn a_panic_fails_the_instance_with_its_message() {
    let bench = Bench::started(code(|_, _| async { panic!("out of paper") }));
    assert_eq!((bench.failure().kind.as_str(), bench.failure().message.as_str()), (Failure::PANIC, "out of paper"));
}

#[test]
fn terminate_ends_a_suspended_instance() {
    let mut bench = Bench::started(code(|ctx, _| async move { ctx.external_event::<Value>("go").await }));
    bench.turn([Message::Suspend { reason: None }]);
    bench.turn([Message::Terminate { reason: Some("gone".into()), recursive: false }]);
    assert_eq!(bench.end(), Some(&End::Terminated(Some("gone".into()))));
}

#[test]
fn what_is_terminated_before_its_first_turn_runs_no_code() {
    let code = code(|_, _| async { panic!("it ran") });
    let mut bench = Bench::new(Arc::clone(&code));
    let terminate = Message::Terminate { reason: Some("gone".into()), recursive: false };
    let outcome = bench.turn([bench.start_message(), raised("go", 1), terminate]);
    assert_eq!(bench.end(), Some(&End::Terminated(Some("gone".into()))));
    assert_eq!(
        names(&outcome),
        ["OrchestratorStarted", "ExecutionTerminated", "ExecutionStarted", "ExecutionCompleted"]
    );
    assert_eq!(outcome.consumed.len(), 2, "the event stays unread");
    bench.replay_against(code).expect("the history leads to the same end");
}

#[test]
fn an_answer_for_another_execution_is_dropped() {
    let mut bench = Bench::started(code(|ctx, _| async move { Ok(json!(ctx.call(WORK, &1).await?)) }));
    let answer =
        Answer { execution: ExecutionId(Uuid::from_u128(99)), event_id: EventId(0), result: Ok(Payload::null()) };
    let outcome = bench.turn([Message::TaskDone(answer)]);
    assert_eq!((outcome.dropped, outcome.consumed.len(), outcome.events.len()), (1, 1, 0));
}

#[test]
fn a_second_answer_to_one_action_is_dropped() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let n = ctx.call(WORK, &1).await?;
        ctx.external_event::<Value>("go").await?;
        Ok(json!(n))
    }));
    bench.turn([bench.done(0, 1)]);
    let outcome = bench.turn([bench.done(0, 2), raised("go", Value::Null)]);
    assert_eq!(outcome.dropped, 1);
    assert_eq!(bench.output(), json!(1));
}

#[test]
fn ids_and_random_numbers_are_the_same_after_an_eviction() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let before = (ctx.new_uuid(), ctx.random());
        ctx.external_event::<Value>("go").await?;
        Ok(json!([before.0, before.1, ctx.new_uuid()]))
    }));
    bench.evict();
    bench.turn([raised("go", Value::Null)]);
    let evicted = bench.output();
    let mut other = Bench::started(code(|ctx, _| async move {
        let before = (ctx.new_uuid(), ctx.random());
        ctx.external_event::<Value>("go").await?;
        Ok(json!([before.0, before.1, ctx.new_uuid()]))
    }));
    other.turn([raised("go", Value::Null)]);
    assert_eq!(evicted, other.output());
    assert_ne!(evicted[0], evicted[2]);
}

#[test]
fn the_time_of_a_turn_never_goes_back() {
    for leaves_memory in [false, true] {
        let mut bench = Bench::started(code(|ctx, _| async move {
            let began = ctx.now();
            ctx.external_event::<Value>("go").await?;
            let went = ctx.now();
            ctx.external_event::<Value>("go").await?;
            Ok(json!([began, went, ctx.now()]))
        }));
        bench.pass(Duration::from_secs(60));
        bench.turn([raised("go", 1)]);
        bench.set_back(Duration::from_secs(30));
        if leaves_memory {
            bench.evict();
        }
        bench.turn([raised("go", 2)]);
        let times: Vec<i64> = serde_json::from_value(bench.output()).expect("three moments");
        assert_eq!(times[1] - times[0], 60_000_000);
        assert_eq!(times[2], times[1], "the clock stands until it is right again");
        assert!(bench.history.is_sorted_by_key(|event| event.at));
    }
}

/// What code noted, since it was asked last.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    fn add(&self, note: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[test]
fn code_that_left_memory_is_replayed_up_to_where_it_stood_and_does_nothing_once_again() {
    let notes = Notes::default();
    let noting = notes.clone();
    let mut bench = Bench::new(code(move |ctx, _| {
        let notes = noting.clone();
        async move {
            for step in ["first", "second"] {
                notes.add(format!("{step} replayed: {}", ctx.is_replaying()));
                ctx.once(|| notes.add(format!("{step} once")));
                ctx.external_event::<Value>("go").await?;
            }
            Ok(json!(ctx.is_replaying()))
        }
    }));
    // Quick turns, because a bench that replays after each turn would be noted too.
    let start = bench.start_message();
    bench.quick_turn([start]);
    assert_eq!(notes.take(), ["first replayed: false", "first once"]);
    bench.evict();
    assert_eq!(notes.take(), ["first replayed: true"]);
    bench.quick_turn([raised("go", 1)]);
    assert_eq!(notes.take(), ["second replayed: false", "second once"]);
    bench.evict();
    assert_eq!(notes.take(), ["first replayed: true", "second replayed: true"]);
    bench.quick_turn([raised("go", 2)]);
    assert_eq!((notes.take(), bench.output()), (Vec::new(), json!(false)));
}

#[test]
fn a_childs_result_reaches_the_parent() {
    let mut bench = Bench::started(code(|ctx, _| async move { Ok(json!(ctx.child(CHILD, &1).await?)) }));
    bench.turn([bench.child_done(0, 5)]);
    assert_eq!(bench.output(), json!(5));
}

#[test]
fn the_custom_status_is_part_of_the_turn_that_set_it() {
    let mut bench = Bench::new(code(|ctx, _| async move {
        ctx.set_custom_status("waiting")?;
        ctx.external_event::<Value>("go").await
    }));
    let first = bench.turn([bench.start_message()]);
    assert_eq!(first.custom_status.map(|status| status.as_str().to_owned()), Some("\"waiting\"".to_owned()));
    assert_eq!(bench.turn([raised("other", 1)]).custom_status, None);
}

#[test]
fn awaiting_what_is_not_the_engines_stops_the_turn() {
    let mut bench = Bench::new(code(|_, _| async { std::future::pending().await }));
    let start = bench.start_message();
    assert_eq!(bench.try_turn([start]).map(|_| ()), Err(Mismatch::NotTheEngines));
}

#[test]
fn a_wake_from_outside_of_a_turn_stops_the_next_one() {
    let (sender, receiver) = futures::channel::oneshot::channel::<()>();
    let receiver = std::sync::Mutex::new(Some(receiver));
    let mut bench = Bench::new(code(move |ctx, _| {
        let receiver = receiver.lock().expect("not poisoned").take();
        async move {
            if let Some(receiver) = receiver {
                let _ = ctx.first_of(ctx.external_event::<Value>("go"), receiver).await;
            }
            Ok(Value::Null)
        }
    }));
    let start = bench.start_message();
    bench.try_turn([start]).expect("the event may still come");
    sender.send(()).expect("somebody waits");
    assert_eq!(bench.try_turn([raised("go", 1)]).map(|_| ()), Err(Mismatch::NotTheEngines));
}
