//! What the list of requests can be narrowed to, on the real database.

use std::time::Duration;

use countersign::portal::policy::Verdict;
use countersign::portal::reads::InboxTab;
use countersign::portal::request::RequestState;
use countersign::portal::{
    Actor, Answer, DueFilter, InboxFilter, PortalError, RequestDraft, RequestId, Roles, SignedIn, SpanDraft, UserId,
    Zone,
};

use super::stand::{MINUTE, Stand, draft};

const DAY: Duration = Duration::from_secs(86_400);

fn titled(title: &str) -> RequestDraft {
    RequestDraft { title: title.into(), ..draft(&["ana@x.org"], "any") }
}

/// The titles of everything that this filter leaves, oldest first.
async fn left(stand: &Stand, admin: &Actor, filter: InboxFilter) -> Vec<String> {
    let page = stand.portal.inbox(admin, InboxTab::All, &filter, None).await.expect("a list");
    page.rows.into_iter().rev().map(|row| row.title).collect()
}

fn text(text: &str) -> InboxFilter {
    InboxFilter { text: text.into(), ..InboxFilter::default() }
}

#[tokio::test]
async fn a_state_leaves_what_is_in_it() {
    let stand = Stand::new().await;
    let ada = stand.admin().await;
    let (portal, because) = (&stand.portal, "Because.");
    let waiting = stand.submit(&ada, titled("waiting")).await;
    let held = stand.submit(&ada, titled("held")).await;
    portal.hold(&ada, held, because).await.expect("held");
    let terminated = stand.submit(&ada, titled("terminated")).await;
    portal.terminate(&ada, terminated, because).await.expect("terminated");
    for (title, verdict) in [("approved", Verdict::Approve), ("rejected", Verdict::Reject)] {
        let request = stand.submit(&ada, titled(title)).await;
        stand.open(request).await;
        let answer = Answer { verdict: Some(verdict), ..stand.no(request).await };
        portal.decide_by_link(&stand.link_actor("ana@x.org").await, answer).await.expect("a decision");
    }
    let in_state = |state| left(&stand, &ada, InboxFilter { state: Some(state), ..InboxFilter::default() });
    assert_eq!(in_state(RequestState::Waiting).await, ["waiting"]);
    assert_eq!(in_state(RequestState::OnHold).await, ["held"]);
    assert_eq!(in_state(RequestState::Terminated).await, ["terminated"]);
    assert_eq!(in_state(RequestState::Approved).await, ["approved"]);
    assert_eq!(in_state(RequestState::Rejected).await, ["rejected"]);
    for none in [RequestState::Escalated, RequestState::Expired] {
        assert!(in_state(none).await.is_empty(), "{none:?}");
    }
    portal.withdraw(&ada, waiting, because).await.expect("withdrawn");
    assert!(in_state(RequestState::Waiting).await.is_empty());
    assert_eq!(in_state(RequestState::Withdrawn).await, ["waiting"]);
}

#[tokio::test]
async fn what_is_due_is_seen_from_now_and_not_while_the_clock_stands_still() {
    let stand = Stand::new().await;
    let ada = stand.admin().await;
    let due_in = |number: &str, unit: &str| SpanDraft { number: number.into(), unit: unit.into() };
    stand.submit(&ada, titled("in an hour")).await;
    stand.submit(&ada, RequestDraft { due: due_in("3", "days"), ..titled("in three days") }).await;
    stand.submit(&ada, RequestDraft { due: SpanDraft::default(), ..titled("never") }).await;
    let held = stand.submit(&ada, titled("held")).await;
    stand.portal.hold(&ada, held, "Because.").await.expect("held");
    let due = |due| left(&stand, &ada, InboxFilter { due: Some(due), ..InboxFilter::default() });
    assert_eq!(due(DueFilter::WithinDay).await, ["in an hour"]);
    assert!(due(DueFilter::Overdue).await.is_empty());
    stand.pass(61 * MINUTE);
    assert!(due(DueFilter::WithinDay).await.is_empty());
    assert_eq!(due(DueFilter::Overdue).await, ["in an hour"]);
    stand.pass(2 * DAY);
    assert_eq!(due(DueFilter::WithinDay).await, ["in three days"]);
}

#[tokio::test]
async fn days_of_submission_bound_the_list_and_filters_hold_together() {
    let stand = Stand::new().await;
    let ada = stand.admin().await;
    stand.submit(&ada, titled("old lease")).await;
    stand.pass(2 * DAY);
    let between = Some(stand.portal.now());
    stand.submit(&ada, titled("new lease")).await;
    stand.submit(&ada, titled("new chair")).await;
    let from = InboxFilter { submitted_from: between, ..InboxFilter::default() };
    assert_eq!(left(&stand, &ada, from.clone()).await, ["new lease", "new chair"]);
    let before = InboxFilter { submitted_before: between, ..InboxFilter::default() };
    assert_eq!(left(&stand, &ada, before).await, ["old lease"]);
    assert_eq!(left(&stand, &ada, InboxFilter { text: "lease".into(), ..from }).await, ["new lease"]);
}

#[tokio::test]
async fn a_narrowed_list_goes_on_without_a_gap_and_knows_whether_it_is_longer() {
    let stand = Stand::new().await;
    let (ada, bo) = (stand.admin().await, stand.link_less_admin().await);
    for number in 0..5 {
        let to_ada = draft(&["ada@example.org"], "any");
        stand.submit(&bo, RequestDraft { title: format!("lease {number}"), ..to_ada.clone() }).await;
        stand.submit(&bo, RequestDraft { title: format!("chair {number}"), ..to_ada }).await;
        stand.pass(MINUTE);
    }
    let filter = text("LEASE");
    for (actor, tab) in [(&ada, InboxTab::Waiting), (&bo, InboxTab::Mine), (&ada, InboxTab::All)] {
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let page = stand.portal.some_of_inbox(actor, tab, &filter, after, 2).await.expect("a page");
            seen.extend(page.rows.into_iter().map(|row| row.title));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        seen.sort();
        assert_eq!(seen, ["lease 0", "lease 1", "lease 2", "lease 3", "lease 4"], "{tab:?}");
        let longer = async |rows| stand.portal.inbox_has_more_than(actor, tab, &filter, rows).await;
        assert_eq!((longer(4).await, longer(5).await), (Ok(true), Ok(false)), "{tab:?}");
    }
}

#[tokio::test]
async fn nobody_but_admins_lists_everything_and_nobody_learns_of_what_they_are_not_asked() {
    let stand = Stand::new().await;
    let ada = stand.admin().await;
    let request: RequestId = stand.submit(&ada, titled("Secret")).await;
    let roles = Roles { requester: true, approver: true, admin: false };
    let (name, email) = ("Uma".into(), "uma@x.org".into());
    let id = UserId(uuid::Uuid::nil());
    let uma = SignedIn { id, name, email, roles, zone: Zone::UTC, shortcuts: true };
    let uma = Actor::User(uma);
    let longer = stand.portal.inbox_has_more_than(&uma, InboxTab::All, &InboxFilter::default(), 0).await;
    assert!(matches!(longer, Err(PortalError::Forbidden(_))));
    assert_eq!(stand.portal.asked_about(&uma, &[request]).await, Ok(vec![]));
    // Not even its requester is asked.
    assert_eq!(stand.portal.asked_about(&ada, &[request]).await, Ok(vec![]));
}
