//! There is one way to decide, and four doors to it: the link, the session, a program's token, and one answer to many
//! requests. Whatever the situation, all of them say the same and do the same.

use countersign::portal::policy::Verdict;
use countersign::portal::{
    Actor, Answer, Bearer, BulkAnswer, DecideOutcome, PortalError, RequestDraft, RequestId, RevisionDraft,
    RevisionHash, Scope, TokenId,
};

use super::scene::{APPROVER, join};
use crate::portal::stand::{Stand, draft};

const BEN: &str = "ben@x.org";

/// How Ben decides.
#[derive(Clone, Copy, Debug)]
enum Door {
    Link,
    Session,
    Token,
    Bulk,
}

/// How things stand when he does, and what he sends.
#[derive(Clone, Copy, Debug)]
enum Situation {
    Open,
    NothingChosen,
    NoWithoutReason,
    EndlessReason,
    AnotherRevisionShown,
    OnHold,
    AwaitingRevision,
    Withdrawn,
    Terminated,
    DecidedByAnother,
    AnsweredBefore,
    OfAnEarlierRevision,
    Disabled,
}

const SITUATIONS: [(Situation, &str); 13] = [
    (Situation::Open, "recorded"),
    (Situation::NothingChosen, "invalid: verdict"),
    (Situation::NoWithoutReason, "invalid: reason"),
    (Situation::EndlessReason, "invalid: reason"),
    (Situation::AnotherRevisionShown, "conflict"),
    (Situation::OnHold, "on hold"),
    (Situation::AwaitingRevision, "awaits a revision"),
    (Situation::Withdrawn, "no longer valid: Withdrawn"),
    (Situation::Terminated, "no longer valid: Terminated"),
    (Situation::DecidedByAnother, "decided by another"),
    (Situation::AnsweredBefore, "the same again"),
    (Situation::OfAnEarlierRevision, "conflict"),
    (Situation::Disabled, "no longer valid: Disabled"),
];

/// A portal in which somebody asks Ben and others.
struct Scene {
    stand: Stand,
    admin: Actor,
    requester: Actor,
    ben: Actor,
}

impl Scene {
    async fn new() -> Self {
        let stand = Stand::new().await;
        let (admin, requester) = (stand.admin().await, stand.link_less_admin().await);
        let ben = join(&stand, &admin, BEN, APPROVER).await;
        Self { stand, admin, requester, ben }
    }

    async fn asked(&self, rule: &str) -> RequestId {
        let request = self.stand.submit(&self.requester, draft(&[BEN, "cem@x.org"], rule)).await;
        self.stand.open(request).await;
        request
    }

    /// Somebody else's answer.
    async fn cem(&self, request: RequestId, verdict: Verdict) {
        let cem = self.stand.link_actor("cem@x.org").await;
        let answer = Answer { verdict: Some(verdict), ..self.stand.no(request).await };
        self.stand.portal.decide_by_link(&cem, answer).await.expect("a decision");
    }

    /// Brings a new request into the situation; gives what Ben sends then.
    async fn prepare(&self, situation: Situation) -> (RequestId, Answer) {
        let rule = if matches!(situation, Situation::DecidedByAnother) { "any" } else { "all" };
        let request = self.asked(rule).await;
        let yes = self.stand.yes(request).await;
        self.happen(situation, request, yes.clone()).await;
        let no = |reason: String| Answer { verdict: Some(Verdict::Reject), reason, ..yes.clone() };
        let answer = match situation {
            Situation::NothingChosen => Answer { verdict: None, ..yes },
            Situation::NoWithoutReason => no(" \t".into()),
            Situation::EndlessReason => no("x".repeat(2_001)),
            Situation::AnotherRevisionShown => Answer { shown: RevisionHash([0; 32]), ..yes },
            Situation::AnsweredBefore => no("On second thoughts.".into()),
            _ => yes,
        };
        (request, answer)
    }

    /// What happens between the showing of the form and its sending.
    async fn happen(&self, situation: Situation, request: RequestId, yes: Answer) {
        let portal = &self.stand.portal;
        match situation {
            Situation::OnHold => portal.hold(&self.admin, request, "Because.").await.expect("held"),
            Situation::AwaitingRevision => self.cem(request, Verdict::RequestChanges).await,
            Situation::Withdrawn => portal.withdraw(&self.requester, request, "").await.expect("withdrawn"),
            Situation::Terminated => portal.terminate(&self.admin, request, "Because.").await.expect("terminated"),
            Situation::DecidedByAnother => self.cem(request, Verdict::Approve).await,
            Situation::AnsweredBefore => {
                portal.decide_in_session(&self.ben, request, yes).await.expect("a decision");
            }
            Situation::OfAnEarlierRevision => {
                let text = "Something else.".to_owned();
                let other = RevisionDraft { title: "Contract".into(), text, ..RevisionDraft::default() };
                portal.revise(&self.requester, request, other).await.expect("revised");
                self.stand.open(request).await;
            }
            Situation::Disabled => {
                let ben = self.ben.user_id().expect("a person");
                portal.disable_user(&self.admin, ben).await.expect("disabled");
            }
            _ => {}
        }
    }

