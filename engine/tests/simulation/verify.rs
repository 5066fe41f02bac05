//! What must be true when everything has ended: the invariants that need to know the program, the clients or the world.

use std::collections::{BTreeMap, BTreeSet};

use countersign_engine::{Event, EventKind, Failure, InstanceId, InstanceRecord, Payload, RuntimeStatus};

use crate::client::Known;
use crate::effects::Effect;
use crate::model;
use crate::program::{Call, NAMES, Run, Sum, Taken};
use crate::tally;
use crate::world::World;

/// Numbers from here on are not a client's.
const SENT_BY_PROGRAMS: u64 = 1 << 63;

/// One instance as it ended, with the histories of all its executions.
pub(crate) struct Ended {
    record: InstanceRecord,
    executions: Vec<Vec<Event>>,
}

impl World {
    /// Checks everything; panics with what is wrong.
    pub(crate) async fn verify(&self) {
        let mut all = BTreeMap::new();
        for record in self.records().await {
            let mut executions = Vec::new();
            for ordinal in 1..=record.ordinal {
                let history = self.store.history(None, &record.id, Some(ordinal)).await.expect("the store works");
                executions.push(history);
            }
            all.insert(record.id.clone(), Ended { record, executions });
        }
        let known = self.ledger.known();
        let tainted = tainted(&all, &known);
        for (id, ended) in &all {
            assert_eq!(ended.record.blocked, None, "{id} is blocked");
            let doomed = known.get(id).is_some_and(|known| known.doomed) || may_have_died_with_its_caller(ended, &all);
            result_is_the_models(ended, doomed, tainted.contains(id));
            executions_follow_each_other(ended, tainted.contains(id));
            events_are_taken_once_and_in_order(ended);
            children_answer_with_their_results(ended, &all, &known);
        }
        for (id, known) in &known {
            self.nothing_acknowledged_is_lost(id, known, all.get(id)).await;
        }
        let histories = all.values().flat_map(|ended| &ended.executions);
        let forgets = |id: &InstanceId| known.get(id).is_some_and(|known| known.restarted);
        tally::verify(&tally::all(self).await, histories, forgets);
        effects_are_those_of_the_histories(&all, &self.effects.all());
    }

    async fn nothing_acknowledged_is_lost(&self, id: &InstanceId, known: &Known, ended: Option<&Ended>) {
        let Some(ended) = ended else {
            assert!(!known.started && known.raised.is_empty(), "{id} was acknowledged and is gone");
            return;
        };
        if known.terminated {
            assert!(ended.record.status.is_finished(), "{id}: a termination was lost");
        }
        let mut seen: BTreeSet<Taken> = ended.executions.iter().flat_map(|history| raised(history)).collect();
        seen.extend(ended.executions.iter().filter_map(|history| input(history)).flat_map(|run| run.taken));
        let unread = self.store.inbox(ended.record.key, countersign_engine::ids::MessageId(0), 1_000).await;
        seen.extend(unread.expect("the store works").iter().filter_map(|(_, message)| match message {
            countersign_engine::model::Message::Raise(raised) => Some(taken(&raised.name, &raised.input)),
            _ => None,
        }));
        for event in &known.raised {
            assert!(seen.contains(event), "{id}: the acknowledged event {event:?} was lost");
        }
        for event in seen.iter().filter(|event| event.number < SENT_BY_PROGRAMS) {
            let asked = known.raised.contains(event) || known.uncertain.contains(event);
            assert!(asked, "{id}: the event {event:?} was never raised");
        }
    }
}

/// Instances whose result depends on a termination: the ancestors of those that may have been terminated.
fn tainted(all: &BTreeMap<InstanceId, Ended>, known: &BTreeMap<InstanceId, Known>) -> BTreeSet<InstanceId> {
    let mut tainted = BTreeSet::new();
    for id in known.iter().filter(|(_, known)| known.doomed).map(|(id, _)| id) {
        let mut place = all.get(id).and_then(started_by);
        while let Some(parent) = place {
            place = all.get(&parent).and_then(started_by);
            tainted.insert(parent);
        }
    }
    tainted
}

