//! The deadline ladder: what an instance's steps do when time passes, and that repeating them changes nothing.

use countersign::portal::link::Invalid;
use countersign::portal::mail::MailKind;
use countersign::portal::policy::{Ruling, Verdict};
use countersign::portal::request::{Ending, EventKind, RequestState};
use countersign::portal::{Actor, DecideOutcome, Next, RequestDraft, RequestId, Round, SpanDraft};

use super::stand::{MINUTE, Stand, draft};

fn span(number: u32) -> SpanDraft {
    SpanDraft { number: number.to_string(), unit: "minutes".into() }
}

fn with_ladder() -> RequestDraft {
    RequestDraft {
        remind: span(20),
        escalate_to: "boss@x.org".into(),
        escalate: span(30),
        ..draft(&["ana@x.org", "ben@x.org"], "all")
    }
}

async fn kinds(stand: &Stand, admin: &Actor) -> Vec<MailKind> {
    let mut kinds: Vec<_> =
        stand.portal.outbox(admin, None, None).await.expect("mails").rows.iter().map(|line| line.mail.kind).collect();
    kinds.reverse();
    kinds
}

async fn step(stand: &Stand, request: RequestId) -> Next {
    stand.portal.advance(Round { request, generation: 1 }).await.expect("a step")
}

#[tokio::test]
async fn it_reminds_then_escalates_then_ends_by_rule() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, with_ladder()).await;
    stand.open(request).await;
    assert_eq!(kinds(&stand, &admin).await, [MailKind::Request; 2]);
    let start = stand.portal.now();
    assert!(
        matches!(step(&stand, request).await, Next::Wait { open, wake_at } if open.len() == 2 && wake_at == Some(start + 40 * MINUTE))
    );

    stand.pass(40 * MINUTE);
    assert!(matches!(step(&stand, request).await, Next::Wait { wake_at, .. } if wake_at == Some(start + 60 * MINUTE)));
    assert_eq!(kinds(&stand, &admin).await[2..], [MailKind::Reminder; 2]);

    stand.pass(20 * MINUTE);
    assert!(
        matches!(step(&stand, request).await, Next::Wait { open, wake_at } if open.len() == 3 && wake_at == Some(start + 90 * MINUTE))
    );
    assert_eq!(kinds(&stand, &admin).await[4..], [MailKind::Escalated, MailKind::Escalated, MailKind::Escalation]);
    assert_eq!(stand.record(request).await.request.state(), RequestState::Escalated);

    stand.pass(30 * MINUTE);
    assert_eq!(step(&stand, request).await, Next::Ended(Ending::Ruled(Ruling::Rejected)));
    let record = stand.record(request).await;
    assert!(record.closed_by.is_none());
    assert!(record.asked.iter().all(|asked| asked.decision.is_none()));
    assert_eq!(record.events.last().map(|event| event.kind), Some(EventKind::Closed(Ruling::Rejected)));
}

#[tokio::test]
async fn every_step_done_twice_changes_nothing() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, with_ladder()).await;
    for time in [0, 40, 20, 30] {
        stand.pass(time * MINUTE);
        let round = Round { request, generation: 1 };
        stand.portal.open_stage(round).await.expect("a step");
        let first = stand.portal.advance(round).await.expect("a step");
        stand.portal.conclude(round).await.expect("a step");
        let (record, mails) = (stand.record(request).await, kinds(&stand, &admin).await);
        stand.portal.open_stage(round).await.expect("a step");
        assert_eq!(stand.portal.advance(round).await.expect("a step"), first);
        stand.portal.conclude(round).await.expect("a step");
        assert_eq!(
            (stand.record(request).await, kinds(&stand, &admin).await),
            (record, mails),
            "after {time} more minutes"
        );
    }
    let told = kinds(&stand, &admin).await.into_iter().filter(|kind| *kind == MailKind::Decided).count();
    assert_eq!(told, 4, "the requester, two approvers and the escalation person");
}

#[tokio::test]
async fn the_escalation_persons_answer_decides_alone() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, with_ladder()).await;
    stand.open(request).await;
    stand.pass(60 * MINUTE);
    step(&stand, request).await;
    let boss = stand.link_actor("boss@x.org").await;
    let outcome = stand.portal.decide_by_link(&boss, stand.yes(request).await).await.expect("a decision");
    assert!(matches!(outcome, DecideOutcome::Recorded(receipt) if receipt.verdict == Verdict::Approve));
    assert_eq!(stand.record(request).await.request.state(), RequestState::Approved);
}

#[tokio::test]
async fn on_hold_nothing_is_due_and_resuming_gives_the_time_back() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, with_ladder()).await;
    stand.open(request).await;
    let due = stand.record(request).await.request.deadline.due_at.expect("a due time");
    stand.pass(30 * MINUTE);
    stand.portal.hold(&admin, request, "waiting for legal").await.expect("held");
    stand.pass(100 * MINUTE);
    step(&stand, request).await;
    assert_eq!(stand.record(request).await.request.state(), RequestState::OnHold);
    let ana = stand.link_actor("ana@x.org").await;
    let outcome = stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("an answer");
    assert!(matches!(outcome, DecideOutcome::OnHold { .. }));
    stand.portal.resume(&admin, request, "legal agrees").await.expect("resumed");
    let record = stand.record(request).await;
    assert_eq!(
        (record.request.state(), record.request.deadline.due_at),
        (RequestState::Waiting, Some(due + 100 * MINUTE))
    );
}

