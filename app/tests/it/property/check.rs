//! What must hold of the rows after each step: they say what the model says, and what the product promises of every request.

use std::collections::HashSet;

use countersign::portal::policy::{Ruling, Verdict};
use countersign::portal::reads::Asked;
use countersign::portal::request::{AssignmentState, Ending, EventKind, Said, StandInReason};
use countersign::portal::{Time, UserId};

use super::drive::Twin;
use super::generate::Who;
use super::ground::{Ground, Seen};
use super::hours::MINUTE;
use super::model::{End, Made, Model, certain};

/// Compares the rows of a request with the model and with what they said before.
pub(super) fn check(ground: &Ground, model: &Model<'_>, twin: &Twin, seen: &Seen) {
    let way = twin.way;
    assert_eq!(questions(ground, seen), of_model(model), "the questions answered by {way:?}");
    agrees(ground, model, seen);
    assert_eq!(decisions(seen), made(ground, model, twin), "the decisions made by {way:?}");
    nothing_is_taken_back(&twin.seen, seen);
    nobody_decides_twice_or_for_themself(model, seen);
    verdicts_are_the_rules(model, seen);
}

/// A question as both know it, times in minutes.
#[derive(Debug, PartialEq)]
struct Line {
    key: (usize, Who, u32),
    place: Option<usize>,
    revision: u32,
    stands_in: Option<(Who, StandInReason)>,
    added: bool,
    state: AssignmentState,
    reminders: u32,
    answer: Option<(Said, i64)>,
}

fn size(number: u32) -> usize {
    usize::try_from(number).expect("small")
}

fn who(ground: &Ground, id: UserId) -> Who {
    ground.people.iter().position(|person| person.id == id).expect("somebody known")
}

fn questions(ground: &Ground, seen: &Seen) -> Vec<Line> {
    let line = |asked: &Asked| {
        let Asked { assignment: row, decision, .. } = asked;
        Line {
            key: (size(row.stage), who(ground, row.user), row.attempt),
            place: (!row.escalation).then(|| size(row.position)),
            revision: row.revision,
            stands_in: row.stands_in.map(|stands_in| (who(ground, stands_in.for_user), stands_in.why)),
            added: row.added_by.is_some(),
            state: row.state,
            reminders: row.reminders,
            answer: decision.as_ref().map(|decision| (decision.said, decision.at.micros() / MINUTE)),
        }
    };
    sorted(seen.record.asked.iter().map(line).collect())
}

fn of_model(model: &Model<'_>) -> Vec<Line> {
    let lines = model.questions.iter().map(|question| Line {
        key: (question.stage, question.who, question.attempt),
        place: question.place,
        revision: question.revision,
        stands_in: question.stands_in,
        added: question.added,
        state: question.state,
        reminders: question.reminders,
        answer: question.answers.last().map(|(verdict, at)| (Said::from(*verdict), *at)),
    });
    sorted(lines.collect())
}

fn sorted(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by_key(|line| line.key);
    lines
}

/// The request itself: where it stands, whom it asks, and when what is due.
fn agrees(ground: &Ground, model: &Model<'_>, seen: &Seen) {
    let request = &seen.record.request;
    let minute = |at: Option<Time>| at.map(|at| at.micros() / MINUTE);
    assert_eq!((size(request.stage), request.revision), (model.stage, model.revision), "stage and revision");
    assert_eq!(request.state(), model.state());
    assert_eq!((minute(request.held_at), minute(request.changes_requested_at)), (model.held, model.sent_back));
    let deadline = request.deadline;
    assert_eq!(
        (minute(deadline.base_at), minute(deadline.due_at), size(deadline.done), deadline.escalated_at.is_some()),
        (model.base, model.due_at(), model.rungs_done, model.escalated),
        "the ladder of stage {}",
        model.stage
    );
    let closed = request.closed.as_ref().map(|closed| {
        let by = closed.by.map(|by| who(ground, by));
        End { how: closed.ending, at: closed.at.micros() / MINUTE, by }
    });
    assert_eq!(closed, model.closed);
    let asks = |approvers: &[UserId]| approvers.iter().map(|id| who(ground, *id)).collect::<Vec<_>>();
    let places: Vec<_> = request.policy.stages.iter().map(|stage| asks(&stage.approvers)).collect();
    assert_eq!(places, model.places, "whom the stages ask");
    let mut observers: Vec<_> = seen.record.observers.iter().map(|person| who(ground, person.id)).collect();
    observers.sort_unstable();
    let mut expected = model.observers.clone();
    expected.sort_unstable();
    assert_eq!(observers, expected, "who goes on reading");
}

/// The part of the decisions that the model knows.
fn decisions(seen: &Seen) -> Vec<&str> {
    seen.decisions.iter().map(|line| line.split_once('|').expect("a bar").0).collect()
}

