//! One request.

use super::{due, moment, non_empty};
use crate::portal::clock::Time;
use crate::portal::ids::UserId;
use crate::portal::reads::{Asked, EventRecord, RequestRecord};
use crate::portal::request::AssignmentState;
use crate::portal::user::Person;
use crate::view;

/// What surrounds a request's record on its page.
pub(crate) struct Surroundings {
    /// Who reads it.
    pub(crate) viewer: UserId,
    /// Whether they may see the engine's side.
    pub(crate) admin: bool,
    /// Sanitised HTML of the text.
    pub(crate) text_html: String,
    /// The files.
    pub(crate) files: Vec<view::FileView>,
    /// What they may do.
    pub(crate) decision: view::DecisionBox,
    /// The form that withdraws it, where they may.
    pub(crate) withdraw: Option<view::WithdrawForm>,
    /// The form of a comment.
    pub(crate) comment: view::CommentForm,
    /// When.
    pub(crate) now: Time,
}

/// The page of a request.
pub(crate) fn detail(record: RequestRecord, around: Surroundings) -> view::RequestDetail {
    let now = around.now;
    let stage = stage(&record, around.viewer, now);
    let request = record.request;
    view::RequestDetail {
        id: request.id.0,
        state: request.state().into(),
        due: request.deadline.due_at.filter(|_| request.closed.is_none()).map(|at| due(at, now)),
        closed: request.closed.as_ref().map(|closed| view::Closing {
            at: moment(closed.at, now),
            by: record.closed_by.as_ref().map(|by| by.label().to_owned()),
            reason: non_empty(&closed.reason),
        }),
        instance: around.admin.then(|| request.instance()),
        title: request.title,
        requester: record.requester.into(),
        revision: request.revision,
        sha256: request.revision_hash.to_string(),
        submitted_at: moment(request.submitted_at, now),
        text_html: around.text_html,
        files: around.files,
        stage,
        decision: around.decision,
        withdraw: around.withdraw,
        comment: around.comment,
        events: record.events.into_iter().map(|event| event_line(event, now)).collect(),
    }
}

fn event_line(event: EventRecord, now: Time) -> view::EventLine {
    let label = |person: Person| person.label().to_owned();
    view::EventLine {
        seq: event.seq,
        at: moment(event.at, now),
        kind: event.kind.into(),
        actor: event.actor.map(label),
        subject: event.subject.map(label),
        note: non_empty(&event.note),
    }
}

fn stage(record: &RequestRecord, viewer: UserId, now: Time) -> view::Stage {
    view::Stage {
        rule: record.request.policy.rule.into(),
        asked: record.asked.iter().map(|asked| asked_person(asked, viewer, now)).collect(),
        ladder: ladder(record, now),
    }
}

fn asked_person(asked: &Asked, viewer: UserId, now: Time) -> view::AskedPerson {
    let pending = asked.assignment.state == AssignmentState::Pending;
    let state = if pending && asked.disabled { view::PersonState::Withdrawn } else { asked.assignment.state.into() };
    view::AskedPerson {
        person: asked.person.clone().into(),
        state,
        decided_at: asked.decision.as_ref().map(|decision| moment(decision.at, now)),
        reason: asked.decision.as_ref().and_then(|decision| non_empty(&decision.reason)),
        reminders: asked.assignment.reminders,
        escalation: asked.assignment.escalation,
        is_viewer: asked.assignment.user == viewer,
    }
}

/// What the clock did and will do. Steps that a decision has made needless are left out.
fn ladder(record: &RequestRecord, now: Time) -> Vec<view::LadderStep> {
    let (policy, deadline) = (&record.request.policy, record.request.deadline);
    let open = record.request.closed.is_none();
    let step = |kind, at: Time, done| view::LadderStep { kind, at: moment(at, now), done };
    let mut steps = Vec::new();
    if let Some(at) = deadline.reminded_at {
        steps.push(step(view::LadderKind::Remind, at, true));
    } else if let Some(at) = policy.remind_at(deadline).filter(|_| open) {
        steps.push(step(view::LadderKind::Remind, at, false));
    }
    if let Some(person) = record.escalate_to.clone().map(view::Person::from) {
        let escalate = view::LadderKind::Escalate(person);
        match (deadline.escalated_at, deadline.due_at) {
            (Some(at), _) => steps.push(step(escalate, at, true)),
            (None, Some(due)) if open => steps.push(step(escalate, due, false)),
            (None, _) => {}
        }
    }
    let ended_by_rule = record.closed().filter(|closed| closed.by.is_none()).map(|closed| closed.at);
    let end = view::LadderKind::End(policy.final_rule.into());
    match (ended_by_rule, policy.last_due(deadline)) {
        (Some(at), _) => steps.push(step(end, at, true)),
        (None, Some(at)) if open => steps.push(step(end, at, false)),
        (None, _) => {}
    }
    steps
}
