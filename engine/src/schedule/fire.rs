//! What is to be done when a schedule's moment has come.

use std::time::Duration;

use uuid::Uuid;

use super::calendar::{Calendar, InvalidSchedule};
use crate::clock::Timestamp;
use crate::ids::{ExecutionId, InstanceId, ScheduleId};
use crate::model::{CatchUp, ExecutionStarted, Overlap, Pause, Schedule, ScheduleRecord, ScheduledRun, Tags};

/// How late a run may be that is not caught up.
const ON_TIME: Duration = Duration::from_secs(60);

/// The most moments that one transaction decides about; those that are left follow in the next one.
const MAX_MOMENTS: usize = 100;

/// How many runs a schedule remembers.
const REMEMBERED: usize = 10;

/// The smallest step of time.
const TICK: Duration = Duration::from_micros(1);

/// What to do in the transaction that stores the record.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Firing {
    /// The moments whose runs start.
    pub(crate) start: Vec<Timestamp>,
    /// The instances to terminate.
    pub(crate) terminate: Vec<InstanceId>,
    /// Whether moments were missed that are not caught up.
    pub(crate) missed: bool,
}

/// Sets the schedule's first moment after `now`. Fails when the recurrence makes no sense or has no moment at all.
pub(crate) fn begin(record: &mut ScheduleRecord, now: Timestamp) -> Result<(), InvalidSchedule> {
    let calendar = Calendar::of(&record.schedule.recurrence)?;
    let from = record.schedule.start_at.map_or(now, |start| now.max(start - TICK));
    let next = calendar.after(from).ok_or_else(|| InvalidSchedule::new("it has no moment"))?;
    aim(record, &calendar, Some(next));
    Ok(())
}

/// Stops the schedule until it begins again.
pub(crate) fn pause(record: &mut ScheduleRecord, reason: String, now: Timestamp) {
    record.state.fire_at = None;
    record.state.paused = Some(Pause { reason, since: now });
}

/// Decides about the moments that have come by `now`, and about the run that waits, while the instances `active` of earlier
/// runs go on; moves the record on to the next moment. Called again for the same time it finds nothing to do.
pub(crate) fn fire(
    record: &mut ScheduleRecord,
    active: &[InstanceId],
    now: Timestamp,
) -> Result<Firing, InvalidSchedule> {
    let mut firing = Firing::default();
    if record.state.paused.is_some() {
        return Ok(firing);
    }
    if active.is_empty()
        && let Some(queued) = record.state.queued.take()
    {
        start(record, &mut firing, queued, now);
    }
    if record.state.fire_at.is_none_or(|fire_at| fire_at > now) {
        return Ok(firing);
    }
    let calendar = Calendar::of(&record.schedule.recurrence)?;
    let due = due(record, &calendar, now);
    firing.missed = due.missed;
    aim(record, &calendar, due.next);
    decide(record, &mut firing, active, &due.moments, now);
    Ok(firing)
}

/// Starts, queues or passes over each of `moments`.
fn decide(
    record: &mut ScheduleRecord,
    firing: &mut Firing,
    active: &[InstanceId],
    moments: &[Timestamp],
    now: Timestamp,
) {
    for (place, moment) in moments.iter().enumerate() {
        let busy = !active.is_empty() || !firing.start.is_empty();
        let is_last = place + 1 == moments.len();
        match record.schedule.overlap {
            Overlap::Allow => start(record, firing, *moment, now),
            // The ones before it would be terminated at once.
            Overlap::Terminate if !is_last => record.state.skipped += 1,
            Overlap::Terminate => {
                firing.terminate = active.to_vec();
                start(record, firing, *moment, now);
            }
            Overlap::Skip | Overlap::QueueOne if !busy => start(record, firing, *moment, now),
            Overlap::QueueOne if record.state.queued.is_none() => record.state.queued = Some(*moment),
            Overlap::Skip | Overlap::QueueOne => record.state.skipped += 1,
        }
    }
}

/// Notes the start of the run of `moment`.
pub(crate) fn start(record: &mut ScheduleRecord, firing: &mut Firing, moment: Timestamp, now: Timestamp) {
    let run = ScheduledRun { instance: run_id(&record.id, moment), moment, started_at: now, ended: false };
    record.state.recent.push(run);
    let forgotten = record.state.recent.len().saturating_sub(REMEMBERED);
    record.state.recent.drain(..forgotten);
    record.state.started += 1;
    firing.start.push(moment);
}

/// The moments that have come, and the first one after those that are decided about.
struct Due {
    moments: Vec<Timestamp>,
    missed: bool,
    next: Option<Timestamp>,
}

