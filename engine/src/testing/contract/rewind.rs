//! `Store::rewind`, and the children and calls of entities that a rewound execution shares with the one before.

use super::bench::{Bench, answer, at, child, finished, id, json, new_execution, raised, suspend, turn};
use crate::ids::{EntityId, EventId, ExecutionId, InstanceId, InstanceKey};
use crate::model::{ActionLink, Answer, EntityMessage, Failure, Message, RewoundExecution, RuntimeStatus};
use crate::store::{Claim, Ending, Outgoing, StoreError, TurnCommit};

fn failed() -> Ending {
    let failure = Some(Failure::new("Broken", "it is broken"));
    Ending::Finished { status: RuntimeStatus::Failed, output: None, failure, parent: None }
}

/// An execution that another one continues, with its actions before `next`.
fn shared(execution: ExecutionId, next: u32) -> RewoundExecution {
    RewoundExecution { execution, next_event_id: EventId(next) }
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
    assert_eq!(bench.store().history(None, &id("order-1"), Some(1)).await.expect("the store answers").len(), 2);
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
    let continues = vec![shared(old.execution, 4)];
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
    bench.commit(TurnCommit { consumed, rejoined, continues: vec![shared(stranger, 4)], ..turn(&new, 0) }).await;
    let inbox = bench.inbox(new.key).await;
    let [Message::ChildDone(Answer { result: Err(failure), .. })] = &inbox[..] else { panic!("{inbox:?}") };
    assert_eq!(failure.kind, Failure::INSTANCE_EXISTS);
}

/// The call of a counter by an action of an execution of the instance `caller`.
fn call(execution: ExecutionId, action: u32) -> Outgoing {
    let entity = EntityId::new("Counter", "a").expect("the test's key is valid");
    let caller = ActionLink { instance: id("caller"), execution, event_id: EventId(action) };
    let call = EntityMessage::Call { operation: "add".into(), input: json("1"), caller, section: None };
    Outgoing { to: InstanceId::of_entity(&entity), message: Message::Entity(call), later: None }
}

pub async fn a_call_of_an_entity_is_made_again_only_when_its_answer_is_lost(bench: Bench) {
    let old = bench.begun("caller").await;
    let sent = (0..4).map(|action| call(old.execution, action)).collect();
    let told = bench.commit(TurnCommit { sent, ..turn(&old, 1) }).await;
    bench.commit(TurnCommit { ending: failed(), ..turn(&old, 2) }).await;
    let entity = bench.claim(told.touched[0]).await;
    let consumed = bench.unread(entity.key).await[1..3].to_vec();
    let done = Message::OperationDone(answer(&old, 1));
    let refused = Answer { result: Err(Failure::new("Broken", "it is broken")), ..answer(&old, 2) };
    let answers = [done.clone(), Message::OperationDone(refused)];
    let sent = answers.map(|message| Outgoing { to: id("caller"), message, later: None }).into();
    bench.commit(TurnCommit { consumed, events: Vec::new(), sent, ..turn(&entity, 0) }).await;
    assert_eq!(bench.inbox(old.key).await, [done], "a rewound execution waits for the result still");
    rewind(&bench, "caller").await.expect("it has failed");
    let new = bench.claim(old.key).await;
    let consumed = vec![bench.unread(new.key).await[0]];
    let recalled = (0..4).map(|action| call(new.execution, action)).collect();
    let continues = vec![shared(old.execution, 3)];
    bench.commit(TurnCommit { consumed, recalled, continues, ..turn(&new, 0) }).await;
    let calls = bench.inbox(entity.key).await.into_iter().map(|message| match message {
        Message::Entity(EntityMessage::Call { caller, .. }) => (caller.execution, caller.event_id.0),
        other => panic!("{other:?}"),
    });
    let (old, new) = (old.execution, new.execution);
    assert_eq!(calls.collect::<Vec<_>>(), [(old, 0), (old, 3), (new, 2), (new, 3)], "the old action 3 is another one");
}
