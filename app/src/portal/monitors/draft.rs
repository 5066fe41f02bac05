//! A monitor as typed.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::monitor::{Alerts, Expectation, Pace, Settings};
use super::status::StatusSet;
use crate::portal::error::FieldError;
use crate::portal::ports::is_web_address;
use crate::portal::span::SpanDraft;
use crate::portal::user::{Email, one_line};

/// The longest name in characters.
const MAX_NAME_CHARS: usize = 100;
/// The longest address in characters.
const MAX_URL_CHARS: usize = 2_000;
/// The longest expected text in characters.
const MAX_TEXT_CHARS: usize = 500;
/// The most people who are told.
const MAX_RECEIVERS: usize = 10;
/// From one check to the next, in seconds: up to a day.
const INTERVAL: RangeInclusive<u32> = 10..=86_400;
/// How long a check waits, in seconds.
const TIMEOUT: RangeInclusive<u32> = 1..=60;
/// Repetitions of a failed check.
const RETRIES: RangeInclusive<u32> = 0..=10;
/// The longest time that an answer may be allowed, in milliseconds.
const LATENCY: RangeInclusive<u32> = 1..=60_000;
/// For how long a certificate may be asked to be valid, in days.
const DAYS: RangeInclusive<u32> = 1..=365;

/// A monitor as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonitorDraft {
    /// What people call it.
    pub name: String,
    /// The address to ask: `http://` or `https://`.
    pub url: String,
    /// Statuses that are as they should be; nothing stands for `2xx, 3xx`.
    pub statuses: String,
    /// What the body must contain; nothing for anything.
    pub contains: String,
    /// The longest time of an answer in milliseconds; nothing for any.
    pub max_latency: String,
    /// For how many days the certificate must be valid; nothing for not at all.
    pub certificate_days: String,
    /// From one check to the next, in seconds.
    pub interval: String,
    /// How long a check waits, in seconds.
    pub timeout: String,
    /// Repetitions of a failed check, before the service counts as down.
    pub retries: String,
    /// Mail addresses of those who are told, with commas or in lines of their own.
    pub alert_to: String,
    /// How often to remind them; an empty number means never.
    pub remind: SpanDraft,
    /// Whom to tell later; empty means nobody.
    pub escalate_to: String,
    /// How much later.
    pub escalate: SpanDraft,
}

/// A monitor that was checked. The people in it are known by their addresses only.
#[derive(Debug)]
pub(super) struct Checked {
    /// Everything but the people.
    pub(super) settings: Settings,
    /// Who is told.
    pub(super) receivers: Vec<Email>,
    /// Who is told later, and how much later.
    pub(super) escalation: Option<(Email, Duration)>,
}

impl MonitorDraft {
    /// What was typed, if all of it is right; whether the address may be asked is for the way out to say. Errors name the
    /// fields of this type.
    pub(super) fn check(&self) -> Result<Checked, Vec<FieldError>> {
        let mut reader = Reader { errors: Vec::new() };
        let checked = reader.read(self);
        match checked {
            Some(checked) if reader.errors.is_empty() => Ok(checked),
            _ => Err(reader.errors),
        }
    }
}

/// Reads fields and collects what is wrong with them.
struct Reader {
    errors: Vec<FieldError>,
}

impl Reader {
    /// `None` when something is wrong that the rest cannot do without.
    fn read(&mut self, draft: &MonitorDraft) -> Option<Checked> {
        let name = self.line("name", &draft.name, "Enter a name.", MAX_NAME_CHARS);
        let url = self.line("url", &draft.url, "Enter the address to check.", MAX_URL_CHARS);
        // It stands in mails: nobody's address goes on as a letter.
        if url.as_ref().is_some_and(|url| url.contains(char::is_whitespace)) {
            self.wrong("url", "The address must not hold spaces; write %20 for one.");
        } else if url.as_ref().is_some_and(|url| !is_web_address(url)) {
            self.wrong("url", "The address must start with http:// or https://.");
        }
        let statuses = StatusSet::parse(&draft.statuses).map_err(|message| self.wrong("statuses", message)).ok();
        let contains = Some(draft.contains.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
        if contains.as_ref().is_some_and(|text| text.chars().count() > MAX_TEXT_CHARS) {
            self.wrong("contains", format!("The text may have at most {MAX_TEXT_CHARS} characters."));
        }
        let max_latency = self.maybe_number("max_latency", &draft.max_latency, LATENCY);
        let certificate_days = self.maybe_number("certificate_days", &draft.certificate_days, DAYS);
        let interval = self.number("interval", &draft.interval, INTERVAL);
        let timeout = self.number("timeout", &draft.timeout, TIMEOUT);
        let retries = self.number("retries", &draft.retries, RETRIES);
        let receivers = self.receivers(&draft.alert_to);
        let remind_every = self.reminders(draft, interval, &receivers);
        let escalation = self.escalation(draft);
        let seconds = |number: u32| Duration::from_secs(number.into());
        let expect = Expectation {
            statuses: statuses?,
            contains,
            max_latency: max_latency.map(|number| Duration::from_millis(number.into())),
            certificate_days,
        };
        let pace = Pace { interval: seconds(interval?), timeout: seconds(timeout?), retries: retries? };
        let alerts = Alerts { to: Vec::new(), remind_every, escalation: None };
        Some(Checked { settings: Settings { name: name?, url: url?, expect, pace, alerts }, receivers, escalation })
    }

    fn wrong(&mut self, field: &str, message: impl Into<String>) {
        self.errors.push(FieldError::new(field, message));
    }

    fn line(&mut self, field: &str, typed: &str, missing: &str, most: usize) -> Option<String> {
        let line = one_line(typed);
        if line.is_empty() {
            self.wrong(field, missing);
            return None;
        }
        if line.chars().count() > most {
            self.wrong(field, format!("At most {most} characters."));
            return None;
        }
        Some(line)
    }

    fn number(&mut self, field: &str, typed: &str, range: RangeInclusive<u32>) -> Option<u32> {
        let number = typed.trim().parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            self.wrong(field, format!("Enter a whole number from {} to {}.", range.start(), range.end()));
        }
        number
    }

