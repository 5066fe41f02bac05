//! `Reads::query` page by page, and `Reads::count_by_status`.

use std::cell::Cell;

use super::bench::{Bench, at, child, finished, resume, suspend, tagged, turn};
use super::query::{all, any, names, with_tags};
use crate::model::RuntimeStatus;
use crate::store::{Cursor, InstanceFilter, InstanceOrder, InstanceQuery, TurnCommit};

/// Reads all pages of two.
async fn pages(bench: &Bench, query: InstanceQuery) -> Vec<String> {
    let (mut seen, mut after) = (Vec::new(), None::<Cursor>);
    loop {
        let query = InstanceQuery { after: after.clone(), limit: 2, ..query.clone() };
        let page = bench.store().query(None, &query).await.expect("the store answers");
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { return seen };
        after = Some(last.cursor());
        seen.extend(page.into_iter().map(|record| record.id.to_string()));
    }
}

pub async fn every_order_leads_through_all_pages(bench: Bench) {
    // Several of one age, which are told apart by their keys.
    for (name, seconds) in [("e", 1), ("a", 1), ("d", 1), ("b", 2), ("c", 1)] {
        let begins = tagged(name, &[("team", "red")]);
        let key = bench.create_at(&begins, at(seconds)).await.expect("the id is free");
        let claim = bench.claim(key).await;
        let end = if name == "b" { 5 } else { 6 };
        bench.commit(TurnCommit { now: at(end), ending: finished(None), ..turn(&claim, 0) }).await;
    }
    bench.create("unfinished").await;
    let ended = vec![RuntimeStatus::Completed, RuntimeStatus::Failed];
    for filter in [
        InstanceFilter { statuses: ended.clone(), ..any() },
        with_tags(&[("team", "red")]),
        InstanceFilter { name: Some("Work".to_owned()), statuses: ended, ..any() },
    ] {
        let ordered = |order| InstanceQuery { filter: filter.clone(), order, ..all() };
        assert_eq!(pages(&bench, ordered(InstanceOrder::NewestFirst)).await, ["b", "c", "d", "a", "e"]);
        assert_eq!(pages(&bench, ordered(InstanceOrder::OldestFirst)).await, ["e", "a", "d", "c", "b"]);
        assert_eq!(pages(&bench, ordered(InstanceOrder::ById)).await, ["a", "b", "c", "d", "e"]);
        assert_eq!(pages(&bench, ordered(InstanceOrder::ByEnd)).await, ["b", "e", "a", "d", "c"]);
    }
    let by_end = InstanceQuery { order: InstanceOrder::ByEnd, ..all() };
    assert_eq!(pages(&bench, by_end).await, ["b", "e", "a", "d", "c"]);
}

pub async fn paging_neither_skips_nor_repeats_while_rows_change(bench: Bench) {
    let mut expected = Vec::new();
    for n in 0..25 {
        let name = format!("order-{n}");
        bench.create(&name).await;
        expected.insert(0, name);
    }
    let mut seen = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let query = InstanceQuery { after, limit: 5, ..all() };
        let page = bench.store().query(None, &query).await.expect("the store answers");
        let Some(last) = page.last() else { break };
        after = Some(last.cursor());
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

pub async fn what_goes_from_one_state_to_another_is_on_a_page_of_both_once(bench: Bench) {
    bench.begun("order-1").await;
    let ended = Cell::new(false);
    let moves = async {
        for _ in 0..50 {
            bench.send("order-1", suspend()).await.expect("the instance runs");
            bench.send("order-1", resume()).await.expect("the instance is suspended");
        }
        ended.set(true);
    };
    let reads = async {
        let filter = InstanceFilter { statuses: vec![RuntimeStatus::Running, RuntimeStatus::Suspended], ..any() };
        while !ended.get() {
            let query = InstanceQuery { filter: filter.clone(), ..all() };
            assert_eq!(names(&bench, query).await, ["order-1"]);
        }
    };
    futures::future::join(moves, reads).await;
}

pub async fn a_page_has_at_most_a_thousand_instances(bench: Bench) {
    let parent = bench.begun("order-0").await;
    let children = (1..=1_000).map(|n| child(&format!("order-{n}"), &parent, n)).collect();
    bench.commit(TurnCommit { children, ..turn(&parent, 1) }).await;
    let query = InstanceQuery { limit: u32::MAX, ..all() };
    assert_eq!(names(&bench, query).await.len(), 1_000);
}

pub async fn states_are_counted(bench: Bench) {
    assert!(bench.store().count_by_status(None, &any()).await.expect("the store answers").is_empty());
    for name in ["a", "b"] {
        bench.create(name).await;
    }
    let ended = bench.begun("c").await;
    bench.finish(&ended, 1).await;
    let counts = bench.store().count_by_status(None, &any()).await.expect("the store answers");
    assert_eq!(counts, [(RuntimeStatus::Pending, 2), (RuntimeStatus::Completed, 1)]);
}

pub async fn states_are_counted_for_a_filter(bench: Bench) {
    for name in ["a", "b"] {
        bench.try_create(&tagged(name, &[("team", "red")])).await.expect("the id is free");
    }
    let ended = bench.begun("bc").await;
    bench.finish(&ended, 1).await;
    let count = async |filter| bench.store().count_by_status(None, &filter).await.expect("the store answers");
    assert_eq!(count(with_tags(&[("team", "red")])).await, [(RuntimeStatus::Pending, 2)]);
    let prefix = InstanceFilter { id_prefix: Some("b".to_owned()), ..any() };
    assert_eq!(count(prefix.clone()).await, [(RuntimeStatus::Pending, 1), (RuntimeStatus::Completed, 1)]);
    let ended = InstanceFilter { statuses: vec![RuntimeStatus::Completed, RuntimeStatus::Failed], ..prefix };
    assert_eq!(count(ended).await, [(RuntimeStatus::Completed, 1)]);
}
