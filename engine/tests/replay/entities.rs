//! Signals to entities, calls of them, and critical sections, seen from an orchestration.

use std::time::Duration;

use countersign_engine::ids::{EntityId, EventId};
use countersign_engine::model::Message;
use countersign_engine::replay::{End, Mismatch, Outcome};
use countersign_engine::{Entity, EventKind, Failure, Operation, Orchestration};
use futures::future::{Either, join};
use serde_json::{Value, json};

use crate::support::{Bench, code, names, raised, scheduled};

const ACCOUNT: Entity<i64> = Entity::named("Account");
const ADD: Operation<i64, i64, i64> = ACCOUNT.operation("add");
const AUDIT: Orchestration<(), ()> = Orchestration::named("Audit");

fn account(key: &str) -> EntityId {
    ACCOUNT.id(key).expect("a valid id")
}

/// The entities that `outcome` tells of the end of a section, by its events or by its end.
fn unlocked(outcome: &Outcome) -> Vec<String> {
    let by_events = outcome.events.iter().filter_map(|event| match &event.kind {
        EventKind::EntityUnlockSent { entities, .. } => Some(entities.clone()),
        _ => None,
    });
    let by_end = outcome.unlocks.iter().map(|(_, entities)| entities.clone());
    by_events.chain(by_end).flatten().map(|entity| entity.to_string()).collect()
}

#[test]
fn a_signal_is_recorded_and_not_awaited() {
    let mut bench = Bench::new(code(|ctx, _| async move {
        ctx.signal_entity(ADD, "Anna", &5)?;
        ctx.signal_entity_at(ctx.now() + Duration::from_secs(9), ADD, "Anna", &6)?;
        Ok(json!("done"))
    }));
    let start = bench.start_message();
    let outcome = bench.turn([start]);
    assert_eq!(bench.output(), json!("done"));
    let sent = outcome.events.iter().filter_map(|event| match &event.kind {
        EventKind::EntityOperationSignaled(sent) => Some((sent.entity.to_string(), sent.scheduled_at.is_some())),
        _ => None,
    });
    assert_eq!(sent.collect::<Vec<_>>(), [("@account@Anna".to_owned(), false), ("@account@Anna".to_owned(), true)]);
}

#[test]
fn a_call_gives_what_the_operation_gave() {
    let mut bench = Bench::started(code(|ctx, _| async move { Ok(json!(ctx.call_entity(ADD, "a", &5).await?)) }));
    bench.evict();
    let outcome = bench.turn([bench.operation_done(0, Ok(12))]);
    assert_eq!(bench.output(), json!(12));
    assert_eq!(names(&outcome)[1], "EntityOperationCompleted");
}

#[test]
fn a_failed_operation_is_a_failure_of_its_call() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        Ok(json!(ctx.call_entity(ADD, "a", &5).await.expect_err("it fails").kind))
    }));
    bench.turn([bench.operation_done(0, Err(Failure::new("Overdrawn", "too little")))]);
    assert_eq!(bench.output(), json!("Overdrawn"));
}

#[test]
fn the_answer_to_a_dropped_call_is_ignored() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let first = ctx.first_of(ctx.call_entity(ADD, "a", &5), ctx.timer(Duration::from_secs(1))).await;
        assert!(matches!(first, Either::Right(())));
        ctx.external_event::<Value>("go").await
    }));
    bench.pass(Duration::from_secs(1));
    bench.turn([bench.fired(1)]);
    let outcome = bench.turn([bench.operation_done(0, Ok(1))]);
    assert_eq!(names(&outcome)[1], "EntityOperationCompleted");
    assert!(bench.end().is_none());
}

#[test]
fn an_invalid_key_is_a_failure_and_no_action() {
    let mut bench = Bench::new(code(|ctx, _| async move {
        ctx.signal_entity(ADD, "a/b", &1)?;
        Ok(json!(null))
    }));
    let start = bench.start_message();
    let outcome = bench.turn([start]);
    assert_eq!(bench.failure().kind, Failure::INVALID_ID);
    assert!(!names(&outcome).contains(&"EntityOperationSignaled"));
}

#[test]
fn locks_are_asked_for_in_one_order_and_each_once() {
    let bench = Bench::started(code(|ctx, _| async move {
        let _guard = ctx.lock([account("b"), account("a"), account("b")]).await?;
        Ok(json!(null))
    }));
    let asked = bench.history.iter().find_map(|event| match &event.kind {
        EventKind::EntityLockRequested { entities, .. } => Some(entities.clone()),
        _ => None,
    });
    assert_eq!(asked.expect("it asks"), [account("a"), account("b")]);
}

#[test]
fn a_dropped_guard_releases_all_locks() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let guard = ctx.lock([account("a"), account("b")]).await?;
        ctx.external_event::<Value>("go").await?;
        drop(guard);
        ctx.external_event::<Value>("go").await
    }));
    let outcome = bench.turn([bench.granted(0)]);
    assert_eq!(names(&outcome)[1], "EntityLockGranted");
    bench.evict();
    let outcome = bench.turn([raised("go", 1)]);
    assert_eq!(unlocked(&outcome), ["@account@a", "@account@b"]);
    let outcome = bench.turn([raised("go", 2)]);
    assert!(unlocked(&outcome).is_empty(), "they are released once");
}

#[test]
fn a_guard_is_released_by_the_return_and_by_the_failure_of_the_code() {
    for fails in [true, false] {
        let mut bench = Bench::started(code(move |ctx, _| async move {
            let _guard = ctx.lock([account("a")]).await?;
            if fails { Err(Failure::new("Broken", "inside")) } else { Ok(json!(null)) }
        }));
        let outcome = bench.turn([bench.granted(0)]);
        assert!(bench.end().is_some());
        assert_eq!(unlocked(&outcome), ["@account@a"]);
    }
}

