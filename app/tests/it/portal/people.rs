//! Set-up, sign-in, invitations, roles.

use countersign::portal::absence::{AbsenceDraft, day_of};
use countersign::portal::audit::AuditFilter;
use countersign::portal::link::Purpose;
use countersign::portal::policies::{TypedPolicy, TypedStage};
use countersign::portal::zone::Zone;
use countersign::portal::{AccountDraft, Actor, InviteDraft, PortalError, Roles, UserState};

use super::scene::Scene;
use super::stand::{Stand, draft};

fn account(email: &str) -> AccountDraft {
    AccountDraft { name: "Ana".into(), email: email.into(), password: "correct horse".into() }
}

fn token(url: &str) -> &str {
    let from = url.find("csn_").expect("a signed link");
    &url[from..]
}

#[tokio::test]
async fn the_set_up_link_makes_the_first_admin_once() {
    let stand = Stand::new().await;
    let old = stand.portal.mint_set_up_link().await.expect("minted").expect("no admin yet");
    let link = stand.portal.mint_set_up_link().await.expect("minted").expect("no admin yet");
    let url = stand.mailer.link_url(&link).expect("the key is there");
    let claims = stand.keys.verify(token(&url), Purpose::SetUp).expect("authentic");
    assert_eq!(stand.portal.check_set_up_link(&old.claims()).await, Err(PortalError::NotFound));
    let wrong = AccountDraft { password: "short".into(), ..account("not an address") };
    let Err(PortalError::Invalid(errors)) = stand.portal.set_up_first_admin(claims, wrong).await else {
        panic!("accepted")
    };
    assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["email", "password"]);
    let admin = stand.portal.set_up_first_admin(claims, account("Ana@X.org")).await.expect("an admin");
    assert!(admin.roles.admin && admin.email == "ana@x.org");
    assert_eq!(stand.portal.set_up_first_admin(claims, account("eve@x.org")).await, Err(PortalError::NotFound));
    assert_eq!(stand.portal.mint_set_up_link().await, Ok(None));
}

#[tokio::test]
async fn unknown_addresses_and_wrong_passwords_are_refused_in_the_same_words_and_not_for_ever() {
    let stand = Stand::new().await;
    stand.admin().await;
    let unknown = stand.portal.sign_in("eve@example.org", "correct horse").await.expect_err("unknown");
    let wrong = stand.portal.sign_in("ada@example.org", "wrong").await.expect_err("wrong");
    assert_eq!(unknown, wrong);
    assert!(stand.portal.sign_in(" ADA@example.org", "correct horse").await.is_ok());
    for _ in 0..10 {
        assert!(stand.portal.sign_in("ada@example.org", "wrong").await.is_err());
    }
    assert!(matches!(stand.portal.sign_in("ada@example.org", "correct horse").await, Err(PortalError::TooMany(_))));
}

#[tokio::test]
async fn an_invited_person_accepts_once_and_signs_in() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let roles = Roles { approver: true, ..Roles::default() };
    let draft = InviteDraft { name: String::new(), email: "cem@x.org".into(), roles };
    stand.portal.invite(&admin, draft.clone()).await.expect("invited");
    let twice = stand.portal.invite(&admin, draft).await;
    assert!(matches!(twice, Err(PortalError::Invalid(errors)) if errors[0].field == "email"));

    let mail = stand.portal.outbox(&admin, None, None).await.expect("mails").rows[0].mail.id;
    let link = stand.portal.mail(&admin, mail).await.expect("a mail").link.expect("a link");
    let claims = link.claims();
    let open = stand.portal.invitation(&claims).await.expect("open");
    assert_eq!((open.invited.email.as_str(), open.by.map(|by| by.name).as_deref()), ("cem@x.org", Some("Ada")));
    let user = stand.portal.accept_invitation(claims, "Cem", "open sesame now").await.expect("accepted");
    assert_eq!(user.roles, roles);
    assert_eq!(stand.portal.accept_invitation(claims, "Eve", "open sesame now").await, Err(PortalError::NotFound));
    assert!(stand.portal.sign_in("cem@x.org", "open sesame now").await.is_ok());
    let not_admin = Actor::User(user);
    assert!(matches!(stand.portal.people(&not_admin).await, Err(PortalError::Forbidden(_))));
}

