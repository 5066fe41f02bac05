//! An absence begins: what waits for the person moves to their substitute.

use super::chain::{Barred, stand_in};
use super::manage::may_plan_for;
use super::work::{OpenQuestion, OpenRequest};
use crate::portal::actor::Actor;
use crate::portal::error::Result;
use crate::portal::ids::{AbsenceId, UserId};
use crate::portal::reassign::{Passing, hand_over};
use crate::portal::request::{Assignment, AssignmentState, Request, StandInReason};
use crate::portal::service::{Parts, Portal};
use crate::portal::work::Work;

/// How many open questions a page of absences looks at.
const LOOKED_AT: u64 = 100;

/// What became of the questions that were open when an absence began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handover {
    /// How many the substitute has now.
    pub moved: u32,
    /// How many stay with the person, because nobody may answer in their place.
    pub kept: u32,
}

/// A question that waits for somebody, with what keeps others from answering it in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The title of the request that it is about.
    pub title: String,
    /// Whoever submitted that, unless its policy lets them approve.
    pub requester: Option<UserId>,
    /// Those who are asked beside the person, and those in whose place they are.
    pub asked: Vec<UserId>,
}

impl Waiting {
    /// Who cannot answer it in the person's place.
    pub fn barred(&self) -> Barred<'_> {
        Barred { requester: self.requester, asked: &self.asked }
    }
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

    /// The questions that wait for somebody, those about the oldest requests first, at most so many as a page can show. For themself,
    /// and for admins.
    pub async fn waiting_for(&self, actor: &Actor, of: UserId) -> Result<Vec<Waiting>> {
        may_plan_for(actor, of)?;
        let found = self.reads().list_waiting(of, LOOKED_AT).await?;
        let waiting = found.into_iter().filter_map(|OpenRequest { title, requester, asked }| {
            let own = asked.iter().find(|asked| asked.user == of && asked.state == AssignmentState::Pending)?;
            Some(Waiting { title, requester, asked: forbidden(&asked, own) })
        });
        Ok(waiting.collect())
    }

    async fn pass_on(&self, of: UserId, id: AbsenceId, question: OpenQuestion) -> Result<Fate> {
        let parts = self.parts.clone();
        self.unit("pass_on", move |work| {
            Box::pin(async move {
                let Some(mut request) = work.lock_request(question.request).await? else { return Ok(Fate::Gone) };
                let round = work.list_assignments(request.id, request.generation).await?;
                let waits =
                    |asked: &&Assignment| asked.id == question.assignment && asked.state == AssignmentState::Pending;
                let Some(own) = round.iter().find(waits).cloned() else { return Ok(Fate::Gone) };
                if request.closed.is_some() || own.stage != request.stage {
                    return Ok(Fate::Gone);
                }
                pass_on(work, &parts, &mut request, &own, round, (of, id)).await
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
    round: Vec<Assignment>,
    (of, id): (UserId, AbsenceId),
) -> Result<Fate> {
    let now = parts.clock.now();
    if work.absences_of(of).await?.at(now).is_none_or(|absence| absence.id != id) {
        return Ok(Fate::Gone);
    }
    let forbidden = forbidden(&round, own);
    let Some(to) = stand_in(work, request, of, now, &forbidden).await? else { return Ok(Fate::Kept) };
    let passing = Passing { by: None, to, why: StandInReason::Absent, reason: "" };
    hand_over(work, parts, request, own, round, passing, now).await?;
    Ok(Fate::Moved)
}

/// Who cannot answer `own` in the place of whoever was asked: those of the round `asked` who are asked in the same stage, and
/// those in whose place somebody else is asked.
fn forbidden(asked: &[Assignment], own: &Assignment) -> Vec<UserId> {
    let others = asked.iter().filter(|other| other.stage == own.stage && other.state.is_current());
    let others = others.filter(|other| other.id != own.id);
    let taken = others.flat_map(|other| [Some(other.user), other.stands_in.map(|stands_in| stands_in.for_user)]);
    taken.flatten().chain([own.user]).collect()
}
