//! The engine's instances.

use countersign::pages;
use countersign::view::instance::{InstanceFailure, Owner};
use countersign::view::{
    FormErrors, HistoryLine, InstanceDetail, InstanceRow, InstanceState, Instances, Question, RaiseForm, Verb, VerbForm,
};

use crate::support::html::{assert_sound, count, keep, tags};
use crate::support::views::{DAY, HOUR, admin, at, id, member, request};

fn row(number: u128, name: &str, state: InstanceState) -> InstanceRow {
    let prefix = if name == "Mail" { "mail" } else { "request" };
    let age = -i64::try_from(number).unwrap_or_default() * 5 * HOUR;
    InstanceRow {
        id: format!("{prefix}-{}", id(number)),
        name: name.into(),
        state,
        created_at: at(age),
        updated_at: at(age + HOUR),
    }
}

fn list() -> Instances {
    Instances {
        counts: InstanceState::ALL.into_iter().zip([0, 14, 1, 1_208, 2, 3]).collect(),
        status: None,
        name: String::new(),
        names: vec!["Approval".into(), "Mail".into()],
        query: String::new(),
        rows: vec![
            row(1, "Approval", InstanceState::Running),
            row(2, "Mail", InstanceState::Completed),
            row(3, "Approval", InstanceState::Suspended),
            row(4, "Mail", InstanceState::Failed),
            row(5, "Approval", InstanceState::Terminated),
            row(6, "Approval", InstanceState::Pending),
        ],
        paged: true,
        next: Some("c-6".into()),
    }
}

fn line(seq: i64, offset: i64, event: &str, name: &str, detail: &str) -> HistoryLine {
    HistoryLine { seq, at: at(offset), event: event.into(), name: name.into(), detail: detail.into() }
}

fn detail(state: InstanceState) -> InstanceDetail {
    let instance = format!("request-{}", id(1));
    let owner = Owner::Request { id: id(1), title: request().title };
    InstanceDetail {
        name: "Approval".into(),
        version: String::new(),
        state,
        in_catalogue: false,
        created_at: at(-2 * DAY),
        updated_at: at(-2 * HOUR),
        finished_at: None,
        input: Some(format!("{{\n  \"request\": \"{}\",\n  \"generation\": 1\n}}", id(1))),
        output: None,
        custom_status: Some("{\n  \"waiting_for\": 2,\n  \"due\": \"2026-11-23T05:06:00Z\"\n}".into()),
        failure: None,
        history: vec![
            line(1, -2 * DAY, "ExecutionStarted", "Approval", "{\"generation\":1}"),
            line(2, -2 * DAY, "TaskScheduled", "OpenStage", "{\"stage\":1}"),
            line(3, -2 * DAY + 40_000, "TaskCompleted", "OpenStage", "{\"assignments\":3}"),
            line(4, -2 * DAY + 41_000, "TimerCreated", "", "{\"fire_at\":\"2026-11-22T05:06:00Z\"}"),
            line(5, -3 * HOUR, "TimerFired", "", ""),
            line(6, -3 * HOUR, "TaskScheduled", "Remind", ""),
            line(7, -2 * HOUR, "EventRaised", "decision/3/1", "{\"decision\":\"0193\"}"),
        ],
        history_left_out: 0,
        parent: None,
        children: vec![],
        verbs: VerbForm::all(state, &owner),
        raise: None,
        question: None,
        owner,
        id: instance,
    }
}

#[test]
fn the_list_counts_states_and_keeps_the_filter_in_the_address() {
    let html = keep("instances", &pages::instances(admin(), list()));
    assert_sound("instances", &html);
    assert!(html.contains("href=\"/instances?status=failed\""));
    assert!(html.contains("href=\"/instances?after=c-6\""));
    assert!(html.contains("1208"));
}

#[test]
fn a_filter_without_a_match_says_so() {
    let page = Instances {
        status: Some(InstanceState::Pending),
        query: "req".into(),
        rows: vec![],
        next: None,
        paged: false,
        ..list()
    };
    let html = keep("instances-none", &pages::instances(admin(), page));
    assert_sound("instances-none", &html);
    assert!(html.contains("No instance matches"));
    assert!(html.contains("href=\"/instances?q=req\""), "another state keeps the search");
}

#[test]
fn a_running_instance_shows_its_history_and_collapses_idle_time() {
    let html = keep("instance", &pages::instance(admin(), detail(InstanceState::Running)));
    assert_sound("instance", &html);
    assert_eq!(count(&html, "of waiting"), 2);
    assert!(html.contains("2 days of waiting"));
    assert!(html.contains("no reminder, no escalation"), "the verb says what it means for the request");
    assert_eq!(tags(&html, "form").len(), 5, "suspend, terminate, sign out, and two about keys");
}

