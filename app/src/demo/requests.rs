//! What people do to requests, through the portal's use cases.

use super::files::bytes_of;
use super::people::address;
use super::scene::{Act, Document, NewText, Own, Rules, Submission};
use super::story::Story;
use crate::portal::error::Result;
use crate::portal::policy::Verdict;
use crate::portal::reads::RequestRecord;
use crate::portal::request::AssignmentState;
use crate::portal::{
    Actor, Answer, AssignmentId, DecideOutcome, Portal, PortalError, RequestDraft, RequestId, RevisionDraft, SpanDraft,
    UploadId,
};

impl Story<'_> {
    /// Submits a request; gives its id.
    pub(super) async fn submit(&self, who: &str, submission: &Submission) -> Result<RequestId> {
        let actor = self.cast.member(who)?;
        let files = attach(self.portal, actor, submission.files).await?;
        let mut draft = match submission.rules {
            Rules::Own(own) => of_own(&own),
            Rules::Policy(name) => RequestDraft { policy: Some(self.policy(name)?), ..RequestDraft::default() },
        };
        draft.title = submission.title.to_owned();
        draft.text = submission.text.to_owned();
        draft.files = files;
        self.portal.submit(actor, draft).await
    }

    /// Does anything else to a request.
    pub(super) async fn act_on(&self, who: &str, id: RequestId, act: &Act) -> Result<()> {
        let (portal, cast) = (self.portal, &self.cast);
        match *act {
            Act::Approve(reason) => self.decide(who, id, Verdict::Approve, reason).await,
            Act::Reject(reason) => self.decide(who, id, Verdict::Reject, reason).await,
            Act::AskForChanges(reason) => self.decide(who, id, Verdict::RequestChanges, reason).await,
            Act::Revise(text) => self.revise(cast.member(who)?, id, text).await,
            Act::Comment(text) => portal.comment(cast.member(who)?, id, text).await,
            Act::Observe(whom) => portal.observe(cast.member(who)?, id, &address(whom)).await,
            Act::Remind => portal.remind(cast.member(who)?, id).await.map(|_| ()),
            Act::AddApprover(whom) => portal.add_approver(cast.member(who)?, id, &address(whom)).await,
            Act::PassOn { from, to, why } => {
                let question = question_of(&self.record(id).await?, from)?;
                portal.reassign(cast.member(who)?, question, &address(to), why).await
            }
            Act::Withdraw(reason) => portal.withdraw(cast.member(who)?, id, reason).await,
            Act::Hold(reason) => portal.hold(cast.member(who)?, id, reason).await,
            Act::Resume(reason) => portal.resume(cast.member(who)?, id, reason).await,
            Act::Terminate(reason) => portal.terminate(cast.member(who)?, id, reason).await,
            Act::Restart(reason) => portal.restart(cast.member(who)?, id, reason).await,
            Act::Overrule(reason) => portal.overrule(cast.member(who)?, id, Some(Verdict::Approve), reason).await,
            Act::Submit(_) | Act::Chore(_) => Err(PortalError::Internal("this is done to no request".to_owned())),
        }
    }

    /// Decides in a session, or by the link in the mail for those without an account.
    async fn decide(&self, who: &str, id: RequestId, verdict: Verdict, reason: &str) -> Result<()> {
        let shown = self.record(id).await?.request.revision_hash;
        let answer = Answer { verdict: Some(verdict), reason: reason.to_owned(), shown };
        let outcome = match self.cast.actor(who) {
            Some(actor) => self.portal.decide_in_session(actor, id, answer).await?,
            None => {
                let link = self.cast.link_to(self.portal, who, id).await?;
                self.portal.decide_by_link(&Actor::Link(link), answer).await?
            }
        };
        match outcome {
            DecideOutcome::Recorded(_) => Ok(()),
            other => Err(PortalError::Internal(format!("the answer was not recorded: {other:?}"))),
        }
    }

    async fn revise(&self, actor: &Actor, id: RequestId, text: &NewText) -> Result<()> {
        let mut keep: Vec<u32> = self.record(id).await?.files.iter().map(|file| file.number).collect();
        if text.file.is_some() && !keep.is_empty() {
            keep.remove(0);
        }
        let draft = RevisionDraft {
            title: text.title.to_owned(),
            text: text.text.to_owned(),
            keep,
            files: attach(self.portal, actor, text.file.as_slice()).await?,
            note: text.note.to_owned(),
        };
        self.portal.revise(actor, id, draft).await
    }

    async fn record(&self, id: RequestId) -> Result<RequestRecord> {
        Ok(self.portal.request_page(self.cast.admin(), id).await?.record)
    }
}

/// The open question put to somebody.
fn question_of(record: &RequestRecord, name: &str) -> Result<AssignmentId> {
    let email = address(name);
    let mut open = record.asked.iter().filter(|asked| asked.assignment.state == AssignmentState::Pending);
    let asked = open.find(|asked| asked.person.email == email);
    asked.map(|asked| asked.assignment.id).ok_or(PortalError::NotFound)
}

/// What a requester chooses, as typed.
fn of_own(own: &Own) -> RequestDraft {
    let days = |number: &str| SpanDraft { number: number.to_owned(), unit: "days".to_owned() };
    RequestDraft {
        approvers: own.approvers.iter().map(|name| address(name)).collect(),
        rule: own.rule.to_owned(),
        needed: own.needed.to_owned(),
        due: days(own.due),
        remind: days(own.remind),
        escalate_to: address(own.escalate.0),
        escalate: days(own.escalate.1),
        final_rule: own.finally.to_owned(),
        ..RequestDraft::default()
    }
}

/// Uploads files.
async fn attach(portal: &Portal, actor: &Actor, documents: &[Document]) -> Result<Vec<UploadId>> {
    let mut uploads = Vec::with_capacity(documents.len());
    for document in documents {
        let mut receiving = portal.receive_file(actor, document.name).await?;
        receiving.write(&bytes_of(&document.content)?).await?;
        uploads.push(receiving.finish().await?.id);
    }
    Ok(uploads)
}
