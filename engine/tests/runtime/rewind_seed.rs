//! What derives from an execution's seed, before and after it is rewound.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use countersign_engine::{
    Activity, Client, EventKind, Failure, InstanceFilter, InstanceId, InstanceQuery, Orchestration,
    OrchestrationContext, Registry, RuntimeStatus,
};
use uuid::Uuid;

use crate::support::{World, id, record};

/// An id, a random number, and the id of a child.
type Drawn = (Uuid, u64, InstanceId);

/// Gives its input back, once it is repaired.
const WORK: Activity<u64, u64> = Activity::named("Work");
const DRAW: Orchestration<u32, Drawn> = Orchestration::named("Draw");
/// Says its own id.
const WHO: Orchestration<u32, InstanceId> = Orchestration::named("Who");

/// Draws, says what it drew, and then does what may fail.
async fn draw(ctx: OrchestrationContext, n: u32) -> Result<Drawn, Failure> {
    let (uuid, random) = (ctx.new_uuid(), ctx.random());
    let child = ctx.child(WHO, &n).await?;
    let drawn = (uuid, random, child);
    ctx.set_custom_status(&drawn)?;
    ctx.call(WORK, &random).await?;
    Ok(drawn)
}

/// Code whose activity fails so often.
fn registry(failures: u32) -> Registry {
    let left = Arc::new(AtomicU32::new(failures));
    let working = Registry::new().activity(WORK, move |_, n: u64| {
        let is_broken = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        async move { if is_broken { Err(Failure::new("Broken", "not yet")) } else { Ok(n) } }
    });
    working
        .and_then(|known| known.orchestration(DRAW, draw))
        .and_then(|known| known.orchestration(WHO, |ctx, _: u32| async move { Ok(ctx.instance_id()) }))
        .expect("the names differ")
}

/// The seed and the id of the execution of that number.
async fn seed(client: &Client, ordinal: u32) -> (Uuid, Uuid) {
    let history = client.history(&id("draw"), Some(ordinal)).await.expect("the history stays");
    let start = history.iter().find_map(|event| match &event.kind {
        EventKind::ExecutionStarted(started) => Some((started.seed, started.execution.0)),
        _ => None,
    });
    start.expect("it has begun")
}

#[tokio::test]
async fn every_rewind_keeps_the_seed_and_what_was_drawn_from_it() {
    let world = World::new().await;
    let node = world.node_with(registry(2)).await;
    let client = node.client();
    client.start(DRAW, &1).id(id("draw")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let failed = record(&client, "draw").await;
    assert_eq!(failed.status, RuntimeStatus::Failed);
    let drawn: Drawn = failed.custom_status.expect("it said what it drew").decode().expect("a draw");
    for status in [RuntimeStatus::Failed, RuntimeStatus::Completed] {
        client.rewind(&id("draw"), "once more").await.expect("it has failed");
        node.run_until_idle().await.expect("it runs");
        let rewound = record(&client, "draw").await;
        assert_eq!(rewound.status, status);
        assert_eq!(rewound.custom_status.expect("it says so still").decode::<Drawn>().expect("a draw"), drawn);
    }
    let output = record(&client, "draw").await.output.expect("completed");
    assert_eq!(output.decode::<Drawn>().expect("a draw"), drawn);
    let (first, second, third) = (seed(&client, 1).await, seed(&client, 2).await, seed(&client, 3).await);
    assert_eq!([second.0, third.0], [first.0, first.0], "one seed");
    assert_eq!(BTreeSet::from([first.1, second.1, third.1]).len(), 3, "three executions");
    let filter = InstanceFilter { parent: Some(id("draw")), ..InstanceFilter::default() };
    let children = client.query(&InstanceQuery { filter, limit: 10, ..InstanceQuery::default() }).await;
    let children: Vec<_> = children.expect("a page").into_iter().map(|child| child.id).collect();
    assert_eq!(children, [drawn.2], "no rewind starts another child");
    node.check().await.expect("checked");
}
