//! Monitors: the list, one of them, the form.

use countersign::pages;
use countersign::view::{
    CheckRow, FormErrors, IncidentRow, MonitorDetail, MonitorForm, MonitorRow, MonitorState, Monitors, Sparkline,
};

use crate::support::html::{assert_sound, attribute, count, keep, tags};
use crate::support::views::{DAY, HOUR, admin, at, id};

const PROBLEM: &str = "The status was 503, and not 2xx, 3xx.";

fn row(number: u128, state: MonitorState) -> MonitorRow {
    let checked = state != MonitorState::Waiting;
    let failing = matches!(state, MonitorState::Down | MonitorState::Unsure);
    MonitorRow {
        id: id(number),
        name: format!("Shop {number}"),
        url: "https://shop.example.org/health?deep=1".into(),
        state,
        problem: failing.then(|| PROBLEM.to_owned()),
        day: checked.then(|| "99.93 %".to_owned()),
        month: checked.then(|| "100.00 %".to_owned()),
        latency: checked.then(|| "83 ms".to_owned()),
        checked_at: checked.then(|| at(-HOUR / 60)),
        sparkline: Sparkline(if checked { vec![Some(80), Some(120), None, Some(83)] } else { Vec::new() }),
    }
}

fn detail(state: MonitorState) -> MonitorDetail {
    let check = |problem: Option<&str>| CheckRow {
        at: at(-HOUR),
        problem: problem.map(str::to_owned),
        status: Some(if problem.is_some() { 503 } else { 200 }),
        latency: Some("83 ms".into()),
    };
    let incident = |ended: bool| IncidentRow {
        began_at: at(-2 * HOUR),
        ended_at: ended.then(|| at(-HOUR)),
        lasted: "1 hour".into(),
        problem: PROBLEM.into(),
    };
    MonitorDetail {
        monitor: row(1, state),
        owner: "Ana Silva".into(),
        created_at: at(-DAY),
        next_check_at: (state != MonitorState::Paused).then(|| at(HOUR / 60)),
        certificate_expires_at: Some(at(30 * DAY)),
        expectations: vec!["Status 2xx, 3xx.".into(), "Contains \u{201c}<b>ok</b>\u{201d}.".into()],
        pace: "Every 1 minute, waiting 10 seconds at most. Down when 2 more tries fail.".into(),
        alerts: vec!["ops@x.org".into(), "Reminded every 1 hour.".into()],
        checks: vec![check(None), check(Some(PROBLEM))],
        paged: false,
        next: Some("51".into()),
        incidents: vec![incident(false), incident(true)],
        form: Some(MonitorForm { name: "Shop 1".into(), ..MonitorForm::default() }),
        instance: Some(format!("monitor-{}", id(1))),
        seen: 7,
    }
}

#[test]
fn the_list_shows_each_state_by_word_and_each_line_in_words_too() {
    let states =
        [MonitorState::Up, MonitorState::Down, MonitorState::Unsure, MonitorState::Paused, MonitorState::Waiting];
    let rows: Vec<_> = (1..).zip(states).map(|(number, state)| row(number, state)).collect();
    let html = keep("monitors", &pages::monitors(admin(), Monitors { rows, may_create: true }));
    assert_sound("monitors", &html);
    for word in states.map(|state| state.mark().word) {
        assert!(html.contains(word), "{word}");
    }
    let pictures = tags(&html, "svg").into_iter().filter(|svg| attribute(svg, "role") == Some("img"));
    let words: Vec<_> = pictures.filter_map(|svg| attribute(svg, "aria-label")).collect();
    assert_eq!(words, ["Checks shown: 4, failed: 1, the others took 80 to 120 ms"; 4]);
    assert!(html.contains("href=\"/monitors/new\"") && html.contains("99.93 %"));
}

#[test]
fn an_empty_list_says_what_a_monitor_is_and_who_may_not_make_one_is_not_invited_to() {
    let html = keep("monitors-none", &pages::monitors(admin(), Monitors { rows: Vec::new(), may_create: false }));
    assert_sound("monitors-none", &html);
    assert!(html.contains("Nothing is monitored yet") && !html.contains("/monitors/new"));
}

#[test]
fn a_monitor_shows_what_it_found_and_what_can_be_done() {
    let html = keep("monitor", &pages::monitor(admin(), detail(MonitorState::Down)));
    assert_sound("monitor", &html);
    assert!(html.contains(PROBLEM) && html.contains("Not yet") && html.contains("&lt;b&gt;ok"));
    for verb in ["check", "pause", "delete"] {
        assert!(html.contains(&format!("action=\"/monitors/{}/{verb}\"", id(1))), "{verb}");
    }
    assert!(html.contains(&format!("href=\"/monitors/{}?before=51\"", id(1))));
    assert_eq!(count(&html, "/resume"), 0);
}

#[test]
fn a_monitor_follows_its_checks_from_what_it_shows() {
    let html = keep("monitor-live", &pages::monitor(admin(), detail(MonitorState::Up)));
    assert!(html.contains(&format!("data-live=\"/monitors/{}/events?seen=7\"", id(1))), "{html}");
    for part in ["state", "problem", "figures", "incidents", "checks", "about", "verbs"] {
        assert_eq!(count(&html, &format!("data-live-part=\"{part}\"")), 1, "{part}");
    }
    assert!(html.contains("data-live-key=\"Up\""), "the buttons stay until the state changes");
}

#[test]
fn a_paused_monitor_can_be_resumed_and_who_may_not_change_it_sees_no_verbs() {
    let html = keep("monitor-paused", &pages::monitor(admin(), detail(MonitorState::Paused)));
    assert_sound("monitor-paused", &html);
    assert!(html.contains("/resume") && !html.contains("/pause"));
    let page = MonitorDetail { form: None, instance: None, ..detail(MonitorState::Up) };
    let html = keep("monitor-read", &pages::monitor(admin(), page));
    assert_sound("monitor-read", &html);
    assert_eq!(tags(&html, "form").len(), 3, "only the one that signs out, and two about keys");
}

#[test]
fn a_refused_form_keeps_what_was_typed_and_names_the_field() {
    let errors = FormErrors::one("url", "This leads to an address that is not public.");
    let form = MonitorForm { url: "http://10.0.0.1/".into(), interval: "77".into(), errors, ..MonitorForm::default() };
    let html = keep("monitor-refused", &pages::new_monitor(admin(), form.clone()));
    assert_sound("monitor-refused", &html);
    let inputs = tags(&html, "input");
    let url = inputs.into_iter().find(|input| attribute(input, "id") == Some("f-url")).expect("the field");
    assert_eq!(attribute(url, "value"), Some("http://10.0.0.1/"));
    assert!(attribute(url, "aria-describedby").is_some_and(|ids| ids.contains("f-url-error")));
    assert!(html.contains("77 seconds"), "an interval that is none of the usual ones is kept");
    let page = MonitorDetail { form: Some(form), ..detail(MonitorState::Up) };
    let html = keep("monitor-edit-refused", &pages::monitor(admin(), page));
    assert_sound("monitor-edit-refused", &html);
    assert!(html.contains("href=\"#f-url\""));
}