/// Whether it, or one that it descends from, was waited for in a way that ends it when the wait is dropped.
fn may_have_died_with_its_caller(ended: &Ended, all: &BTreeMap<InstanceId, Ended>) -> bool {
    let mut place = started_by(ended);
    while let Some(parent) = place.as_ref().and_then(|parent| all.get(parent)) {
        if parent.record.input.as_ref().is_some_and(|input| input.as_str().contains("\"mortal\":true")) {
            return true;
        }
        place = started_by(parent);
    }
    false
}

/// Who started it, which a restart makes the record forget.
fn started_by(ended: &Ended) -> Option<InstanceId> {
    let first = ended.executions.iter().flatten().find_map(|event| match &event.kind {
        EventKind::ExecutionStarted(started) => Some(started.parent.as_ref().map(|parent| parent.instance.clone())),
        _ => None,
    });
    first.flatten()
}

fn result_is_the_models(ended: &Ended, doomed: bool, tainted: bool) {
    let record = &ended.record;
    if record.status == RuntimeStatus::Terminated {
        assert!(doomed, "{} was terminated by nobody", record.id);
        return;
    }
    if tainted {
        return;
    }
    let input = record.input.as_ref().expect("the record has its input");
    let run: Run = input.decode().expect("the input is a program");
    let found = match (record.status, &record.output, &record.failure) {
        (RuntimeStatus::Completed, Some(output), None) => Ok(output.decode::<Sum>().expect("the output is a sum").sum),
        (RuntimeStatus::Failed, None, Some(failure)) => Err(failure.kind.clone()),
        other => panic!("{} ended as {other:?}", record.id),
    };
    assert_eq!(found, model::run(&run), "{} came to another result: {}", record.id, input.as_str());
}

/// What an execution hands to the next is what the next begins with.
fn executions_follow_each_other(ended: &Ended, tainted: bool) {
    let id = &ended.record.id;
    for pair in ended.executions.windows(2) {
        let handed = pair[0].iter().find_map(|event| match &event.kind {
            EventKind::ContinueAsNew { input, .. } => Some(input.decode::<Run>().expect("the input is a program")),
            _ => None,
        });
        let (Some(handed), Some(before), Some(next)) = (handed, input(&pair[0]), input(&pair[1])) else { continue };
        assert_eq!(handed, next, "{id}: an execution began with another input");
        assert!(tainted || model::next_sum(&before) == Some(next.sum), "{id}: a round came to another sum");
        let again = raised(&pair[1]);
        for unused in raised(&pair[0]).into_iter().filter(|event| !next.taken.contains(event)) {
            assert!(again.contains(&unused), "{id}: {unused:?} was lost between two executions");
        }
    }
}

fn events_are_taken_once_and_in_order(ended: &Ended) {
    let id = &ended.record.id;
    let mut outputs: Vec<Vec<Taken>> = ended.executions.iter().filter_map(|h| input(h)).map(|run| run.taken).collect();
    outputs.extend(ended.record.output.as_ref().map(|output| output.decode::<Sum>().expect("a sum").taken));
    for taken in outputs {
        let distinct: BTreeSet<_> = taken.iter().collect();
        assert_eq!(distinct.len(), taken.len(), "{id}: an event was taken twice: {taken:?}");
    }
    for history in &ended.executions {
        let raised = raised(history);
        let used = input(history).map(|run| run.taken).unwrap_or_default();
        assert!(raised.iter().all(|event| !used.contains(event)), "{id}: an event that was taken came again");
        for name in 0..NAMES.len() {
            let numbers: Vec<u64> = raised
                .iter()
                .filter(|event| event.name as usize == name && event.number < SENT_BY_PROGRAMS)
                .map(|event| event.number)
                .collect();
            assert!(numbers.is_sorted_by(|a, b| a < b), "{id}: events out of order: {numbers:?}");
        }
    }
}

