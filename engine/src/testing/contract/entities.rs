//! What a store keeps of entities: `Store::tell_entity`, `load_entity`, `find_living`, `find_entity`, `list_entities`,
//! `clean_entities`, `find_orphan_locks`, and the part of `Store::commit` that is about them.

use super::bench::{Bench, at, finished, id, json, turn};
use crate::clock::{Clock, SystemClock};
use crate::ids::{EntityId, EventId, InstanceId, InstanceKey};
use crate::model::{ActionLink, EntityLock, EntityMessage, EntityState, Message, Payload};
use crate::store::{Claim, Cleaned, EntityChange, EntityQuery, Later, Outgoing, StoreError, TurnCommit};

pub(super) fn counter(key: &str) -> EntityId {
    EntityId::new("Counter", key).expect("the test's key is valid")
}

fn add(amount: &str) -> EntityMessage {
    EntityMessage::Signal { operation: "add".into(), input: json(amount) }
}

/// Tells an entity something in a transaction of its own.
async fn tell(bench: &Bench, entity: &EntityId, message: EntityMessage, later: Option<Later>) -> Vec<InstanceKey> {
    let tx = bench.store().begin("tell").await.expect("the writer is free");
    let source = SystemClock.new_id();
    bench.store().tell_entity(&tx, entity, &message, later, source, at(2)).await.expect("an entity is always there");
    bench.store().commit_transaction(tx).await.expect("the transaction is short")
}

async fn key_of(bench: &Bench, entity: &EntityId) -> InstanceKey {
    let record = bench.store().find_entity(None, entity).await.expect("the store answers");
    record.expect("it has got a message").key
}

/// Makes the entity by a signal, takes its lease and reads the signal, which leads to `state`.
pub(super) async fn with_state(bench: &Bench, key: &str, state: EntityState) -> Claim {
    tell(bench, &counter(key), add("1"), None).await;
    let claim = bench.claim(key_of(bench, &counter(key)).await).await;
    save(bench, &claim, state, true).await;
    claim
}

async fn save(bench: &Bench, claim: &Claim, state: EntityState, changed: bool) {
    bench.commit(entity_turn(claim, bench.unread(claim.key).await, state, changed)).await;
}

fn entity_turn(claim: &Claim, consumed: Vec<crate::ids::MessageId>, state: EntityState, changed: bool) -> TurnCommit {
    let entity = Some(EntityChange { state, changed });
    TurnCommit { consumed, events: Vec::new(), entity, ..turn(claim, 0) }
}

fn value(text: &str) -> EntityState {
    EntityState { value: Some(json(text)), lock: None }
}

pub(super) fn locked_by(holder: &Claim) -> EntityState {
    let section = ActionLink { instance: holder.instance.clone(), execution: holder.execution, event_id: EventId(3) };
    EntityState { value: None, lock: Some(EntityLock { section, since: at(4) }) }
}

async fn load(bench: &Bench, claim: &Claim) -> EntityState {
    bench.store().load_entity(claim).await.expect("the store answers")
}

async fn list(bench: &Bench, query: EntityQuery) -> Vec<String> {
    let query = EntityQuery { limit: if query.limit == 0 { 1_000 } else { query.limit }, ..query };
    let records = bench.store().list_entities(None, &query).await.expect("the store answers");
    records.iter().map(|record| record.id.to_string()).collect()
}

pub async fn an_entity_comes_into_being_by_its_first_message(bench: Bench) {
    assert!(bench.store().find_entity(None, &counter("a")).await.expect("the store answers").is_none());
    let touched = tell(&bench, &counter("a"), add("1"), None).await;
    assert_eq!(tell(&bench, &counter("a"), add("2"), None).await, touched);
    let record = bench.store().find_entity(None, &counter("a")).await.expect("the store answers").expect("it is there");
    assert_eq!((vec![record.key], record.state, record.created_at), (touched, None, at(2)));
    assert_eq!(record.id.as_str(), "@counter@a");
    assert_eq!(bench.inbox(record.key).await, [Message::Entity(add("1")), Message::Entity(add("2"))]);
    let claim = bench.claim(record.key).await;
    assert_eq!(claim.instance, InstanceId::of_entity(&counter("a")));
    assert_eq!(load(&bench, &claim).await, EntityState::default());
}

