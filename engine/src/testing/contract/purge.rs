//! `Store::purge` and `Store::sweep`.

use super::bench::{Bench, id, raised, tagged, turn};
use super::query::with_tags;
use crate::ids::InstanceKey;
use crate::model::Message;
use crate::store::{InstanceQuery, TurnCommit};

/// An instance of so many turns, with a tag, that has ended and left a message unread.
async fn ended(bench: &Bench, name: &str, turns: u32) -> InstanceKey {
    let key = bench.try_create(&tagged(name, &[("team", "red")])).await.expect("the id is free");
    let claim = bench.claim(key).await;
    bench.commit(TurnCommit { consumed: bench.unread(key).await, ..turn(&claim, 0) }).await;
    for sequence in 1..turns - 1 {
        bench.commit(turn(&claim, sequence)).await;
    }
    bench.send(name, Message::Raise(raised("unread"))).await.expect("the instance runs");
    bench.finish(&claim, turns - 1).await;
    key
}

async fn purge(bench: &Bench, keys: &[InstanceKey]) -> u64 {
    let tx = bench.store().begin("purge").await.expect("the writer is free");
    let count = bench.store().purge(&tx, keys).await.expect("the store answers");
    bench.store().commit_transaction(tx).await.expect("the transaction is short");
    count
}

pub(super) async fn sweep(bench: &Bench, limit: u32) -> bool {
    let tx = bench.store().begin("sweep").await.expect("the writer is free");
    let more = bench.store().sweep(&tx, limit).await.expect("the store answers");
    bench.store().commit_transaction(tx).await.expect("the transaction is short");
    more
}

pub async fn a_purged_instance_is_gone_and_its_id_is_free(bench: Bench) {
    let key = ended(&bench, "order-1", 3).await;
    assert_eq!(purge(&bench, &[key]).await, 1);
    assert!(bench.store().find(None, &id("order-1")).await.expect("the store answers").is_none());
    assert!(bench.store().history(None, &id("order-1"), None).await.expect("the store answers").is_empty());
    let tagged = InstanceQuery { filter: with_tags(&[("team", "red")]), limit: 10, ..InstanceQuery::default() };
    assert!(bench.store().query(None, &tagged).await.expect("the store answers").is_empty());
    let again = ended(&bench, "order-1", 2).await;
    assert_ne!(again, key);
    assert!(!sweep(&bench, 100).await);
    assert_eq!(bench.store().history(None, &id("order-1"), None).await.expect("the store answers").len(), 2);
    assert_eq!(bench.inbox(again).await.len(), 1);
    assert!(bench.inbox(key).await.is_empty());
    assert_eq!(purge(&bench, &[key]).await, 0);
}

pub async fn what_has_not_ended_is_not_purged(bench: Bench) {
    let running = bench.begun("order-1").await;
    let ended = ended(&bench, "order-2", 2).await;
    assert_eq!(purge(&bench, &[running.key, ended, InstanceKey(999)]).await, 1);
    bench.commit(turn(&running, 1)).await;
    assert!(!sweep(&bench, 100).await);
    assert_eq!(bench.store().load(&running).await.expect("the store answers").len(), 2);
}

pub async fn a_sweep_takes_away_no_more_than_asked_for(bench: Bench) {
    let key = ended(&bench, "order-1", 7).await;
    assert!(!sweep(&bench, 3).await);
    assert_eq!(purge(&bench, &[key]).await, 1);
    for more in [true, true, false, false] {
        assert_eq!(sweep(&bench, 3).await, more);
    }
    assert!(bench.inbox(key).await.is_empty());
}

pub async fn what_was_left_behind_is_swept_after_a_restart_of_the_process(mut bench: Bench) {
    let key = ended(&bench, "order-1", 4).await;
    purge(&bench, &[key]).await;
    bench.restart_process().await;
    assert!(!bench.inbox(key).await.is_empty());
    assert!(!sweep(&bench, 100).await);
    assert!(bench.inbox(key).await.is_empty());
}
