//! Monitors.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::form::{FormErrors, SpanField, SpanUnit};
use super::mark::{Icon, Mark, Tone};
use super::moment::Moment;

/// Where a monitor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MonitorState {
    /// Was never checked.
    Waiting,
    /// The last check passed.
    Up,
    /// The last check failed, which is not certain yet.
    Unsure,
    /// It is down, and people were told.
    Down,
    /// It is not checked.
    Paused,
}

impl MonitorState {
    /// Word, colour and icon.
    #[must_use]
    pub const fn mark(self) -> Mark {
        match self {
            Self::Waiting => Mark { word: "Not checked yet", tone: Tone::Waiting, icon: Icon::Clock },
            Self::Up => Mark { word: "Up", tone: Tone::Good, icon: Icon::Check },
            Self::Unsure => Mark { word: "Failing", tone: Tone::Escalated, icon: Icon::Again },
            Self::Down => Mark { word: "Down", tone: Tone::Bad, icon: Icon::Cross },
            Self::Paused => Mark { word: "Paused", tone: Tone::Held, icon: Icon::Pause },
        }
    }
}

/// The last checks as a line: milliseconds, oldest first, or nothing for one that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sparkline(pub Vec<Option<u32>>);

impl Sparkline {
    /// The width of the picture.
    pub const WIDTH: u32 = 120;
    /// The height of the picture.
    pub const HEIGHT: u32 = 24;
    /// Room above and below the line, so that its ends are whole.
    const MARGIN: u32 = 2;

    /// What the line shows, for those who do not see it.
    #[must_use]
    pub fn in_words(&self) -> String {
        let passed: Vec<u32> = self.0.iter().flatten().copied().collect();
        let failed = self.0.len() - passed.len();
        match (passed.iter().min(), passed.iter().max()) {
            (Some(least), Some(most)) => {
                format!("Checks shown: {}, failed: {failed}, the others took {least} to {most} ms", self.0.len())
            }
            _ if failed > 0 => format!("Checks shown: {failed}, all of them failed"),
            _ => "No checks yet".to_owned(),
        }
    }

    /// The line as the commands of an SVG path; it has a gap at each failed check.
    #[must_use]
    pub fn line(&self) -> String {
        let most = self.0.iter().flatten().copied().max().unwrap_or(0).max(1);
        let mut path = String::new();
        let mut command = 'M';
        for (place, latency) in self.0.iter().enumerate() {
            let Some(latency) = latency else {
                command = 'M';
                continue;
            };
            let room = u64::from(Self::HEIGHT - 2 * Self::MARGIN);
            let rise = u64::from(*latency) * room / u64::from(most);
            let y = u64::from(Self::HEIGHT - Self::MARGIN) - rise;
            path.push_str(&format!("{command}{} {y}", self.x(place)));
            // A check between two that failed is a dot: a line of no length with round ends.
            let alone = command == 'M' && !matches!(self.0.get(place + 1), Some(Some(_)));
            path.push_str(if alone { "h0" } else { "" });
            command = 'L';
        }
        path
    }

    /// The failed checks as strokes over the whole height.
    #[must_use]
    pub fn failures(&self) -> String {
        let failed = self.0.iter().enumerate().filter(|(_, latency)| latency.is_none());
        let stroke = |(place, _)| format!("M{} 1V{}", self.x(place), Self::HEIGHT - 1);
        failed.map(stroke).collect::<Vec<_>>().concat()
    }

    /// Where a check stands from left to right; the newest is at the right end.
    fn x(&self, place: usize) -> u64 {
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let (room, steps) = (u64::from(Self::WIDTH - 2 * Self::MARGIN), number(self.0.len()).saturating_sub(1).max(1));
        u64::from(Self::MARGIN) + number(place) * room / steps
    }
}

/// One monitor in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorRow {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The address that it checks.
    pub url: String,
    /// Where it stands.
    pub state: MonitorState,
    /// What was wrong at the last check.
    pub problem: Option<String>,
    /// The share of checks passed in the last 24 hours: `99.98 %`.
    pub day: Option<String>,
    /// The same of the last 30 days.
    pub month: Option<String>,
    /// How long the last answer took: `120 ms`.
    pub latency: Option<String>,
    /// When it was checked last.
    pub checked_at: Option<Moment>,
    /// Its last checks.
    pub sparkline: Sparkline,
}

/// `GET /monitors`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Monitors {
    /// Every monitor, by name.
    pub rows: Vec<MonitorRow>,
    /// Whether the reader may make one.
    pub may_create: bool,
}

