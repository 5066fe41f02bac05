//! What follows from a check.

use std::time::Duration;

use super::monitor::{Alerts, Check, Incident, LastCheck, Monitor, Pulse};
use crate::portal::clock::Time;

/// How soon a failed check is repeated, where the interval is longer: a doubt should not last.
const RETRY_AFTER: Duration = Duration::from_secs(30);
/// How soon after a check another one is made because somebody wants it: a monitor is no way to flood a service.
pub(super) const PAUSE_BETWEEN: Duration = Duration::from_secs(5);

/// What a check changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing that anybody is told.
    Nothing,
    /// The service is down: this incident begins.
    Down(u64),
    /// It is still down, within this incident.
    StillDown(u64),
    /// It is back: this incident ends.
    Recovered(u64),
}

impl Monitor {
    /// Takes in the next check.
    pub(super) fn take(&mut self, check: &Check) -> Change {
        let (pace, pulse) = (self.settings.pace, &mut self.pulse);
        pulse.checks = check.number;
        pulse.remember(check);
        pulse.next_check_at = check.at + pace.interval;
        if check.problem.is_none() {
            (pulse.failures, pulse.failing_since) = (0, None);
            return pulse.incident.take().map_or(Change::Nothing, Change::Recovered);
        }
        pulse.failures = pulse.failures.saturating_add(1);
        pulse.failing_since.get_or_insert(check.at);
        if let Some(incident) = pulse.incident {
            return Change::StillDown(incident);
        }
        if pulse.failures <= pace.retries {
            pulse.next_check_at = check.at + pace.interval.min(RETRY_AFTER);
            return Change::Nothing;
        }
        pulse.incidents += 1;
        pulse.incident = Some(pulse.incidents);
        Change::Down(pulse.incidents)
    }
}

impl Pulse {
    /// When a check is due that somebody wants at `now`. However often they want it, it is none the sooner: a check that
    /// was under way, and does not count because the monitor was changed meanwhile, has asked the service too.
    pub(super) fn soon(&self, now: Time) -> Time {
        let due_at = self.next_check_at;
        if due_at > now && due_at <= now + PAUSE_BETWEEN {
            return due_at;
        }
        let asked_at = self.last.as_ref().map(|last| last.at).max(Some(due_at).filter(|due_at| *due_at <= now));
        asked_at.map_or(now, |asked_at| now.max(asked_at + PAUSE_BETWEEN))
    }

    fn remember(&mut self, check: &Check) {
        if self.recent.len() >= Self::RECENT {
            self.recent.drain(..=self.recent.len() - Self::RECENT);
        }
        let passed = check.latency.filter(|_| check.problem.is_none());
        self.recent.push(passed.map(|latency| u32::try_from(latency.as_millis()).unwrap_or(u32::MAX)));
        self.last = Some(LastCheck { at: check.at, latency: check.latency, problem: check.problem.clone() });
    }
}

/// Who is to be told again, while a service stays down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// The period for which people are to be reminded, counted from 1.
    pub(super) reminder: Option<u64>,
    /// Whether the escalation person is to be told.
    pub(super) escalate: bool,
}

impl Incident {
    /// The incident that begins with the check that made it certain; the first one failed at `began_at`.
    pub(super) fn of(number: u64, began_at: Time, check: &Check) -> Self {
        Self {
            number,
            began_at,
            alerted_at: check.at,
            ended_at: None,
            problem: check.problem.clone().unwrap_or_default(),
            reminders: 0,
            escalated_at: None,
        }
    }

    /// Takes the periods that went by until `now` as told, as long as they are now: otherwise nobody would be reminded until
    /// there are more of longer ones than there were of shorter ones.
    pub(super) fn count_reminders(&mut self, alerts: &Alerts, now: Time) {
        let down_for = now.since(self.alerted_at);
        self.reminders = alerts.remind_every.map_or(0, |every| periods(down_for, every));
    }

