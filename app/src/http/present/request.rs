//! One request.

use std::cmp::Ordering;

use super::request_verbs::{changes, observers, verbs};
use super::{Seen, due, moment, non_empty};
use crate::portal::ids::UserId;
use crate::portal::policy::{Does, Stage};
use crate::portal::reads::{Asked, EventRecord, RequestRecord};
use crate::portal::request::{AssignmentState, StandInReason};
use crate::portal::user::Person;
use crate::portal::{May, RequestVerb};
use crate::view;

/// The forms of a request's page, as they were typed.
#[derive(Debug, Default)]
pub(crate) struct Forms {
    /// The decision.
    pub(crate) decision: view::DecisionForm,
    /// Taking it back.
    pub(crate) withdraw: view::WithdrawForm,
    /// Asking one more person.
    pub(crate) add_approver: view::AddressForm,
    /// Passing a question on.
    pub(crate) pass_on: view::PassOnForm,
    /// Letting somebody observe it.
    pub(crate) observe: view::AddressForm,
    /// Deciding over everybody's head.
    pub(crate) overrule: view::OverruleForm,
    /// A comment.
    pub(crate) comment: view::CommentForm,
}

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
    /// How they may decide.
    pub(crate) decision: view::DecisionBox,
    /// What else they may do.
    pub(crate) may: May,
    /// What they typed.
    pub(crate) forms: Forms,
    /// From when and from where it is seen.
    pub(crate) seen: Seen,
}

/// The page of a request.
pub(crate) fn detail(record: RequestRecord, around: Surroundings) -> view::RequestDetail {
    let Surroundings { viewer, may, mut forms, seen, .. } = around;
    let stages = stages(&record, viewer, seen);
    let (changes, observers) = (changes(&record, seen), observers(&record, &may));
    let (comment, withdraw) = (std::mem::take(&mut forms.comment), std::mem::take(&mut forms.withdraw));
    let verbs = verbs(&record, viewer, &may, forms);
    let request = record.request;
    view::RequestDetail {
        id: request.id.0,
        state: request.state().into(),
        due: request.deadline.due_at.filter(|_| request.is_running()).map(|at| due(at, seen)),
        closed: request.closed.as_ref().map(|closed| view::Closing {
            at: moment(closed.at, seen),
            by: record.closed_by.as_ref().map(|by| by.label().to_owned()),
            reason: non_empty(&closed.reason),
        }),
        instance: around.admin.then(|| request.instance()),
        title: request.title,
        requester: record.requester.into(),
        revision: request.revision,
        sha256: request.revision_hash.to_string(),
        submitted_at: moment(request.submitted_at, seen),
        text_html: around.text_html,
        files: around.files,
        stages,
        policy: request.policy.source.as_ref().map(|of| format!("{}, version {}", of.name, of.version)),
        observers,
        changes,
        may_revise: may.can(RequestVerb::Revise),
        decision: around.decision,
        withdraw: may.can(RequestVerb::Withdraw).then_some(withdraw),
        verbs,
        comment,
        events: record.events.into_iter().map(|event| event_line(event, seen)).collect(),
    }
}

fn event_line(event: EventRecord, seen: Seen) -> view::EventLine {
    let label = |person: Person| person.label().to_owned();
    view::EventLine {
        seq: event.seq,
        at: moment(event.at, seen),
        kind: event.kind.into(),
        actor: event.actor.map(label),
        subject: event.subject.map(label),
        note: non_empty(&event.note),
    }
}

fn stages(record: &RequestRecord, viewer: UserId, seen: Seen) -> Vec<view::Stage> {
    (1..).zip(&record.request.policy.stages).map(|(number, stage)| one(record, number, stage, viewer, seen)).collect()
}

