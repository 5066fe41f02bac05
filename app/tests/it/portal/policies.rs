//! Policies: versions, who may choose them, whom they ask, and that a request keeps what it was submitted with.

use std::time::Duration;

use countersign::portal::policies::{PolicyDraft, PreviewDoes, TypedPolicy, TypedStage};
use countersign::portal::policy::{Does, Rule};
use countersign::portal::{
    Actor, FieldError, GroupDraft, PolicyId, PortalError, RequestDraft, RequestId, Roles, SpanDraft,
};

use sea_orm::ConnectionTrait;
use tokio::sync::oneshot;

use super::stand::Stand;
use crate::support::database::is_on_a_server;

const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };

/// A policy with these stages, each of which asks these addresses.
fn policy(name: &str, stages: &[&str]) -> TypedPolicy {
    let stage = |approvers: &&str| TypedStage { approvers: (*approvers).to_owned(), ..TypedStage::fresh() };
    TypedPolicy { name: name.into(), stages: stages.iter().map(stage).collect(), ..TypedPolicy::fresh() }
}

fn draft(typed: &TypedPolicy) -> PolicyDraft {
    typed.read().expect("nothing is wrong")
}

async fn make(stand: &Stand, admin: &Actor, typed: &TypedPolicy) -> PolicyId {
    stand.portal.create_policy(admin, draft(typed)).await.expect("a policy")
}

async fn submit(stand: &Stand, by: &Actor, policy: PolicyId) -> Result<RequestId, PortalError> {
    let draft = RequestDraft { title: "Contract".into(), policy: Some(policy), ..RequestDraft::default() };
    stand.portal.submit(by, draft).await
}

fn fields(refused: Result<impl std::fmt::Debug, PortalError>) -> Vec<FieldError> {
    match refused {
        Err(PortalError::Invalid(errors)) => errors,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn names_are_unique_whatever_their_letters_and_each_save_is_a_version() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let id = make(&stand, &admin, &policy("Travel", &["ana@x.org"])).await;
    let twice = stand.portal.create_policy(&admin, draft(&policy("TRAVEL", &["ana@x.org"]))).await;
    assert_eq!(fields(twice)[0].field, "name");
    let renamed = draft(&policy("Journeys", &["ben@x.org"]));
    stand.portal.edit_policy(&admin, id, 1, renamed.clone()).await.expect("a version");
    let late = stand.portal.edit_policy(&admin, id, 1, renamed.clone()).await;
    assert!(matches!(late, Err(PortalError::Conflict(why)) if why.contains("version 2")));
    let page = stand.portal.policy(&admin, id, Some(1)).await.expect("the policy");
    assert_eq!((page.policy.version, page.policy.draft), (2, renamed));
    assert_eq!(page.shown, draft(&policy("Travel", &["ana@x.org"])));
    let by: Vec<_> = page.versions.iter().map(|version| (version.version, version.by.is_some())).collect();
    assert_eq!(by, [(2, true), (1, true)]);
}

#[tokio::test]
async fn a_request_keeps_the_version_that_it_was_submitted_with() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let id = make(&stand, &admin, &policy("Travel", &["ana@x.org", "ben@x.org cem@x.org"])).await;
    let request = submit(&stand, &admin, id).await.expect("a request");
    stand.portal.edit_policy(&admin, id, 1, draft(&policy("Travel", &["eve@x.org"]))).await.expect("a version");
    let record = stand.record(request).await;
    let source = record.request.policy.source.clone().expect("a source");
    assert_eq!((source.name.as_str(), source.version), ("Travel", 1));
    let asked: Vec<_> = record.asked.iter().map(|asked| asked.person.email.as_str()).collect();
    assert_eq!(asked, ["ana@x.org"], "the second stage is not open yet");
    assert_eq!(record.request.policy.stages[1].approvers.len(), 2);
}

#[tokio::test]
async fn an_archived_policy_can_be_chosen_by_nobody_until_it_is_restored() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let id = make(&stand, &admin, &policy("Travel", &["ana@x.org"])).await;
    stand.portal.archive_policy(&admin, id).await.expect("archived");
    assert!(stand.portal.usable_policies(&admin).await.expect("policies").is_empty());
    assert_eq!(fields(submit(&stand, &admin, id).await)[0].field, "policy");
    assert!(matches!(stand.portal.archive_policy(&admin, id).await, Err(PortalError::Conflict(_))));
    stand.portal.restore_policy(&admin, id).await.expect("restored");
    submit(&stand, &admin, id).await.expect("a request");
}

