//! Puts the rows of a request together as the facts of its certificate.

use super::facts::{
    CertificateFacts, CertifiedDecision, CertifiedEnd, CertifiedLink, CertifiedQuestion, CertifiedRevision,
    CertifiedRound, CertifiedStage, ChainPlace, HowEnded,
};
use super::reads::CertificateRows;
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::UserId;
use crate::portal::link::{Invalid, Link, LinkState};
use crate::portal::policy::Stage;
use crate::portal::reads::{RequestRecord, Revision};
use crate::portal::request::{Assignment, Closed, Decision, Ending};
use crate::portal::user::Person;

/// The rows that are put together.
pub(super) struct Gathering<'a> {
    /// The request as its page shows it; it has ended.
    pub(super) record: &'a RequestRecord,
    /// What happened in all its rounds.
    pub(super) rows: &'a CertificateRows,
}

impl Gathering<'_> {
    /// The facts. An error when a row names somebody who is missing.
    pub(super) fn facts(&self, revisions: &[Revision]) -> Result<CertificateFacts> {
        let request = &self.record.request;
        let closed = self.record.closed().ok_or_else(|| missing("end of request", request.id))?;
        let submitted_at = revisions.first().map_or(request.submitted_at, |first| first.at);
        Ok(CertificateFacts {
            request: request.id,
            title: request.title.clone(),
            requester: self.record.requester.clone(),
            submitted_at,
            policy: request.policy.source.clone(),
            end: self.end(closed),
            revisions: revisions.iter().map(certified).collect(),
            rounds: self.rounds()?,
            links: self.rows.links.iter().filter_map(|link| self.link(link).transpose()).collect::<Result<_>>()?,
            observers: self.record.observers.clone(),
            place: self.place(),
        })
    }

    fn end(&self, closed: &Closed) -> CertifiedEnd {
        CertifiedEnd {
            state: self.record.request.state(),
            at: closed.at,
            by: self.record.closed_by.clone(),
            reason: closed.reason.clone(),
            how: self.how(closed),
        }
    }

    fn how(&self, closed: &Closed) -> HowEnded {
        match (closed.ending, closed.by) {
            (Ending::Terminated, _) => HowEnded::Terminated,
            (Ending::Withdrawn, _) => HowEnded::Withdrawn,
            (Ending::Ruled(_), None) => HowEnded::Automatic,
            (Ending::Ruled(_), Some(_)) if self.last_decision().is_some_and(is_overriding) => HowEnded::Overridden,
            (Ending::Ruled(_), Some(_)) => HowEnded::Answers,
        }
    }

    /// The decision that ended the round that counts.
    fn last_decision(&self) -> Option<&Decision> {
        let of_round = |decision: &&Decision| decision.generation == self.record.request.generation;
        self.rows.decisions.iter().rfind(of_round)
    }

    fn rounds(&self) -> Result<Vec<CertifiedRound>> {
        (1..=self.record.request.generation).map(|round| self.round(round)).collect()
    }

    fn round(&self, number: u32) -> Result<CertifiedRound> {
        let stages = &self.record.request.policy.stages;
        let stages = (1..).zip(stages).map(|(stage, of)| self.stage(number, stage, of));
        Ok(CertifiedRound { number, stages: stages.collect::<Result<_>>()? })
    }

    fn stage(&self, round: u32, number: u32, stage: &Stage) -> Result<CertifiedStage> {
        let here = |generation: u32, stage: u32| generation == round && stage == number;
        let asked = self.rows.questions.iter().filter(|asked| here(asked.generation, asked.stage));
        let decided = self.rows.decisions.iter().filter(|decision| here(decision.generation, decision.stage));
        Ok(CertifiedStage {
            number,
            name: stage.name.clone(),
            rule: stage.rule,
            approvers: stage.approvers.iter().map(|id| self.person(*id)).collect::<Result<_>>()?,
            asked: asked.map(|asked| self.question(asked)).collect::<Result<_>>()?,
            unasked: decided
                .filter(|decision| decision.assignment.is_none())
                .map(|decision| self.decision(decision))
                .collect::<Result<_>>()?,
        })
    }

    fn question(&self, asked: &Assignment) -> Result<CertifiedQuestion> {
        let stands_in =
            asked.stands_in.map(|stands_in| Ok::<_, PortalError>((self.person(stands_in.for_user)?, stands_in.why)));
        let answers = self.rows.decisions.iter().filter(|decision| decision.assignment == Some(asked.id));
        Ok(CertifiedQuestion {
            person: self.person(asked.user)?,
            escalation: asked.escalation,
            stands_in: stands_in.transpose()?,
            added_by: asked.added_by.map(|by| self.person(by)).transpose()?,
            asked_at: asked.created_at,
            revision: asked.revision,
            state: asked.state,
            answers: answers.map(|decision| self.decision(decision)).collect::<Result<_>>()?,
        })
    }

    fn decision(&self, decision: &Decision) -> Result<CertifiedDecision> {
        Ok(CertifiedDecision {
            reference: decision.id,
            by: decision.by.map(|by| self.person(by)).transpose()?,
            said: decision.said,
            at: decision.at,
            strength: decision.strength,
            revision: decision.revision,
            revision_hash: decision.revision_hash,
            reason: decision.reason.clone(),
        })
    }

    /// `None` for a link to a question that is not among the rows.
    fn link(&self, link: &Link) -> Result<Option<CertifiedLink>> {
        let question = self.rows.questions.iter().find(|asked| Some(asked.id) == link.assignment);
        let Some(question) = question else { return Ok(None) };
        let mails = self.rows.mails.iter().filter(|(carried, _)| *carried == link.id);
        Ok(Some(CertifiedLink {
            person: self.person(question.user)?,
            round: question.generation,
            stage: question.stage,
            minted_at: link.created_at,
            expires_at: link.expires_at,
            mails: mails.map(|(_, mail)| *mail).collect(),
            state: link.state,
            settled_at: self.settled_at(link, question),
        }))
    }

    /// When a link was used or revoked. The row does not say; what closed it does.
    fn settled_at(&self, link: &Link, question: &Assignment) -> Option<Time> {
        match link.state {
            LinkState::Live => None,
            LinkState::Used => {
                let answers = self.rows.decisions.iter().filter(|decision| decision.assignment == Some(question.id));
                answers.map(|decision| decision.at).min()
            }
            LinkState::Revoked(Invalid::Superseded) => {
                let others = self.rows.links.iter().filter(|other| other.assignment == link.assignment);
                let later = others.map(|other| other.created_at).filter(|at| *at > link.created_at).min();
                later.or(question.settled_at)
            }
            LinkState::Revoked(Invalid::Disabled) => None,
            LinkState::Revoked(_) => question.settled_at,
        }
    }

    fn place(&self) -> Option<ChainPlace> {
        let (head, at) = self.rows.last?;
        Some(ChainPlace { head, at, checkpoint: self.rows.checkpoint.clone() })
    }

    fn person(&self, id: UserId) -> Result<Person> {
        let found = self.rows.people.iter().find(|person| person.id == id);
        found.cloned().ok_or_else(|| missing("person", id))
    }
}

/// Made by an admin without having been asked.
fn is_overriding(decision: &Decision) -> bool {
    decision.assignment.is_none() && decision.by.is_some()
}

fn certified(revision: &Revision) -> CertifiedRevision {
    CertifiedRevision {
        number: revision.number,
        title: revision.title.clone(),
        hash: revision.hash,
        at: revision.at,
        by: revision.by.clone(),
        note: revision.note.clone(),
        files: revision.files.clone(),
    }
}

fn missing(what: &str, id: impl std::fmt::Display) -> PortalError {
    PortalError::Internal(format!("the {what} {id} is missing"))
}
