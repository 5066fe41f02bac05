//! Groups of people.

use countersign::portal::audit::AuditFilter;
use countersign::portal::groups::GroupPage;
use countersign::portal::policies::{Approvers, PolicyDraft, StageDraft};
use countersign::portal::policy::{Assurance, Rule, StaleRule};
use countersign::portal::{Actor, GroupDraft, GroupId, PortalError, Roles, UserState};

use super::stand::Stand;

fn draft(name: &str, members: &str) -> GroupDraft {
    GroupDraft { name: name.into(), members: members.into() }
}

async fn addresses(stand: &Stand, admin: &Actor, id: GroupId) -> Vec<String> {
    let GroupPage { members, .. } = stand.portal.group(admin, id).await.expect("the group");
    let mut addresses: Vec<_> = members.into_iter().map(|user| user.email.to_string()).collect();
    addresses.sort_unstable();
    addresses
}

/// What the audit log has about this group, oldest first.
async fn log(stand: &Stand, admin: &Actor, id: GroupId) -> Vec<(String, String)> {
    let about = AuditFilter { object: id.to_string(), ..AuditFilter::default() };
    let log = stand.portal.audit_log(admin, &about, None).await.expect("the log");
    log.page.rows.into_iter().rev().map(|line| (line.row.entry.action, line.row.entry.detail)).collect()
}

fn fields(refused: Result<impl std::fmt::Debug, PortalError>) -> Vec<String> {
    match refused {
        Err(PortalError::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
        other => panic!("not refused for a field: {other:?}"),
    }
}

#[tokio::test]
async fn a_group_is_made_changed_and_deleted_and_the_log_says_so() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let id = stand.portal.create_group(&admin, &draft("Board", "ada@example.org ana@x.org")).await.expect("made");
    assert_eq!(addresses(&stand, &admin, id).await, ["ada@example.org", "ana@x.org"]);
    stand.portal.edit_group(&admin, id, &draft("The Board", "ana@x.org, ben@x.org")).await.expect("changed");
    assert_eq!(addresses(&stand, &admin, id).await, ["ana@x.org", "ben@x.org"]);
    assert_eq!(stand.portal.groups(&admin).await.expect("groups")[0].name, "The Board");
    stand.portal.delete_group(&admin, id).await.expect("deleted");
    assert_eq!(stand.portal.group(&admin, id).await, Err(PortalError::NotFound));
    assert!(stand.portal.groups(&admin).await.expect("groups").is_empty());

    let log = log(&stand, &admin, id).await;
    let actions: Vec<_> = log.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["group.created", "group.changed", "group.deleted"]);
    let left = admin.user_id().expect("a person");
    assert!(log[1].1.starts_with("Board -> The Board; joined ") && log[1].1.ends_with(&format!("left {left}")));
}

#[tokio::test]
async fn unknown_addresses_become_guests_and_are_asked_like_everybody() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    stand.portal.create_group(&admin, &draft("Suppliers", "Guest@X.org")).await.expect("made");
    let people = stand.portal.people(&admin).await.expect("people");
    let guest = people.iter().find(|user| user.email.as_str() == "guest@x.org").expect("a guest");
    assert_eq!(guest.state, UserState::Guest);
}

#[tokio::test]
async fn no_two_groups_have_the_same_name_whatever_its_case() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let first = stand.portal.create_group(&admin, &draft("Prüfung", "")).await.expect("made");
    assert_eq!(fields(stand.portal.create_group(&admin, &draft("PRÜFUNG", "")).await), ["name"]);
    let second = stand.portal.create_group(&admin, &draft("Legal", "")).await.expect("made");
    assert_eq!(fields(stand.portal.edit_group(&admin, second, &draft("prüfung", "")).await), ["name"]);
    stand.portal.edit_group(&admin, first, &draft("PRÜFUNG", "")).await.expect("its own name in another case");
}

#[tokio::test]
async fn who_is_disabled_stays_in_a_group_and_joins_none() {
    let stand = Stand::new().await;
    let (admin, other) = (stand.admin().await, stand.link_less_admin().await);
    let id = stand.portal.create_group(&admin, &draft("Board", "bo@example.org")).await.expect("made");
    stand.portal.disable_user(&admin, other.user_id().expect("a person")).await.expect("disabled");
    stand.portal.edit_group(&admin, id, &draft("Board", "bo@example.org ana@x.org")).await.expect("stays");
    assert_eq!(fields(stand.portal.create_group(&admin, &draft("Legal", "bo@example.org")).await), ["members"]);
}

/// A policy of one stage that asks these groups.
fn policy(name: &str, groups: Vec<GroupId>) -> PolicyDraft {
    let approvers = Approvers { manager: groups.is_empty(), addresses: Vec::new(), groups };
    let (name, empty) = (name.to_owned(), String::new);
    let stage = StageDraft { name: empty(), approvers, rule: Rule::All, due_in: None, ladder: Vec::new(), hours: None };
    PolicyDraft {
        name,
        description: empty(),
        title: empty(),
        text: empty(),
        stages: vec![stage],
        on_revision: StaleRule::IfChanged,
        self_approval: false,
        reconsider_within: None,
        assurance: Assurance::Link,
        max_link_life: None,
        observers: Vec::new(),
        offered_to: Vec::new(),
    }
}

#[tokio::test]
async fn a_group_that_a_policy_uses_stays_until_no_newest_version_does() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (portal, by) = (&stand.portal, &admin);
    let id = portal.create_group(by, &draft("Board", "ana@x.org")).await.expect("made");
    let invoices = portal.create_policy(by, policy("Invoices", vec![id])).await.expect("made");
    let travel = portal.create_policy(by, policy("Travel", vec![id])).await.expect("made");
    assert_eq!(portal.group(by, id).await.expect("the group").policies, ["Invoices", "Travel"]);
    let refused = portal.delete_group(by, id).await;
    assert!(matches!(refused, Err(PortalError::Conflict(why)) if why.contains("Invoices, Travel")));
    portal.edit_policy(by, invoices, 1, policy("Invoices", Vec::new())).await.expect("changed");
    assert_eq!(portal.group(by, id).await.expect("the group").policies, ["Travel"]);
    portal.archive_policy(by, travel).await.expect("archived");
    assert_eq!(portal.delete_group(by, id).await, Ok(()));
}

#[tokio::test]
async fn groups_are_for_admins_only() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let id = stand.portal.create_group(&admin, &draft("Board", "")).await.expect("made");
    let member = stand.member(&admin, "mia@x.org", Roles { requester: true, ..Roles::default() }).await;
    let (portal, by) = (&stand.portal, &member);
    let forbidden = |refused: Result<(), PortalError>| assert!(matches!(refused, Err(PortalError::Forbidden(_))));
    forbidden(portal.groups(by).await.map(drop));
    forbidden(portal.group(by, id).await.map(drop));
    forbidden(portal.create_group(by, &draft("Mine", "")).await.map(drop));
    forbidden(portal.edit_group(by, id, &draft("Mine", "")).await);
    forbidden(portal.delete_group(by, id).await);
}