    /// Ben's answer through a door, in a word.
    async fn decide(&self, door: Door, link: &Actor, request: RequestId, answer: Answer) -> String {
        let portal = &self.stand.portal;
        let outcome = match door {
            Door::Link => portal.decide_by_link(link, answer).await,
            Door::Session => portal.decide_in_session(&self.ben, request, answer).await,
            Door::Token => {
                let user = self.ben.signed_in().expect("a person").clone();
                let scopes = Scope::ALL.into_iter().collect();
                let token = Bearer { id: TokenId(uuid::Uuid::nil()), user, scopes, once: None, in_person: false };
                portal.decide_in_session(&Actor::Token(token), request, answer).await
            }
            Door::Bulk => {
                let Answer { verdict, reason, shown, .. } = answer;
                let together = BulkAnswer { verdict, reason, chosen: vec![(request, shown)] };
                match portal.decide_in_bulk(&self.ben, together).await {
                    Ok(mut outcomes) => outcomes.remove(0).outcome,
                    Err(error) => Err(error),
                }
            }
        };
        in_a_word(outcome)
    }
}

fn in_a_word(outcome: Result<DecideOutcome, PortalError>) -> String {
    match outcome {
        Ok(DecideOutcome::Recorded(_)) => "recorded".into(),
        Ok(DecideOutcome::SameAgain(_)) => "the same again".into(),
        Ok(DecideOutcome::AlreadyDecidedBy { .. }) => "decided by another".into(),
        Ok(DecideOutcome::AwaitsRevision { .. }) => "awaits a revision".into(),
        Ok(DecideOutcome::OnHold { .. }) => "on hold".into(),
        Ok(DecideOutcome::NoLongerValid(why)) => format!("no longer valid: {why:?}"),
        Ok(other) => format!("{other:?}"),
        Err(PortalError::Invalid(errors)) => format!("invalid: {}", errors[0].field),
        Err(PortalError::Conflict(_)) => "conflict".into(),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn every_door_obeys_the_same_rules() {
    for door in [Door::Link, Door::Session, Door::Token, Door::Bulk] {
        let scene = Scene::new().await;
        for (situation, expected) in SITUATIONS {
            let (request, answer) = scene.prepare(situation).await;
            // The newest link: for an earlier revision there is another one, which is what the mail of it says.
            let link = scene.stand.link_actor(BEN).await;
            let decisions = async || {
                let asked = scene.stand.record(request).await.asked;
                asked.iter().filter(|asked| asked.decision.is_some()).count()
            };
            let before = decisions().await;
            assert_eq!(scene.decide(door, &link, request, answer).await, expected, "{situation:?} by {door:?}");
            let added = usize::from(expected == "recorded");
            assert_eq!(decisions().await, before + added, "{situation:?} by {door:?}");
        }
    }
}

#[tokio::test]
async fn nobody_comes_to_decide_on_their_own_request_by_any_way() {
    let Scene { stand, admin, requester, .. } = Scene::new().await;
    let own = "bo@example.org";
    let refused = |done: Result<(), PortalError>| match done {
        Err(PortalError::Invalid(errors)) => errors[0].field.clone(),
        Err(error) => error.to_string(),
        Ok(()) => "done".to_owned(),
    };
    let portal = &stand.portal;
    let named = portal.submit(&requester, draft(&[BEN, own], "any")).await;
    assert_eq!(refused(named.map(|_| ())), "approver.1");
    let hurried = draft(&[BEN], "any");
    let escalating = RequestDraft { escalate_to: own.into(), escalate: hurried.due.clone(), ..hurried };
    assert_eq!(refused(portal.submit(&requester, escalating).await.map(|_| ())), "escalate_to");

    let request = stand.submit(&requester, draft(&[BEN], "any")).await;
    let question = stand.record(request).await.asked[0].assignment.id;
    assert_eq!(refused(portal.add_approver(&requester, request, own).await), "approver");
    assert_eq!(refused(portal.add_approver(&admin, request, own).await), "approver");
    assert_eq!(refused(portal.reassign(&admin, question, own, "Because.").await), "to");
    let overruled = portal.overrule(&requester, request, Some(Verdict::Approve), "Because.").await;
    assert!(matches!(overruled, Err(PortalError::Forbidden(_))), "{overruled:?}");
    let yes = stand.yes(request).await;
    assert_eq!(portal.decide_in_session(&requester, request, yes).await, Err(PortalError::NotFound));
    let record = stand.record(request).await;
    assert!(record.request.closed.is_none() && record.asked.len() == 1, "{record:?}");
}

#[tokio::test]
async fn of_a_yes_and_a_no_of_one_person_at_the_same_instant_one_counts() {
    let scene = Scene::new().await;
    for _ in 0..5 {
        let request = scene.asked("all").await;
        let (portal, link) = (&scene.stand.portal, scene.stand.link_actor(BEN).await);
        let (yes, no) = (scene.stand.yes(request).await, scene.stand.no(request).await);
        let (by_link, in_session) =
            tokio::join!(portal.decide_by_link(&link, yes), portal.decide_in_session(&scene.ben, request, no));
        let outcomes = [by_link.expect("an answer"), in_session.expect("an answer")];
        let mut verdicts = Vec::new();
        let mut recorded = 0;
        for outcome in outcomes {
            match outcome {
                DecideOutcome::Recorded(receipt) => {
                    recorded += 1;
                    verdicts.push(receipt.verdict);
                }
                DecideOutcome::SameAgain(receipt) => verdicts.push(receipt.verdict),
                DecideOutcome::AlreadyDecidedBy { .. } => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(recorded, 1);
        assert!(verdicts.iter().all(|verdict| *verdict == verdicts[0]), "both were told the same: {verdicts:?}");
    }
}
