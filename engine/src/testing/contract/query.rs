//! `Store::find`, `Store::query`, `Store::count_by_status` and `Store::history`.

use super::bench::{Bench, child, event, id, started, suspend, turn};
use crate::ids::InstanceKey;
use crate::model::{ExecutionStarted, RuntimeStatus};
use crate::store::{InstanceQuery, TurnCommit};

async fn names(bench: &Bench, query: InstanceQuery) -> Vec<String> {
    let page = bench.store().query(&query).await.expect("the store answers");
    page.into_iter().map(|record| record.id.to_string()).collect()
}

fn all() -> InstanceQuery {
    InstanceQuery { limit: 100, ..InstanceQuery::default() }
}

pub async fn what_does_not_exist_is_not_found(bench: Bench) {
    assert!(bench.store().find(&id("nobody")).await.expect("the store answers").is_none());
    assert!(bench.store().history(&id("nobody"), None).await.expect("the store answers").is_empty());
}

pub async fn instances_are_listed_newest_first(bench: Bench) {
    for name in ["b", "a", "c"] {
        bench.create(name).await;
    }
    assert_eq!(names(&bench, all()).await, ["c", "a", "b"]);
    assert_eq!(names(&bench, InstanceQuery { limit: 2, ..all() }).await, ["c", "a"]);
}

pub async fn a_list_may_ask_for_names_and_states(bench: Bench) {
    let ended = bench.begun("ended").await;
    bench.finish(&ended, 1).await;
    bench.begun("running").await;
    bench.begun("suspended").await;
    bench.send("suspended", suspend()).await.expect("the instance runs");
    let other = ExecutionStarted { name: "Other".into(), ..started("other") };
    bench.try_create(&other).await.expect("the id is free");
    let of = |statuses: &[RuntimeStatus]| InstanceQuery { statuses: statuses.to_vec(), ..all() };
    assert_eq!(names(&bench, of(&[RuntimeStatus::Completed])).await, ["ended"]);
    assert_eq!(names(&bench, of(&[RuntimeStatus::Suspended, RuntimeStatus::Running])).await, ["suspended", "running"]);
    let named = InstanceQuery { name: Some("Other".to_owned()), ..all() };
    assert_eq!(names(&bench, named.clone()).await, ["other"]);
    assert!(names(&bench, InstanceQuery { statuses: vec![RuntimeStatus::Running], ..named }).await.is_empty());
}

pub async fn a_prefix_is_taken_literally(bench: Bench) {
    for name in ["a_1", "ab1", "a%1", "A_1", "é_1", "xa_1"] {
        bench.create(name).await;
    }
    let with = |prefix: &str| InstanceQuery { id_prefix: Some(prefix.to_owned()), ..all() };
    assert_eq!(names(&bench, with("a_")).await, ["a_1"]);
    assert_eq!(names(&bench, with("a%")).await, ["a%1"]);
    assert_eq!(names(&bench, with("é")).await, ["é_1"]);
    assert_eq!(names(&bench, with("a")).await, ["a%1", "ab1", "a_1"]);
    assert!(names(&bench, with("a'")).await.is_empty());
}

pub async fn paging_neither_skips_nor_repeats_while_rows_change(bench: Bench) {
    let mut expected = Vec::new();
    for n in 0..25 {
        let name = format!("order-{n}");
        bench.create(&name).await;
        expected.insert(0, name);
    }
    let mut seen = Vec::new();
    let mut before: Option<InstanceKey> = None;
    loop {
        let query = InstanceQuery { before, limit: 5, ..all() };
        let page = bench.store().query(&query).await.expect("the store answers");
        let Some(last) = page.last() else { break };
        before = Some(last.key);
        // Meanwhile one is new, and one that was shown and one that was not change their state.
        bench.create(&format!("new-{}", seen.len())).await;
        for record in [&page[0], last] {
            let claim = bench.claim(record.key).await;
            bench.finish(&claim, 0).await;
        }
        seen.extend(page.into_iter().map(|record| record.id.to_string()));
        if let Some(next) = expected.get(seen.len()) {
            bench.send(next, suspend()).await.expect("the instance is pending");
        }
    }
    assert_eq!(seen, expected);
}

pub async fn a_page_has_at_most_a_thousand_instances(bench: Bench) {
    let parent = bench.begun("order-0").await;
    let children = (1..=1_000).map(|n| child(&format!("order-{n}"), &parent, n)).collect();
    bench.commit(TurnCommit { children, ..turn(&parent, 1) }).await;
    let query = InstanceQuery { limit: u32::MAX, ..all() };
    assert_eq!(names(&bench, query).await.len(), 1_000);
}

pub async fn states_are_counted(bench: Bench) {
    assert!(bench.store().count_by_status().await.expect("the store answers").is_empty());
    for name in ["a", "b"] {
        bench.create(name).await;
    }
    let ended = bench.begun("c").await;
    bench.finish(&ended, 1).await;
    let counts = bench.store().count_by_status().await.expect("the store answers");
    assert_eq!(counts, [(RuntimeStatus::Pending, 2), (RuntimeStatus::Completed, 1)]);
}

pub async fn a_history_is_found_by_its_ordinal(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.finish(&claim, 1).await;
    let store = bench.store();
    for ordinal in [None, Some(1)] {
        let history = store.history(&id("order-1"), ordinal).await.expect("the store answers");
        assert_eq!(history, [event(0), event(1)]);
    }
    assert!(store.history(&id("order-1"), Some(2)).await.expect("the store answers").is_empty());
}