pub async fn a_turn_tells_entities_that_exist_and_such_that_do_not(bench: Bench) {
    let claim = bench.begun("order-1").await;
    tell(&bench, &counter("a"), add("1"), None).await;
    let to = |key: &str, amount: &str| Outgoing {
        to: InstanceId::of_entity(&counter(key)),
        message: Message::Entity(add(amount)),
        later: None,
    };
    let sent = vec![to("b", "2"), to("a", "3"), to("b", "4")];
    let committed = bench.commit(TurnCommit { sent, ..turn(&claim, 1) }).await;
    let (a, b) = (key_of(&bench, &counter("a")).await, key_of(&bench, &counter("b")).await);
    assert_eq!(committed.touched, [b, a]);
    assert_eq!(bench.inbox(a).await, [Message::Entity(add("1")), Message::Entity(add("3"))]);
    assert_eq!(bench.inbox(b).await, [Message::Entity(add("2")), Message::Entity(add("4"))]);
}

pub async fn a_delayed_signal_is_told_when_it_is_due(bench: Bench) {
    let later = Later { at: at(20), id: SystemClock.new_id() };
    assert!(tell(&bench, &counter("a"), add("1"), Some(later)).await.is_empty());
    let key = key_of(&bench, &counter("a")).await;
    let early = bench.store().fire_timers(at(19), 10).await.expect("the store answers");
    assert_eq!((early.touched, early.next), (Vec::new(), Some(at(20))));
    let due = bench.store().fire_timers(at(20), 10).await.expect("the store answers");
    assert_eq!((due.touched, bench.inbox(key).await), (vec![key], vec![Message::Entity(add("1"))]));
}

pub async fn what_a_lock_holder_says_is_read_first(bench: Bench) {
    let holder = bench.begun("order-1").await;
    let section = locked_by(&holder).lock.expect("it is locked").section;
    tell(&bench, &counter("a"), add("1"), None).await;
    let call = EntityMessage::Call {
        operation: "add".into(),
        input: json("2"),
        caller: ActionLink { event_id: EventId(4), ..section.clone() },
        section: Some(EventId(3)),
    };
    let unlock = EntityMessage::Unlock { section };
    tell(&bench, &counter("a"), call.clone(), None).await;
    tell(&bench, &counter("a"), unlock.clone(), None).await;
    let key = key_of(&bench, &counter("a")).await;
    assert_eq!(bench.inbox(key).await, [call, unlock, add("1")].map(Message::Entity));
}

pub async fn a_turn_keeps_state_and_lock(bench: Bench) {
    let holder = bench.begun("order-1").await;
    let claim = with_state(&bench, "a", value("{\"n\": 1.0}")).await;
    assert_eq!(load(&bench, &claim).await, value("{\"n\": 1.0}"));
    let locked = EntityState { value: Some(json("{\"n\": 1.0}")), ..locked_by(&holder) };
    save(&bench, &claim, locked.clone(), false).await;
    assert_eq!(load(&bench, &claim).await, locked, "what has not changed stays");
    let record = bench.store().find_entity(None, &counter("a")).await.expect("the store answers").expect("it is there");
    assert_eq!((record.state, record.lock, record.updated_at), (locked.value, locked.lock, at(10)));
    save(&bench, &claim, EntityState::default(), true).await;
    assert_eq!(load(&bench, &claim).await, EntityState::default());
}

pub async fn a_turn_of_an_entity_is_fenced(mut bench: Bench) {
    let claim = with_state(&bench, "a", value("1")).await;
    bench.start_node().await;
    let refused = bench.store().commit(entity_turn(&claim, Vec::new(), value("2"), true)).await;
    assert!(matches!(refused, Err(StoreError::LeaseLost)), "{refused:?}");
    let again = bench.claim(claim.key).await;
    assert_eq!((load(&bench, &again).await, again.execution), (value("1"), claim.execution));
}

