//! One request.

use std::cmp::Ordering;

use super::absence::Known;
use super::absence_ahead::WHO_IS_ABSENT;
use super::request_verbs::{changes, observers, verbs};
use super::{Seen, due, moment, non_empty};
use crate::portal::absence::Barred;
use crate::portal::clock::Time;
use crate::portal::ids::UserId;
use crate::portal::policy::{Does, Stage};
use crate::portal::reads::{Asked, EventRecord, RequestRecord};
use crate::portal::request::{Assignment, AssignmentState, Request, StandInReason};
use crate::portal::user::Person;
use crate::portal::{May, RequestVerb};
use crate::view;
use crate::view::absence::ToAsk;

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
pub(crate) struct Surroundings<'a> {
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
    /// The absences of those whom [`expected`] names, and from when and from where the page is seen.
    pub(crate) known: Known<'a>,
}

/// The page of a request.
pub(crate) fn detail(record: RequestRecord, around: Surroundings<'_>) -> view::RequestDetail {
    let Surroundings { viewer, may, mut forms, known, .. } = around;
    let seen = known.seen;
    let stages = stages(&record, viewer, known);
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
        events: view::EventLine::gathered(record.events.into_iter().map(|event| event_line(event, seen))),
    }
}

fn event_line(event: EventRecord, seen: Seen) -> view::EventLine {
    let label = |person: Person| person.label().to_owned();
    view::EventLine {
        seq: event.seq,
        at: moment(event.at, seen),
        kind: event.kind.into(),
        actor: event.actor.map(label),
        subjects: event.subject.map(label).into_iter().collect(),
        note: non_empty(&event.note),
    }
}

/// Everybody whom the page may name as somebody to be asked later; nobody where there is no such.
pub(crate) fn expected(request: &Request) -> Vec<UserId> {
    let rungs = || request.open_stage().ladder.iter();
    let escalates = || rungs().any(|rung| matches!(rung.does, Does::Escalate(_)));
    let goes_on = request.closed.is_none() && (request.stage < request.policy.stage_count() || escalates());
    if goes_on { request.policy.people() } else { Vec::new() }
}

fn stages(record: &RequestRecord, viewer: UserId, known: Known<'_>) -> Vec<view::Stage> {
    let (request, mut opens_at) = (&record.request, known.seen.now);
    let stages = (1..).zip(&request.policy.stages).map(|(number, stage)| {
        let (standing, due_at) = match u32::cmp(&number, &request.stage) {
            Ordering::Less => (view::StageStanding::Passed, None),
            Ordering::Equal => (view::StageStanding::Current, request.deadline.base_at),
            Ordering::Greater => (view::StageStanding::Later, stage.deadline(opens_at).base_at),
        };
        let later = match standing {
            view::StageStanding::Later => later(record, stage, opens_at, viewer, known),
            view::StageStanding::Passed | view::StageStanding::Current => Vec::new(),
        };
        // As in the preview: when those before are approved when they are due.
        opens_at = due_at.map_or(opens_at, |due_at| due_at.max(opens_at));
        one(record, (number, stage), standing, later, viewer, known)
    });
    stages.collect()
}

fn one(
    record: &RequestRecord,
    (number, stage): (u32, &Stage),
    standing: view::StageStanding,
    later: Vec<view::AskedPerson>,
    viewer: UserId,
    known: Known<'_>,
) -> view::Stage {
    let seen = known.seen;
    let mut asked: Vec<_> = record.asked.iter().filter(|asked| asked.assignment.stage == number).collect();
    // What counts no more comes last; beyond that the order of asking stays.
    asked.sort_by_key(|asked| !asked.assignment.state.is_current());
    let mut people: Vec<_> = asked.into_iter().map(|asked| asked_person(asked, viewer, seen)).collect();
    people.extend(later);
    let is_current = standing == view::StageStanding::Current;
    let ladder = if is_current { ladder(record, stage, known) } else { Vec::new() };
    view::Stage { number, name: stage.name.clone(), standing, rule: stage.rule.into(), asked: people, ladder }
}

