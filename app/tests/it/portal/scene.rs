//! A request in the middle of its life, with everybody around it.

use std::time::Duration;

use countersign::portal::mail::MailKind;
use countersign::portal::policy::Verdict;
use countersign::portal::reads::{Asked, RequestRecord};
use countersign::portal::request::{AssignmentState, EventKind};
use countersign::portal::{
    Actor, Answer, AssignmentId, Bearer, DecideOutcome, PortalError, RequestDraft, RequestId, Roles, Scope, TokenId,
};

use super::stand::{Stand, draft};

pub(super) const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };

/// Rita asks Otto, who has an account, and a guest; both must approve. Eve has nothing to do with it.
pub(super) struct Scene {
    pub(super) stand: Stand,
    pub(super) admin: Actor,
    pub(super) rita: Actor,
    pub(super) otto: Actor,
    pub(super) eve: Actor,
    pub(super) request: RequestId,
}

impl Scene {
    /// Both are asked and mailed. They have an hour.
    pub(super) async fn new() -> Self {
        Self::with(draft(&["otto@x.org", "guest@x.org"], "all")).await
    }

    /// The same with another request.
    pub(super) async fn with(draft: RequestDraft) -> Self {
        let stand = Stand::new().await;
        let admin = stand.admin().await;
        let rita = stand.member(&admin, "rita@x.org", REQUESTER).await;
        let otto = stand.member(&admin, "otto@x.org", REQUESTER).await;
        let eve = stand.member(&admin, "eve@x.org", REQUESTER).await;
        let request = stand.submit(&rita, draft).await;
        stand.open(request).await;
        Self { stand, admin, rita, otto, eve, request }
    }

    /// A token of somebody with every scope.
    pub(super) fn token_of(actor: &Actor) -> Actor {
        let user = actor.signed_in().expect("a session").clone();
        let scopes = Scope::ALL.into_iter().collect();
        Actor::Token(Bearer { id: TokenId(uuid::Uuid::nil()), user, scopes, once: None, in_person: false })
    }

    /// The rows.
    pub(super) async fn record(&self) -> RequestRecord {
        self.stand.record(self.request).await
    }

    /// The questions put to this address in the present round, in the order in which they were asked.
    pub(super) async fn questions(&self, email: &str) -> Vec<Asked> {
        let mut asked = self.record().await.asked;
        asked.retain(|asked| asked.person.email == email);
        asked.sort_by_key(|asked| asked.assignment.attempt);
        asked
    }

    /// Where these questions stand.
    pub(super) async fn states(&self, email: &str) -> Vec<AssignmentState> {
        self.questions(email).await.iter().map(|asked| asked.assignment.state).collect()
    }

    /// The newest question put to this address.
    pub(super) async fn question(&self, email: &str) -> AssignmentId {
        self.questions(email).await.last().expect("a question").assignment.id
    }

    /// What the holder of the newest link that was mailed to this address answers to the present revision.
    pub(super) async fn say(&self, email: &str, verdict: Verdict) -> Result<DecideOutcome, PortalError> {
        let link = self.stand.link_actor(email).await;
        self.say_by(&link, verdict).await
    }

    /// The same by a certain link.
    pub(super) async fn say_by(&self, link: &Actor, verdict: Verdict) -> Result<DecideOutcome, PortalError> {
        let shown = self.record().await.request.revision_hash;
        let answer = Answer { verdict: Some(verdict), reason: "The price is wrong.".into(), shown };
        self.stand.portal.decide_by_link(link, answer).await
    }

    /// To whom mails of this kind about the request were queued, in the order of their addresses.
    pub(super) async fn mailed(&self, kind: MailKind) -> Vec<String> {
        let rows = self.stand.portal.outbox(&self.admin, None, None).await.expect("mails").rows;
        let about = rows.into_iter().filter(|row| row.mail.request == Some(self.request) && row.mail.kind == kind);
        let mut to: Vec<_> = about.map(|row| row.to.email).collect();
        to.sort();
        to
    }

    /// How often something happened.
    pub(super) async fn count(&self, kind: EventKind) -> usize {
        self.record().await.events.iter().filter(|event| event.kind == kind).count()
    }

    /// Waits, while the engine runs, until the request looks like this.
    pub(super) async fn until(&self, looks: impl Fn(&RequestRecord) -> bool) {
        let mut nudges = self.stand.portal.nudges().watch();
        while !looks(&self.record().await) {
            let nudge = tokio::time::timeout(Duration::from_secs(20), nudges.recv()).await;
            // One that was lost in a burst is as good as one that came.
            let _ = nudge.expect("a nudge in time");
        }
    }

    /// Waits until this person was sent a mail, so often.
    pub(super) async fn until_mailed(&self, email: &str, times: usize) {
        let about = |record: &RequestRecord| {
            let events = record.events.iter().filter(|event| event.kind == EventKind::Mailed);
            events.filter(|event| event.subject.as_ref().is_some_and(|subject| subject.email == email)).count()
        };
        self.until(|record| about(record) >= times).await;
    }
}

/// The field that an error is bound to.
#[track_caller]
pub(super) fn field<T: std::fmt::Debug>(result: Result<T, PortalError>) -> String {
    match result {
        Err(PortalError::Invalid(errors)) => errors[0].field.clone(),
        other => panic!("no error of a field: {other:?}"),
    }
}

/// Whether somebody who sees the request may not do this.
pub(super) fn is_forbidden<T>(result: &Result<T, PortalError>) -> bool {
    matches!(result, Err(PortalError::Forbidden(_)))
}

/// Whether it cannot be done as things stand.
pub(super) fn is_conflict<T>(result: &Result<T, PortalError>) -> bool {
    matches!(result, Err(PortalError::Conflict(_)))
}
