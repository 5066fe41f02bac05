//! `Store::send` and `Store::inbox`, and the visible status that follows the clients' verbs.

use super::bench::{Bench, event_to, id, raised, resume, suspend, turn};
use crate::ids::MessageId;
use crate::limits::MAX_INBOX_MESSAGES;
use crate::model::{Message, RuntimeStatus};
use crate::store::{Ending, StoreError, TurnCommit};

pub async fn messages_are_read_in_the_order_of_their_commits(bench: Bench) {
    let claim = bench.begun("order-1").await;
    let other = bench.begun("order-2").await;
    for name in ["a", "b", "c"] {
        let touched = bench.send("order-1", Message::Raise(raised(name))).await.expect("the instance runs");
        assert_eq!(touched, [claim.key]);
        bench.send("order-2", Message::Raise(raised("other"))).await.expect("the instance runs");
    }
    let expected = ["a", "b", "c"].map(|name| Message::Raise(raised(name)));
    assert_eq!(bench.inbox(claim.key).await, expected);
    assert_eq!(bench.inbox(other.key).await.len(), 3);
}

pub async fn a_start_message_comes_before_all_others(bench: Bench) {
    let key = bench.create("order-1").await;
    bench.send("order-1", Message::Raise(raised("early"))).await.expect("the instance lives");
    let inbox = bench.inbox(key).await;
    assert!(matches!(&inbox[..], [Message::Start { .. }, Message::Raise(_)]), "{inbox:?}");
}

pub async fn reading_goes_on_after_the_last_message(bench: Bench) {
    let claim = bench.begun("order-1").await;
    for _ in 0..5 {
        bench.send("order-1", Message::Raise(raised("go"))).await.expect("the instance runs");
    }
    let ids = bench.unread(claim.key).await;
    let page = bench.store().inbox(claim.key, ids[1], 2).await.expect("the store answers");
    let read: Vec<MessageId> = page.into_iter().map(|(id, _)| id).collect();
    assert_eq!(read, ids[2..4]);
}

pub async fn a_consumed_number_is_never_given_again(bench: Bench) {
    let claim = bench.claimed("order-1").await;
    let consumed = bench.unread(claim.key).await;
    bench.commit(TurnCommit { consumed: consumed.clone(), ..turn(&claim, 0) }).await;
    bench.send("order-1", Message::Raise(raised("go"))).await.expect("the instance runs");
    assert!(bench.unread(claim.key).await > consumed);
}

pub async fn a_message_to_nobody_is_refused(bench: Bench) {
    let refused = bench.send("nobody", Message::Raise(raised("go"))).await;
    assert!(matches!(refused, Err(StoreError::NotFound(missing)) if missing == id("nobody")));
}

pub async fn a_full_inbox_takes_no_more_events(bench: Bench) {
    let sender = bench.begun("order-1").await;
    let receiver = bench.begun("order-2").await;
    // What orchestrations send gets through, and one message more than a client may add.
    let sent = vec![event_to("order-2", "go"); MAX_INBOX_MESSAGES as usize - 1];
    bench.commit(TurnCommit { sent, ..turn(&sender, 1) }).await;
    bench.send("order-2", Message::Raise(raised("last"))).await.expect("there is room for one");
    let refused = bench.send("order-2", Message::Raise(raised("go"))).await;
    assert!(matches!(refused, Err(StoreError::InboxFull { limit: MAX_INBOX_MESSAGES, .. })), "{refused:?}");
    bench.send("order-2", suspend()).await.expect("verbs get through");
    let sent = vec![event_to("order-2", "go")];
    assert_eq!(bench.commit(TurnCommit { sent, ..turn(&sender, 2) }).await.touched, [receiver.key]);
    let consumed = bench.unread(receiver.key).await;
    bench.commit(TurnCommit { consumed, ..turn(&receiver, 1) }).await;
    bench.send("order-2", Message::Raise(raised("go"))).await.expect("it has read some");
}

