//! Schedules: what starts orchestrations again and again. Data only; the calendar is computed in [`crate::schedule`].

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::name::Orchestration;
use super::payload::Payload;
use crate::clock::Timestamp;
use crate::ids::{InstanceId, ScheduleId};

/// When a schedule's moments are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Recurrence {
    /// The moments of a cron expression, in local time.
    Cron {
        /// Five fields (minute, hour, day of month, month, day of week) or six, with seconds first.
        expression: String,
        /// The IANA name of the time zone, such as `Europe/Berlin`.
        zone: String,
    },
    /// Moments at the same distance from each other, counted from 1970-01-01 00:00 UTC.
    Interval {
        /// The distance, in microseconds.
        every: i64,
        /// By how much later each moment is, in microseconds.
        offset: i64,
    },
}

impl Recurrence {
    /// The moments of `expression` in the time zone `zone`. Both are checked when the schedule is created.
    ///
    /// An expression with `*` among seconds, minutes or hours follows the time that passes: every quarter of an hour is one,
    /// whatever clocks show. Any other is for times of day: when clocks are set forward over such a time, it runs at the first
    /// moment after, and when they are set back, it runs at the first of the two. This is how Vixie cron does it.
    pub fn cron(expression: &str, zone: &str) -> Self {
        Self::Cron { expression: expression.to_owned(), zone: zone.to_owned() }
    }

    /// Moments so far apart (at least a second), counted from 1970-01-01 00:00 UTC: every ten minutes is at :00, :10, :20.
    pub fn every(distance: Duration) -> Self {
        Self::Interval { every: micros(distance), offset: 0 }
    }

    /// Moves the moments of an interval to later by `offset`: every hour with an offset of five minutes is at :05. Has no
    /// effect on a cron expression.
    #[must_use]
    pub fn offset(self, offset: Duration) -> Self {
        match self {
            Self::Interval { every, .. } => Self::Interval { every, offset: micros(offset) },
            cron => cron,
        }
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// What happens at a moment when an earlier run goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Overlap {
    /// Nothing: the moment is passed over and counted.
    #[default]
    Skip,
    /// One run waits for the end of the earlier one and then starts; further moments are passed over.
    QueueOne,
    /// It starts beside the earlier ones.
    Allow,
    /// The earlier one and its children are terminated, and it starts without waiting for their last turns.
    Terminate,
}

/// What happens with moments that passed while no node ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CatchUp {
    /// Each of them runs that is not older than this.
    All {
        /// How old a moment may be.
        within: Duration,
    },
    /// The last one runs.
    #[default]
    Last,
    /// None runs, unless it is at most a minute old: no node is ever on time to the microsecond.
    None,
}

/// What to start, when, and what to do when runs meet or moments were missed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// The orchestration to start.
    pub orchestration: Arc<str>,
    /// Its version; empty for code without versions.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub version: Arc<str>,
    /// The input of every run.
    pub input: Payload,
    /// When.
    pub recurrence: Recurrence,
    /// What happens when an earlier run goes on.
    #[serde(default)]
    pub overlap: Overlap,
    /// What happens with moments that were missed.
    #[serde(default)]
    pub catch_up: CatchUp,
    /// No moment before this one counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_at: Option<Timestamp>,
    /// No moment from this one on counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_at: Option<Timestamp>,
    /// The longest delay of a run after its moment.
    #[serde(default)]
    pub jitter: Duration,
}

impl Schedule {
    /// Starts `orchestration` with `input` at the moments of `recurrence`. A moment at which the run before goes on is passed
    /// over; of moments that were missed the last one runs. Fails when the input cannot be stored.
    pub fn new<I: Serialize, O>(
        orchestration: Orchestration<I, O>,
        input: &I,
        recurrence: Recurrence,
    ) -> Result<Self, Failure> {
        Ok(Self {
            orchestration: orchestration.name().into(),
            version: orchestration.version_name().into(),
            input: Payload::encode(input)?,
            recurrence,
            overlap: Overlap::default(),
            catch_up: CatchUp::default(),
            start_at: None,
            end_at: None,
            jitter: Duration::ZERO,
        })
    }

    /// What happens at a moment when an earlier run goes on.
    #[must_use]
    pub fn overlap(mut self, overlap: Overlap) -> Self {
        self.overlap = overlap;
        self
    }

    /// What happens with moments that passed while no node ran.
    #[must_use]
    pub fn catch_up(mut self, catch_up: CatchUp) -> Self {
        self.catch_up = catch_up;
        self
    }

    /// No moment before `moment` counts.
    #[must_use]
    pub fn start_at(mut self, moment: Timestamp) -> Self {
        self.start_at = Some(moment);
        self
    }

    /// No moment from `moment` on counts.
    #[must_use]
    pub fn end_at(mut self, moment: Timestamp) -> Self {
        self.end_at = Some(moment);
        self
    }

    /// Delays each run by a part of `longest` that is fixed for schedule and moment but else random, so that many schedules of
    /// the same moment do not start at once. It never reaches the next moment.
    #[must_use]
    pub fn jitter(mut self, longest: Duration) -> Self {
        self.jitter = longest;
        self
    }
}

/// A schedule as clients see it.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduleRecord {
    /// Its id.
    pub id: ScheduleId,
    /// What it does.
    pub schedule: Schedule,
    /// How it stands.
    pub state: ScheduleState,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was created, updated, paused or resumed last.
    pub updated_at: Timestamp,
}

/// How a schedule stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScheduleState {
    /// The next moment; none after the last one.
    pub next: Option<Timestamp>,
    /// When the run of that moment starts: the moment itself, or later by the jitter. None while it is paused.
    pub fire_at: Option<Timestamp>,
    /// Who stopped it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<Pause>,
    /// The moment of the run that waits for the end of the one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued: Option<Timestamp>,
    /// The last runs, the newest last, at most ten.
    #[serde(default)]
    pub recent: Vec<ScheduledRun>,
    /// How many runs it has started.
    #[serde(default)]
    pub started: u64,
    /// How many moments were passed over because an earlier run went on.
    #[serde(default)]
    pub skipped: u64,
}

/// A pause of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Why, in the words of whoever paused it.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// A run that a schedule started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledRun {
    /// The instance.
    pub instance: InstanceId,
    /// The moment it was started for.
    pub moment: Timestamp,
    /// When it was started.
    pub started_at: Timestamp,
    /// Whether it is known to have ended.
    #[serde(default)]
    pub ended: bool,
}