/// A parent was told what the child came to.
fn children_answer_with_their_results(
    ended: &Ended,
    all: &BTreeMap<InstanceId, Ended>,
    known: &BTreeMap<InstanceId, Known>,
) {
    for history in &ended.executions {
        let mut children = BTreeMap::new();
        for event in history {
            match &event.kind {
                EventKind::SubOrchestrationInstanceCreated(created) => {
                    children.insert(created.event_id, created.instance.clone());
                }
                EventKind::SubOrchestrationInstanceCompleted { task_scheduled_id, result } => {
                    let child = &all[&children[task_scheduled_id]];
                    // A child that was restarted has another result by now.
                    if !known.contains_key(&child.record.id) {
                        assert_eq!(Some(result), child.record.output.as_ref(), "{}", child.record.id);
                    }
                }
                EventKind::SubOrchestrationInstanceFailed { task_scheduled_id, failure } => {
                    assert!(children.contains_key(task_scheduled_id), "{}", ended.record.id);
                    assert_ne!(failure.kind, Failure::INVALID_PAYLOAD, "{}", ended.record.id);
                }
                _ => {}
            }
        }
    }
}

/// Each call whose result was recorded was carried out under its own key, and nothing was carried out that was not called.
fn effects_are_those_of_the_histories(all: &BTreeMap<InstanceId, Ended>, effects: &BTreeMap<String, Effect>) {
    let mut called = BTreeSet::new();
    for history in all.values().flat_map(|ended| &ended.executions) {
        let mut keys = BTreeMap::new();
        for event in history {
            match &event.kind {
                EventKind::TaskScheduled(task) => {
                    let execution = started(history).expect("it has a start").execution;
                    let key = format!("{execution}/{}", task.first_event_id);
                    keys.insert(task.event_id, (key.clone(), task.attempt, task.input.clone()));
                    called.insert((key, task.attempt));
                }
                EventKind::TaskCompleted { task_scheduled_id, result } => {
                    let (key, attempt, input) = &keys[task_scheduled_id];
                    assert!(effects[key].runs.contains_key(attempt), "{key}: a result without a run");
                    if let Ok(call) = input.decode::<Call>() {
                        assert_eq!(result.decode::<u64>().ok(), Some(call.value), "{key}: another call's result");
                    }
                }
                EventKind::TaskFailed { task_scheduled_id, .. } => {
                    let (key, attempt, _) = &keys[task_scheduled_id];
                    assert!(effects[key].runs.contains_key(attempt), "{key}: a failure without a run");
                }
                _ => {}
            }
        }
    }
    for (key, effect) in effects {
        for attempt in effect.runs.keys() {
            assert!(called.contains(&(key.clone(), *attempt)), "{key}: attempt {attempt} ran, but nobody called it");
        }
    }
}

fn started(history: &[Event]) -> Option<&countersign_engine::model::ExecutionStarted> {
    history.iter().find_map(|event| match &event.kind {
        EventKind::ExecutionStarted(started) => Some(started),
        _ => None,
    })
}

fn input(history: &[Event]) -> Option<Run> {
    started(history).map(|started| started.input.decode().expect("the input is a program"))
}

/// The events that an execution got, in order.
fn raised(history: &[Event]) -> Vec<Taken> {
    let raised = history.iter().filter_map(|event| match &event.kind {
        EventKind::EventRaised(raised) => Some(taken(&raised.name, &raised.input)),
        _ => None,
    });
    raised.collect()
}

fn taken(name: &str, value: &Payload) -> Taken {
    let name = NAMES.iter().position(|known| known.eq_ignore_ascii_case(name)).expect("a known name");
    Taken { name: u32::try_from(name).expect("few names"), number: value.decode().expect("a number") }
}