#[tokio::test]
async fn after_a_hold_whose_end_no_link_lasts_to_everybody_asked_gets_a_new_one() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, with_ladder()).await;
    stand.open(request).await;
    let before = stand.link_actor("ana@x.org").await;
    stand.portal.hold(&admin, request, "waiting for legal").await.expect("held");
    stand.pass(100 * MINUTE);
    stand.portal.resume(&admin, request, "legal agrees").await.expect("resumed");
    assert_eq!(kinds(&stand, &admin).await[2..], [MailKind::Resumed; 2]);
    let yes = stand.yes(request).await;
    let old = stand.portal.decide_by_link(&before, yes.clone()).await.expect("an answer");
    assert!(matches!(old, DecideOutcome::NoLongerValid(Invalid::Superseded)));
    stand.pass(50 * MINUTE);
    let ana = stand.link_actor("ana@x.org").await;
    let new = stand.portal.decide_by_link(&ana, yes).await.expect("an answer");
    assert!(matches!(new, DecideOutcome::Recorded(_)));
}

#[tokio::test]
async fn after_a_short_hold_the_links_that_were_mailed_go_on() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    for draft in [with_ladder(), draft(&["ana@x.org", "ben@x.org"], "any")] {
        let request = stand.submit(&admin, draft).await;
        stand.open(request).await;
        let ana = stand.link_actor("ana@x.org").await;
        stand.portal.hold(&admin, request, "a moment").await.expect("held");
        stand.pass(MINUTE);
        stand.portal.resume(&admin, request, "go").await.expect("resumed");
        let kinds = kinds(&stand, &admin).await;
        assert!(kinds.iter().all(|kind| *kind == MailKind::Request), "{kinds:?}");
        let outcome = stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("an answer");
        assert!(matches!(outcome, DecideOutcome::Recorded(_)), "{outcome:?}");
    }
}

/// One approver, no escalation, so that the link ends with the first due time; the reminder goes out twenty minutes earlier.
fn with_reminder() -> RequestDraft {
    RequestDraft { remind: span(20), ..draft(&["ana@x.org"], "any") }
}

async fn hold_for(stand: &Stand, admin: &Actor, request: RequestId, minutes: u32) {
    stand.portal.hold(admin, request, "a moment").await.expect("held");
    stand.pass(minutes * MINUTE);
    stand.portal.resume(admin, request, "go").await.expect("resumed");
}

#[tokio::test]
async fn after_a_short_hold_the_reminder_has_the_link_of_the_first_mail() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, with_reminder()).await;
    stand.open(request).await;
    let first = stand.link_of("ana@x.org").await;
    hold_for(&stand, &admin, request, 5).await;
    stand.pass(40 * MINUTE);
    step(&stand, request).await;
    assert_eq!(kinds(&stand, &admin).await, [MailKind::Request, MailKind::Reminder]);
    assert_eq!(stand.link_of("ana@x.org").await, first);
    let outcome = stand.portal.decide_by_link(&Actor::Link(first), stand.yes(request).await).await.expect("an answer");
    assert!(matches!(outcome, DecideOutcome::Recorded(_)), "{outcome:?}");
}

#[tokio::test]
async fn after_a_long_hold_the_reminder_has_the_link_that_was_mailed_at_its_end() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, with_reminder()).await;
    stand.open(request).await;
    let first = stand.link_of("ana@x.org").await;
    hold_for(&stand, &admin, request, 11).await;
    let fresh = stand.link_of("ana@x.org").await;
    assert_ne!(fresh, first);
    stand.pass(40 * MINUTE);
    step(&stand, request).await;
    assert_eq!(kinds(&stand, &admin).await, [MailKind::Request, MailKind::Resumed, MailKind::Reminder]);
    assert_eq!(stand.link_of("ana@x.org").await, fresh);
}

#[tokio::test]
async fn a_link_that_ended_while_on_hold_is_replaced_however_short_the_hold_was() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    stand.open(request).await;
    stand.pass(58 * MINUTE);
    hold_for(&stand, &admin, request, 5).await;
    assert_eq!(kinds(&stand, &admin).await, [MailKind::Request, MailKind::Resumed]);
    let ana = stand.link_actor("ana@x.org").await;
    let outcome = stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("an answer");
    assert!(matches!(outcome, DecideOutcome::Recorded(_)), "{outcome:?}");
}

#[tokio::test]
async fn without_a_due_time_nothing_is_ever_due() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request =
        stand.submit(&admin, RequestDraft { due: SpanDraft::default(), ..draft(&["ana@x.org"], "any") }).await;
    stand.open(request).await;
    stand.pass(1_000_000 * MINUTE);
    assert!(matches!(step(&stand, request).await, Next::Wait { wake_at: None, .. }));
}
