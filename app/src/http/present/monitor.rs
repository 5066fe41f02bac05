//! Monitors.

use std::time::Duration;

use super::{Seen, moment};
use crate::portal::error::FieldError;
use crate::portal::monitors::{
    Check, Incident, Monitor, MonitorDraft, MonitorLine, MonitorPage, MonitorRecord, MonitorState, Uptime,
};
use crate::view;
use crate::view::moment::span_in_words;
use crate::view::{SpanField, SpanUnit, Sparkline};

impl From<MonitorState> for view::MonitorState {
    fn from(state: MonitorState) -> Self {
        match state {
            MonitorState::Waiting => Self::Waiting,
            MonitorState::Up => Self::Up,
            MonitorState::Unsure => Self::Unsure,
            MonitorState::Down => Self::Down,
            MonitorState::Paused => Self::Paused,
        }
    }
}

/// One monitor in the list.
pub(crate) fn row(line: &MonitorLine, seen: Seen) -> view::MonitorRow {
    let (monitor, last) = (&line.monitor, line.monitor.pulse.last.as_ref());
    view::MonitorRow {
        id: monitor.id.0,
        name: monitor.settings.name.clone(),
        url: monitor.settings.url.clone(),
        state: monitor.state().into(),
        problem: last.and_then(|last| last.problem.clone()),
        day: percent(line.day),
        month: percent(line.month),
        latency: last.and_then(|last| last.latency).map(millis),
        checked_at: last.map(|last| moment(last.at, seen)),
        sparkline: Sparkline(monitor.pulse.recent.clone()),
    }
}

/// The page of a monitor. `form` is what came back with messages; without it the form shows the monitor as it is.
pub(crate) fn detail(
    page: MonitorPage,
    form: Option<view::MonitorForm>,
    paged: bool,
    is_admin: bool,
    seen: Seen,
) -> view::MonitorDetail {
    let MonitorPage { record, next, may_write } = page;
    let monitor = &record.line.monitor;
    let next_check = monitor.paused_at.is_none().then_some(monitor.pulse.next_check_at);
    view::MonitorDetail {
        monitor: row(&record.line, seen),
        owner: record.line.owner.label().to_owned(),
        created_at: moment(monitor.created_at, seen),
        next_check_at: next_check.map(|at| moment(at, seen)),
        certificate_expires_at: monitor.pulse.certificate_expires_at.map(|at| moment(at, seen)),
        expectations: expectations(monitor),
        pace: pace(monitor),
        alerts: alerts(&record),
        checks: record.checks.iter().map(|check| check_row(check, seen)).collect(),
        paged,
        next: next.map(|number| number.to_string()),
        incidents: record.incidents.iter().map(|incident| incident_row(incident, seen)).collect(),
        form: may_write.then(|| form.unwrap_or_else(|| form_of(&record))),
        instance: is_admin.then(|| monitor.instance()),
        seen: 0,
    }
}

/// The form with what was typed.
pub(crate) fn form(typed: MonitorDraft, errors: Vec<FieldError>) -> view::MonitorForm {
    let unit = |unit: &str| SpanUnit::from_key(unit).unwrap_or_default();
    view::MonitorForm {
        remind: SpanField { unit: unit(&typed.remind.unit), number: typed.remind.number },
        escalate: SpanField { unit: unit(&typed.escalate.unit), number: typed.escalate.number },
        name: typed.name,
        url: typed.url,
        statuses: typed.statuses,
        contains: typed.contains,
        max_latency: typed.max_latency,
        certificate_days: typed.certificate_days,
        interval: typed.interval,
        timeout: typed.timeout,
        retries: typed.retries,
        alert_to: typed.alert_to,
        escalate_to: typed.escalate_to,
        errors: errors.into(),
    }
}

/// The form with the monitor as it is.
fn form_of(record: &MonitorRecord) -> view::MonitorForm {
    let settings = &record.line.monitor.settings;
    let (expect, pace, alerts) = (&settings.expect, settings.pace, &settings.alerts);
    let text = |number: Option<u128>| number.map(|number| number.to_string()).unwrap_or_default();
    let receivers: Vec<_> = record.receivers.iter().map(|person| person.email.clone()).collect();
    view::MonitorForm {
        name: settings.name.clone(),
        url: settings.url.clone(),
        statuses: expect.statuses.to_string(),
        contains: expect.contains.clone().unwrap_or_default(),
        max_latency: text(expect.max_latency.map(|span| span.as_millis())),
        certificate_days: text(expect.certificate_days.map(u128::from)),
        interval: pace.interval.as_secs().to_string(),
        timeout: pace.timeout.as_secs().to_string(),
        retries: pace.retries.to_string(),
        alert_to: receivers.join("\n"),
        remind: span(alerts.remind_every),
        escalate_to: record.escalate_to.as_ref().map(|person| person.email.clone()).unwrap_or_default(),
        escalate: span(alerts.escalation.map(|escalation| escalation.after)),
        errors: view::FormErrors::default(),
    }
}