/// `GET /monitors/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorDetail {
    /// What the list shows of it.
    pub monitor: MonitorRow,
    /// Who made it.
    pub owner: String,
    /// When it was made.
    pub created_at: Moment,
    /// When the next check is due; `None` while it is paused.
    pub next_check_at: Option<Moment>,
    /// When the certificate ends that was seen last.
    pub certificate_expires_at: Option<Moment>,
    /// What the answer must be, as sentences.
    pub expectations: Vec<String>,
    /// How often it is asked, as a sentence.
    pub pace: String,
    /// Who is told and when, as sentences.
    pub alerts: Vec<String>,
    /// The checks of this page, newest first.
    pub checks: Vec<CheckRow>,
    /// Whether this is not the first page.
    pub paged: bool,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// Its newest incidents, newest first.
    pub incidents: Vec<IncidentRow>,
    /// The form that changes it, for those who may.
    pub form: Option<MonitorForm>,
    /// Its instance, for admins.
    pub instance: Option<String>,
    /// The last change that this page shows, in microseconds since 1970; the stream begins with what differs from it.
    pub seen: i64,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRow {
    /// When.
    pub at: Moment,
    /// What was wrong; `None` when nothing was.
    pub problem: Option<String>,
    /// The status of the answer.
    pub status: Option<u16>,
    /// How long it took.
    pub latency: Option<String>,
}

impl CheckRow {
    /// Word, colour and icon.
    #[must_use]
    pub const fn mark(&self) -> Mark {
        match self.problem {
            None => Mark { word: "Passed", tone: Tone::Good, icon: Icon::Check },
            Some(_) => Mark { word: "Failed", tone: Tone::Bad, icon: Icon::Cross },
        }
    }
}

/// One incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentRow {
    /// When the first check failed.
    pub began_at: Moment,
    /// When a check was passed again.
    pub ended_at: Option<Moment>,
    /// How long it lasted, or has lasted.
    pub lasted: String,
    /// What was wrong at first.
    pub problem: String,
}

/// `GET` and `POST /monitors/new`, and the form on a monitor's page. Every field holds what was typed.
///
/// Field names: `name`, `url`, `statuses`, `contains`, `max_latency`, `certificate_days`, `interval`, `timeout`, `retries`,
/// `alert_to`, `remind` and `remind_unit`, `escalate_to`, `escalate` and `escalate_unit`. Errors use these names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorForm {
    /// What people call it.
    pub name: String,
    /// The address.
    pub url: String,
    /// Statuses that are as they should be.
    pub statuses: String,
    /// What the body must contain.
    pub contains: String,
    /// The longest time of an answer, in milliseconds.
    pub max_latency: String,
    /// For how many days the certificate must be valid.
    pub certificate_days: String,
    /// From one check to the next, in seconds.
    pub interval: String,
    /// How long a check waits, in seconds.
    pub timeout: String,
    /// Repetitions of a failed check.
    pub retries: String,
    /// Mail addresses, one per line.
    pub alert_to: String,
    /// How often to remind.
    pub remind: SpanField,
    /// Whom to tell later.
    pub escalate_to: String,
    /// How much later.
    pub escalate: SpanField,
    /// What is wrong.
    pub errors: FormErrors,
}

impl MonitorForm {
    /// The intervals to choose from, as seconds and words.
    pub const INTERVALS: [(&'static str, &'static str); 9] = [
        ("10", "10 seconds"),
        ("30", "30 seconds"),
        ("60", "1 minute"),
        ("300", "5 minutes"),
        ("900", "15 minutes"),
        ("1800", "30 minutes"),
        ("3600", "1 hour"),
        ("21600", "6 hours"),
        ("86400", "1 day"),
    ];
}

impl Default for MonitorForm {
    fn default() -> Self {
        Self {
            name: String::new(),
            url: String::new(),
            statuses: "2xx, 3xx".to_owned(),
            contains: String::new(),
            max_latency: String::new(),
            certificate_days: String::new(),
            interval: "60".to_owned(),
            timeout: "10".to_owned(),
            retries: "2".to_owned(),
            alert_to: String::new(),
            remind: SpanField { number: String::new(), unit: SpanUnit::Hours },
            escalate_to: String::new(),
            escalate: SpanField { number: String::new(), unit: SpanUnit::Hours },
            errors: FormErrors::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_rises_with_the_time_and_has_a_gap_where_a_check_failed() {
        let spark = Sparkline(vec![Some(0), Some(100), None, Some(50)]);
        assert_eq!(spark.line(), "M2 22L40 2M118 12h0");
        assert_eq!(spark.failures(), "M79 1V23");
        assert_eq!(spark.in_words(), "Checks shown: 4, failed: 1, the others took 0 to 100 ms");
    }

    #[test]
    fn a_line_of_few_checks_stays_within_its_picture() {
        assert_eq!(Sparkline::default().line(), "");
        assert_eq!(Sparkline::default().in_words(), "No checks yet");
        assert_eq!(Sparkline(vec![Some(7)]).line(), "M2 2h0");
        assert_eq!(Sparkline(vec![None]).in_words(), "Checks shown: 1, all of them failed");
    }
}