#[test]
fn a_panic_inside_of_a_section_releases_its_locks() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let _guard = ctx.lock([account("a")]).await?;
        panic!("inside")
    }));
    let outcome = bench.turn([bench.granted(0)]);
    assert_eq!(bench.failure().kind, Failure::PANIC);
    assert_eq!(unlocked(&outcome), ["@account@a"]);
}

#[test]
fn continue_as_new_and_terminate_release_what_is_held_or_asked_for() {
    for granted in [true, false] {
        let mut bench = Bench::started(code(|ctx, _| async move {
            let _guard = ctx.lock([account("a"), account("b")]).await?;
            ctx.external_event::<Value>("never").await
        }));
        if granted {
            bench.turn([bench.granted(0)]);
        }
        bench.evict();
        let outcome = bench.turn([Message::Terminate { reason: None, recursive: false }]);
        assert_eq!(unlocked(&outcome), ["@account@a", "@account@b"]);
    }
    let mut bench = Bench::started(code(|ctx, _| async move {
        let _guard = ctx.lock([account("a")]).await?;
        ctx.continue_as_new(&1).await
    }));
    let outcome = bench.turn([bench.granted(0)]);
    assert!(matches!(bench.end(), Some(End::ContinuedAsNew { .. })));
    assert_eq!(unlocked(&outcome), ["@account@a"]);
}

#[test]
fn a_run_that_leaves_memory_inside_of_a_section_keeps_its_locks() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let _guard = ctx.lock([account("a")]).await?;
        ctx.external_event::<Value>("go").await?;
        Ok(json!(ctx.call_entity(ADD, "a", &1).await?))
    }));
    bench.turn([bench.granted(0)]);
    bench.evict();
    let outcome = bench.turn([raised("go", 1)]);
    assert!(unlocked(&outcome).is_empty());
    let section = outcome.events.iter().find_map(|event| match &event.kind {
        EventKind::EntityOperationCalled(sent) => sent.section,
        _ => None,
    });
    assert_eq!(section, Some(EventId(0)), "the call names the section");
}

#[test]
fn a_wait_that_is_given_up_is_released_at_once_and_again_when_it_comes_through() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let first = ctx.first_of(ctx.lock([account("a")]), ctx.timer(Duration::from_secs(1))).await;
        assert!(matches!(first, Either::Right(())));
        ctx.external_event::<Value>("go").await
    }));
    bench.pass(Duration::from_secs(1));
    let outcome = bench.turn([bench.fired(1)]);
    assert_eq!(unlocked(&outcome), ["@account@a"]);
    bench.evict();
    let outcome = bench.turn([bench.granted(0)]);
    assert_eq!(unlocked(&outcome), ["@account@a"], "the request had come through behind the release");
    bench.evict();
    let outcome = bench.turn([raised("go", 1)]);
    assert!(unlocked(&outcome).is_empty());
}

#[test]
fn a_grant_to_an_execution_that_did_not_ask_is_dropped() {
    let mut bench = Bench::started(code(|ctx, _| async move { ctx.external_event::<Value>("go").await }));
    let outcome = bench.turn([bench.granted(0)]);
    assert_eq!((outcome.dropped, outcome.events.len()), (1, 0));
}

#[test]
fn what_may_wait_for_a_held_lock_is_refused_inside_of_a_section() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let _guard = ctx.lock([account("a")]).await?;
        let nested = ctx.lock([account("b")]).await.err();
        let child = ctx.child(AUDIT, &()).await.err();
        let unlocked = ctx.call_entity(ADD, "b", &1).await.err();
        let signal = ctx.signal_entity(ADD, "a", &1).err();
        ctx.signal_entity(ADD, "b", &1)?;
        let failures = [nested, child, unlocked, signal].map(|failure| failure.map(|failure| failure.kind));
        Ok(json!(failures))
    }));
    let outcome = bench.turn([bench.granted(0)]);
    assert_eq!(bench.output(), json!(vec![Failure::CRITICAL_SECTION; 4]));
    assert_eq!(scheduled(&outcome), [1, 2], "the signal to another entity and the release");
}

#[test]
fn the_rules_of_a_section_hold_while_it_is_asked_for_and_end_with_it() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let call = ctx.call_entity(ADD, "a", &1);
        let (guard, refused) = join(ctx.lock([account("a")]), call).await;
        drop(guard);
        let after = ctx.call_entity(ADD, "a", &2).await?;
        Ok(json!([refused.expect_err("not held yet").kind, after]))
    }));
    bench.turn([bench.granted(0)]);
    bench.turn([bench.operation_done(2, Ok(7))]);
    assert_eq!(bench.output(), json!([Failure::CRITICAL_SECTION, 7]));
}

#[test]
fn a_section_needs_an_entity() {
    let mut bench = Bench::new(code(|ctx, _| async move {
        let _guard = ctx.lock([]).await?;
        Ok(json!(null))
    }));
    let start = bench.start_message();
    bench.turn([start]);
    assert_eq!(bench.failure().kind, Failure::CRITICAL_SECTION);
}

#[test]
fn another_operation_or_entity_than_the_history_holds_is_a_mismatch() {
    let bench = Bench::started(code(|ctx, _| async move { Ok(json!(ctx.call_entity(ADD, "a", &5).await?)) }));
    let other = code(|ctx, _| async move { Ok(json!(ctx.call_entity(ADD, "b", &5).await?)) });
    let Err(Mismatch::Different { expected, found, .. }) = bench.replay_against(other) else { panic!("no mismatch") };
    assert_eq!(expected, "EntityOperationCalled add of @account@a #0");
    assert_eq!(found, "EntityOperationCalled add of @account@b #0");
}
