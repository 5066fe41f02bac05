//! The requester takes a request back: who may, when, and what becomes of those who were asked.

use std::time::Duration;

use countersign::portal::link::Invalid;
use countersign::portal::mail::MailKind;
use countersign::portal::request::{AssignmentState, Ending, EventKind, RequestState};
use countersign::portal::webhooks::WebhookDraft;
use countersign::portal::{
    Actor, Bearer, DecideOutcome, LinkPage, PortalError, RequestDraft, RequestId, Roles, Round, Scope, SpanDraft,
    TokenId,
};
use countersign_engine::ids::InstanceId;
use countersign_engine::model::RuntimeStatus;

use super::stand::{MINUTE, Stand, draft};

const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };
const WITHDRAWN: DecideOutcome = DecideOutcome::NoLongerValid(Invalid::Withdrawn);

/// A portal with an admin and a requester.
async fn stand() -> (Stand, Actor, Actor) {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let rita = stand.member(&admin, "rita@x.org", REQUESTER).await;
    (stand, admin, rita)
}

/// An open request to Ana and Ben, who must both approve.
async fn asked(stand: &Stand, by: &Actor) -> RequestId {
    let escalating = RequestDraft {
        escalate_to: "boss@x.org".into(),
        escalate: SpanDraft { number: "30".into(), unit: "minutes".into() },
        ..draft(&["ana@x.org", "ben@x.org"], "all")
    };
    let request = stand.submit(by, escalating).await;
    stand.open(request).await;
    request
}

/// Whoever holds the link to this request that was mailed to this address.
async fn link_to(stand: &Stand, admin: &Actor, request: RequestId, email: &str) -> Actor {
    let rows = stand.portal.outbox(admin, None, None).await.expect("mails").rows;
    let mail = rows.iter().find(|row| row.mail.request == Some(request) && row.to.email == email);
    Actor::Link(mail.and_then(|row| row.mail.link).expect("a mail with a link"))
}

/// To whom withdrawals were mailed, in the order of their addresses.
async fn told(stand: &Stand, admin: &Actor) -> Vec<String> {
    let rows = stand.portal.outbox(admin, None, None).await.expect("mails").rows;
    let mut told: Vec<_> =
        rows.into_iter().filter(|row| row.mail.kind == MailKind::Withdrawn).map(|row| row.to.email).collect();
    told.sort();
    told
}

#[tokio::test]
async fn whoever_waits_is_told_and_the_links_are_dead() {
    let (stand, admin, rita) = stand().await;
    let request = asked(&stand, &rita).await;
    let (ana, ben) = (stand.link_actor("ana@x.org").await, stand.link_actor("ben@x.org").await);
    stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("a decision");
    stand.portal.withdraw(&rita, request, " The price\nchanged. ").await.expect("withdrawn");

    let record = stand.record(request).await;
    let closed = record.closed().expect("an end").clone();
    assert_eq!(record.request.state(), RequestState::Withdrawn);
    assert_eq!((closed.ending, closed.by), (Ending::Withdrawn, rita.user_id()));
    assert_eq!(closed.reason, "The price changed.");
    let states: Vec<_> = record.asked.iter().map(|asked| asked.assignment.state).collect();
    assert_eq!(states[1], AssignmentState::Withdrawn);
    assert!(matches!(states[0], AssignmentState::Answered(_)), "an answer that was given is kept");
    let event = record.events.last().expect("an event");
    assert_eq!((event.kind, event.note.as_str()), (EventKind::Withdrawn, "The price changed."));

    assert_eq!(told(&stand, &admin).await, ["ben@x.org"]);
    assert_eq!(stand.portal.decide_by_link(&ben, stand.yes(request).await).await, Ok(WITHDRAWN));
    let page = stand.portal.link_page(&ben).await.expect("a page");
    let LinkPage::Closed { outcome, .. } = page else { panic!("{page:?}") };
    assert_eq!(outcome, WITHDRAWN);
    let receipt = stand.portal.link_page(&ana).await.expect("a page");
    assert!(matches!(receipt, LinkPage::Closed { outcome: DecideOutcome::SameAgain(_), .. }));
}

