//! What reaches a request's instance: an answer counts for its own question only, and an event decides nothing.

use countersign::flows::names::decision_event;
use countersign::portal::policy::Verdict;
use countersign::portal::request::{AssignmentState, EventKind, RequestState};
use countersign::portal::{DecideOutcome, Round};
use countersign_engine::InstanceId;
use serde_json::json;

use super::scene::{SOON, amend, mailed};
use crate::portal::stand::{Stand, draft};

#[tokio::test]
async fn an_answer_to_one_stage_never_counts_for_the_next() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    // Two stages that ask the same person.
    amend(&stand, request, |request| {
        let again = request.policy.stages[0].clone();
        request.policy.stages.push(again);
    })
    .await;
    stand.open(request).await;
    let first = stand.link_actor("ana@x.org").await;
    let of_first = stand.record(request).await.asked[0].assignment.clone();
    for _ in 0..2 {
        // The second time is the early click on what looks like the next question.
        stand.portal.decide_by_link(&first, stand.yes(request).await).await.expect("an answer");
    }
    let record = stand.record(request).await;
    assert_eq!((record.request.stage, record.request.state()), (2, RequestState::Waiting));
    let of_second = &record.asked.iter().find(|asked| asked.assignment.stage == 2).expect("a question").assignment;
    assert_eq!(of_second.state, AssignmentState::Pending, "nobody has answered the second question");
    assert_ne!(decision_event(of_first.id.0, 1), decision_event(of_second.id.0, 1));
    assert_ne!(decision_event(of_first.id.0, 1), decision_event(of_first.id.0, 2), "nor does an earlier round");

    let link = stand.link_of("ana@x.org").await;
    stand.portal.advance(Round { request, generation: 1 }).await.expect("the second question is mailed");
    assert_ne!(stand.link_of("ana@x.org").await, link);
    let again = stand.portal.decide_by_link(&first, stand.no(request).await).await.expect("an answer");
    assert!(matches!(again, DecideOutcome::SameAgain(receipt) if receipt.verdict == Verdict::Approve));
    let second = stand.link_actor("ana@x.org").await;
    stand.portal.decide_by_link(&second, stand.no(request).await).await.expect("a decision");
    assert_eq!(stand.record(request).await.request.state(), RequestState::Rejected);
}

#[tokio::test]
async fn an_event_that_nobody_answered_for_decides_nothing() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let engine = stand.run().await;
    let request = stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    mailed(&stand, request, 1).await;
    let id = InstanceId::parse(&format!("request-{request}")).expect("an id");
    let asked = stand.record(request).await.asked[0].assignment.clone();
    // As somebody could who reached the engine past every check.
    let forged = json!({ "decision": "01a2028b-0a41-74f5-9067-433a0914bd13", "verdict": "approve", "approved": true });
    for name in [decision_event(asked.id.0, 1), "changed".to_owned(), "approved".to_owned()] {
        stand.client.raise_event(&id, &name, &forged).await.expect("raised");
    }

    let record = stand.record(request).await;
    assert_eq!(record.request.state(), RequestState::Waiting);
    assert!(!record.events.iter().any(|event| matches!(event.kind, EventKind::Decided(_) | EventKind::Closed(_))));
    let ana = stand.link_actor("ana@x.org").await;
    let outcome = stand.portal.decide_by_link(&ana, stand.no(request).await).await.expect("a decision");
    assert!(matches!(outcome, DecideOutcome::Recorded(_)), "{outcome:?}");
    // What was forged stands before the true answer in its inbox, so it has been read when it ends.
    stand.client.wait_for_completion(&id, SOON).await.expect("it goes on as if nothing had happened");
    assert_eq!(stand.record(request).await.request.state(), RequestState::Rejected);
    engine.shutdown().await;
}
