//! Starts under a taken id, restarts, and tags.

use countersign_engine::{
    EngineError, IfExists, InstanceFilter, InstanceQuery, Orchestration, RuntimeStatus, StoreError,
};

use crate::support::{APPROVAL, FAMILY, SUM, World, id, record};

async fn output(client: &countersign_engine::Client, name: &str) -> String {
    record(client, name).await.output.expect("completed").as_str().to_owned()
}

#[tokio::test]
async fn a_start_that_may_be_repeated_starts_once() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    for number in [1, 9] {
        let start = client.start(SUM, &vec![number]).id(id("sum")).if_exists(IfExists::UseExisting);
        assert_eq!(start.await.expect("started, or there already"), id("sum"));
        node.run_until_idle().await.expect("it runs");
    }
    assert_eq!((output(&client, "sum").await.as_str(), record(&client, "sum").await.ordinal), ("2", 1));
}

#[tokio::test]
async fn only_what_has_finished_is_replaced() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    let start = || client.start(SUM, &vec![3]).id(id("a")).if_exists(IfExists::ReplaceFinished);
    client.start(APPROVAL, &5).id(id("a")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let refused = start().await;
    assert!(matches!(refused, Err(EngineError::Store(StoreError::WrongState { .. }))), "{refused:?}");
    node.run_to_the_end().await.expect("it runs");
    start().await.expect("it has ended");
    node.run_until_idle().await.expect("it runs");
    let replaced = record(&client, "a").await;
    assert_eq!((&*replaced.name, replaced.ordinal), ("Sum", 2));
    assert_eq!(output(&client, "a").await, "6");
    node.check().await.expect("checked");
}

#[tokio::test]
async fn what_runs_is_terminated_and_replaced_at_once() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(APPROVAL, &5).id(id("a")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let before = node.now();
    client.start(SUM, &vec![3]).id(id("a")).if_exists(IfExists::TerminateAndReplace).await.expect("replaced");
    node.run_to_the_end().await.expect("it runs");
    assert_eq!(node.now(), before, "the timers of the one before are gone");
    assert_eq!(output(&client, "a").await, "6");
    let old = client.history(&id("a"), Some(1)).await.expect("history");
    assert_eq!(old.last().map(|event| event.kind.name()), Some("ExecutionCompleted"));
    node.check().await.expect("checked");
}

#[tokio::test]
async fn a_parent_goes_on_when_its_child_is_replaced() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(crate::support::PARENT, &"child".to_owned()).id(id("parent")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    client.start(SUM, &vec![3]).id(id("child")).if_exists(IfExists::TerminateAndReplace).await.expect("replaced");
    node.run_until_idle().await.expect("it runs");
    let parent = record(&client, "parent").await;
    assert_eq!((parent.status, parent.failure.expect("failed").kind.as_str()), (RuntimeStatus::Failed, "Terminated"));
    assert_eq!(output(&client, "child").await, "6");
}

#[tokio::test]
async fn a_restart_may_bring_another_input_or_another_instance() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(SUM, &vec![3]).id(id("a")).tag("team", "red").await.expect("started");
    node.run_until_idle().await.expect("it runs");
    client.restart(&id("a")).input(&vec![4]).await.expect("it has ended");
    let copy = client.restart(&id("a")).as_new().await.expect("it need not have ended");
    let named = client.restart(&id("a")).as_instance(id("b")).input(&vec![5]).await.expect("the id is free");
    node.run_until_idle().await.expect("it runs");
    assert_eq!((output(&client, "a").await, output(&client, "b").await), ("8".to_owned(), "10".to_owned()));
    assert_eq!((output(&client, copy.as_str()).await, named), ("8".to_owned(), id("b")));
    assert_eq!(record(&client, "b").await.tags.get("team"), Some("red"));
    let taken = client.restart(&id("a")).as_instance(id("b")).await;
    assert!(matches!(taken, Err(EngineError::Store(StoreError::Exists(_)))), "{taken:?}");
    for restart in [client.restart(&id("nobody")), client.restart(&id("nobody")).as_new()] {
        assert!(matches!(restart.await, Err(EngineError::Store(StoreError::NotFound(_)))));
    }
}

#[tokio::test]
async fn children_take_over_the_tags_of_their_parent() {
    let world = World::new().await;
    let node = world.node().await;
    let client = node.client();
    client.start(FAMILY, &2).id(id("family")).tag("team", "red").await.expect("started");
    client.start(FAMILY, &2).id(id("other")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    let filter = InstanceFilter { tags: vec![("team".to_owned(), "red".to_owned())], ..InstanceFilter::default() };
    let query = InstanceQuery { filter, limit: 10, ..InstanceQuery::default() };
    assert_eq!(client.query(&query).await.expect("a page").len(), 3);
    let refused = client.start(FAMILY, &2).tag("", "red").await;
    assert!(matches!(refused, Err(EngineError::Payload(_))), "{refused:?}");
}

#[tokio::test]
async fn the_record_names_the_version_that_was_started() {
    const SECOND: Orchestration<Vec<u32>, u32> = SUM.version("2");
    let world = World::new().await;
    let client = world.node().await.client();
    client.start(SECOND, &vec![1]).id(id("sum")).await.expect("started");
    assert_eq!(&*record(&client, "sum").await.version, "2");
}
