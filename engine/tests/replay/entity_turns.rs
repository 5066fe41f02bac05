//! What messages mean to an entity: its operations one after the other, and its lock. Without a store.

use std::collections::HashSet;

use countersign_engine::entity::{Effect, EntityOutcome, EntityTurn, OperationDone, StartOrchestration};
use countersign_engine::ids::{EntityId, EventId, ExecutionId, MessageId};
use countersign_engine::model::{ActionLink, EntityLock, EntityMessage, EntityState, LockRequest, Message, ToEntity};
use countersign_engine::{Failure, InstanceId, Payload, Timestamp};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_micros(5);

fn entity(key: &str) -> EntityId {
    EntityId::new("counter", key).expect("a valid id")
}

/// The action 1 of the execution `number`.
fn section(number: u128) -> ActionLink {
    let instance = InstanceId::parse(&format!("o{number}")).expect("a valid id");
    ActionLink { instance, execution: ExecutionId(Uuid::from_u128(number)), event_id: EventId(1) }
}

fn json(value: i64) -> Payload {
    Payload::encode(&value).expect("a number")
}

fn signal(amount: i64) -> EntityMessage {
    EntityMessage::Signal { operation: "add".into(), input: json(amount) }
}

/// A call by action 9 of the execution `number`, inside of its section if it says so.
fn call(number: u128, inside: bool) -> EntityMessage {
    let caller = ActionLink { event_id: EventId(9), ..section(number) };
    EntityMessage::Call { operation: "add".into(), input: json(1), caller, section: inside.then_some(EventId(1)) }
}

fn lock(number: u128, position: u32) -> EntityMessage {
    let entities = vec![entity("a"), entity("b")];
    EntityMessage::Lock(LockRequest { section: section(number), entities, position })
}

fn unlock(number: u128) -> EntityMessage {
    EntityMessage::Unlock { section: section(number) }
}

fn locked_by(number: u128) -> EntityState {
    EntityState { value: Some(json(1)), lock: Some(EntityLock { section: section(number), since: NOW }) }
}

/// Runs a turn over messages with the numbers 1, 2, 3 …, whose operations add their input to the state. `living` are the
/// executions that have not ended. Gives the inputs of the operations that ran as well.
fn turn(
    state: EntityState,
    messages: Vec<EntityMessage>,
    living: &[u128],
) -> (EntityState, EntityOutcome, Vec<String>) {
    let numbered: Vec<_> = (1..).map(MessageId).zip(messages.into_iter().map(Message::Entity)).collect();
    let living: HashSet<_> = living.iter().map(|number| ExecutionId(Uuid::from_u128(*number))).collect();
    let asked = EntityTurn::contenders(&state, &numbered).into_iter().map(|(_, execution)| execution);
    let living = asked.filter(|execution| living.contains(execution)).collect();
    let life = ExecutionId(Uuid::from_u128(99));
    let mut turn = EntityTurn::new(entity("a"), life, state, numbered, living, NOW);
    let mut ran = Vec::new();
    while let Some(run) = turn.next_operation() {
        let before: i64 = run.state.map_or(0, |state| state.decode().expect("a number"));
        let after = before + run.input.decode::<i64>().expect("a number");
        ran.push(run.input.as_str().to_owned());
        turn.finish_operation(Ok(OperationDone { output: json(after), state: Some(json(after)), effects: Vec::new() }));
    }
    let (state, outcome) = turn.conclude();
    (state, outcome, ran)
}

fn consumed(outcome: &EntityOutcome) -> Vec<i64> {
    outcome.consumed.iter().map(|id| id.0).collect()
}

#[test]
fn operations_run_in_the_order_of_their_messages_and_see_each_other() {
    let (state, outcome, ran) = turn(EntityState::default(), vec![signal(1), signal(20), call(1, false)], &[]);
    assert_eq!(state.value, Some(json(22)));
    assert_eq!(ran, ["1", "20", "1"]);
    assert_eq!(consumed(&outcome), [1, 2, 3]);
    let [(to, Message::OperationDone(answer))] = &outcome.answers[..] else { panic!("{:?}", outcome.answers) };
    assert_eq!((to.as_str(), answer.event_id, &answer.result), ("o1", EventId(9), &Ok(json(22))));
    assert!(outcome.changed);
}

#[test]
fn a_failed_operation_changes_nothing_and_sends_nothing() {
    let messages = vec![(MessageId(1), Message::Entity(signal(1))), (MessageId(2), Message::Entity(call(1, false)))];
    let state = EntityState { value: Some(json(7)), lock: None };
    let life = ExecutionId(Uuid::from_u128(99));
    let mut turn = EntityTurn::new(entity("a"), life, state.clone(), messages, HashSet::new(), NOW);
    while turn.next_operation().is_some() {
        turn.finish_operation(Err(Failure::new("Broken", "it is broken")));
    }
    let (after, outcome) = turn.conclude();
    assert_eq!((after, outcome.changed), (state, false));
    assert_eq!(consumed(&outcome), [1, 2]);
    assert!(outcome.to_entities.is_empty() && outcome.starts.is_empty());
    assert_eq!(outcome.unheard.len(), 1, "nobody else hears of a signal's failure");
    let [(_, Message::OperationDone(answer))] = &outcome.answers[..] else { panic!("{:?}", outcome.answers) };
    assert_eq!(answer.result.as_ref().expect_err("it failed").kind, "Broken");
}