#[tokio::test]
async fn a_policy_may_be_for_some_groups_only() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let rea = stand.member(&admin, "rea@x.org", REQUESTER).await;
    let members = GroupDraft { name: "Finance".into(), members: "ana@x.org".into() };
    let finance = stand.portal.create_group(&admin, &members).await.expect("a group");
    let only = TypedPolicy { offered_to: vec![finance.to_string()], ..policy("Travel", &["ana@x.org"]) };
    let id = make(&stand, &admin, &only).await;
    assert!(stand.portal.usable_policies(&rea).await.expect("policies").is_empty());
    assert_eq!(fields(submit(&stand, &rea, id).await)[0].field, "policy");
    let members = GroupDraft { members: "rea@x.org".into(), ..members };
    stand.portal.edit_group(&admin, finance, &members).await.expect("changed");
    assert_eq!(stand.portal.usable_policies(&rea).await.expect("policies").len(), 1);
    submit(&stand, &rea, id).await.expect("a request");
    assert!(matches!(stand.portal.delete_group(&admin, finance).await, Err(PortalError::Conflict(_))));
}

#[tokio::test]
async fn who_submits_with_a_group_does_not_wait_for_others_who_read_it() {
    // SQLite has one writer, for whom everybody waits.
    if !is_on_a_server() {
        return;
    }
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let members = GroupDraft { name: "Board".into(), members: "ana@x.org".into() };
    let board = stand.portal.create_group(&admin, &members).await.expect("a group");
    let mut typed = policy("Travel", &["ben@x.org"]);
    (typed.stages[0].groups, typed.offered_to) = (vec![board.to_string()], vec![board.to_string()]);
    let id = make(&stand, &admin, &typed).await;

    let (tell, reads) = oneshot::channel();
    let (release, released) = oneshot::channel::<()>();
    let reader = stand.client.transaction("read_groups", move |tx| {
        Box::pin(async move {
            tx.connection().execute_unprepared("SELECT id FROM \"groups\" FOR SHARE").await?;
            let _ = tell.send(());
            let _ = released.await;
            Ok::<_, PortalError>(())
        })
    });
    let submitter = async {
        reads.await.expect("a lock");
        submit(&stand, &admin, id).await.expect("a request");
        release.send(()).expect("whoever reads the group still does");
    };
    let (read, ()) = tokio::join!(reader, submitter);
    read.expect("nobody was kept waiting");
}

#[tokio::test]
async fn groups_and_managers_become_people_and_the_requester_is_left_out() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let rea = stand.member(&admin, "rea@x.org", REQUESTER).await;
    let members = GroupDraft { name: "Board".into(), members: "rea@x.org ana@x.org ben@x.org".into() };
    let board = stand.portal.create_group(&admin, &members).await.expect("a group");
    let mut typed = policy("Travel", &["ana@x.org"]);
    (typed.stages[0].groups, typed.stages[0].manager) = (vec![board.to_string()], true);
    (typed.stages[0].rule, typed.stages[0].needed) = ("at_least".into(), "3".into());
    let id = make(&stand, &admin, &typed).await;
    let sentence = fields(submit(&stand, &rea, id).await)[0].message.clone();
    assert!(sentence.starts_with("Stage 1: Somebody has no manager"), "{sentence}");
    let own = rea.user_id().expect("a person");
    stand.portal.set_manager(&admin, own, "ada@example.org").await.expect("a manager");
    let request = submit(&stand, &rea, id).await.expect("a request");
    let mut asked: Vec<_> = stand.record(request).await.asked.into_iter().map(|asked| asked.person.email).collect();
    asked.sort_unstable();
    assert_eq!(asked, ["ada@example.org", "ana@x.org", "ben@x.org"], "nobody twice, and not the requester");
}

#[tokio::test]
async fn the_preview_finds_the_same_people_and_times_as_the_request_and_makes_no_guests() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let mut typed = policy("Travel", &["new@x.org", "ben@x.org"]);
    typed.stages[0].rungs[0].does = "escalate_address".into();
    typed.stages[0].rungs[0].when = "after".into();
    typed.stages[0].rungs[0].to = "boss@x.org".into();
    typed.stages[0].rungs[1].span = SpanDraft { number: "2".into(), unit: "days".into() };
    let before = stand.portal.people(&admin).await.expect("people").len();
    let preview = stand.portal.preview_draft(&admin, draft(&typed), "").await.expect("a preview");
    assert_eq!(stand.portal.people(&admin).await.expect("people").len(), before, "a preview writes nothing");
    let id = make(&stand, &admin, &typed).await;
    assert_eq!(stand.portal.preview_policy(&admin, id).await.as_ref(), Ok(&preview));
    let request = stand.record(submit(&stand, &admin, id).await.expect("a request")).await.request;
    let day = Duration::from_secs(86_400);
    let now = stand.portal.now();
    assert_eq!(preview.stages[0].due_at, Some(now + 3 * day));
    assert_eq!(preview.stages[1].opens_at, now + 3 * day, "when the first one is due");
    let times: Vec<_> = preview.stages[0].steps.iter().map(|step| step.at).collect();
    let real: Vec<_> = request.policy.stages[0].times(request.deadline).map(|(_, _, at)| at).collect();
    assert_eq!(times, real);
    assert!(matches!(&preview.stages[0].steps[0].does, PreviewDoes::Escalate(to) if to[0].email == "boss@x.org"));
    assert!(matches!(&request.policy.stages[0].ladder[0].does, Does::Escalate(to) if to.len() == 1));
    assert_eq!(request.policy.stages[0].rule, Rule::Any);
}