pub async fn entities_are_not_among_the_instances(bench: Bench) {
    bench.create("order-1").await;
    with_state(&bench, "a", value("1")).await;
    let page = bench.store().query(None, &crate::store::InstanceQuery { limit: 10, ..Default::default() }).await;
    assert_eq!(page.expect("the store answers").len(), 1);
    let counts =
        bench.store().count_by_status(None, &crate::store::InstanceFilter::default()).await.expect("the store answers");
    assert_eq!(counts, [(crate::model::RuntimeStatus::Pending, 1)]);
}

pub async fn a_new_node_gets_the_entities_with_unread_messages(mut bench: Bench) {
    with_state(&bench, "read", value("1")).await;
    tell(&bench, &counter("unread"), add("1"), None).await;
    let recovered = bench.restart_process().await;
    assert_eq!(recovered.instances, [key_of(&bench, &counter("unread")).await]);
}

pub async fn of_executions_those_live_that_are_present_and_have_not_ended(bench: Bench) {
    let lives = bench.begun("lives").await;
    let ended = bench.begun("ended").await;
    bench.commit(TurnCommit { ending: finished(None), ..turn(&ended, 1) }).await;
    let past = super::bench::new_execution();
    let asked = [
        (lives.instance.clone(), lives.execution),
        (lives.instance.clone(), past),
        (ended.instance.clone(), ended.execution),
        (id("nobody"), past),
    ];
    let living = bench.store().find_living(&asked).await.expect("the store answers");
    assert_eq!(living, [lives.execution].into());
}

pub async fn entities_are_listed_oldest_first_by_name_and_prefix(bench: Bench) {
    for key in ["b%1", "a", "b_2"] {
        with_state(&bench, key, value("1")).await;
    }
    with_state(&bench, "empty", EntityState::default()).await;
    tell(&bench, &EntityId::new("other", "b").expect("valid"), add("1"), None).await;
    assert_eq!(list(&bench, EntityQuery::default()).await, ["@counter@b%1", "@counter@a", "@counter@b_2"]);
    let named = |name: &str, prefix: Option<&str>, include_empty| EntityQuery {
        name: Some(name.to_owned()),
        key_prefix: prefix.map(str::to_owned),
        include_empty,
        ..EntityQuery::default()
    };
    assert_eq!(list(&bench, named("COUNTER", Some("b"), false)).await, ["@counter@b%1", "@counter@b_2"]);
    assert_eq!(list(&bench, named("counter", Some("b_"), false)).await, ["@counter@b_2"]);
    assert_eq!(list(&bench, named("other", None, true)).await, ["@other@b"]);
    assert_eq!(list(&bench, named("counter", Some("e"), true)).await, ["@counter@empty"]);
    let updated = |from, to| EntityQuery { updated_from: from, updated_to: to, ..EntityQuery::default() };
    assert_eq!(list(&bench, updated(Some(at(10)), Some(at(10)))).await.len(), 3);
    assert!(list(&bench, updated(Some(at(11)), None)).await.is_empty());
    assert!(list(&bench, updated(None, Some(at(9)))).await.is_empty());
}

pub async fn entities_are_listed_by_their_ids(bench: Bench) {
    for key in ["a", "b", "c"] {
        with_state(&bench, key, value("1")).await;
    }
    with_state(&bench, "empty", EntityState::default()).await;
    let these = |keys: &[&str]| EntityQuery {
        ids: Some(keys.iter().map(|key| counter(key)).collect()),
        ..EntityQuery::default()
    };
    assert_eq!(list(&bench, these(&["c", "nobody", "empty", "a"])).await, ["@counter@a", "@counter@c"]);
    let with_empty = EntityQuery { include_empty: true, ..these(&["empty"]) };
    assert_eq!(list(&bench, with_empty).await, ["@counter@empty"]);
    assert!(list(&bench, these(&[])).await.is_empty());
}

pub async fn a_name_that_no_entity_can_have_finds_none(bench: Bench) {
    with_state(&bench, "a", value("1")).await;
    let query = |name: &str, prefix: &str| EntityQuery {
        name: Some(name.to_owned()),
        key_prefix: Some(prefix.to_owned()),
        ..EntityQuery::default()
    };
    assert_eq!(list(&bench, query("counter", "a")).await, ["@counter@a"]);
    assert!(list(&bench, query("counter\0", "a")).await.is_empty());
    assert!(list(&bench, query("counter", "\0")).await.is_empty());
}

