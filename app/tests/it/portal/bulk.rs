//! One answer to several requests: each is decided by itself.

use countersign::portal::link::Invalid;
use countersign::portal::policy::{Ruling, Verdict};
use countersign::portal::request::RequestState;
use countersign::portal::{
    Actor, Bearer, BulkAnswer, DecideOutcome, MAX_BULK, PortalError, RequestId, RevisionHash, Scope, TokenId,
};

use super::stand::{Stand, draft};

const ADA: &str = "ada@example.org";

async fn shown(stand: &Stand, request: RequestId) -> (RequestId, RevisionHash) {
    (request, stand.record(request).await.request.revision_hash)
}

async fn state(stand: &Stand, request: RequestId) -> RequestState {
    stand.record(request).await.request.state()
}

#[tokio::test]
async fn each_request_has_its_own_outcome_and_none_keeps_the_others_back() {
    let stand = Stand::new().await;
    let (ada, bo) = (stand.admin().await, stand.link_less_admin().await);
    let to_ada = async || stand.submit(&bo, draft(&[ADA], "any")).await;
    let (changed, held, ended, open) = (to_ada().await, to_ada().await, to_ada().await, to_ada().await);
    let decided = stand.submit(&bo, draft(&[ADA, "ana@x.org"], "all")).await;
    let foreign = stand.submit(&bo, draft(&["eva@x.org"], "any")).await;
    let mut chosen = Vec::new();
    for request in [changed, held, ended, decided, foreign, open, open] {
        chosen.push(shown(&stand, request).await);
    }
    let about = stand.portal.asked_about(&ada, &[open, foreign, changed]).await.expect("rows");
    assert_eq!(about.iter().map(|about| (about.id, about.waits)).collect::<Vec<_>>(), [(open, true), (changed, true)]);
    // What happens to them after they were shown.
    chosen[0].1 = RevisionHash([0; 32]);
    stand.portal.hold(&bo, held, "Because.").await.expect("held");
    stand.portal.terminate(&bo, ended, "Because.").await.expect("ended");
    stand.open(decided).await;
    let ana = stand.link_actor("ana@x.org").await;
    stand.portal.decide_by_link(&ana, stand.no(decided).await).await.expect("a decision");

    let answer = BulkAnswer { verdict: Some(Verdict::Approve), reason: String::new(), chosen };
    let done = stand.portal.decide_in_bulk(&ada, answer).await.expect("outcomes");
    let order: Vec<_> = done.iter().map(|done| done.request).collect();
    assert_eq!(order, [changed, held, ended, decided, foreign, open], "one that is named twice counts once");
    let outcomes: Vec<_> = done.into_iter().map(|done| done.outcome).collect();
    assert!(matches!(&outcomes[0], Err(PortalError::Conflict(_))), "{:?}", outcomes[0]);
    assert!(matches!(&outcomes[1], Ok(DecideOutcome::OnHold { .. })), "{:?}", outcomes[1]);
    assert_eq!(outcomes[2], Ok(DecideOutcome::NoLongerValid(Invalid::Terminated)));
    let Ok(DecideOutcome::AlreadyDecidedBy { who: Some(who), ruling, .. }) = &outcomes[3] else {
        panic!("{:?}", outcomes[3]);
    };
    assert_eq!((who.email.as_str(), *ruling), ("ana@x.org", Ruling::Rejected));
    assert_eq!(outcomes[4], Err(PortalError::NotFound));
    assert!(matches!(&outcomes[5], Ok(DecideOutcome::Recorded(receipt)) if receipt.verdict == Verdict::Approve));
    assert_eq!(state(&stand, changed).await, RequestState::Waiting);
    assert_eq!(state(&stand, open).await, RequestState::Approved);
}

#[tokio::test]
async fn a_repeated_answer_changes_nothing() {
    let stand = Stand::new().await;
    let (ada, bo) = (stand.admin().await, stand.link_less_admin().await);
    let request = stand.submit(&bo, draft(&[ADA], "any")).await;
    let chosen = vec![shown(&stand, request).await];
    let answer = BulkAnswer { verdict: Some(Verdict::Approve), reason: String::new(), chosen };
    stand.portal.decide_in_bulk(&ada, answer.clone()).await.expect("outcomes");
    let other = BulkAnswer { verdict: Some(Verdict::Reject), reason: "No.".into(), ..answer };
    let again = stand.portal.decide_in_bulk(&ada, other).await.expect("outcomes");
    let outcome = &again[0].outcome;
    assert!(matches!(outcome, Ok(DecideOutcome::SameAgain(receipt)) if receipt.verdict == Verdict::Approve));
}

#[tokio::test]
async fn a_form_that_is_not_complete_decides_nothing() {
    let stand = Stand::new().await;
    let (ada, bo) = (stand.admin().await, stand.link_less_admin().await);
    let request = stand.submit(&bo, draft(&[ADA], "any")).await;
    let pair = shown(&stand, request).await;
    let complete = BulkAnswer { verdict: Some(Verdict::Reject), reason: "No.".into(), chosen: vec![pair] };
    let wrong = [
        ("verdict", BulkAnswer { verdict: None, ..complete.clone() }),
        ("reason", BulkAnswer { reason: "  ".into(), ..complete.clone() }),
        ("", BulkAnswer { chosen: vec![], ..complete.clone() }),
        ("", BulkAnswer { chosen: vec![pair; MAX_BULK + 1], ..complete.clone() }),
    ];
    for (field, answer) in wrong {
        match stand.portal.decide_in_bulk(&ada, answer).await {
            Err(PortalError::Invalid(errors)) => assert_eq!(errors[0].field, field),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(state(&stand, request).await, RequestState::Waiting);
}

#[tokio::test]
async fn deciding_together_needs_a_session() {
    let stand = Stand::new().await;
    let (ada, bo) = (stand.admin().await, stand.link_less_admin().await);
    let request = stand.submit(&bo, draft(&[ADA], "any")).await;
    let chosen = vec![shown(&stand, request).await];
    let answer = BulkAnswer { verdict: Some(Verdict::Approve), reason: String::new(), chosen };
    let user = ada.signed_in().expect("a person").clone();
    let scopes = Scope::ALL.into_iter().collect();
    let token = Actor::Token(Bearer { id: TokenId(uuid::Uuid::nil()), user, scopes, once: None, in_person: false });
    let refused = stand.portal.decide_in_bulk(&token, answer).await;
    assert!(matches!(refused, Err(PortalError::Forbidden(_))), "{refused:?}");
    assert_eq!(state(&stand, request).await, RequestState::Waiting);
}