fn due(record: &ScheduleRecord, calendar: &Calendar, now: Timestamp) -> Due {
    let Some(first) = record.state.next else { return Due { moments: Vec::new(), missed: false, next: None } };
    let within = match record.schedule.catch_up {
        CatchUp::All { within } => within,
        CatchUp::Last | CatchUp::None => return latest_due(record, calendar, first, now),
    };
    let oldest = now - within;
    let missed = first < oldest;
    let mut next = if missed { calendar.after(oldest - TICK) } else { Some(first) };
    let mut moments = Vec::new();
    while let Some(moment) = next.filter(|moment| has_come(record, calendar, *moment, now)) {
        if moments.len() == MAX_MOMENTS {
            break;
        }
        moments.push(moment);
        next = calendar.after(moment);
    }
    Due { moments, missed, next }
}

/// Of all moments that have come only the last one.
fn latest_due(record: &ScheduleRecord, calendar: &Calendar, first: Timestamp, now: Timestamp) -> Due {
    let until = record.schedule.end_at.map_or(now, |end| now.min(end - TICK));
    let mut latest = calendar.at_or_before(until).unwrap_or(first).max(first);
    if latest > first && !has_come(record, calendar, latest, now) {
        latest = calendar.at_or_before(latest - TICK).unwrap_or(first).max(first);
    }
    let fire_at = fire_at(record, latest, calendar.after(latest));
    let runs = record.schedule.catch_up == CatchUp::Last || now.since(fire_at) <= ON_TIME;
    let moments = if runs { vec![latest] } else { Vec::new() };
    Due { moments, missed: latest > first || !runs, next: calendar.after(latest) }
}

fn has_come(record: &ScheduleRecord, calendar: &Calendar, moment: Timestamp, now: Timestamp) -> bool {
    is_before_end(&record.schedule, moment) && moment <= now && fire_at(record, moment, calendar.after(moment)) <= now
}

fn is_before_end(schedule: &Schedule, moment: Timestamp) -> bool {
    schedule.end_at.is_none_or(|end| moment < end)
}

/// Makes `next` the schedule's next moment, unless it lies at its end or behind.
fn aim(record: &mut ScheduleRecord, calendar: &Calendar, next: Option<Timestamp>) {
    record.state.next = next.filter(|next| is_before_end(&record.schedule, *next));
    record.state.fire_at = match record.state.next {
        Some(next) if record.state.paused.is_none() => Some(fire_at(record, next, calendar.after(next))),
        _ => None,
    };
}

/// When the run of `moment` starts: later by a part of the jitter that depends on schedule and moment only, and before the
/// moment `following`, so that the order of moments stays.
fn fire_at(record: &ScheduleRecord, moment: Timestamp, following: Option<Timestamp>) -> Timestamp {
    let jitter = following.map_or(record.schedule.jitter, |next| record.schedule.jitter.min(next.since(moment)));
    let Some(room) = u64::try_from(jitter.as_micros()).ok().filter(|micros| *micros > 0) else { return moment };
    let name = run_id(&record.id, moment);
    let (_, random) = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_str().as_bytes()).as_u64_pair();
    moment + Duration::from_micros(random % room)
}

/// The id of the instance that a schedule starts for a moment: the same, however often that is tried.
pub(crate) fn run_id(schedule: &ScheduleId, moment: Timestamp) -> InstanceId {
    InstanceId::parse(&format!("{schedule}@{}", moment.to_rfc3339())).expect("a schedule's id leaves room for a moment")
}

/// Whether an instance has the form of id that [`run_id`] gives: its end may be what a queued run waits for.
pub(crate) fn is_run(instance: &InstanceId) -> bool {
    let moment = instance.as_str().rsplit_once('@').map(|(_, moment)| moment);
    moment.is_some_and(|moment| moment.ends_with('Z') && moment.len() >= "1970-01-01T00:00:00Z".len())
}