fn one(record: &RequestRecord, number: u32, stage: &Stage, viewer: UserId, seen: Seen) -> view::Stage {
    let open = record.request.stage;
    let standing = match number.cmp(&open) {
        Ordering::Less => view::StageStanding::Passed,
        Ordering::Equal => view::StageStanding::Current,
        Ordering::Greater => view::StageStanding::Later,
    };
    let mut asked: Vec<_> = record.asked.iter().filter(|asked| asked.assignment.stage == number).collect();
    // What counts no more comes last; beyond that the order of asking stays.
    asked.sort_by_key(|asked| !asked.assignment.state.is_current());
    let mut people: Vec<_> = asked.into_iter().map(|asked| asked_person(asked, viewer, seen)).collect();
    if standing == view::StageStanding::Later {
        people.extend(stage.approvers.iter().filter_map(|user| later(record, *user, viewer)));
    }
    let ladder = if number == open { ladder(record, stage, seen) } else { Vec::new() };
    view::Stage { number, name: stage.name.clone(), standing, rule: stage.rule.into(), asked: people, ladder }
}

/// Somebody who is asked when their stage is opened.
fn later(record: &RequestRecord, user: UserId, viewer: UserId) -> Option<view::AskedPerson> {
    Some(view::AskedPerson {
        person: record.person(user)?.clone().into(),
        state: view::PersonState::Later,
        decided_at: None,
        reason: None,
        reminders: 0,
        escalation: false,
        stands_in: None,
        added: false,
        is_viewer: user == viewer,
    })
}

fn asked_person(asked: &Asked, viewer: UserId, seen: Seen) -> view::AskedPerson {
    let pending = asked.assignment.state == AssignmentState::Pending;
    let state = if pending && asked.disabled { view::PersonState::Withdrawn } else { asked.assignment.state.into() };
    view::AskedPerson {
        person: asked.person.clone().into(),
        state,
        decided_at: asked.decision.as_ref().map(|decision| moment(decision.at, seen)),
        reason: asked.decision.as_ref().and_then(|decision| non_empty(&decision.reason)),
        reminders: asked.assignment.reminders,
        escalation: asked.assignment.escalation,
        stands_in: stands_in(asked),
        added: asked.assignment.added_by.is_some(),
        is_viewer: asked.assignment.user == viewer,
    }
}

fn stands_in(asked: &Asked) -> Option<String> {
    let (stands_in, person) = (asked.assignment.stands_in?, asked.stands_in_for.as_ref()?);
    let why = match stands_in.why {
        StandInReason::Absent => "who is absent",
        StandInReason::Delegated => "who passed it on",
        StandInReason::Reassigned => "from whom it was passed on",
    };
    Some(format!("for {}, {why}", person.label()))
}

/// What the clock did and will do. Steps that a decision has made needless are left out.
fn ladder(record: &RequestRecord, stage: &Stage, seen: Seen) -> Vec<view::LadderStep> {
    let deadline = record.request.deadline;
    let open = record.request.closed.is_none();
    let ended_by_rule = record.closed().filter(|closed| closed.by.is_none()).map(|closed| closed.at);
    let steps = stage.times(deadline).filter_map(|(number, rung, at)| {
        let done = number < deadline.done;
        let (at, done) = match &rung.does {
            Does::Finish(_) => (ended_by_rule.unwrap_or(at), ended_by_rule.is_some()),
            Does::Escalate(_) if done => (deadline.escalated_at?, true),
            Does::Remind if done => (at, deadline.reminded_at.is_some()),
            Does::Remind | Does::Escalate(_) => (at, false),
        };
        let kind = match &rung.does {
            Does::Remind => view::LadderKind::Remind,
            Does::Escalate(people) => {
                let people = people.iter().filter_map(|user| record.person(*user));
                view::LadderKind::Escalate(people.cloned().map(view::Person::from).collect())
            }
            Does::Finish(rule) => view::LadderKind::End((*rule).into()),
        };
        (done || open).then(|| view::LadderStep { kind, at: moment(at, seen), done })
    });
    steps.collect()
}
