//! A run's question is answered by the link of its mail, without an account. The rules are those of deciding by link: nothing
//! changes on looking, one answer counts, and the link of a later question closes those before it.

use serde_json::json;

use super::error::WorkflowError;
use crate::portal::actor::Actor;
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{LinkId, RevisionHash};
use crate::portal::link::{Binding, Invalid, Link, LinkClaims, LinkState, Purpose};
use crate::portal::mail::{Mail, MailFacts};
use crate::portal::markdown;
use crate::portal::request::revision_hash;
use crate::portal::service::{Parts, Portal};
use crate::portal::user::{Person, UserState};
use crate::portal::work::{Audit, Work};

/// The event that tells a run of the answer.
const ANSWER_EVENT: &str = "ApprovalEvent";

/// What the link of a run's question opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerPage {
    /// The question is open, as far as its link goes; whether the run has ended is for the engine to say.
    Open(Box<RunQuestion>),
    /// It is not.
    Closed {
        /// What it is about.
        title: String,
        /// Why.
        why: AnswerClosed,
    },
}

/// An open question of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunQuestion {
    /// The run.
    pub run: String,
    /// What it is about, in a line.
    pub title: String,
    /// The text to read, as sanitised HTML.
    pub text_html: String,
    /// Who started the run; nobody when it was no person.
    pub asked_by: Option<Person>,
    /// Who is asked.
    pub asked: Person,
    /// When it was asked.
    pub asked_at: Time,
    /// Until when the link works.
    pub until: Time,
    /// What a form that shows the question is bound to.
    pub shown: RevisionHash,
}

/// Why a question of a run is not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerClosed {
    /// The holder has answered.
    Answered,
    /// The time ran out then.
    Expired(Time),
    /// A later question has taken its place, or the run was begun anew.
    Superseded,
    /// The holder may no longer decide here.
    Disabled,
    /// The run has ended.
    Ended,
}

impl Portal {
    /// Checks that an authentic link of a question belongs to a row, as it was minted. [`PortalError::NotFound`] when not.
    /// Changes nothing; an old link passes too, so that its page can say how things stand.
    pub async fn exchange_answer_link(&self, claims: &LinkClaims) -> Result<LinkId> {
        let link = self.reads().find_link(claims.id).await?.filter(|link| link.is_claimed_by(claims));
        let link = link.filter(|link| link.purpose == Purpose::Answer).ok_or(PortalError::NotFound)?;
        Ok(link.id)
    }

    /// What the link of `actor` opens. [`PortalError::NotFound`] when it is not known.
    pub async fn answer_page(&self, actor: &Actor) -> Result<AnswerPage> {
        let id = holder(actor)?;
        let facts = self.reads().find_mail_facts_of_link(id).await?.ok_or(PortalError::NotFound)?;
        let MailFacts { mail, to, by, link, .. } = facts;
        let (link, run) = (link.ok_or(PortalError::NotFound)?, mail.run.clone().ok_or(PortalError::NotFound)?);
        check_binding(&link, &mail, &to.email)?;
        let disabled = self.reads().find_user(to.id).await?.is_none_or(|user| user.state == UserState::Disabled);
        if let Some(why) = closed(&link, disabled, self.now()) {
            return Ok(AnswerPage::Closed { title: run.title, why });
        }
        Ok(AnswerPage::Open(Box::new(RunQuestion {
            shown: revision_hash(&run.title, &mail.note, &[]),
            run: run.id,
            title: run.title,
            text_html: markdown::to_html(&mail.note),
            asked_by: by,
            asked: to,
            asked_at: mail.created_at,
            until: link.expires_at,
        })))
    }

    /// Answers the question behind the link of `actor`; gives why not, when it is not open any more. [`PortalError::TooMany`]
    /// when the link was used too often lately.
    pub async fn answer_run(&self, actor: &Actor, approved: bool) -> Result<Option<AnswerClosed>> {
        let id = holder(actor)?;
        self.links.take(id, self.now())?;
        let (actor, parts) = (actor.clone(), self.parts.clone());
        let done = self.workflow_unit("answer_run", move |work| {
            Box::pin(async move { answer(work, &parts, &actor, id, approved).await })
        });
        match done.await {
            Ok(closed) => Ok(closed),
            Err(WorkflowError::Finished(_) | WorkflowError::NotFound) => Ok(Some(AnswerClosed::Ended)),
            Err(error) => Err(error.into()),
        }
    }
}

fn holder(actor: &Actor) -> Result<LinkId> {
    match *actor {
        Actor::Link(id) => Ok(id),
        _ => Err(PortalError::NotSignedIn),
    }
}

async fn answer(
    work: &dyn Work,
    parts: &Parts,
    actor: &Actor,
    id: LinkId,
    approved: bool,
) -> std::result::Result<Option<AnswerClosed>, WorkflowError> {
    let now = parts.clock.now();
    let mail = work.find_mail_of_link(id).await?.ok_or(PortalError::NotFound)?;
    let link = work.find_link(id).await?.filter(|link| link.purpose == Purpose::Answer).ok_or(PortalError::NotFound)?;
    let run = mail.run.as_ref().ok_or(PortalError::NotFound)?.id.clone();
    let user = work.find_user(mail.to).await?.ok_or(PortalError::NotFound)?;
    check_binding(&link, &mail, user.email.as_str())?;
    if let Some(why) = closed(&link, user.state == UserState::Disabled, now) {
        return Ok(Some(why));
    }
    let value = json!({ "approved": approved, "by": user.email.as_str() });
    work.raise_run_event(&run, ANSWER_EVENT, &value).await?;
    if !work.use_link(id).await? {
        // Somebody was faster with the same link: their answer stands, and this one's event goes with the unit.
        return Err(PortalError::conflict("The question was answered at this very moment.").into());
    }
    let detail = format!("run {run}: {}", if approved { "approved" } else { "rejected" });
    work.audit(Audit { at: now, actor, action: "workflow.answered", object: id.to_string(), detail }).await?;
    Ok(None)
}

fn closed(link: &Link, disabled: bool, now: Time) -> Option<AnswerClosed> {
    match link.state {
        LinkState::Used => Some(AnswerClosed::Answered),
        _ if disabled => Some(AnswerClosed::Disabled),
        // Enabled again after their links were closed: only a new question opens a new one.
        LinkState::Revoked(Invalid::Disabled) => Some(AnswerClosed::Disabled),
        LinkState::Revoked(_) => Some(AnswerClosed::Superseded),
        LinkState::Live if now >= link.expires_at => Some(AnswerClosed::Expired(link.expires_at)),
        LinkState::Live => None,
    }
}

/// The row's binding must be the one that its question has; a row that was changed behind the portal's back opens nothing.
fn check_binding(link: &Link, mail: &Mail, address: &str) -> Result<()> {
    let expected = mail.run.as_ref().map(|run| Binding::of_run(&run.id, &mail.natural_key, address, &mail.note));
    if expected == Some(link.binding) { Ok(()) } else { Err(PortalError::NotFound) }
}
