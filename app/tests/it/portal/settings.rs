//! What everybody sets for themselves, and who stands above whom.

use countersign::db::DbSessions;
use countersign::portal::{Actor, Digest, Language, PortalError, Roles, SettingsDraft, UserId};
use time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::SessionStore;

use super::stand::{MINUTE, Stand};

const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };
/// The password of everybody whom [`Stand::member`] makes.
const PASSWORD: &str = "open sesame now";

fn draft() -> SettingsDraft {
    SettingsDraft {
        name: " Mia  Lang ".into(),
        language: "de".into(),
        zone: "europe/berlin".into(),
        digest: Digest::Daily,
    }
}

fn id_of(actor: &Actor) -> UserId {
    actor.user_id().expect("a person")
}

fn fields(refused: Result<(), PortalError>) -> Vec<String> {
    match refused {
        Err(PortalError::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
        other => panic!("not refused for a field: {other:?}"),
    }
}

/// Signs somebody in once more.
async fn session(stand: &Stand, sessions: &DbSessions, actor: &Actor) -> Id {
    let far = (stand.portal.now() + 24 * 60 * MINUTE).micros() / 1_000_000;
    let mut record = Record {
        id: Id::default(),
        data: [(countersign::auth::SESSION_USER.to_owned(), id_of(actor).to_string().into())].into(),
        expiry_date: OffsetDateTime::from_unix_timestamp(far).expect("a time"),
    };
    sessions.create(&mut record).await.expect("a session");
    record.id
}

fn sessions(stand: &Stand) -> DbSessions {
    DbSessions::new(stand.store.read().clone(), stand.client.clone(), stand.clock.clone())
}

#[tokio::test]
async fn what_somebody_sets_is_kept_as_the_portal_spells_it() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let mia = stand.member(&admin, "mia@x.org", REQUESTER).await;
    stand.portal.save_settings(&mia, &draft()).await.expect("kept");
    let user = stand.portal.settings(&mia).await.expect("settings").user;
    assert_eq!((user.name.as_str(), user.language, user.zone.as_str()), ("Mia Lang", Language::De, "Europe/Berlin"));
    assert_eq!(user.digest, Digest::Daily);
    let actor = stand.portal.actor(user.id).await.expect("readable").expect("still active");
    assert_eq!(actor.signed_in().expect("a person").zone.name(), "Europe/Berlin");
}

#[tokio::test]
async fn settings_that_are_none_are_refused_all_at_once() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let wrong = SettingsDraft { name: " ".into(), language: "xx".into(), zone: "Mars/Base".into(), ..draft() };
    assert_eq!(fields(stand.portal.save_settings(&admin, &wrong).await), ["name", "language", "zone"]);
    assert_eq!(stand.portal.settings(&admin).await.expect("settings").user.name, "Ada");
}

#[tokio::test]
async fn nobody_without_a_session_has_settings() {
    let stand = Stand::new().await;
    for actor in [Actor::Cli, Actor::System("test"), Actor::LocalRpc] {
        assert_eq!(stand.portal.settings(&actor).await, Err(PortalError::NotSignedIn));
        assert_eq!(stand.portal.save_settings(&actor, &draft()).await, Err(PortalError::NotSignedIn));
        let changed = stand.portal.change_password(&actor, None, PASSWORD, "ten little stones").await;
        assert_eq!(changed, Err(PortalError::NotSignedIn));
    }
}

#[tokio::test]
async fn a_new_password_needs_the_present_one_and_ends_the_other_sessions() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let mia = stand.member(&admin, "mia@x.org", REQUESTER).await;
    let store = sessions(&stand);
    let (here, there) = (session(&stand, &store, &mia).await, session(&stand, &store, &mia).await);
    let others = session(&stand, &store, &admin).await;
    let (portal, kept) = (&stand.portal, Some(DbSessions::hash_of(&here)));

    assert_eq!(fields(portal.change_password(&mia, kept, "wrong", "ten little stones").await), ["current"]);
    assert_eq!(fields(portal.change_password(&mia, kept, PASSWORD, "short").await), ["password"]);
    assert!(store.load(&there).await.expect("readable").is_some(), "nothing happened yet");

    portal.change_password(&mia, kept, PASSWORD, "ten little stones").await.expect("changed");
    assert!(portal.sign_in("mia@x.org", PASSWORD).await.is_err());
    assert!(portal.sign_in("mia@x.org", "ten little stones").await.is_ok());
    assert!(store.load(&here).await.expect("readable").is_some());
    assert!(store.load(&there).await.expect("readable").is_none());
    assert!(store.load(&others).await.expect("readable").is_some(), "that is somebody else's");
}

