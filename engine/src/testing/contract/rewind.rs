//! `Store::rewind`, and the children that a rewound execution shares with the one before.

use super::bench::{Bench, at, child, finished, id, json, new_execution, raised, suspend, turn};
use crate::ids::{EventId, InstanceKey};
use crate::model::{Answer, Failure, Message, RuntimeStatus};
use crate::store::{Claim, Ending, StoreError, TurnCommit};

fn failed() -> Ending {
    let failure = Some(Failure::new("Broken", "it is broken"));
    Ending::Finished { status: RuntimeStatus::Failed, output: None, failure, parent: None }
}

async fn rewind(bench: &Bench, name: &str) -> Result<Vec<InstanceKey>, StoreError> {
    let tx = bench.store().begin("rewind").await?;
    bench.store().rewind(&tx, &id(name), Some("repaired".to_owned()), new_execution(), at(20)).await?;
    bench.store().commit_transaction(tx).await
}

pub async fn what_has_failed_is_pending_again_and_keeps_its_events(bench: Bench) {
    let claim = bench.begun("order-1").await;
    for message in [Message::Raise(raised("unread")), suspend(), Message::Raise(raised("too"))] {
        bench.send("order-1", message).await.expect("the instance runs");
    }
    bench.commit(TurnCommit { ending: failed(), custom_status: Some(json("1")), ..turn(&claim, 1) }).await;
    assert_eq!(rewind(&bench, "order-1").await.expect("it has failed"), [claim.key]);
    let record = bench.record("order-1").await;
    assert_eq!((record.status, record.ordinal, record.failure), (RuntimeStatus::Pending, 2, None));
    assert_eq!((record.custom_status, record.completed_at, record.updated_at), (None, None, at(20)));
    assert_ne!(record.execution, claim.execution);
    let told = Message::Rewind { reason: Some("repaired".to_owned()), from: 1, parent: None };
    assert_eq!(bench.inbox(claim.key).await, [told, Message::Raise(raised("unread")), Message::Raise(raised("too"))]);
    assert!(matches!(bench.store().commit(turn(&claim, 2)).await, Err(StoreError::LeaseLost)));
    assert_eq!(bench.store().history(&id("order-1"), Some(1)).await.expect("the store answers").len(), 2);
}

pub async fn only_what_has_failed_is_rewound(bench: Bench) {
    let claim = bench.begun("order-1").await;
    for status in [RuntimeStatus::Running, RuntimeStatus::Completed] {
        let refused = rewind(&bench, "order-1").await;
        assert!(
            matches!(refused, Err(StoreError::WrongState { status: found, verb: "rewound", .. }) if found == status),
            "{refused:?}"
        );
        if status == RuntimeStatus::Running {
            bench.finish(&claim, 1).await;
        }
    }
    assert!(matches!(rewind(&bench, "nobody").await, Err(StoreError::NotFound(_))));
}

/// A parent with a child of each fate, by its action, that has failed and was rewound: the old claim and the new one.
async fn family(bench: &Bench) -> (Claim, Claim) {
    let old = bench.begun("parent").await;
    let names = ["completed", "failed", "running", "purged"];
    let children = names.iter().zip(0..).map(|(name, action)| child(name, &old, action)).collect();
    bench.commit(TurnCommit { children, ..turn(&old, 1) }).await;
    for (name, ending) in [("completed", finished(None)), ("failed", failed()), ("purged", failed())] {
        let claim = bench.claim(bench.record(name).await.key).await;
        bench.commit(TurnCommit { ending, ..turn(&claim, 0) }).await;
    }
    let tx = bench.store().begin("purge").await.expect("the writer is free");
    bench.store().purge(&tx, &[bench.record("purged").await.key]).await.expect("it has ended");
    bench.store().commit_transaction(tx).await.expect("the transaction is short");
    bench.commit(TurnCommit { ending: failed(), ..turn(&old, 2) }).await;
    rewind(bench, "parent").await.expect("it has failed");
    let new = bench.claim(old.key).await;
    (old, new)
}

pub async fn children_of_a_rewound_parent_answer_are_rewound_or_run_on(bench: Bench) {
    let (old, new) = family(&bench).await;
    let names = ["completed", "failed", "running", "purged"];
    let rejoined = names.iter().zip(0..).map(|(name, action)| child(name, &new, action)).collect();
    let consumed = bench.unread(new.key).await;
    let continues = vec![old.execution];
    bench.commit(TurnCommit { consumed, rejoined, continues, ..turn(&new, 0) }).await;
    let answer = Answer { execution: new.execution, event_id: EventId(0), result: Ok(json("\"done\"")) };
    assert_eq!(bench.inbox(new.key).await, [Message::ChildDone(answer)]);
    let rewound = bench.record("failed").await;
    assert_eq!((rewound.status, rewound.ordinal), (RuntimeStatus::Pending, 2));
    let inbox = bench.inbox(rewound.key).await;
    let Some(Message::Rewind { from: 1, parent: Some(link), .. }) = inbox.last() else { panic!("{inbox:?}") };
    assert_eq!((link.execution, link.event_id), (new.execution, EventId(1)));
    assert_eq!(bench.record("running").await.ordinal, 1);
    assert!(matches!(&bench.inbox(bench.record("purged").await.key).await[..], [Message::Start { .. }]));
}

pub async fn the_children_of_others_are_not_taken(bench: Bench) {
    let (_, new) = family(&bench).await;
    let stranger = new_execution();
    let rejoined = vec![child("completed", &new, 0)];
    let consumed = bench.unread(new.key).await;
    bench.commit(TurnCommit { consumed, rejoined, continues: vec![stranger], ..turn(&new, 0) }).await;
    let inbox = bench.inbox(new.key).await;
    let [Message::ChildDone(Answer { result: Err(failure), .. })] = &inbox[..] else { panic!("{inbox:?}") };
    assert_eq!(failure.kind, Failure::INSTANCE_EXISTS);
}