/// A length of time in its largest unit that divides it.
fn span(of: Option<Duration>) -> SpanField {
    let Some(of) = of else { return view::MonitorForm::default().remind };
    let seconds = i64::try_from(of.as_secs()).unwrap_or(i64::MAX);
    let unit = SpanUnit::ALL.into_iter().rev().find(|unit| seconds % unit.seconds() == 0).unwrap_or(SpanUnit::Minutes);
    if seconds % unit.seconds() == 0 {
        return SpanField { number: (seconds / unit.seconds()).to_string(), unit };
    }
    // Typed as a fraction of a minute: kept to the second.
    let minutes = format!("{:.3}", of.as_secs_f64() / 60.0);
    SpanField { number: minutes.trim_end_matches('0').to_owned(), unit }
}

fn percent(uptime: Uptime) -> Option<String> {
    uptime.share().map(|share| format!("{}.{:02} %", share / 100, share % 100))
}

fn millis(latency: Duration) -> String {
    format!("{} ms", latency.as_millis())
}

fn words(span: Duration) -> String {
    span_in_words(i64::try_from(span.as_secs()).unwrap_or(i64::MAX))
}

fn expectations(monitor: &Monitor) -> Vec<String> {
    let expect = &monitor.settings.expect;
    let mut sentences = vec![format!("Status {}.", expect.statuses)];
    sentences.extend(expect.contains.as_ref().map(|text| format!("Contains \u{201c}{text}\u{201d}.")));
    sentences.extend(expect.max_latency.map(|most| format!("Within {}.", millis(most))));
    sentences.extend(expect.certificate_days.map(|days| format!("Certificate valid for {days} days.")));
    sentences
}

fn pace(monitor: &Monitor) -> String {
    let pace = monitor.settings.pace;
    let times = match pace.retries {
        0 => "at the first failure".to_owned(),
        1 => "when one more try fails".to_owned(),
        more => format!("when {more} more tries fail"),
    };
    format!("Every {}, waiting {} at most. Down {times}.", words(pace.interval), words(pace.timeout))
}

fn alerts(record: &MonitorRecord) -> Vec<String> {
    let alerts = &record.line.monitor.settings.alerts;
    let mut sentences: Vec<String> = record.receivers.iter().map(|person| person.label().to_owned()).collect();
    if sentences.is_empty() {
        sentences.push("Nobody by mail.".to_owned());
    }
    sentences.extend(alerts.remind_every.map(|every| format!("Reminded every {}.", words(every))));
    if let (Some(person), Some(escalation)) = (&record.escalate_to, alerts.escalation) {
        sentences.push(format!("After {} also {}.", words(escalation.after), person.label()));
    }
    sentences
}

fn check_row(check: &Check, seen: Seen) -> view::CheckRow {
    view::CheckRow {
        at: moment(check.at, seen),
        problem: check.problem.clone(),
        status: check.status,
        latency: check.latency.map(millis),
    }
}

fn incident_row(incident: &Incident, seen: Seen) -> view::IncidentRow {
    view::IncidentRow {
        began_at: moment(incident.began_at, seen),
        ended_at: incident.ended_at.map(|at| moment(at, seen)),
        lasted: words(incident.ended_at.unwrap_or(seen.now).since(incident.began_at)),
        problem: incident.problem.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_shown_in_its_largest_whole_unit() {
        let shown = |seconds| {
            let field = span(Some(Duration::from_secs(seconds)));
            (field.number, field.unit)
        };
        assert_eq!(shown(172_800), ("2".to_owned(), SpanUnit::Days));
        assert_eq!(shown(5_400), ("90".to_owned(), SpanUnit::Minutes));
        assert_eq!(shown(90), ("1.5".to_owned(), SpanUnit::Minutes));
        assert_eq!(span(None).number, "");
    }

    #[test]
    fn an_uptime_has_two_digits_after_the_point() {
        assert_eq!(percent(Uptime { checks: 1_000, failed: 1 }).as_deref(), Some("99.90 %"));
        assert_eq!(percent(Uptime { checks: 1, failed: 0 }).as_deref(), Some("100.00 %"));
        assert_eq!(percent(Uptime::default()), None);
    }
}
