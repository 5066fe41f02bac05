//! Sessions in the database.

use std::sync::Arc;

use countersign::auth::SESSION_USER;
use countersign::db::DbSessions;
use time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::SessionStore;

use super::stand::{MINUTE, Stand};

fn record(user: &str, expires: i64) -> Record {
    let expiry_date = OffsetDateTime::from_unix_timestamp(expires / 1_000_000).expect("a time");
    Record { id: Id::default(), data: [(SESSION_USER.to_owned(), user.into())].into(), expiry_date }
}

#[tokio::test]
async fn a_session_is_found_by_its_id_until_it_ends_and_its_id_is_not_kept() {
    let stand = Stand::new().await;
    let sessions =
        DbSessions::new(stand.store.read().clone(), stand.client.clone(), Arc::new(countersign::auth::SystemClock));
    let far = stand.portal.now() + 60 * 24 * 60 * MINUTE;
    let mut record = record("somebody", far.micros());
    sessions.create(&mut record).await.expect("created");
    assert_eq!(sessions.load(&record.id).await.expect("readable").expect("found").data, record.data);
    assert!(sessions.load(&Id::default()).await.expect("readable").is_none());
    sessions.delete(&record.id).await.expect("deleted");
    sessions.save(&record).await.expect("harmless");
    assert!(sessions.load(&record.id).await.expect("readable").is_none(), "what was ended is not brought back");
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_and_when_its_person_is_disabled() {
    let stand = Stand::new().await;
    let (admin, other) = (stand.admin().await, stand.link_less_admin().await);
    let id = other.user_id().expect("a person");
    let sessions = DbSessions::new(stand.store.read().clone(), stand.client.clone(), stand.clock.clone());
    let far = stand.portal.now() + 60 * 24 * 60 * MINUTE;
    let (mut one, mut two) = (record(&id.to_string(), far.micros()), record("somebody", far.micros()));
    sessions.create(&mut one).await.expect("created");
    sessions.create(&mut two).await.expect("created");
    stand.portal.disable_user(&admin, id).await.expect("disabled");
    assert!(sessions.load(&one.id).await.expect("readable").is_none());
    assert!(sessions.load(&two.id).await.expect("readable").is_some());
    stand.pass(31 * 24 * 60 * MINUTE);
    assert!(sessions.load(&two.id).await.expect("readable").is_none());
    sessions.sweep().await.expect("swept");
}
