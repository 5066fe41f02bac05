//! Saved views on the real database: kept, renamed and deleted by whoever they belong to, and by nobody else.

use countersign::portal::audit::AuditFilter;
use countersign::portal::reads::InboxTab;
use countersign::portal::{Actor, Bearer, MAX_SAVED_VIEWS, PortalError, SavedViewDraft, SavedViewId, Scope, TokenId};

use super::stand::Stand;

fn draft(name: &str) -> SavedViewDraft {
    SavedViewDraft { name: name.into(), tab: InboxTab::Mine, query: "q=lease&due=day".into() }
}

async fn names(stand: &Stand, who: &Actor) -> Vec<String> {
    stand.portal.saved_views(who).await.expect("views").into_iter().map(|view| view.name).collect()
}

fn wrong_name<T: std::fmt::Debug>(result: &Result<T, PortalError>) -> bool {
    matches!(result, Err(PortalError::Invalid(errors)) if errors.len() == 1 && errors[0].field == "name")
}

#[tokio::test]
async fn views_are_kept_in_their_order_and_are_their_owners_alone() {
    let stand = Stand::new().await;
    let (ada, bo) = (stand.admin().await, stand.link_less_admin().await);
    let first = stand.portal.save_view(&ada, draft("  Due\nleases ")).await.expect("saved");
    stand.portal.save_view(&ada, draft("Another")).await.expect("saved");
    assert_eq!((first.tab, first.query.as_str()), (InboxTab::Mine, "q=lease&due=day"));
    assert_eq!(names(&stand, &ada).await, ["Due leases", "Another"]);
    assert!(names(&stand, &bo).await.is_empty());
    // Not even to an admin.
    assert_eq!(stand.portal.rename_view(&bo, first.id, "Mine now").await, Err(PortalError::NotFound));
    assert_eq!(stand.portal.delete_view(&bo, first.id).await, Err(PortalError::NotFound));
    stand.portal.rename_view(&ada, first.id, "Leases").await.expect("renamed");
    stand.portal.rename_view(&ada, first.id, "Leases").await.expect("its own name is not taken");
    assert_eq!(names(&stand, &ada).await, ["Leases", "Another"]);
    stand.portal.delete_view(&ada, first.id).await.expect("deleted");
    assert_eq!(names(&stand, &ada).await, ["Another"]);
    let nothing = SavedViewId(uuid::Uuid::nil());
    assert_eq!(stand.portal.delete_view(&ada, nothing).await, Err(PortalError::NotFound));
}

#[tokio::test]
async fn a_view_needs_a_name_of_its_own_and_there_are_not_too_many() {
    let stand = Stand::new().await;
    let (ada, bo) = (stand.admin().await, stand.link_less_admin().await);
    let long = "x".repeat(61);
    for name in ["", " \n ", long.as_str()] {
        assert!(wrong_name(&stand.portal.save_view(&ada, draft(name)).await), "{name:?}");
    }
    let view = stand.portal.save_view(&ada, draft("One")).await.expect("saved");
    stand.portal.save_view(&bo, draft("One")).await.expect("another person's name is not taken");
    assert!(wrong_name(&stand.portal.save_view(&ada, draft("One")).await));
    let long = SavedViewDraft { query: "q".repeat(5_000), ..draft("Long") };
    assert!(matches!(stand.portal.save_view(&ada, long).await, Err(PortalError::Invalid(_))));
    for number in 1..MAX_SAVED_VIEWS {
        stand.portal.save_view(&ada, draft(&format!("View {number}"))).await.expect("saved");
    }
    assert!(matches!(stand.portal.save_view(&ada, draft("Too many")).await, Err(PortalError::Conflict(_))));
    assert!(wrong_name(&stand.portal.rename_view(&ada, view.id, "View 1").await));
    assert_eq!(names(&stand, &ada).await.len(), MAX_SAVED_VIEWS);
}

#[tokio::test]
async fn what_is_done_to_a_view_is_in_the_audit_log_without_its_words() {
    let stand = Stand::new().await;
    let ada = stand.admin().await;
    let view = stand.portal.save_view(&ada, draft("Dismissals")).await.expect("saved");
    stand.portal.rename_view(&ada, view.id, "Firing").await.expect("renamed");
    stand.portal.delete_view(&ada, view.id).await.expect("deleted");
    let of_view = AuditFilter { object: view.id.to_string(), ..AuditFilter::default() };
    let lines = stand.portal.audit_log(&ada, &of_view, None).await.expect("the log").page.rows;
    let actions: Vec<_> = lines.iter().rev().map(|line| line.row.entry.action.as_str()).collect();
    assert_eq!(actions, ["view.saved", "view.renamed", "view.deleted"]);
    assert!(lines.iter().all(|line| line.row.entry.detail.is_empty()));
}

#[tokio::test]
async fn no_token_reads_or_keeps_views() {
    let stand = Stand::new().await;
    let ada = stand.admin().await;
    let user = ada.signed_in().expect("a session").clone();
    let scopes = Scope::ALL.into_iter().collect();
    let token = Actor::Token(Bearer { id: TokenId(uuid::Uuid::nil()), user, scopes, once: None, in_person: false });
    assert!(matches!(stand.portal.saved_views(&token).await, Err(PortalError::Forbidden(_))));
    assert!(matches!(stand.portal.save_view(&token, draft("One")).await, Err(PortalError::Forbidden(_))));
    assert!(matches!(stand.portal.set_shortcuts(&token, false).await, Err(PortalError::Forbidden(_))));
}