#[tokio::test]
async fn somebody_disabled_is_out_and_comes_back_as_they_were() {
    let stand = Stand::new().await;
    let (admin, other) = (stand.admin().await, stand.link_less_admin().await);
    let id = other.user_id().expect("a person");
    stand.portal.disable_user(&admin, id).await.expect("disabled");
    assert_eq!(stand.portal.actor(id).await, Ok(None));
    assert!(stand.portal.sign_in("bo@example.org", "battery staple").await.is_err());
    stand.portal.enable_user(&admin, id).await.expect("enabled");
    let people = stand.portal.people(&admin).await.expect("people");
    assert!(people.iter().all(|user| user.state == UserState::Active));
    let own = admin.user_id().expect("a person");
    assert!(matches!(stand.portal.disable_user(&admin, own).await, Err(PortalError::Conflict(_))));
    let fewer = Roles { requester: true, ..Roles::default() };
    assert!(matches!(stand.portal.change_roles(&admin, own, fewer).await, Err(PortalError::Conflict(_))));
}

#[tokio::test]
async fn that_an_account_is_disabled_is_told_to_admins_and_to_nobody_else() {
    let scene = Scene::new().await;
    let (portal, request, eve) = (&scene.stand.portal, scene.request, "eve@x.org");
    portal.disable_user(&scene.admin, scene.eve.user_id().expect("a person")).await.expect("disabled");
    let (question, otto) = (scene.question("otto@x.org").await, scene.otto.user_id().expect("a person"));
    let refused = [
        portal.submit(&scene.rita, draft(&[eve], "any")).await.map(|_| ()),
        portal.add_approver(&scene.rita, request, eve).await,
        portal.observe(&scene.rita, request, eve).await,
        portal.reassign(&scene.otto, question, eve, "").await,
        portal.set_backup(&scene.otto, otto, eve).await.map(|_| ()),
    ];
    for refusal in refused {
        assert_eq!(said(refusal), "eve@x.org cannot be chosen here. An administrator can say why.");
    }
    let stage = TypedStage { approvers: eve.into(), ..TypedStage::fresh() };
    let asking_eve = TypedPolicy { name: "Travel".into(), stages: vec![stage], ..TypedPolicy::fresh() };
    let asking_eve = asking_eve.read().expect("right");
    let from = day_of(portal.now(), Zone::UTC).expect("a day").to_string();
    let absence = AbsenceDraft { from, substitute: eve.into(), ..AbsenceDraft::default() };
    let told = [
        portal.add_approver(&scene.admin, request, eve).await,
        portal.reassign(&scene.admin, question, eve, "She knows").await,
        portal.plan_absence(&scene.admin, otto, absence).await.map(|_| ()),
        portal.preview_draft(&scene.admin, asking_eve, "rita@x.org").await.map(|_| ()),
    ];
    for refusal in told {
        let said = said(refusal);
        assert!(said.ends_with("The account of eve@x.org is disabled."), "{said}");
    }
}

/// The only sentence of a refusal.
#[track_caller]
fn said(refusal: Result<(), PortalError>) -> String {
    match refusal {
        Err(PortalError::Invalid(errors)) if errors.len() == 1 => errors[0].message.clone(),
        other => panic!("no single error: {other:?}"),
    }
}

#[tokio::test]
async fn the_audit_log_names_the_admin_who_plans_for_others_or_sets_their_backup() {
    let scene = Scene::new().await;
    let (portal, eve) = (&scene.stand.portal, "eve@x.org");
    let (admin, otto) = (scene.admin.user_id(), scene.otto.user_id().expect("a person"));
    let from = day_of(portal.now(), Zone::UTC).expect("a day").to_string();
    let draft = AbsenceDraft { from, substitute: eve.into(), ..AbsenceDraft::default() };
    portal.plan_absence(&scene.admin, otto, draft).await.expect("planned");
    portal.set_backup(&scene.admin, otto, eve).await.expect("named");
    portal.set_backup(&scene.otto, otto, eve).await.expect("named");
    let about = AuditFilter { action: "absence".into(), object: otto.to_string(), ..AuditFilter::default() };
    let log = portal.audit_log(&scene.admin, &about, None).await.expect("the log");
    let rows = log.page.rows.into_iter().rev();
    let rows: Vec<_> = rows.map(|line| (line.row.entry.action, line.person.map(|person| person.id))).collect();
    let expected = [
        ("absence.planned".to_owned(), admin),
        ("absence.backup_named".to_owned(), admin),
        ("absence.backup_named".to_owned(), Some(otto)),
    ];
    assert_eq!(rows, expected);
}
