//! `Reads::find`, `Reads::history`, and what `Reads::query` may be asked for.

use super::bench::{Bench, at, child, event, finished, id, json, started, suspend, tagged, turn};
use crate::model::{Blocked, BlockedKind, ExecutionStarted, Failure, RuntimeStatus};
use crate::store::{Between, Ending, InstanceFilter, InstanceOrder, InstanceQuery, TurnCommit, Unfinished, Values};

pub(super) async fn names(bench: &Bench, query: InstanceQuery) -> Vec<String> {
    let page = bench.store().query(None, &query).await.expect("the store answers");
    page.into_iter().map(|record| record.id.to_string()).collect()
}

async fn found(bench: &Bench, filter: InstanceFilter) -> Vec<String> {
    names(bench, InstanceQuery { filter, ..all() }).await
}

pub(super) fn all() -> InstanceQuery {
    InstanceQuery { limit: 100, ..InstanceQuery::default() }
}

pub(super) fn any() -> InstanceFilter {
    InstanceFilter::default()
}

pub(super) fn with_tags(tags: &[(&str, &str)]) -> InstanceFilter {
    let tags = tags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    InstanceFilter { tags, ..any() }
}

pub async fn what_does_not_exist_is_not_found(bench: Bench) {
    assert!(bench.store().find(None, &id("nobody")).await.expect("the store answers").is_none());
    assert!(bench.store().history(None, &id("nobody"), None).await.expect("the store answers").is_empty());
}

pub async fn instances_are_listed_newest_first(bench: Bench) {
    for name in ["b", "a", "c"] {
        bench.create(name).await;
    }
    assert_eq!(names(&bench, all()).await, ["c", "a", "b"]);
    assert_eq!(names(&bench, InstanceQuery { limit: 2, ..all() }).await, ["c", "a"]);
    assert!(names(&bench, InstanceQuery { limit: 0, ..all() }).await.is_empty());
}

pub async fn a_list_may_ask_for_names_and_states(bench: Bench) {
    let ended = bench.begun("ended").await;
    bench.finish(&ended, 1).await;
    bench.begun("running").await;
    bench.begun("suspended").await;
    bench.send("suspended", suspend()).await.expect("the instance runs");
    let other = ExecutionStarted { name: "Other".into(), ..started("other") };
    bench.try_create(&other).await.expect("the id is free");
    let of = |statuses: &[RuntimeStatus]| InstanceFilter { statuses: statuses.to_vec(), ..any() };
    assert_eq!(found(&bench, of(&[RuntimeStatus::Completed])).await, ["ended"]);
    let active = [RuntimeStatus::Suspended, RuntimeStatus::Running, RuntimeStatus::Running];
    assert_eq!(found(&bench, of(&active)).await, ["suspended", "running"]);
    let named = InstanceFilter { name: Some("Other".to_owned()), ..any() };
    assert_eq!(found(&bench, named.clone()).await, ["other"]);
    assert!(found(&bench, InstanceFilter { statuses: vec![RuntimeStatus::Running], ..named }).await.is_empty());
    let work = |status| InstanceFilter { name: Some("Work".to_owned()), ..of(&[status]) };
    assert_eq!(found(&bench, work(RuntimeStatus::Completed)).await, ["ended"]);
    assert_eq!(found(&bench, work(RuntimeStatus::Running)).await, ["running"]);
}

pub async fn a_list_may_ask_for_versions_parents_and_obstacles(bench: Bench) {
    let second = ExecutionStarted { version: "2".into(), ..started("second") };
    bench.try_create(&second).await.expect("the id is free");
    let parent = bench.begun("parent").await;
    let children = vec![child("child-1", &parent, 0), child("child-2", &parent, 1)];
    bench.commit(TurnCommit { children, ..turn(&parent, 1) }).await;
    let blocked = Blocked { kind: BlockedKind::Poison, message: "it kills".to_owned(), since: at(5) };
    bench.store().block(&parent, blocked).await.expect("the lease holds");
    let version = |version: &str| InstanceFilter { version: Some(version.to_owned()), ..any() };
    assert_eq!(found(&bench, version("2")).await, ["second"]);
    assert_eq!(found(&bench, version("")).await.len(), 3);
    let of = |parent| InstanceFilter { parent: Some(id(parent)), ..any() };
    assert_eq!(found(&bench, of("parent")).await, ["child-2", "child-1"]);
    assert!(found(&bench, of("child-1")).await.is_empty());
    let blocked = |blocked| InstanceFilter { blocked: Some(blocked), ..any() };
    assert_eq!(found(&bench, blocked(true)).await, ["parent"]);
    assert_eq!(found(&bench, blocked(false)).await, ["child-2", "child-1", "second"]);
}

