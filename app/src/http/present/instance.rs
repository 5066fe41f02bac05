//! Instances of the engine and their history.

use countersign_engine::model::Blocked;
use countersign_engine::{Event, EventKind, InstanceRecord, Payload, RuntimeStatus, Timestamp};
use countersign_samples::human_interaction::{APPROVAL_EVENT, HUMAN_INTERACTION};
use serde_json::json;

use super::{Seen, moment};
use crate::portal::{SignedIn, Time, Verb};
use crate::view;

/// Events that a page shows at most: the newest ones.
const MOST_EVENTS: usize = 500;
/// How the custom status of a run with an open question begins.
const WAITING_FOR: &str = "waiting for ";

/// The state as pages name it. `None` for those that an instance never has.
pub(crate) fn state(status: RuntimeStatus) -> Option<view::InstanceState> {
    match status {
        RuntimeStatus::Pending => Some(view::InstanceState::Pending),
        RuntimeStatus::Running => Some(view::InstanceState::Running),
        RuntimeStatus::Suspended => Some(view::InstanceState::Suspended),
        RuntimeStatus::Completed => Some(view::InstanceState::Completed),
        RuntimeStatus::Failed => Some(view::InstanceState::Failed),
        RuntimeStatus::Terminated => Some(view::InstanceState::Terminated),
        RuntimeStatus::Canceled | RuntimeStatus::ContinuedAsNew => None,
    }
}

/// The engine's name of a state.
pub(crate) fn status(state: view::InstanceState) -> RuntimeStatus {
    match state {
        view::InstanceState::Pending => RuntimeStatus::Pending,
        view::InstanceState::Running => RuntimeStatus::Running,
        view::InstanceState::Suspended => RuntimeStatus::Suspended,
        view::InstanceState::Completed => RuntimeStatus::Completed,
        view::InstanceState::Failed => RuntimeStatus::Failed,
        view::InstanceState::Terminated => RuntimeStatus::Terminated,
    }
}

/// The verb as the portal carries it out on what it owns; `None` for one that it does not.
pub(crate) fn owned_verb(verb: view::Verb) -> Option<Verb> {
    match verb {
        view::Verb::Suspend => Some(Verb::Suspend),
        view::Verb::Resume => Some(Verb::Resume),
        view::Verb::Restart => Some(Verb::Restart),
        view::Verb::Terminate => Some(Verb::Terminate),
        view::Verb::Rewind | view::Verb::RestartAsNew | view::Verb::Purge => None,
    }
}

/// One instance in the list.
pub(crate) fn row(record: &InstanceRecord, seen: Seen) -> Option<view::InstanceRow> {
    Some(view::InstanceRow {
        id: record.id.to_string(),
        name: record.name.to_string(),
        state: state(record.status)?,
        created_at: at(record.created_at, seen),
        updated_at: at(record.updated_at, seen),
    })
}

/// What the page of an instance needs besides its record and its history.
pub(crate) struct Surroundings {
    /// What it belongs to.
    pub(crate) owner: view::instance::Owner,
    /// Whether the catalogue has its orchestration.
    pub(crate) in_catalogue: bool,
    /// Who reads.
    pub(crate) reader: SignedIn,
    /// From when and from where they do.
    pub(crate) seen: Seen,
}

/// The page of an instance.
pub(crate) fn detail(record: InstanceRecord, events: &[Event], around: Surroundings) -> Option<view::InstanceDetail> {
    let Surroundings { owner, in_catalogue, reader, seen } = around;
    let state = state(record.status)?;
    let left_out = events.len().saturating_sub(MOST_EVENTS);
    let is_run = owner == view::instance::Owner::None;
    let goes_on = is_run && !record.status.is_finished();
    Some(view::InstanceDetail {
        id: record.id.to_string(),
        name: record.name.to_string(),
        version: record.version.to_string(),
        state,
        created_at: at(record.created_at, seen),
        updated_at: at(record.updated_at, seen),
        finished_at: record.completed_at.map(|time| at(time, seen)),
        failure: failure(&record, events),
        input: record.input.as_ref().map(pretty),
        output: record.output.as_ref().map(pretty),
        custom_status: record.custom_status.as_ref().map(pretty),
        history: events[left_out..].iter().map(|event| line(event, seen)).collect(),
        history_left_out: left_out as u64,
        children: events.iter().filter_map(child).collect(),
        verbs: verbs(state, &owner, in_catalogue),
        raise: goes_on.then(view::RaiseForm::default),
        question: if goes_on { question(&record, &reader.email) } else { None },
        owner,
        in_catalogue: in_catalogue && (reader.roles.requester || reader.roles.admin),
        parent: record.parent.map(|id| id.to_string()),
    })
}

/// The verbs. Another run can be started only of what the catalogue has.
fn verbs(state: view::InstanceState, owner: &view::instance::Owner, in_catalogue: bool) -> Vec<view::VerbForm> {
    let mut forms = view::VerbForm::all(state, owner);
    for form in forms.iter_mut().filter(|form| form.verb == view::Verb::RestartAsNew && !in_catalogue) {
        form.not_possible = Some("Its orchestration is not in the catalogue.".to_owned());
    }
    forms
}

