//! Entities that remember what was done to them, and what must be true of them when everything has ended.

use std::collections::{BTreeMap, BTreeSet};

use countersign_engine::ids::EntityId;
use countersign_engine::registry::RegistryError;
use countersign_engine::{
    Entity, EntityQuery, Event, EventKind, Failure, InstanceId, Operation, OrchestrationContext, Registry,
};
use serde::{Deserialize, Serialize};

use crate::model::REFUSED;
use crate::program::Section;
use crate::world::World;

/// How many there are.
pub(crate) const TALLIES: u32 = 3;

type Marks = Vec<Mark>;

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mark {
    by: InstanceId,
    /// Which no other change has.
    number: u64,
}

const TALLY: Entity<Marks> = Entity::named("Tally");
const ADD: Operation<Marks, Mark, ()> = TALLY.operation("add");
/// Changes the state and fails: nothing may come of it.
const REFUSE: Operation<Marks, Mark, ()> = TALLY.operation("refuse");
const COUNT: Operation<Marks, (), usize> = TALLY.operation("count");

pub(crate) fn register(registry: Registry) -> Result<Registry, RegistryError> {
    registry
        .operation(ADD, |tally, mark: Mark| async move {
            tally.update(|marks| marks.push(mark));
            Ok(())
        })?
        .operation(REFUSE, |tally, mark: Mark| async move {
            tally.update(|marks| marks.push(mark));
            Err(Failure::new(REFUSED, crate::interpreter::ON_PURPOSE))
        })?
        .operation(COUNT, |tally, ()| async move { Ok(tally.get().len()) })
}

fn key(number: u32) -> String {
    format!("t{number}")
}

fn mark(ctx: &OrchestrationContext) -> Mark {
    Mark { by: ctx.instance_id(), number: ctx.random() }
}

pub(crate) fn signal(
    ctx: &OrchestrationContext,
    tally: u32,
    later: Option<std::time::Duration>,
) -> Result<(), Failure> {
    match later {
        None => ctx.signal_entity(ADD, key(tally), &mark(ctx)),
        Some(pause) => ctx.signal_entity_at(ctx.now() + pause, ADD, key(tally), &mark(ctx)),
    }
}

pub(crate) async fn ask(ctx: &OrchestrationContext, tally: u32, refused: bool) -> Result<(), Failure> {
    ctx.call_entity(if refused { REFUSE } else { ADD }, key(tally), &mark(ctx)).await
}

/// Runs `inner` with the tallies locked: whatever it is, nobody else changes them meanwhile.
pub(crate) async fn within(
    ctx: &OrchestrationContext,
    section: &Section,
    inner: impl Future<Output = Result<u64, Failure>>,
) -> Result<u64, Failure> {
    let entities = section.tallies.iter().map(|number| TALLY.id(key(*number)));
    let _guard = ctx.lock(entities.collect::<Result<Vec<_>, _>>()?).await?;
    let before = counts(ctx, section).await?;
    let result = inner.await;
    if counts(ctx, section).await? != before {
        return Err(Failure::new("Torn", "somebody else changed what was locked"));
    }
    for number in &section.tallies {
        ask(ctx, *number, false).await?;
    }
    result
}

async fn counts(ctx: &OrchestrationContext, section: &Section) -> Result<Vec<usize>, Failure> {
    let mut counts = Vec::new();
    for number in &section.tallies {
        counts.push(ctx.call_entity(COUNT, key(*number), &()).await?);
    }
    Ok(counts)
}

/// The marks on each tally.
pub(crate) async fn all(world: &World) -> BTreeMap<EntityId, Marks> {
    let query = EntityQuery { include_empty: true, limit: 1_000, ..EntityQuery::default() };
    let records = world.store.list_entities(None, &query).await.expect("the store works");
    let marks = records.into_iter().map(|record| {
        assert_eq!(record.blocked, None, "{} is blocked", record.id);
        assert_eq!(record.lock, None, "{} is locked for ever", record.id);
        let marks = record.state.map(|state| state.decode().expect("marks")).unwrap_or_default();
        (record.id, marks)
    });
    marks.collect()
}

/// What was sent was carried out once, in the order in which each execution sent it, and nothing else was. `forgets` names those
/// whose older histories are gone.
pub(crate) fn verify<'h>(
    tallies: &BTreeMap<EntityId, Marks>,
    histories: impl Iterator<Item = &'h Vec<Event>>,
    forgets: impl Fn(&InstanceId) -> bool,
) {
    let mut sent = BTreeSet::new();
    for history in histories {
        let mut in_order: BTreeMap<&EntityId, Vec<u64>> = BTreeMap::new();
        for event in history {
            let (EventKind::EntityOperationSignaled(asked) | EventKind::EntityOperationCalled(asked)) = &event.kind
            else {
                continue;
            };
            let Ok(Mark { by, number }) = asked.input.decode() else { continue };
            let found = tallies[&asked.entity].iter().filter(|mark| mark.number == number).count();
            let expected = usize::from(&*asked.operation == ADD.name());
            assert_eq!(found, expected, "{by}: {} of {} was carried out {found} times", asked.operation, asked.entity);
            sent.insert(number);
            if expected == 1 && asked.scheduled_at.is_none() {
                in_order.entry(&asked.entity).or_default().push(number);
            }
        }
        for (entity, numbers) in in_order {
            let places = numbers.iter().map(|number| tallies[entity].iter().position(|mark| mark.number == *number));
            assert!(places.is_sorted(), "{entity} carried out what one sender asked for in another order");
        }
    }
    for mark in tallies.values().flatten() {
        assert!(sent.contains(&mark.number) || forgets(&mark.by), "nobody asked for {mark:?}");
    }
}