    /// What is due at `now`. Of periods that went by unseen only the last one is told: the portal was down itself.
    pub(super) fn due(&self, alerts: &Alerts, now: Time) -> Due {
        let down_for = now.since(self.alerted_at);
        let period = alerts.remind_every.map(|every| periods(down_for, every));
        let escalate = alerts.escalation.is_some_and(|escalation| down_for >= escalation.after);
        Due {
            reminder: period.filter(|period| *period > self.reminders),
            escalate: escalate && self.escalated_at.is_none(),
        }
    }
}

fn periods(time: Duration, every: Duration) -> u64 {
    u64::try_from(time.as_micros() / every.as_micros().max(1)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::monitor::{AlertEscalation, Expectation, MonitorState, Pace, Settings};
    use super::*;
    use crate::portal::ids::{MonitorId, UserId};

    const MINUTE: Duration = Duration::from_secs(60);
    const NOON: Time = Time(1_800_000_000_000_000);

    fn monitor(retries: u32) -> Monitor {
        let pace = Pace { interval: MINUTE * 5, timeout: Duration::from_secs(10), retries };
        let settings = Settings {
            name: "Shop".into(),
            url: "https://shop.example".into(),
            expect: Expectation::default(),
            pace,
            alerts: Alerts::default(),
        };
        Monitor {
            id: MonitorId(Uuid::nil()),
            owner: UserId(Uuid::nil()),
            settings,
            revision: 1,
            created_at: NOON,
            paused_at: None,
            pulse: Pulse::new(NOON),
        }
    }

    fn check(monitor: &Monitor, at: Time, passed: bool) -> Check {
        Check {
            number: monitor.pulse.checks + 1,
            at,
            latency: Some(Duration::from_millis(12)),
            status: Some(200),
            problem: (!passed).then(|| "It was wrong.".to_owned()),
        }
    }

    fn take(monitor: &mut Monitor, at: Time, passed: bool) -> Change {
        let check = check(monitor, at, passed);
        monitor.take(&check)
    }

    #[test]
    fn a_service_is_down_when_the_check_and_all_its_repetitions_failed() {
        let mut monitor = monitor(2);
        assert_eq!(monitor.state(), MonitorState::Waiting);
        assert_eq!(take(&mut monitor, NOON, true), Change::Nothing);
        assert_eq!((monitor.state(), monitor.pulse.next_check_at), (MonitorState::Up, NOON + MINUTE * 5));
        let begin = NOON + MINUTE * 5;
        for repetition in 0..2 {
            let at = begin + RETRY_AFTER * repetition;
            assert_eq!(take(&mut monitor, at, false), Change::Nothing);
            assert_eq!((monitor.state(), monitor.pulse.next_check_at), (MonitorState::Unsure, at + RETRY_AFTER));
        }
        assert_eq!(take(&mut monitor, begin + MINUTE, false), Change::Down(1));
        assert_eq!((monitor.state(), monitor.pulse.failing_since), (MonitorState::Down, Some(begin)));
        assert_eq!(monitor.pulse.next_check_at, begin + MINUTE * 6);
        assert_eq!(take(&mut monitor, begin + MINUTE * 6, false), Change::StillDown(1));
        assert_eq!(take(&mut monitor, begin + MINUTE * 11, true), Change::Recovered(1));
        assert_eq!((monitor.state(), monitor.pulse.failing_since), (MonitorState::Up, None));
        assert_eq!(take(&mut monitor, begin + MINUTE * 16, true), Change::Nothing);
    }

    #[test]
    fn a_failure_that_does_not_last_tells_nobody() {
        let mut monitor = monitor(1);
        assert_eq!(take(&mut monitor, NOON, false), Change::Nothing);
        assert_eq!(take(&mut monitor, NOON + RETRY_AFTER, true), Change::Nothing);
        assert_eq!(take(&mut monitor, NOON + MINUTE, false), Change::Nothing, "failures in a row count");
        assert_eq!(monitor.pulse.incidents, 0);
    }

    #[test]
    fn without_repetitions_the_first_failure_counts_and_each_incident_has_a_number() {
        let mut monitor = monitor(0);
        assert_eq!(take(&mut monitor, NOON, false), Change::Down(1));
        assert_eq!(take(&mut monitor, NOON + MINUTE, true), Change::Recovered(1));
        assert_eq!(take(&mut monitor, NOON + MINUTE * 2, false), Change::Down(2));
    }

    #[test]
    fn only_the_last_checks_are_remembered() {
        let mut monitor = monitor(0);
        for _ in 0..Pulse::RECENT + 5 {
            take(&mut monitor, NOON, true);
        }
        take(&mut monitor, NOON, false);
        assert_eq!(monitor.pulse.recent.len(), Pulse::RECENT);
        assert_eq!(monitor.pulse.recent.last(), Some(&None));
        assert_eq!(monitor.pulse.recent.first(), Some(&Some(12)));
    }

    #[test]
    fn a_check_that_is_wanted_again_and_again_comes_once_in_five_seconds() {
        let mut monitor = monitor(0);
        take(&mut monitor, NOON, true);
        let mut due = Vec::new();
        // Wanted every 100 ms for 20 s; every other check is recorded, the rest is overtaken by the next change.
        for step in 0..200 {
            let now = NOON + Duration::from_millis(100) * step;
            if monitor.pulse.next_check_at <= now {
                due.push(step);
                if due.len() % 2 == 0 {
                    take(&mut monitor, now, true);
                }
            }
            monitor.pulse.next_check_at = monitor.pulse.soon(now);
        }
        assert_eq!(due, [50, 100, 150]);
    }

    #[test]
    fn a_check_that_is_wanted_long_after_the_last_one_is_due_at_once() {
        let mut monitor = monitor(0);
        take(&mut monitor, NOON, true);
        for later in [MINUTE, MINUTE * 60] {
            assert_eq!(monitor.pulse.soon(NOON + later), NOON + later);
        }
        assert_eq!(monitor.pulse.soon(NOON), NOON + PAUSE_BETWEEN);
        assert_eq!(Pulse::new(NOON).soon(NOON), NOON + PAUSE_BETWEEN, "the first one is on its way");
    }

    fn incident() -> Incident {
        Incident {
            number: 1,
            began_at: NOON - MINUTE,
            alerted_at: NOON,
            ended_at: None,
            problem: "It was wrong.".into(),
            reminders: 0,
            escalated_at: None,
        }
    }

    #[test]
    fn there_is_one_reminder_in_each_period_and_one_escalation() {
        let escalation = AlertEscalation { to: UserId(Uuid::nil()), after: MINUTE * 90 };
        let alerts = Alerts { to: Vec::new(), remind_every: Some(MINUTE * 60), escalation: Some(escalation) };
        let mut incident = incident();
        let mut told = Vec::new();
        for minute in (0..=200).step_by(5) {
            let now = NOON + MINUTE * minute;
            let due = incident.due(&alerts, now);
            if let Some(period) = due.reminder {
                incident.reminders = period;
                told.push((minute, "reminder"));
            }
            if due.escalate {
                incident.escalated_at = Some(now);
                told.push((minute, "escalation"));
            }
        }
        assert_eq!(told, [(60, "reminder"), (90, "escalation"), (120, "reminder"), (180, "reminder")]);
    }

    #[test]
    fn periods_that_went_by_unseen_are_told_once() {
        let alerts = Alerts { remind_every: Some(MINUTE * 60), ..Alerts::default() };
        let mut incident = incident();
        let due = incident.due(&alerts, NOON + MINUTE * 330);
        assert_eq!(due, Due { reminder: Some(5), escalate: false });
        incident.reminders = 5;
        assert_eq!(incident.due(&alerts, NOON + MINUTE * 359).reminder, None);
        assert_eq!(incident.due(&Alerts::default(), NOON + MINUTE * 999).reminder, None);
    }
}