#[tokio::test]
async fn a_request_is_withdrawn_in_every_open_state() {
    let (stand, admin, rita) = stand().await;
    let waiting = asked(&stand, &rita).await;
    let held = asked(&stand, &rita).await;
    stand.portal.hold(&admin, held, "a moment").await.expect("held");
    let escalated = asked(&stand, &rita).await;
    stand.pass(60 * MINUTE);
    stand.portal.advance(Round { request: escalated, generation: 1 }).await.expect("escalated");
    for (request, state) in
        [(waiting, RequestState::Waiting), (held, RequestState::OnHold), (escalated, RequestState::Escalated)]
    {
        assert_eq!(stand.record(request).await.request.state(), state);
        stand.portal.withdraw(&rita, request, "").await.expect("withdrawn");
        let record = stand.record(request).await;
        assert_eq!((record.request.state(), record.request.held_at), (RequestState::Withdrawn, None));
        assert!(record.asked.iter().all(|asked| asked.assignment.state == AssignmentState::Withdrawn));
    }
}

#[tokio::test]
async fn what_has_ended_is_not_withdrawn() {
    let (stand, admin, rita) = stand().await;
    let withdrawn = asked(&stand, &rita).await;
    stand.portal.withdraw(&rita, withdrawn, "").await.expect("withdrawn");
    let (approved, rejected, terminated) =
        (asked(&stand, &rita).await, asked(&stand, &rita).await, asked(&stand, &rita).await);
    stand.portal.terminate(&admin, terminated, "not needed").await.expect("terminated");
    let expiring = RequestDraft { final_rule: "expire".into(), ..draft(&["ana@x.org"], "any") };
    let expired = stand.submit(&rita, expiring).await;
    stand.open(expired).await;
    for (request, final_no) in [(approved, false), (rejected, true)] {
        for email in ["ana@x.org", "ben@x.org"] {
            let link = link_to(&stand, &admin, request, email).await;
            let answer = if final_no { stand.no(request).await } else { stand.yes(request).await };
            stand.portal.decide_by_link(&link, answer).await.expect("an answer");
        }
    }
    stand.pass(60 * MINUTE);
    stand.portal.advance(Round { request: expired, generation: 1 }).await.expect("expired");
    for (request, state) in [
        (approved, RequestState::Approved),
        (rejected, RequestState::Rejected),
        (expired, RequestState::Expired),
        (terminated, RequestState::Terminated),
        (withdrawn, RequestState::Withdrawn),
    ] {
        let refused = stand.portal.withdraw(&rita, request, "").await;
        assert!(matches!(refused, Err(PortalError::Conflict(_))), "{state:?}: {refused:?}");
        assert_eq!(stand.record(request).await.request.state(), state, "nothing has changed");
    }
}

#[tokio::test]
async fn only_the_requester_and_admins_may_and_no_token() {
    let (stand, admin, rita) = stand().await;
    let (otto, eve) =
        (stand.member(&admin, "otto@x.org", REQUESTER).await, stand.member(&admin, "eve@x.org", REQUESTER).await);
    let request = stand.submit(&rita, draft(&["otto@x.org"], "any")).await;
    stand.open(request).await;
    let link = stand.link_actor("otto@x.org").await;
    let user = rita.signed_in().expect("a session").clone();
    let scopes = Scope::ALL.into_iter().collect();
    let token = Actor::Token(Bearer { id: TokenId(uuid::Uuid::nil()), user, scopes, once: None, in_person: false });
    let withdraw = async |actor: &Actor| stand.portal.withdraw(actor, request, "").await;
    assert!(matches!(withdraw(&otto).await, Err(PortalError::Forbidden(_))));
    assert_eq!(withdraw(&eve).await, Err(PortalError::NotFound));
    assert!(matches!(withdraw(&token).await, Err(PortalError::Forbidden(_))));
    assert_eq!(withdraw(&link).await, Err(PortalError::NotSignedIn));
    let long = stand.portal.withdraw(&rita, request, &"x".repeat(501)).await;
    assert!(matches!(long, Err(PortalError::Invalid(errors)) if errors[0].field == "reason"));
    assert_eq!(stand.record(request).await.request.state(), RequestState::Waiting);

    assert_eq!(withdraw(&admin).await, Ok(()));
    assert_eq!(told(&stand, &admin).await, ["otto@x.org", "rita@x.org"], "the requester did not do it themselves");
}