/// Those who are asked when their stage is opened. It may be now, or when it is foreseen: whoever is away at one of these
/// moments is named with whoever stands in.
fn later(
    record: &RequestRecord,
    stage: &Stage,
    opens_at: Time,
    viewer: UserId,
    known: Known<'_>,
) -> Vec<view::AskedPerson> {
    let barred = Barred::of(&record.request, &[]);
    let at = |time| known.outlook().detours(&stage.approvers, time, barred);
    let detours = at(known.seen.now).into_iter().zip(at(opens_at)).map(|(now, then)| now.or(then));
    let people = stage.approvers.iter().zip(detours).filter_map(|(user, detour)| {
        let asked = known.by_detour(*user, record.person(*user)?.clone().into(), detour);
        let answers = detour.and_then(|detour| detour.to.ok()).unwrap_or(*user);
        Some(view::AskedPerson {
            person: asked.person,
            state: view::PersonState::Later,
            decided_at: None,
            reason: None,
            reminders: 0,
            escalation: false,
            stands_in: asked.absence,
            added: false,
            is_viewer: answers == viewer,
        })
    });
    people.collect()
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
        StandInReason::Absent => WHO_IS_ABSENT,
        StandInReason::Delegated => "who passed it on",
        StandInReason::Reassigned => "from whom it was passed on",
    };
    Some(format!("for {}, {why}", person.label()))
}

/// What the clock did and will do. Steps that a decision has made needless are left out.
fn ladder(record: &RequestRecord, stage: &Stage, known: Known<'_>) -> Vec<view::LadderStep> {
    let deadline = record.request.deadline;
    let open = record.request.closed.is_none();
    let ended_by_rule = record.closed().filter(|closed| closed.by.is_none()).map(|closed| closed.at);
    let mut taken = taken(record, stage);
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
                let people = people.iter().filter_map(|user| Some((Some(*user), record.person(*user)?.clone().into())));
                let ahead = (!done).then_some(at);
                view::LadderKind::Escalate(escalated(record, people.collect(), ahead, &mut taken, known))
            }
            Does::Finish(rule) => view::LadderKind::End((*rule).into()),
        };
        (done || open).then(|| view::LadderStep { kind, at: moment(at, known.seen), done })
    });
    steps.collect()
}

/// The questions of the open stage that count.
fn questions(record: &RequestRecord) -> impl Iterator<Item = &Assignment> {
    let request = &record.request;
    let counts = move |asked: &&Assignment| asked.counts_in(request) && asked.stage == request.stage;
    record.asked.iter().map(|asked| &asked.assignment).filter(counts)
}

/// Who stands in for nobody else in the open stage: those whom it asks, and those in whose place they are asked.
fn taken(record: &RequestRecord, stage: &Stage) -> Vec<UserId> {
    let both = |asked: &Assignment| [Some(asked.user), asked.stands_in.map(|stands_in| stands_in.for_user)];
    questions(record).flat_map(both).flatten().chain(stage.approvers.iter().copied()).collect()
}

/// Those whom a rung asks: in truth, where it is still to be climbed at `ahead`. They are taken then.
fn escalated(
    record: &RequestRecord,
    people: Vec<(Option<UserId>, view::Person)>,
    ahead: Option<Time>,
    taken: &mut Vec<UserId>,
    known: Known<'_>,
) -> Vec<ToAsk> {
    let Some(at) = ahead else { return people.into_iter().map(|(_, person)| person.into()).collect() };
    let requester = Barred::of(&record.request, &[]).requester;
    // Whoever has gone away by then without an answer has passed their question on.
    let waiting = questions(record).filter(|asked| asked.state == AssignmentState::Pending);
    let waiting: Vec<UserId> = waiting.map(|asked| asked.user).collect();
    let passed_on = known.outlook().stand_ins(&waiting, at, Barred { requester, asked: taken.as_slice() });
    taken.extend(passed_on);
    known.asked_in_truth(people, at, requester, taken)
}
