//! What a node keeps in memory of instances that wait.

use countersign_engine::runtime::Wake;
use countersign_engine::testing::Stepper;
use countersign_engine::{Limits, RuntimeStatus, Strictness};

use crate::support::{COUNTDOWN, World, id, record, registry};
use crate::watch::Metrics;

/// A node with so much room for instances that wait.
async fn node(world: &World, cached_bytes: usize) -> Stepper {
    let limits = Limits { cached_bytes, strictness: Strictness::Strict, ..Limits::default() };
    let known = registry().expect("the names differ");
    let node = Stepper::start_as(world.store.clone(), known, world.clock.clone(), Wake::default(), limits).await;
    node.expect("the node starts")
}

const ROOM: u32 = 60_000;
const INSTANCES: u32 = 100;

#[tokio::test]
async fn instances_that_wait_take_no_more_memory_than_there_is_room_for() {
    let metrics = Metrics::default();
    let _recording = metrics::set_default_local_recorder(&metrics);
    let world = World::new().await;
    let node = node(&world, usize::try_from(ROOM).expect("a small number")).await;
    let client = node.client();
    for n in 0..INSTANCES {
        client.start(COUNTDOWN, &1).id(id(&format!("c-{n}"))).await.expect("started");
    }
    node.run_until_idle().await.expect("it runs");
    let kept = metrics.values("engine.cache.bytes");
    assert!(kept.iter().all(|bytes| *bytes <= f64::from(ROOM)), "{kept:?}");
    assert!(kept.last().is_some_and(|bytes| *bytes > f64::from(ROOM) / 2.0), "{kept:?}");
    assert!(metrics.sum("engine.cache.evictions") > f64::from(INSTANCES) / 2.0);
    for n in 0..INSTANCES {
        client.raise_event(&id(&format!("c-{n}")), "step", &1).await.expect("raised");
    }
    node.run_until_idle().await.expect("it runs");
    for n in 0..INSTANCES {
        assert_eq!(record(&client, &format!("c-{n}")).await.status, RuntimeStatus::Completed);
    }
    assert!(metrics.sum("engine.replays Countdown") > f64::from(INSTANCES) / 2.0, "those that had gone came back");
}

#[tokio::test]
async fn one_that_is_larger_than_all_of_the_room_is_not_rebuilt_for_each_turn_but_two_are() {
    let metrics = Metrics::default();
    let _recording = metrics::set_default_local_recorder(&metrics);
    let world = World::new().await;
    let node = node(&world, 1).await;
    let client = node.client();
    for (instances, replays) in [(&["a"][..], 0.0), (&["b", "c"][..], 1.0)] {
        for name in instances {
            client.start(COUNTDOWN, &1).id(id(name)).await.expect("started");
            node.run_until_idle().await.expect("it runs");
        }
        for name in instances {
            client.raise_event(&id(name), "step", &1).await.expect("raised");
            node.run_until_idle().await.expect("it runs");
            assert_eq!(record(&client, name).await.status, RuntimeStatus::Completed);
        }
        let rebuilt = metrics.sum("engine.replays Countdown");
        assert!((rebuilt - replays).abs() < 0.5, "{rebuilt} instead of {replays} of {instances:?}");
    }
}