    fn maybe_number(&mut self, field: &str, typed: &str, range: RangeInclusive<u32>) -> Option<u32> {
        if typed.trim().is_empty() { None } else { self.number(field, typed, range) }
    }

    fn receivers(&mut self, typed: &str) -> Vec<Email> {
        let mut emails = BTreeSet::new();
        for part in typed.split([',', ';', '\n', '\r', ' ']).map(str::trim).filter(|part| !part.is_empty()) {
            match Email::parse(part) {
                Ok(email) => _ = emails.insert(email),
                Err(_) => self.wrong("alert_to", format!("\u{201c}{}\u{201d} is not a mail address.", one_line(part))),
            }
        }
        if emails.len() > MAX_RECEIVERS {
            self.wrong("alert_to", format!("At most {MAX_RECEIVERS} people can be told."));
        }
        emails.into_iter().collect()
    }

    /// Reminders go out with a check, so they cannot come more often.
    fn reminders(&mut self, draft: &MonitorDraft, interval: Option<u32>, receivers: &[Email]) -> Option<Duration> {
        let every = draft.remind.read("remind", &mut self.errors)?;
        if receivers.is_empty() {
            self.wrong("alert_to", "Enter who is to be reminded, or leave the reminder empty.");
        }
        if interval.is_some_and(|interval| every < Duration::from_secs(interval.into())) {
            self.wrong("remind", "A reminder cannot come more often than a check.");
        }
        Some(every)
    }

    fn escalation(&mut self, draft: &MonitorDraft) -> Option<(Email, Duration)> {
        if draft.escalate_to.trim().is_empty() {
            return None;
        }
        let email = Email::parse(&draft.escalate_to).map_err(|message| self.wrong("escalate_to", message)).ok();
        let known = self.errors.len();
        let after = draft.escalate.read("escalate", &mut self.errors);
        if after.is_none() && self.errors.len() == known {
            self.wrong("escalate", "Enter how long to wait before somebody else is told.");
        }
        Some((email?, after?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> MonitorDraft {
        MonitorDraft {
            name: " Shop\n".into(),
            url: " https://shop.example/health ".into(),
            interval: "60".into(),
            timeout: "10".into(),
            retries: "2".into(),
            ..MonitorDraft::default()
        }
    }

    fn fields(draft: &MonitorDraft) -> Vec<String> {
        draft.check().map(|_| Vec::new()).unwrap_or_else(|errors| errors.into_iter().map(|error| error.field).collect())
    }

    fn span(number: &str, unit: &str) -> SpanDraft {
        SpanDraft { number: number.into(), unit: unit.into() }
    }

    #[test]
    fn what_is_right_is_taken_trimmed_and_each_person_once() {
        let typed = MonitorDraft {
            alert_to: "Ana@x.org, ben@x.org\r\nana@x.org".into(),
            remind: span("1", "hours"),
            escalate_to: "boss@x.org".into(),
            escalate: span("2", "hours"),
            max_latency: " 500 ".into(),
            ..draft()
        };
        let checked = typed.check().expect("right");
        assert_eq!((checked.settings.name.as_str(), checked.receivers.len()), ("Shop", 2));
        assert_eq!(checked.settings.url, "https://shop.example/health");
        assert_eq!(checked.settings.expect.max_latency, Some(Duration::from_millis(500)));
        assert_eq!(checked.settings.alerts.remind_every, Some(Duration::from_secs(3_600)));
        assert_eq!(checked.escalation.map(|(_, after)| after), Some(Duration::from_secs(7_200)));
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        assert_eq!(fields(&MonitorDraft::default()), ["name", "url", "interval", "timeout", "retries"]);
        let alone = |change: fn(&mut MonitorDraft)| {
            let mut typed = draft();
            change(&mut typed);
            fields(&typed)
        };
        assert_eq!(alone(|d| d.url = "http://x.org/\r\nDear reader".into()), ["url"]);
        assert_eq!(alone(|d| d.url = "ftp://x.org/".into()), ["url"]);
        assert_eq!(alone(|d| d.interval = "9".into()), ["interval"]);
        assert_eq!(alone(|d| d.interval = "86401".into()), ["interval"]);
        assert_eq!(alone(|d| d.timeout = "61".into()), ["timeout"]);
        assert_eq!(alone(|d| d.retries = "-1".into()), ["retries"]);
        assert_eq!(alone(|d| d.statuses = "fine".into()), ["statuses"]);
        assert_eq!(alone(|d| d.max_latency = "0".into()), ["max_latency"]);
        assert_eq!(alone(|d| d.certificate_days = "x".into()), ["certificate_days"]);
        assert_eq!(alone(|d| d.contains = "a".repeat(501)), ["contains"]);
        assert_eq!(alone(|d| d.alert_to = "ana".into()), ["alert_to"]);
        assert_eq!(alone(|d| d.remind = span("1", "hours")), ["alert_to"], "nobody to remind");
        assert_eq!(alone(|d| d.escalate_to = "boss@x.org".into()), ["escalate"]);
        assert_eq!(alone(|d| d.escalate_to = "boss".into()), ["escalate_to", "escalate"]);
        let rare = MonitorDraft {
            interval: "7200".into(),
            alert_to: "ana@x.org".into(),
            remind: span("1", "hours"),
            ..draft()
        };
        assert_eq!(fields(&rare), ["remind"]);
    }
}