pub async fn a_list_may_ask_for_times(bench: Bench) {
    for seconds in [1, 2, 3] {
        bench.create_at(&started(&format!("at-{seconds}")), at(seconds)).await.expect("the id is free");
    }
    let claim = bench.claim(bench.record("at-1").await.key).await;
    bench.commit(TurnCommit { now: at(7), ending: finished(None), ..turn(&claim, 0) }).await;
    let between = |from, until| Between { from: Some(at(from)), until: Some(at(until)) };
    let created = |from, until| InstanceFilter { created: between(from, until), ..any() };
    assert_eq!(found(&bench, created(1, 3)).await, ["at-2", "at-1"]);
    assert_eq!(found(&bench, created(3, 9)).await, ["at-3"]);
    assert!(found(&bench, created(4, 9)).await.is_empty());
    let updated = |from, until| InstanceFilter { updated: between(from, until), ..any() };
    assert_eq!(found(&bench, updated(2, 8)).await, ["at-3", "at-2", "at-1"]);
    assert_eq!(found(&bench, updated(7, 8)).await, ["at-1"]);
    let completed = |from, until| InstanceFilter { completed: between(from, until), ..any() };
    assert_eq!(found(&bench, completed(7, 8)).await, ["at-1"]);
    assert!(found(&bench, completed(0, 7)).await.is_empty());
}

pub async fn a_list_may_ask_for_tags(bench: Bench) {
    bench.try_create(&tagged("both", &[("team", "red"), ("year", "2026")])).await.expect("the id is free");
    bench.try_create(&tagged("red", &[("team", "red")])).await.expect("the id is free");
    bench.try_create(&tagged("blue", &[("team", "blue")])).await.expect("the id is free");
    bench.create("none").await;
    assert_eq!(found(&bench, with_tags(&[("team", "red")])).await, ["red", "both"]);
    assert_eq!(found(&bench, with_tags(&[("team", "red"), ("year", "2026")])).await, ["both"]);
    assert!(found(&bench, with_tags(&[("team", "red"), ("team", "blue")])).await.is_empty());
    let pending = InstanceFilter { statuses: vec![RuntimeStatus::Pending], ..with_tags(&[("team", "blue")]) };
    assert_eq!(found(&bench, pending).await, ["blue"]);
    assert_eq!(bench.record("both").await.tags.get("year"), Some("2026"));
    let listed = bench.store().query(None, &all()).await.expect("the store answers");
    assert_eq!(listed.iter().filter(|record| !record.tags.is_empty()).count(), 3);
}

pub async fn a_replaced_instance_is_found_by_its_new_tags_only(bench: Bench) {
    bench.try_create(&tagged("a", &[("team", "red")])).await.expect("the id is free");
    let blue = tagged("a", &[("team", "blue")]);
    bench.replace(&blue, Unfinished::Ends).await.expect("it need not have ended");
    assert!(found(&bench, with_tags(&[("team", "red")])).await.is_empty());
    assert_eq!(found(&bench, with_tags(&[("team", "blue")])).await, ["a"]);
    let claim = bench.claim(bench.record("a").await.key).await;
    bench.finish(&claim, 0).await;
    bench.restart("a", None).await.expect("the instance has ended");
    assert_eq!(found(&bench, with_tags(&[("team", "blue")])).await, ["a"]);
}

pub async fn children_are_filed_under_the_tags_they_are_given(bench: Bench) {
    let parent = bench.begun("parent").await;
    let filed = |name, event_id| ExecutionStarted {
        tags: tagged("any", &[("team", "red")]).tags,
        ..child(name, &parent, event_id)
    };
    let children = vec![filed("child-1", 0), filed("child-2", 1), filed("child-1", 2)];
    bench.commit(TurnCommit { children, ..turn(&parent, 1) }).await;
    assert_eq!(found(&bench, with_tags(&[("team", "red")])).await, ["child-2", "child-1"]);
}