pub async fn paging_through_entities_neither_skips_nor_repeats(bench: Bench) {
    let mut claims = Vec::new();
    for n in 0..7 {
        claims.push(with_state(&bench, &format!("k{n}"), value("1")).await);
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let query = EntityQuery { after, limit: 3, ..EntityQuery::default() };
        let page = bench.store().list_entities(None, &query).await.expect("the store answers");
        let Some(last) = page.last() else { break };
        after = Some(last.key);
        seen.extend(page.iter().map(|record| record.id.key().to_owned()));
        // Rows change and come between two pages.
        save(&bench, &claims[0], value("2"), true).await;
    }
    assert_eq!(seen, ["k0", "k1", "k2", "k3", "k4", "k5", "k6"]);
}

pub async fn cleaning_removes_what_is_empty_and_nothing_else(bench: Bench) {
    let holder = bench.begun("order-1").await;
    let empty = with_state(&bench, "empty", EntityState::default()).await;
    with_state(&bench, "full", value("1")).await;
    with_state(&bench, "locked", locked_by(&holder)).await;
    with_state(&bench, "told", EntityState::default()).await;
    tell(&bench, &counter("told"), add("1"), None).await;
    with_state(&bench, "to-be-told", EntityState::default()).await;
    let later = Later { at: at(20), id: SystemClock.new_id() };
    tell(&bench, &counter("to-be-told"), add("1"), Some(later)).await;
    let (mut removed, mut after) = (0, Some(InstanceKey(0)));
    while let Some(from) = after {
        let tx = bench.store().begin("clean").await.expect("the writer is free");
        let Cleaned { removed: some, next } =
            bench.store().clean_entities(&tx, from, 2).await.expect("the store answers");
        bench.store().commit_transaction(tx).await.expect("the transaction is short");
        (removed, after) = (removed + some, next);
    }
    assert_eq!(removed, 1);
    let all = EntityQuery { include_empty: true, ..EntityQuery::default() };
    let left = ["@counter@full", "@counter@locked", "@counter@told", "@counter@to-be-told"];
    assert_eq!(list(&bench, all).await, left);
    let refused = bench.store().commit(entity_turn(&empty, Vec::new(), value("2"), true)).await;
    assert!(matches!(refused, Err(StoreError::LeaseLost)), "who has it in memory has to look again: {refused:?}");
    tell(&bench, &counter("empty"), add("1"), None).await;
    let anew = bench.claim(key_of(&bench, &counter("empty")).await).await;
    assert_ne!((anew.key, anew.execution), (empty.key, empty.execution));
}

pub async fn a_lock_whose_holder_has_ended_is_an_orphan(bench: Bench) {
    let (lives, ended) = (bench.begun("lives").await, bench.begun("ended").await);
    with_state(&bench, "held", locked_by(&lives)).await;
    with_state(&bench, "orphan", locked_by(&ended)).await;
    assert!(bench.store().find_orphan_locks(None).await.expect("the store answers").is_empty());
    bench.finish(&ended, 1).await;
    let orphans = bench.store().find_orphan_locks(None).await.expect("the store answers");
    let [orphan] = &orphans[..] else { panic!("{orphans:?}") };
    let lock = locked_by(&ended).lock.expect("it is locked");
    assert_eq!((&orphan.entity, &orphan.section, orphan.since), (&counter("orphan"), &lock.section, lock.since));
    tell(&bench, &counter("orphan"), EntityMessage::Unlock { section: lock.section }, None).await;
    let left = bench.store().find_orphan_locks(None).await.expect("the store answers");
    assert!(left.is_empty(), "its release waits to be read");
}

pub async fn a_large_state_comes_back_byte_for_byte(bench: Bench) {
    let text = format!("\"{}\"", "ä".repeat(300_000));
    let state = EntityState { value: Some(Payload::from_json(text).expect("a text")), lock: None };
    let claim = with_state(&bench, "large", state.clone()).await;
    assert_eq!(load(&bench, &claim).await, state);
    let record = bench.store().find_entity(None, &counter("large")).await.expect("the store answers");
    assert_eq!(record.expect("it is there").state, state.value);
}