fn made(ground: &Ground, model: &Model<'_>, twin: &Twin) -> Vec<String> {
    let mut strengths = twin.strengths.iter().copied();
    let line = |made: &Made| {
        let strength = match made.who {
            None => "rule",
            Some(_) if made.overruled => "session",
            Some(_) => strengths.next().expect("an answer that was recorded"),
        };
        let who = made.who.map_or_else(|| "-".to_owned(), |who| ground.people[who].id.to_string());
        let said = match made.said {
            Said::Approved => "approved",
            Said::Rejected => "rejected",
            Said::ChangesRequested => "changes_requested",
            Said::Expired => "expired",
        };
        let (stage, number, revision, at) = (made.stage, made.number, made.revision, made.at * MINUTE);
        format!("{stage} {number} {revision} {who} {said} {strength} {at}")
    };
    model.decisions.iter().map(line).collect()
}

/// Events and decisions are only added, and nothing of a request that has ended changes any more.
fn nothing_is_taken_back(before: &Seen, now: &Seen) {
    assert!(now.decisions.starts_with(&before.decisions), "{before:?} {now:?}");
    assert!(now.record.events.starts_with(&before.record.events), "{before:?} {now:?}");
    if before.record.request.closed.is_none() {
        return;
    }
    let story = |kind: &EventKind| matches!(kind, EventKind::Mailed | EventKind::MailFailed);
    let added = &now.record.events[before.record.events.len()..];
    assert!(added.iter().all(|event| story(&event.kind)), "after its end: {added:?}");
    assert_eq!(before.decisions, now.decisions, "after its end");
    assert_eq!(before.record.request, now.record.request, "after its end");
    assert_eq!(before.record.asked, now.record.asked, "after its end");
}

fn nobody_decides_twice_or_for_themself(model: &Model<'_>, seen: &Seen) {
    let requester = seen.record.request.requester;
    let mut counted = HashSet::new();
    for asked in &seen.record.asked {
        let row = &asked.assignment;
        assert!(model.plan.self_approval || row.user != requester, "their own request: {row:?}");
        if counts(row.state) {
            assert!(counted.insert((row.stage, row.user)), "counts twice in one stage: {row:?}");
        }
    }
    let events = &seen.record.events;
    let of = |wanted: fn(&EventKind) -> bool| events.iter().filter(|event| wanted(&event.kind)).count();
    let answered = model.decisions.iter().filter(|made| made.who.is_some() && !made.overruled).count();
    assert_eq!(of(|kind| matches!(kind, EventKind::Decided(_))), answered, "each answer is told once");
    let ends = of(|kind| matches!(kind, EventKind::Closed(_) | EventKind::Withdrawn));
    assert_eq!(ends, usize::from(seen.record.request.closed.is_some()), "each end is told once");
}

/// Every stage that was passed was approved, the open one is undecided, and the end is what the rule makes of the answers: as the
/// rows have them, whatever the model says.
fn verdicts_are_the_rules(model: &Model<'_>, seen: &Seen) {
    let request = &seen.record.request;
    let last = size(request.stage);
    for stage in 1..last {
        let passed = outcome(model, seen, stage) == Some(Ruling::Approved) || by_rule(seen, stage, "approved");
        assert!(passed, "stage {stage} was passed without an approval");
    }
    let mut rows = seen.record.asked.iter().map(|asked| &asked.assignment);
    assert!(rows.all(|row| size(row.stage) <= last || !counts(row.state)), "a later stage counts");
    let Some(closed) = &request.closed else {
        assert_eq!(outcome(model, seen, last), None, "stage {last} is open");
        return;
    };
    let Ending::Ruled(ruling) = closed.ending else { return };
    let overruled = seen.record.events.iter().any(|event| matches!(event.kind, EventKind::Overruled(_)));
    match closed.by {
        _ if overruled => {}
        Some(_) => assert_eq!(outcome(model, seen, last), Some(ruling), "by the answers"),
        None => {
            let word = match ruling {
                Ruling::Approved => "approved",
                Ruling::Rejected => "rejected",
                Ruling::Expired => "expired",
            };
            assert!(by_rule(seen, last, word), "by rule: {:?}", seen.decisions);
        }
    }
}

/// Whether a question was neither made void nor passed on.
fn counts(state: AssignmentState) -> bool {
    !matches!(state, AssignmentState::Stale | AssignmentState::Reassigned)
}

/// What the answers to a stage make certain.
fn outcome(model: &Model<'_>, seen: &Seen, stage: usize) -> Option<Ruling> {
    let rows = seen.record.asked.iter().map(|asked| &asked.assignment);
    let rows: Vec<_> = rows.filter(|row| size(row.stage) == stage && counts(row.state)).collect();
    let by_rule = || rows.iter().filter(|row| !row.escalation);
    let count = |verdict| by_rule().filter(|row| row.state == AssignmentState::Answered(verdict)).count();
    let alone = rows.iter().filter(|row| row.escalation).find_map(|row| match row.state {
        AssignmentState::Answered(verdict) => Some(verdict),
        _ => None,
    });
    let (yes, no) = (count(Verdict::Approve), count(Verdict::Reject));
    certain(model.plan.stages[stage - 1].rule, by_rule().count(), yes, no, alone)
}

/// Whether a rule decided a stage so.
fn by_rule(seen: &Seen, stage: usize, said: &str) -> bool {
    decisions(seen).iter().any(|line| {
        let words: Vec<_> = line.split(' ').collect();
        words[0] == stage.to_string() && words[4] == said && words[5] == "rule"
    })
}