#[tokio::test]
async fn a_present_password_cannot_be_guessed_for_ever() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    for _ in 0..10 {
        assert_eq!(
            fields(stand.portal.change_password(&admin, None, "a guess", "ten little stones").await),
            ["current"]
        );
    }
    let right = stand.portal.change_password(&admin, None, "correct horse", "ten little stones").await;
    assert!(matches!(right, Err(PortalError::TooMany(_))));
}

#[tokio::test]
async fn sessions_are_listed_and_all_but_one_can_be_ended() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let store = sessions(&stand);
    let there = session(&stand, &store, &admin).await;
    stand.pass(MINUTE);
    let here = session(&stand, &store, &admin).await;
    let hashes = |ids: &[Id]| ids.iter().map(DbSessions::hash_of).collect::<Vec<_>>();
    let listed = async || {
        let page = stand.portal.settings(&admin).await.expect("settings");
        page.sessions.into_iter().map(|line| line.hash).collect::<Vec<_>>()
    };
    assert_eq!(listed().await, hashes(&[here, there]), "the one used last first");
    stand.portal.end_other_sessions(&admin, DbSessions::hash_of(&here)).await.expect("ended");
    assert_eq!(listed().await, hashes(&[here]));
    stand.pass(25 * 60 * MINUTE);
    assert!(listed().await.is_empty(), "it has ended by itself");
}

#[tokio::test]
async fn a_manager_is_set_and_taken_away_by_admins() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let mia = stand.member(&admin, "mia@x.org", REQUESTER).await;
    let of = id_of(&mia);
    stand.portal.set_manager(&admin, of, " ADA@example.org ").await.expect("set");
    let page = stand.portal.person_page(&admin, of).await.expect("a page");
    assert_eq!(page.manager.map(|user| user.id), admin.user_id());
    let boss = stand.portal.person_page(&admin, id_of(&admin)).await.expect("a page");
    assert_eq!(boss.reports.iter().map(|user| user.id).collect::<Vec<_>>(), [of]);
    stand.portal.set_manager(&admin, of, "").await.expect("taken away");
    assert_eq!(stand.portal.person_page(&admin, of).await.expect("a page").manager, None);
    let refused = stand.portal.set_manager(&mia, id_of(&admin), "mia@x.org").await;
    assert!(matches!(refused, Err(PortalError::Forbidden(_))));
}

#[tokio::test]
async fn nobody_stands_above_themselves_not_even_through_others() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let ana = id_of(&stand.member(&admin, "ana@x.org", REQUESTER).await);
    let ben = id_of(&stand.member(&admin, "ben@x.org", REQUESTER).await);
    let cem = id_of(&stand.member(&admin, "cem@x.org", REQUESTER).await);
    let set = async |of, manager| stand.portal.set_manager(&admin, of, manager).await;
    assert_eq!(fields(set(ana, "ana@x.org").await), ["manager"]);
    assert_eq!(set(ana, "ben@x.org").await, Ok(()));
    assert_eq!(set(ben, "cem@x.org").await, Ok(()));
    assert_eq!(fields(set(cem, "ana@x.org").await), ["manager"]);
    assert_eq!(fields(set(ben, "ana@x.org").await), ["manager"]);
    assert_eq!(set(ana, "").await, Ok(()));
    assert_eq!(set(cem, "ana@x.org").await, Ok(()), "the circle is open now");
}

#[tokio::test]
async fn only_somebody_known_and_not_disabled_becomes_a_manager() {
    let stand = Stand::new().await;
    let (admin, other) = (stand.admin().await, stand.link_less_admin().await);
    let of = id_of(&admin);
    for unknown in ["nobody@x.org", "no address"] {
        assert_eq!(fields(stand.portal.set_manager(&admin, of, unknown).await), ["manager"], "{unknown}");
    }
    stand.portal.disable_user(&admin, id_of(&other)).await.expect("disabled");
    assert_eq!(fields(stand.portal.set_manager(&admin, of, "bo@example.org").await), ["manager"]);
}