pub async fn a_message_to_an_ended_instance_is_refused(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.finish(&claim, 1).await;
    for message in
        [Message::Raise(raised("go")), suspend(), resume(), Message::Terminate { reason: None, recursive: false }]
    {
        let refused = bench.send("order-1", message).await;
        assert!(matches!(&refused, Err(StoreError::Finished { status: RuntimeStatus::Completed, .. })), "{refused:?}");
    }
    assert!(bench.inbox(claim.key).await.is_empty());
}

pub async fn suspending_and_resuming_show_at_once(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.send("order-1", suspend()).await.expect("the instance runs");
    assert_eq!(bench.status("order-1").await, RuntimeStatus::Suspended);
    bench.send("order-1", resume()).await.expect("the instance is suspended");
    assert_eq!(bench.status("order-1").await, RuntimeStatus::Running);
    assert_eq!(bench.inbox(claim.key).await, [suspend(), resume()]);
}

pub async fn a_verb_that_does_not_fit_is_refused(bench: Bench) {
    bench.begun("order-1").await;
    let refused = bench.send("order-1", resume()).await;
    assert!(matches!(refused, Err(StoreError::WrongState { status: RuntimeStatus::Running, verb: "resumed", .. })));
    bench.send("order-1", suspend()).await.expect("the instance runs");
    let refused = bench.send("order-1", suspend()).await;
    assert!(matches!(refused, Err(StoreError::WrongState { status: RuntimeStatus::Suspended, verb: "suspended", .. })));
}

pub async fn a_turn_in_flight_does_not_hide_a_suspension(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.send("order-1", suspend()).await.expect("the instance runs");
    // This turn began before the suspension, which it has not read.
    bench.commit(turn(&claim, 1)).await;
    assert_eq!(bench.status("order-1").await, RuntimeStatus::Suspended);
    bench.commit(TurnCommit { consumed: bench.unread(claim.key).await, ..turn(&claim, 2) }).await;
    assert_eq!(bench.status("order-1").await, RuntimeStatus::Suspended);
}

pub async fn a_turn_in_flight_does_not_hide_a_resumption(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.send("order-1", suspend()).await.expect("the instance runs");
    let consumed = bench.unread(claim.key).await;
    bench.send("order-1", resume()).await.expect("the instance is suspended");
    bench.commit(TurnCommit { consumed, ..turn(&claim, 1) }).await;
    assert_eq!(bench.status("order-1").await, RuntimeStatus::Running);
}

pub async fn what_is_resumed_before_its_first_turn_is_pending(bench: Bench) {
    let claim = bench.claimed("order-1").await;
    bench.send("order-1", suspend()).await.expect("the instance is pending");
    assert_eq!(bench.status("order-1").await, RuntimeStatus::Suspended);
    bench.send("order-1", resume()).await.expect("the instance is suspended");
    assert_eq!(bench.status("order-1").await, RuntimeStatus::Pending);
    bench.commit(TurnCommit { consumed: bench.unread(claim.key).await, ..turn(&claim, 0) }).await;
    assert_eq!(bench.status("order-1").await, RuntimeStatus::Running);
}

pub async fn a_suspended_instance_takes_messages_and_ends(bench: Bench) {
    let claim = bench.begun("order-1").await;
    bench.send("order-1", suspend()).await.expect("the instance runs");
    bench
        .send("order-1", Message::Terminate { reason: None, recursive: false })
        .await
        .expect("the instance is suspended");
    assert_eq!(bench.status("order-1").await, RuntimeStatus::Suspended);
    let ending = Ending::Finished { status: RuntimeStatus::Terminated, output: None, failure: None, parent: None };
    bench.commit(TurnCommit { consumed: bench.unread(claim.key).await, ending, ..turn(&claim, 1) }).await;
    assert_eq!(bench.status("order-1").await, RuntimeStatus::Terminated);
}