#[test]
fn a_failed_instance_says_why_and_can_be_restarted() {
    let failure = Some(InstanceFailure {
        kind: "MailRefused".into(),
        message: "550 no such user <chiara@supplier.example>".into(),
    });
    let html =
        keep("instance-failed", &pages::instance(admin(), InstanceDetail { failure, ..detail(InstanceState::Failed) }));
    assert_sound("instance-failed", &html);
    assert!(html.contains("550 no such user &lt;chiara@supplier.example&gt;"));
    assert!(html.contains("Asks everybody again and mails new links"));
}

#[test]
fn a_verb_without_a_reason_comes_back_open_with_a_message() {
    let mut page = detail(InstanceState::Suspended);
    page.verbs[3].errors = FormErrors::one("reason", "Say why, for the record.");
    let html = keep("instance-refused", &pages::instance(admin(), page));
    assert_sound("instance-refused", &html);
    assert!(html.contains("href=\"#terminate-reason\""));
}

/// A run of a workflow that waits for a decision.
fn run(state: InstanceState) -> InstanceDetail {
    let answer = |approved: bool| format!("{{\"approved\":{approved},\"by\":\"ben.okafor@example.org\"}}");
    InstanceDetail {
        id: "contract-17".into(),
        name: "HumanInteraction".into(),
        owner: Owner::None,
        in_catalogue: true,
        custom_status: Some("\"waiting for legal@example.org\"".into()),
        verbs: VerbForm::all(state, &Owner::None),
        raise: Some(RaiseForm::default()),
        question: Some(Question {
            asked: "waiting for legal@example.org".into(),
            event: "ApprovalEvent".into(),
            yes: answer(true),
            no: answer(false),
        }),
        ..detail(state)
    }
}

#[test]
fn those_who_are_no_admins_see_their_runs() {
    let html = keep("instances-own", &pages::instances(member(), list()));
    assert_sound("instances-own", &html);
    assert!(html.contains("Your runs"));
    assert!(!html.contains("href=\"/entities\""), "entities are for admins");
    let none = Instances { rows: vec![], next: None, paged: false, ..list() };
    let html = keep("instances-own-none", &pages::instances(member(), none));
    assert!(html.contains("You have not started anything yet"));
    assert!(html.contains("href=\"/workflows\""));
}

#[test]
fn a_run_that_waits_for_a_decision_offers_both_answers_and_follows_itself() {
    let html = keep("instance-run", &pages::instance(member(), run(InstanceState::Running)));
    assert_sound("instance-run", &html);
    assert!(html.contains("data-live=\"/instances/contract-17/events?seen="));
    assert!(html.contains("href=\"/workflows/HumanInteraction\""));
    assert_eq!(count(&html, "action=\"/instances/contract-17/raise\""), 3, "yes, no, and any other event");
    assert!(html.contains("&quot;approved&quot;:true,&quot;by&quot;:&quot;ben.okafor@example.org&quot;"));
    for verb in [Verb::Suspend, Verb::RestartAsNew, Verb::Terminate] {
        let address = format!("action=\"/instances/contract-17/{}\"", verb.key());
        assert_eq!(count(&html, &address), 1, "{verb:?}");
    }
}

#[test]
fn a_run_that_has_failed_can_be_rewound_and_is_removed_by_its_id_only() {
    let ended = InstanceDetail { raise: None, question: None, ..run(InstanceState::Failed) };
    let html = keep("instance-run-failed", &pages::instance(member(), ended));
    assert_sound("instance-run-failed", &html);
    assert!(html.contains("action=\"/instances/contract-17/rewind\""));
    assert!(html.contains("name=\"confirm\""));
    assert!(!html.contains("action=\"/instances/contract-17/raise\""), "nothing can be raised any more");
}

#[test]
fn an_event_that_is_not_right_comes_back_as_it_was_typed() {
    let mut page = run(InstanceState::Running);
    let errors = FormErrors::one("value", "This is not JSON: expected value at line 1 column 1.");
    page.raise = Some(RaiseForm { event: "ApprovalEvent".into(), value: "{yes".into(), errors });
    let html = keep("instance-raise-refused", &pages::instance(member(), page));
    assert_sound("instance-raise-refused", &html);
    assert!(html.contains("href=\"#raise-value\"") && html.contains("{yes</textarea>"));
}