pub async fn a_prefix_is_taken_literally(bench: Bench) {
    for name in ["a_1", "ab1", "a%1", "A_1", "é_1", "xa_1", "a"] {
        bench.create(name).await;
    }
    let with = |prefix: &str| InstanceFilter { id_prefix: Some(prefix.to_owned()), ..any() };
    assert_eq!(found(&bench, with("a_")).await, ["a_1"]);
    assert_eq!(found(&bench, with("a%")).await, ["a%1"]);
    assert_eq!(found(&bench, with("é")).await, ["é_1"]);
    assert_eq!(found(&bench, with("a")).await, ["a", "a%1", "ab1", "a_1"]);
    assert!(found(&bench, with("a'")).await.is_empty());
    assert_eq!(found(&bench, with("")).await.len(), 7);
    let by_id = InstanceQuery { filter: with("a"), order: InstanceOrder::ById, ..all() };
    assert_eq!(names(&bench, by_id).await, ["a", "a%1", "a_1", "ab1"]);
}

pub async fn a_text_is_searched_without_regard_to_case(bench: Bench) {
    bench.create("Order-%1").await;
    let claim = bench.begun("second").await;
    let status = json("{\"Step\": \"Packing_Écu\"}");
    bench.commit(TurnCommit { custom_status: Some(status), ..turn(&claim, 1) }).await;
    let claim = bench.begun("third").await;
    let failure = Some(Failure::new("Declined", "no funds"));
    let ending = Ending::Finished { status: RuntimeStatus::Failed, output: None, failure, parent: None };
    bench.commit(TurnCommit { ending, ..turn(&claim, 1) }).await;
    let with = |text: &str| InstanceFilter { text: Some(text.to_owned()), ..any() };
    assert_eq!(found(&bench, with("oRDER-%")).await, ["Order-%1"]);
    assert!(found(&bench, with("order_")).await.is_empty());
    assert_eq!(found(&bench, with("packing_É")).await, ["second"]);
    assert_eq!(found(&bench, with("FUNDS")).await, ["third"]);
    assert_eq!(found(&bench, with("wOrK")).await, ["third", "second", "Order-%1"]);
    assert!(found(&bench, with("a\\b")).await.is_empty());
}

pub async fn a_text_that_no_column_can_hold_finds_nothing(bench: Bench) {
    bench.create("a").await;
    let zero = || Some("\0".to_owned());
    for filter in [
        InstanceFilter { name: zero(), ..any() },
        InstanceFilter { id_prefix: zero(), ..any() },
        InstanceFilter { text: zero(), ..any() },
        with_tags(&[("a", "\0")]),
    ] {
        assert!(found(&bench, filter.clone()).await.is_empty());
        assert!(bench.store().count_by_status(None, &filter).await.expect("the store answers").is_empty());
    }
}

pub async fn values_are_listed_only_if_asked_for(bench: Bench) {
    let claim = bench.begun("a").await;
    bench.finish(&claim, 1).await;
    let [omitted] = &bench.store().query(None, &all()).await.expect("the store answers")[..] else {
        panic!("one instance")
    };
    assert_eq!((&omitted.input, &omitted.output), (&None, &None));
    let query = InstanceQuery { values: Values::Included, ..all() };
    let [included] = &bench.store().query(None, &query).await.expect("the store answers")[..] else {
        panic!("one instance")
    };
    assert_eq!(included.input, Some(json("{\"a\": 1.0}")));
    assert_eq!(included.output, Some(json("\"done\"")));
}

pub async fn a_history_is_found_by_its_ordinal(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.finish(&claim, 1).await;
    let store = bench.store();
    for ordinal in [None, Some(1)] {
        let history = store.history(None, &id("order-1"), ordinal).await.expect("the store answers");
        assert_eq!(history, [event(0), event(1)]);
    }
    assert!(store.history(None, &id("order-1"), Some(2)).await.expect("the store answers").is_empty());
}
