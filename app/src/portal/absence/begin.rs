//! An absence begins: what waits for the person moves to their substitute.

use super::chain::stand_in;
use super::work::OpenQuestion;
use crate::portal::error::Result;
use crate::portal::ids::{AbsenceId, UserId};
use crate::portal::reassign::{Passing, hand_over};
use crate::portal::request::{Assignment, AssignmentState, Request, StandInReason};
use crate::portal::service::{Parts, Portal};
use crate::portal::work::Work;

/// What became of the questions that were open when an absence began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handover {
    /// How many the substitute has now.
    pub moved: u32,
    /// How many stay with the person, because nobody may answer in their place.
    pub kept: u32,
}

/// What became of one question.
enum Fate {
    Moved,
    Kept,
    /// It was answered meanwhile, or the person is not away any more.
    Gone,
}

impl Portal {
    /// Moves every open question of somebody to whoever stands in for them, by the rules for new ones. To be called while the
    /// absence lasts; before, afterwards, and once it was cancelled nothing happens. Repeating it moves only what is left.
    pub async fn begin_absence(&self, of: UserId, id: AbsenceId) -> Result<Handover> {
        let list =
            self.unit("list_open_questions", move |work| Box::pin(async move { work.list_open_questions(of).await }));
        let mut handover = Handover::default();
        for question in list.await? {
            match self.pass_on(of, id, question).await? {
                Fate::Moved => handover.moved += 1,
                Fate::Kept => handover.kept += 1,
                Fate::Gone => {}
            }
        }
        Ok(handover)
    }

    async fn pass_on(&self, of: UserId, id: AbsenceId, question: OpenQuestion) -> Result<Fate> {
        let parts = self.parts.clone();
        self.unit("pass_on", move |work| {
            Box::pin(async move {
                let Some(mut request) = work.lock_request(question.request).await? else { return Ok(Fate::Gone) };
                let asked = work.list_assignments(request.id, request.generation).await?;
                let waits =
                    |asked: &&Assignment| asked.id == question.assignment && asked.state == AssignmentState::Pending;
                let Some(own) = asked.iter().find(waits) else { return Ok(Fate::Gone) };
                if request.closed.is_some() || own.stage != request.stage {
                    return Ok(Fate::Gone);
                }
                let forbidden = forbidden(&request, &asked, own);
                pass_on(work, &parts, &mut request, own, (of, id), &forbidden).await
            })
        })
        .await
    }
}

async fn pass_on(
    work: &dyn Work,
    parts: &Parts,
    request: &mut Request,
    own: &Assignment,
    (of, id): (UserId, AbsenceId),
    forbidden: &[UserId],
) -> Result<Fate> {
    let now = parts.clock.now();
    if work.absences_of(of).await?.at(now).is_none_or(|absence| absence.id != id) {
        return Ok(Fate::Gone);
    }
    let Some(to) = stand_in(work, request, of, now, forbidden).await? else { return Ok(Fate::Kept) };
    let passing = Passing { by: None, why: StandInReason::Absent, reason: "" };
    hand_over(work, parts, request, own, to, passing, now).await?;
    Ok(Fate::Moved)
}

/// Who cannot answer `own` in the place of whoever was asked: those who are asked in the open stage, and those in whose place
/// somebody else is asked.
fn forbidden(request: &Request, asked: &[Assignment], own: &Assignment) -> Vec<UserId> {
    let others = asked.iter().filter(|other| other.stage == request.stage && other.state.is_current());
    let others = others.filter(|other| other.id != own.id);
    let taken = others.flat_map(|other| [Some(other.user), other.stands_in.map(|stands_in| stands_in.for_user)]);
    taken.flatten().chain([own.user]).collect()
}