#[tokio::test]
async fn a_preview_for_somebody_else_is_for_admins_and_says_who_is_missing() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let rea = stand.member(&admin, "rea@x.org", REQUESTER).await;
    let typed = TypedPolicy { name: "Travel".into(), ..TypedPolicy::fresh() };
    let wrong = fields(stand.portal.preview_draft(&admin, draft(&typed), "rea@x.org").await);
    assert_eq!(wrong[0].field, "policy");
    assert!(wrong[0].message.contains("has no manager"), "{wrong:?}");
    assert_eq!(fields(stand.portal.preview_draft(&admin, draft(&typed), "nobody@x.org").await)[0].field, "as");
    let refused = stand.portal.preview_draft(&rea, draft(&typed), "").await;
    assert!(matches!(refused, Err(PortalError::Forbidden(_))));
}

#[tokio::test]
async fn what_is_exported_is_imported_again_as_another_version() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let members = GroupDraft { name: "Finance".into(), members: "ana@x.org".into() };
    let finance = stand.portal.create_group(&admin, &members).await.expect("a group");
    let mut typed = policy("Travel abroad", &["ben@x.org"]);
    typed.stages[0].groups = vec![finance.to_string()];
    let id = make(&stand, &admin, &typed).await;
    let export = stand.portal.export_policy(&admin, id).await.expect("a text");
    assert_eq!(export.file_name, "travel-abroad.toml");
    assert!(export.text.contains("\"Finance\""), "{}", export.text);
    let changed = export.text.replace("rule = \"any\"", "rule = \"all\"");
    assert_eq!(stand.portal.import_policy(&admin, &changed).await, Ok(id));
    let page = stand.portal.policy(&admin, id, None).await.expect("the policy");
    assert_eq!((page.policy.version, page.shown.stages[0].rule), (2, Rule::All));
    let other = stand.portal.import_policy(&admin, &changed.replace("Travel abroad", "Travel")).await.expect("new");
    assert_ne!(other, id);
    let typo = stand.portal.import_policy(&admin, &changed.replace("due_in", "duein")).await;
    assert!(fields(typo)[0].message.contains("Did you mean “due_in”?"));
    stand.portal.archive_policy(&admin, id).await.expect("archived");
    assert_eq!(fields(stand.portal.import_policy(&admin, &changed).await)[0].field, "text");
}

#[tokio::test]
async fn a_template_is_filled_in_for_whoever_chooses_the_policy() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let title = "{{policy}} of {{requester}}".to_owned();
    let typed = TypedPolicy { title, text: "For {{email}}".into(), ..policy("Travel", &["ana@x.org"]) };
    make(&stand, &admin, &typed).await;
    let usable = stand.portal.usable_policies(&admin).await.expect("policies");
    assert_eq!((usable[0].title.as_str(), usable[0].text.as_str()), ("Travel of Ada", "For ada@example.org"));
}

#[tokio::test]
async fn only_admins_in_person_see_and_change_policies() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let id = make(&stand, &admin, &policy("Travel", &["ana@x.org"])).await;
    let rea = stand.member(&admin, "rea@x.org", REQUESTER).await;
    let portal = &stand.portal;
    let forbidden = |refused: Result<(), PortalError>| assert!(matches!(refused, Err(PortalError::Forbidden(_))));
    forbidden(portal.policies(&rea).await.map(|_| ()));
    forbidden(portal.policy(&rea, id, None).await.map(|_| ()));
    forbidden(portal.create_policy(&rea, draft(&policy("Mine", &["ana@x.org"]))).await.map(|_| ()));
    forbidden(portal.edit_policy(&rea, id, 1, draft(&policy("Mine", &["ana@x.org"]))).await);
    forbidden(portal.archive_policy(&rea, id).await);
    forbidden(portal.export_policy(&rea, id).await.map(|_| ()));
    forbidden(portal.import_policy(&rea, "").await.map(|_| ()));
    assert_eq!(portal.usable_policies(&rea).await.expect("policies").len(), 1, "but they may use them");
}
