//! Sub-orchestrations and detached starts.

use std::time::Duration;

use countersign_engine::ids::EventId;
use countersign_engine::model::{ChildCreated, Message};
use countersign_engine::replay::{End, Outcome};
use countersign_engine::{EventKind, Failure, InstanceId, Orchestration, RetryPolicy};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{Bench, code, raised};

const CHILD: Orchestration<u32, u32> = Orchestration::named("Child");

fn created(outcome: &Outcome) -> Vec<ChildCreated> {
    let children = outcome.events.iter().filter_map(|event| match &event.kind {
        EventKind::SubOrchestrationInstanceCreated(child) => Some(child.clone()),
        _ => None,
    });
    children.collect()
}

fn ids(outcome: &Outcome) -> Vec<InstanceId> {
    outcome.terminated_children.iter().map(|(_, id)| id.clone()).collect()
}

#[test]
fn each_try_of_a_child_has_an_id_of_its_own() {
    let mut bench = Bench::new(code(|ctx, _| async move {
        let policy = RetryPolicy::fixed(Duration::from_secs(1), 2);
        Ok(json!(ctx.child(CHILD, &1).retry(policy).await?))
    }));
    let first = created(&bench.turn([bench.start_message()]));
    bench.turn([bench.child_ended(0, Err(Failure::new("Busy", "later")))]);
    bench.evict();
    bench.pass(Duration::from_secs(1));
    let second = created(&bench.turn([bench.fired(1)]));
    assert_ne!(first[0].instance, second[0].instance);
    assert_eq!((first[0].first_event_id, second[0].first_event_id), (None, Some(EventId(0))));
    bench.turn([bench.child_done(2, 7)]);
    assert_eq!(bench.output(), json!(7));
}

#[test]
fn a_detached_start_gives_its_id_at_once_and_waits_for_nothing() {
    let mut bench = Bench::new(code(|ctx, _| async move {
        let given = InstanceId::parse("audit").expect("a valid id");
        let named = ctx.start_detached(CHILD, &1).id(given).await?;
        let derived = ctx.start_detached(CHILD, &2).await?;
        Ok(json!([named, derived]))
    }));
    let started = created(&bench.turn([bench.start_message()]));
    assert!(started.iter().all(|start| start.detached));
    assert_eq!(bench.output(), json!([started[0].instance, started[1].instance]));
    assert_eq!(started[0].instance.as_str(), "audit");
}

#[test]
fn a_second_result_of_a_child_is_dropped() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let n = ctx.child(CHILD, &1).await?;
        ctx.external_event::<Value>("go").await?;
        Ok(json!(n))
    }));
    bench.turn([bench.child_done(0, 1)]);
    assert_eq!(bench.turn([bench.child_done(0, 2)]).dropped, 1);
    bench.turn([raised("go", 1)]);
    assert_eq!(bench.output(), json!(1));
}

#[test]
fn a_dropped_child_runs_on() {
    let mut bench = Bench::started(code(|ctx, _| async move {
        let _ = ctx.first_of(ctx.child(CHILD, &1), ctx.timer(Duration::from_secs(1))).await;
        ctx.external_event::<Value>("go").await
    }));
    bench.pass(Duration::from_secs(1));
    assert!(bench.turn([bench.fired(1)]).terminated_children.is_empty());
}

#[test]
fn cancel_on_drop_terminates_the_child_once() {
    let mut bench = Bench::new(code(|ctx, _| async move {
        let _ = ctx.first_of(ctx.child(CHILD, &1).cancel_on_drop(), ctx.timer(Duration::from_secs(1))).await;
        ctx.external_event::<Value>("go").await
    }));
    let child = created(&bench.turn([bench.start_message()])).remove(0);
    bench.pass(Duration::from_secs(1));
    assert_eq!(ids(&bench.turn([bench.fired(1)])), [child.instance]);
    bench.evict();
    assert!(bench.turn([bench.child_done(0, 1)]).terminated_children.is_empty());
    assert!(bench.turn([raised("go", 1)]).terminated_children.is_empty());
}

#[test]
fn a_recursive_end_names_the_children_that_have_not_answered() {
    let mut bench = Bench::new(code(|ctx, _| async move {
        let detached = ctx.start_detached(CHILD, &9).await?;
        join_all((0..3).map(|n| ctx.child(CHILD, &n))).await;
        Ok(json!(detached))
    }));
    let children = created(&bench.turn([bench.start_message()]));
    bench.turn([bench.child_done(2, 1)]);
    bench.evict();
    let outcome = bench.turn([Message::Terminate { reason: None, recursive: true }]);
    assert_eq!(bench.end(), Some(&End::Terminated(None)));
    assert_eq!(ids(&outcome), [children[1].instance.clone(), children[3].instance.clone()]);
}

#[test]
fn an_end_that_is_not_recursive_leaves_the_children_alone() {
    let mut bench = Bench::started(code(|ctx, _| async move { Ok(json!(ctx.child(CHILD, &1).await?)) }));
    let outcome = bench.turn([Message::Terminate { reason: None, recursive: false }]);
    assert!(outcome.terminated_children.is_empty());
}
