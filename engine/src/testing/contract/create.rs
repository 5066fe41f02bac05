//! `Store::create`.

use super::bench::{Bench, at, id, json, started};
use crate::model::{Message, RuntimeStatus};
use crate::store::StoreError;

pub async fn a_new_instance_is_pending_and_has_its_start_message(bench: Bench) {
    let begins = started("order-1");
    let key = bench.try_create(&begins).await.expect("the id is free");
    let record = bench.record("order-1").await;
    assert_eq!((record.key, record.status, record.ordinal), (key, RuntimeStatus::Pending, 1));
    assert_eq!((&*record.name, record.execution), ("Work", begins.execution));
    assert_eq!((record.created_at, record.updated_at, record.completed_at), (at(1), at(1), None));
    let start = Message::Start { started: Box::new(begins), carried: Vec::new() };
    assert_eq!(bench.inbox(key).await, [start]);
}

pub async fn a_taken_id_is_refused_and_nothing_changes(bench: Bench) {
    let key = bench.create("order-1").await;
    let again = bench.try_create(&started("order-1")).await;
    assert!(matches!(again, Err(StoreError::Exists(taken)) if taken == id("order-1")));
    assert_eq!(bench.inbox(key).await.len(), 1);
}

pub async fn ids_that_differ_in_case_are_two_instances(bench: Bench) {
    assert_ne!(bench.create("order-a").await, bench.create("order-A").await);
}

pub async fn values_come_back_byte_for_byte(bench: Bench) {
    let mut begins = started("order-1");
    begins.input = json("{ \"b\": 1.00, \"a\": \"\\u00e9\", \"b\": null }");
    bench.try_create(&begins).await.expect("the id is free");
    let input = bench.record("order-1").await.input.expect("it was asked for");
    assert_eq!(input.as_str(), begins.input.as_str());
}