/// The decision that a run of the workflow with a human in it waits for, as its custom status says, with the answers that
/// `reader` may give.
fn question(record: &InstanceRecord, reader: &str) -> Option<view::Question> {
    let waits = record.name.as_ref() == HUMAN_INTERACTION.name() && record.status == RuntimeStatus::Running;
    let asked: String = record.custom_status.as_ref().filter(|_| waits)?.decode().ok()?;
    let answer = |approved: bool| json!({ "approved": approved, "by": reader }).to_string();
    asked.starts_with(WAITING_FOR).then(|| view::Question {
        asked,
        event: APPROVAL_EVENT.to_owned(),
        yes: answer(true),
        no: answer(false),
    })
}

pub(super) fn at(time: Timestamp, seen: Seen) -> view::Moment {
    moment(Time(time.as_micros()), seen)
}

pub(super) fn pretty(payload: &Payload) -> String {
    let value = payload.decode::<serde_json::Value>().ok();
    value.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| payload.as_str().to_owned())
}

fn child(event: &Event) -> Option<String> {
    match &event.kind {
        EventKind::SubOrchestrationInstanceCreated(child) => Some(child.instance.to_string()),
        _ => None,
    }
}

/// What stops the instance, or why it ended as it did.
fn failure(record: &InstanceRecord, events: &[Event]) -> Option<view::instance::InstanceFailure> {
    if let Some(Blocked { kind, message, .. }) = &record.blocked {
        return Some(view::instance::InstanceFailure { kind: format!("{kind:?}"), message: message.clone() });
    }
    if let Some(failure) = &record.failure {
        return Some(view::instance::InstanceFailure { kind: failure.kind.clone(), message: failure.message.clone() });
    }
    let reason = events.iter().rev().find_map(|event| match (&event.kind, record.status) {
        (EventKind::ExecutionTerminated { reason }, RuntimeStatus::Terminated) => reason.clone(),
        (EventKind::ExecutionSuspended { reason }, RuntimeStatus::Suspended) => reason.clone(),
        _ => None,
    });
    reason.map(|message| view::instance::InstanceFailure { kind: String::new(), message })
}

fn line(event: &Event, seen: Seen) -> view::HistoryLine {
    let (name, detail) = words(&event.kind, seen);
    let kind = event.kind.name().to_owned();
    view::HistoryLine { seq: i64::from(event.sequence.0), at: at(event.at, seen), event: kind, name, detail }
}

/// The name that an event carries, and its data.
fn words(kind: &EventKind, seen: Seen) -> (String, String) {
    let data = |payload: &Payload| payload.as_str().to_owned();
    match kind {
        EventKind::OrchestratorStarted => (String::new(), String::new()),
        EventKind::ExecutionStarted(started) => (started.name.to_string(), data(&started.input)),
        EventKind::TaskScheduled(task) => (task.name.to_string(), data(&task.input)),
        EventKind::TaskCompleted { result, .. } | EventKind::SubOrchestrationInstanceCompleted { result, .. } => {
            (String::new(), data(result))
        }
        EventKind::TaskFailed { failure, .. } | EventKind::SubOrchestrationInstanceFailed { failure, .. } => {
            (String::new(), failure.to_string())
        }
        EventKind::TimerCreated { fire_at, .. } | EventKind::TimerFired { fire_at, .. } => {
            (String::new(), at(*fire_at, seen).full)
        }
        EventKind::EventSent { name, input, .. } => (name.to_string(), data(input)),
        EventKind::EventRaised(raised) => (raised.name.to_string(), data(&raised.input)),
        EventKind::SubOrchestrationInstanceCreated(child) => (child.name.to_string(), data(&child.input)),
        EventKind::EntityOperationSignaled(sent) | EventKind::EntityOperationCalled(sent) => {
            (format!("{} {}", sent.entity, sent.operation), data(&sent.input))
        }
        EventKind::EntityOperationCompleted { result, .. } => (String::new(), data(result)),
        EventKind::EntityOperationFailed { failure, .. } => (String::new(), failure.to_string()),
        EventKind::EntityLockRequested { entities, .. } | EventKind::EntityUnlockSent { entities, .. } => {
            (entities.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "), String::new())
        }
        EventKind::EntityLockGranted { .. } => (String::new(), String::new()),
        EventKind::ContinueAsNew { input, .. } => (String::new(), data(input)),
        EventKind::PatchApplied { name, .. } => (name.to_string(), String::new()),
        EventKind::ExecutionSuspended { reason }
        | EventKind::ExecutionResumed { reason }
        | EventKind::ExecutionRewound { reason, .. }
        | EventKind::ExecutionTerminated { reason } => (String::new(), reason.clone().unwrap_or_default()),
        EventKind::ExecutionCompleted { status, result, failure } => {
            let failed = failure.as_ref().map(ToString::to_string);
            (status.as_str().to_owned(), failed.or_else(|| result.as_ref().map(data)).unwrap_or_default())
        }
    }
}
