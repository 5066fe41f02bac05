//! `Store::walk`, `vitals`, `have_open_children`, `overdue` and `undelivered`.

use super::bench::{Bench, at, child, finished, id, raised, suspend, task, turn};
use crate::ids::{EventId, InstanceKey};
use crate::model::{Blocked, BlockedKind, Message};
use crate::store::{Claim, TurnCommit, Undelivered, Vitals, Walk};

async fn vitals(bench: &Bench, key: InstanceKey) -> Vitals {
    bench.store().vitals(key).await.expect("the store answers").expect("it has not ended")
}

async fn walked(bench: &Bench, limit: u32) -> Vec<String> {
    let (mut ids, mut from) = (Vec::new(), Some(Walk::default()));
    while let Some(walk) = from {
        let page = bench.store().walk(walk, limit).await.expect("the store answers");
        assert!(page.instances.len() <= limit as usize);
        ids.extend(page.instances.iter().map(|instance| instance.id.to_string()));
        from = page.next;
    }
    ids.sort_unstable();
    ids
}

pub async fn a_walk_meets_everything_that_has_not_ended_once(bench: Bench) {
    for name in ["a", "b"] {
        bench.create(name).await;
    }
    for name in ["c", "d", "e"] {
        bench.begun(name).await;
    }
    bench.send("e", suspend()).await.expect("it runs");
    let ended = bench.begun("ended").await;
    bench.finish(&ended, 1).await;
    for limit in [1, 2, 3, 100] {
        assert_eq!(walked(&bench, limit).await, ["a", "b", "c", "d", "e"]);
    }
    assert_eq!(bench.store().vitals(ended.key).await.expect("the store answers"), None);
}

pub async fn vitals_tell_what_could_move_an_instance(bench: Bench) {
    let key = bench.create("order-1").await;
    let fresh = vitals(&bench, key).await;
    assert!(fresh.first_unread.is_some() && !fresh.is_held && fresh.awaits_outside.is_none());
    let claim = bench.claim(key).await;
    let first = TurnCommit { consumed: bench.unread(key).await, awaits_outside: true, ..turn(&claim, 0) };
    bench.commit(first).await;
    let waiting = vitals(&bench, key).await;
    assert_eq!((waiting.first_unread, waiting.is_held, waiting.awaits_outside), (None, true, Some(true)));
    assert_eq!((waiting.has_task, waiting.has_timer, waiting.suspended), (false, false, false));
    let second = TurnCommit { tasks: vec![task(0)], timers: vec![(EventId(1), at(50))], ..turn(&claim, 7) };
    bench.commit(second).await;
    bench.send("order-1", suspend()).await.expect("it runs");
    let busy = vitals(&bench, key).await;
    assert!(
        busy.has_task && busy.has_timer && !busy.has_stranded_task && busy.suspended && busy.first_unread.is_some()
    );
    assert_eq!((busy.events, busy.awaits_outside, busy.execution), (7, Some(false), claim.execution));
}

pub async fn vitals_name_what_stops_an_instance(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let blocked = Blocked { kind: BlockedKind::Poison, message: "it kills".to_owned(), since: at(7) };
    bench.store().block(&claim, blocked.clone()).await.expect("the lease holds");
    assert_eq!(vitals(&bench, claim.key).await.blocked, Some(blocked));
}

pub async fn only_children_that_have_not_ended_are_open(bench: Bench) {
    let parent = bench.begun("parent").await;
    let commit = TurnCommit { children: vec![child("child-1", &parent, 0)], ..turn(&parent, 1) };
    let touched = bench.commit(commit).await.touched;
    let asked = [(id("parent"), parent.execution), (id("child-1"), parent.execution)];
    let open = async || bench.store().have_open_children(&asked).await.expect("the store answers");
    assert_eq!(open().await.into_iter().collect::<Vec<_>>(), [asked[0].clone()]);
    let claim: Claim = bench.claim(touched[0]).await;
    bench.finish(&claim, 0).await;
    assert!(open().await.is_empty());
}

pub async fn what_is_overdue_is_named(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let timers = vec![(EventId(0), at(30)), (EventId(1), at(20)), (EventId(2), at(90))];
    bench.commit(TurnCommit { timers, ..turn(&claim, 1) }).await;
    let overdue = bench.store().overdue(at(31), 10).await.expect("the store answers");
    let timers: Vec<_> = overdue.timers.iter().map(|(id, moment)| (&**id, *moment)).collect();
    assert_eq!(timers, [("order-1", at(20)), ("order-1", at(30))]);
    assert_eq!(bench.store().overdue(at(31), 1).await.expect("the store answers").timers.len(), 1);
    assert_eq!(bench.store().overdue(at(20), 10).await.expect("the store answers").timers.len(), 0);
}

pub async fn messages_that_came_too_late_are_counted(bench: Bench) {
    let claim = bench.begun("order-1").await;
    for _ in 0..2 {
        bench.send("order-1", Message::Raise(raised("late"))).await.expect("the store answers");
    }
    assert_eq!(bench.store().undelivered().await.expect("the store answers"), Undelivered::default());
    bench.commit(TurnCommit { ending: finished(None), ..turn(&claim, 1) }).await;
    assert_eq!(
        bench.store().undelivered().await.expect("the store answers"),
        Undelivered { messages: 2, instances: 1 }
    );
}