#[tokio::test]
async fn whoever_was_not_mailed_yet_hears_nothing() {
    let (stand, admin, rita) = stand().await;
    let request = stand.submit(&rita, draft(&["ana@x.org"], "any")).await;
    stand.portal.withdraw(&rita, request, "A slip").await.expect("withdrawn");
    stand.open(request).await;
    let kinds: Vec<_> =
        stand.portal.outbox(&admin, None, None).await.expect("mails").rows.iter().map(|row| row.mail.kind).collect();
    assert_eq!(kinds, [MailKind::Invitation], "neither the question nor its withdrawal");
}

#[tokio::test]
async fn of_a_decision_and_a_withdrawal_at_the_same_instant_one_wins() {
    let (stand, _, rita) = stand().await;
    for _ in 0..6 {
        let request = stand.submit(&rita, draft(&["ana@x.org"], "any")).await;
        stand.open(request).await;
        let ana = stand.link_actor("ana@x.org").await;
        let yes = stand.yes(request).await;
        let (withdrawn, decided) =
            tokio::join!(stand.portal.withdraw(&rita, request, ""), stand.portal.decide_by_link(&ana, yes));
        let record = stand.record(request).await;
        match withdrawn {
            Ok(()) => {
                assert_eq!(decided, Ok(WITHDRAWN));
                assert_eq!(record.request.state(), RequestState::Withdrawn);
            }
            Err(error) => {
                assert!(matches!(error, PortalError::Conflict(_)), "{error:?}");
                assert!(matches!(decided, Ok(DecideOutcome::Recorded(_))), "{decided:?}");
                assert_eq!(record.request.state(), RequestState::Approved);
            }
        }
        let ends = |kind| matches!(kind, EventKind::Closed(_) | EventKind::Withdrawn);
        assert_eq!(record.events.iter().filter(|event| ends(event.kind)).count(), 1);
    }
}

#[tokio::test]
async fn programs_hear_the_verdict_withdrawn() {
    let (stand, admin, rita) = stand().await;
    let to = WebhookDraft {
        url: "http://127.0.0.1:9/hooks".into(),
        description: "The ledger".into(),
        events: vec!["request.closed".into()],
    };
    let webhook = stand.portal.create_webhook(&admin, to).await.expect("a webhook").webhook;
    let request = asked(&stand, &rita).await;
    stand.portal.withdraw(&rita, request, "").await.expect("withdrawn");
    let deliveries = stand.portal.webhook(&admin, webhook, None).await.expect("the webhook").deliveries.rows;
    assert_eq!(deliveries.len(), 1);
    let payload: serde_json::Value = serde_json::from_str(&deliveries[0].payload).expect("JSON");
    assert_eq!(payload["data"]["verdict"], "withdrawn");
    assert_eq!(payload["data"]["request"]["state"], "withdrawn");
}

#[tokio::test]
async fn its_instance_ends_and_an_admin_may_ask_again() {
    let (stand, admin, rita) = stand().await;
    let engine = stand.run().await;
    let request = stand.submit(&rita, draft(&["ana@x.org"], "any")).await;
    stand.portal.withdraw(&rita, request, "").await.expect("withdrawn");
    let id = InstanceId::parse(&format!("request-{request}")).expect("an id");
    let end = stand.client.wait_for_completion(&id, Duration::from_secs(20)).await.expect("an end");
    assert_eq!(end.status, RuntimeStatus::Terminated);

    stand.portal.restart(&admin, request, "after all").await.expect("restarted");
    let record = stand.record(request).await;
    assert_eq!((record.request.state(), record.request.generation), (RequestState::Waiting, 2));
    stand.portal.withdraw(&rita, request, "no, really").await.expect("withdrawn again");
    assert_eq!(stand.record(request).await.request.state(), RequestState::Withdrawn);
    engine.shutdown().await;
}