/// How the run of `moment` begins.
pub(crate) fn started(record: &ScheduleRecord, moment: Timestamp, execution: Uuid) -> ExecutionStarted {
    ExecutionStarted {
        instance: run_id(&record.id, moment),
        execution: ExecutionId(execution),
        name: record.schedule.orchestration.clone(),
        version: record.schedule.version.clone(),
        input: record.schedule.input.clone(),
        parent: None,
        tags: Tags::default(),
        scheduled_at: None,
        seed: execution,
        traceparent: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Orchestration, Recurrence, ScheduleState};

    const REPORT: Orchestration<(), ()> = Orchestration::named("Report");
    const HOUR: i64 = 3_600;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    /// An hourly schedule that began at the moment 0.
    fn hourly(change: impl FnOnce(Schedule) -> Schedule) -> ScheduleRecord {
        let hours = Recurrence::every(Duration::from_secs(3_600));
        let schedule = change(Schedule::new(REPORT, &(), hours).expect("a small input"));
        let id = ScheduleId::parse("report").expect("a valid id");
        let state = ScheduleState::default();
        let mut record = ScheduleRecord { id, schedule, state, created_at: at(0), updated_at: at(0) };
        begin(&mut record, at(0)).expect("a valid schedule");
        record
    }

    fn fired(record: &mut ScheduleRecord, seconds: i64) -> Vec<i64> {
        let firing = fire(record, &[], at(seconds)).expect("a valid schedule");
        assert_eq!(
            fire(record, &[], at(seconds)).expect("a valid schedule"),
            Firing::default(),
            "nothing is left to do"
        );
        firing.start.iter().map(|moment| moment.as_micros() / 1_000_000 / HOUR).collect()
    }

    #[test]
    fn all_missed_moments_within_the_window_run() {
        let mut record = hourly(|schedule| schedule.catch_up(CatchUp::All { within: Duration::from_secs(3 * 3_600) }));
        record.schedule.overlap = Overlap::Allow;
        assert_eq!(fired(&mut record, 10 * HOUR + 1), [8, 9, 10]);
        assert_eq!(record.state.next, Some(at(11 * HOUR)));
    }

    #[test]
    fn of_the_missed_moments_the_last_one_runs() {
        let mut record = hourly(|schedule| schedule);
        assert_eq!(fired(&mut record, 10 * HOUR + 1), [10]);
        assert_eq!(record.state.next, Some(at(11 * HOUR)));
    }

    #[test]
    fn a_moment_that_is_not_caught_up_may_be_a_minute_late() {
        let mut record = hourly(|schedule| schedule.catch_up(CatchUp::None));
        assert_eq!(fired(&mut record, HOUR + 60), [1]);
        assert_eq!(fired(&mut record, 3 * HOUR + 61), [0_i64; 0]);
        assert_eq!(record.state.next, Some(at(4 * HOUR)));
    }

    #[test]
    fn more_moments_than_one_transaction_takes_follow_in_the_next() {
        let mut record = hourly(|schedule| schedule.catch_up(CatchUp::All { within: Duration::from_secs(1 << 30) }));
        record.schedule.overlap = Overlap::Allow;
        let first = fire(&mut record, &[], at(150 * HOUR)).expect("a valid schedule");
        assert_eq!((first.start.len(), record.state.recent.len()), (MAX_MOMENTS, REMEMBERED));
        assert_eq!(fired(&mut record, 150 * HOUR).len(), 50);
    }

    #[test]
    fn nothing_runs_before_the_start_and_from_the_end_on() {
        let mut record = hourly(|schedule| schedule.start_at(at(3 * HOUR)).end_at(at(5 * HOUR)));
        assert_eq!(record.state.next, Some(at(3 * HOUR)));
        assert_eq!(fired(&mut record, 3 * HOUR), [3]);
        assert_eq!(fired(&mut record, 9 * HOUR), [4], "the last one before the end is caught up");
        assert_eq!((record.state.next, record.state.fire_at), (None, None));
    }

    #[test]
    fn jitter_delays_by_the_same_each_time_and_never_reaches_the_next_moment() {
        let mut record = hourly(|schedule| schedule.jitter(Duration::from_secs(7 * 3_600)));
        for hour in 1..50 {
            let (moment, fire_at) = (at(hour * HOUR), record.state.fire_at.expect("it goes on"));
            assert!(fire_at >= moment && fire_at < at((hour + 1) * HOUR), "{fire_at}");
            assert_eq!(fire(&mut record.clone(), &[], fire_at - TICK).expect("valid"), Firing::default());
            assert_eq!(fire(&mut record, &[], fire_at).expect("valid").start, [moment]);
        }
        let again = hourly(|schedule| schedule.jitter(Duration::from_secs(7 * 3_600)));
        let other = hourly(|schedule| schedule.jitter(Duration::from_secs(600)));
        assert_eq!(again.state.fire_at, hourly(|_| again.schedule.clone()).state.fire_at);
        assert!(other.state.fire_at.expect("it goes on") < at(HOUR + 600));
    }

    #[test]
    fn a_run_has_the_id_of_its_schedule_and_moment() {
        let record = hourly(|schedule| schedule);
        let run = run_id(&record.id, at(HOUR));
        assert_eq!(run.as_str(), "report@1970-01-01T01:00:00Z");
        assert!(is_run(&run) && !is_run(&InstanceId::parse("ann@example.org").expect("a valid id")));
    }

    #[test]
    fn a_schedule_without_any_moment_is_refused() {
        let mut record = hourly(|schedule| schedule);
        record.schedule.recurrence = Recurrence::cron("0 0 30 2 *", "UTC");
        assert!(begin(&mut record, at(0)).is_err());
    }
}
