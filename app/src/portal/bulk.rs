//! One answer to several requests.
//!
//! Each is decided by itself, through the one door and in a transaction of its own: what was changed or decided meanwhile
//! does not keep the others from being decided, and a crash in between loses none that was recorded.

use super::actor::Actor;
use super::decide::{Answer, checked};
use super::error::{PortalError, Result};
use super::ids::{RequestId, RevisionHash};
use super::policy::Verdict;
use super::service::Portal;
use super::standing::DecideOutcome;

/// At most so many requests are answered at once.
pub const MAX_BULK: usize = 50;

/// The same answer to several requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkAnswer {
    /// Yes or no; `None` when nothing was chosen, which is an error of the field `verdict`.
    pub verdict: Option<Verdict>,
    /// Why; needed for a no.
    pub reason: String,
    /// The requests, each with the revision that was shown. One that is named twice counts once.
    pub chosen: Vec<(RequestId, RevisionHash)>,
}

/// What became of the answer to one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkOutcome {
    /// Which.
    pub request: RequestId,
    /// As for a single decision: [`PortalError::Conflict`] when another revision was shown, [`PortalError::NotFound`] when the
    /// actor is not asked.
    pub outcome: Result<DecideOutcome>,
}

impl Portal {
    /// Gives one answer to each of these requests, in their order. Needs a session. Nothing chosen, a missing reason or one too
    /// long is [`PortalError::Invalid`] (`verdict`, `reason`), and so are no request and more than [`MAX_BULK`] (a field without
    /// a name): then nothing was decided.
    pub async fn decide_in_bulk(&self, actor: &Actor, answer: BulkAnswer) -> Result<Vec<BulkOutcome>> {
        actor.require_session()?;
        let BulkAnswer { verdict, reason, chosen } = answer;
        if chosen.is_empty() {
            return Err(PortalError::field("", "Choose at least one request."));
        }
        if chosen.len() > MAX_BULK {
            return Err(PortalError::field("", format!("At most {MAX_BULK} requests can be decided at once.")));
        }
        let mut outcomes: Vec<BulkOutcome> = Vec::with_capacity(chosen.len());
        for (request, shown) in chosen {
            let answer = Answer { verdict, reason: reason.clone(), shown };
            // The same for all of them: asked before the first is decided, so that a wrong form decides nothing.
            checked(&answer)?;
            if outcomes.iter().any(|done| done.request == request) {
                continue;
            }
            let outcome = self.decide_in_session(actor, request, answer).await;
            outcomes.push(BulkOutcome { request, outcome });
        }
        Ok(outcomes)
    }
}