#[test]
fn what_operations_send_leaves_in_their_order() {
    let messages = vec![(MessageId(1), Message::Entity(signal(1))), (MessageId(2), Message::Entity(signal(2)))];
    let life = ExecutionId(Uuid::from_u128(99));
    let mut turn = EntityTurn::new(entity("a"), life, EntityState::default(), messages, HashSet::new(), NOW);
    while let Some(run) = turn.next_operation() {
        let message = EntityMessage::Signal { operation: "note".into(), input: run.input.clone() };
        let start = StartOrchestration {
            instance: InstanceId::parse(run.input.as_str()).expect("a valid id"),
            name: "Audit",
            version: "",
            input: Payload::null(),
        };
        let signal = ToEntity { entity: entity("b"), message, at: None };
        let effects = vec![Effect::Signal(signal), Effect::Start(start)];
        turn.finish_operation(Ok(OperationDone { output: Payload::null(), state: None, effects }));
    }
    let (_, outcome) = turn.conclude();
    assert_eq!(outcome.to_entities.len(), 2);
    assert_eq!(outcome.starts.iter().map(|start| start.instance.as_str()).collect::<Vec<_>>(), ["1", "2"]);
}

#[test]
fn a_request_locks_the_entity_and_goes_on_to_the_next() {
    let (state, outcome, ran) = turn(EntityState::default(), vec![lock(1, 0), signal(1)], &[1]);
    assert_eq!(state.lock.expect("locked").section, section(1));
    assert_eq!((consumed(&outcome), ran.len()), (vec![1], 0), "the signal of another waits");
    let [forwarded] = &outcome.to_entities[..] else { panic!("{:?}", outcome.to_entities) };
    assert_eq!((&forwarded.entity, &forwarded.message), (&entity("b"), &lock(1, 1)));
    assert!(outcome.answers.is_empty());
}

#[test]
fn the_last_entity_grants() {
    let (_, outcome, _) = turn(EntityState::default(), vec![lock(1, 1)], &[1]);
    let granted = Message::LockGranted { execution: section(1).execution, event_id: EventId(1) };
    assert_eq!(outcome.answers, [(section(1).instance, granted)]);
    assert!(outcome.to_entities.is_empty());
}

#[test]
fn only_calls_from_the_section_run_while_it_lasts() {
    let messages = vec![call(1, true), signal(1), call(1, false), call(2, true), lock(2, 0)];
    let (state, outcome, ran) = turn(locked_by(1), messages, &[1, 2]);
    assert_eq!((consumed(&outcome), ran.len()), (vec![1], 1));
    assert_eq!(state.lock.expect("still locked").section, section(1));
}

#[test]
fn a_release_lets_the_others_go_on_in_their_order() {
    let messages = vec![unlock(1), signal(1), lock(2, 1), signal(2), lock(3, 1)];
    let (state, outcome, ran) = turn(locked_by(1), messages, &[1, 2, 3]);
    assert_eq!(state.lock.expect("the next one's").section, section(2));
    assert_eq!(ran, ["1"], "what came before the next request runs, what came after it waits");
    assert_eq!(consumed(&outcome), [1, 2, 3]);
    let released_late = vec![signal(1), unlock(1), signal(2)];
    let (state, _, ran) = turn(locked_by(1), released_late, &[1]);
    assert_eq!((ran, state.lock), (vec!["1".to_owned(), "2".to_owned()], None));
}

#[test]
fn a_request_of_an_execution_that_has_ended_is_dropped() {
    let (state, outcome, ran) = turn(EntityState::default(), vec![lock(1, 0), signal(1)], &[]);
    assert_eq!((state.lock, ran.len()), (None, 1));
    assert_eq!(consumed(&outcome), [1, 2]);
    assert!(outcome.to_entities.is_empty() && outcome.answers.is_empty());
}

#[test]
fn a_release_takes_back_a_request_that_waits() {
    let messages = vec![unlock(2), lock(2, 0), lock(3, 1)];
    let (state, outcome, _) = turn(EntityState::default(), messages, &[2, 3]);
    assert_eq!(state.lock.expect("the other's").section, section(3));
    assert_eq!(consumed(&outcome), [1, 2, 3]);
    let (state, outcome, _) = turn(locked_by(1), vec![unlock(2), lock(2, 0)], &[1, 2]);
    assert_eq!((state, consumed(&outcome)), (locked_by(1), vec![1, 2]));
}

#[test]
fn a_release_by_who_does_not_hold_the_lock_does_nothing() {
    let (state, outcome, _) = turn(locked_by(1), vec![unlock(2)], &[1]);
    assert_eq!((state, consumed(&outcome)), (locked_by(1), vec![1]));
}

#[test]
fn a_lock_whose_holder_has_ended_is_void_for_those_who_wait() {
    let (state, outcome, ran) = turn(locked_by(1), vec![signal(1), lock(2, 1), signal(2)], &[2]);
    assert_eq!(state.lock.expect("the next one's").section, section(2));
    assert_eq!((consumed(&outcome), ran.len()), (vec![1, 2], 1));
    let (state, _, ran) = turn(locked_by(1), vec![call(1, true)], &[]);
    assert_eq!((state.lock.expect("nobody waits").section, ran.len()), (section(1), 1));
}

#[test]
fn whether_executions_live_is_asked_only_where_somebody_waits() {
    let messages = |messages: Vec<EntityMessage>| -> Vec<(MessageId, Message)> {
        (1..).map(MessageId).zip(messages.into_iter().map(Message::Entity)).collect()
    };
    let asked = |state, list| EntityTurn::contenders(&state, &messages(list)).len();
    assert_eq!(asked(EntityState::default(), vec![signal(1), call(1, false)]), 0);
    assert_eq!(asked(EntityState::default(), vec![lock(1, 0)]), 1);
    assert_eq!(asked(locked_by(1), vec![call(1, true), unlock(1)]), 0);
    assert_eq!(asked(locked_by(1), vec![signal(1)]), 1);
    assert_eq!(asked(locked_by(1), vec![unlock(1), lock(2, 0)]), 2);
}
