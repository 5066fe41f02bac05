//! Which rows need which key of the ring.

use std::time::Duration;

use countersign::portal::key_uses::KeyUses;
use countersign::portal::link::KeyId;
use countersign::portal::ports::KeyRing;
use countersign::portal::webhooks::{SECRET_OVERLAP, WebhookDraft, WebhookEvent};
use countersign::portal::{Actor, CODE_LIFE, CodeOutcome, PortalError};

use super::code::asked;
use super::stand::{MINUTE, Stand, draft};

/// What needs the one key that there is.
async fn uses(stand: &Stand) -> KeyUses {
    let uses = stand.portal.key_uses(&Actor::Cli).await.expect("readable rows").expect("the database was used");
    let active = stand.keys.active_key();
    assert!(uses.keys().all(|key| *key == active), "{uses:?}");
    uses.get(&active).copied().unwrap_or_default()
}

#[tokio::test]
async fn a_key_is_needed_by_links_codes_secrets_of_webhooks_and_for_ever_by_checkpoints() {
    let stand = Stand::new().await;
    assert_eq!(stand.portal.key_uses(&Actor::Cli).await, Ok(None), "nothing was done here yet");
    let admin = stand.admin().await;
    assert_eq!(uses(&stand).await, KeyUses::default());

    let (rita, request) = asked(&stand, &admin).await;
    let ana = stand.link_actor("ana@x.org").await;
    assert_eq!(stand.portal.request_code(&ana).await, Ok(CodeOutcome::Mailed));
    let events = vec![WebhookEvent::SUBSCRIBABLE[0].word().to_owned()];
    let hook = WebhookDraft { url: "http://127.0.0.1:9/hook".into(), description: "The ledger".into(), events };
    let hook = stand.portal.create_webhook(&admin, hook).await.expect("a webhook").webhook;
    stand.portal.rotate_webhook(&admin, hook, 1).await.expect("another secret");
    stand.portal.sweep_audit().await.expect("a checkpoint");
    let all = KeyUses { links: 2, codes: 1, webhooks: 2, checkpoints: 1 };
    assert_eq!(uses(&stand).await, all);

    stand.pass(CODE_LIFE);
    assert_eq!(uses(&stand).await, KeyUses { codes: 0, ..all });
    stand.pass(SECRET_OVERLAP + Duration::from_secs(15 * 86_400));
    let later = KeyUses { codes: 0, webhooks: 1, ..all };
    assert_eq!(uses(&stand).await, later, "expired links of open questions ask for new ones");
    stand.portal.withdraw(&rita, request, "").await.expect("withdrawn");
    stand.portal.delete_webhook(&admin, hook).await.expect("deleted");
    assert_eq!(uses(&stand).await, KeyUses { checkpoints: 1, ..KeyUses::default() });

    let refused = stand.portal.note_rotated_keys(&rita, KeyId(2), &[]).await;
    assert!(matches!(refused, Err(PortalError::Forbidden(_))), "{refused:?}");
    let refused = stand.portal.key_uses(&rita).await;
    assert!(matches!(refused, Err(PortalError::Forbidden(_))), "{refused:?}");
}

#[tokio::test]
async fn the_key_of_a_link_that_answered_is_needed_until_the_link_expires() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    stand.open(request).await;
    let ana = stand.link_actor("ana@x.org").await;
    stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("a decision");
    assert_eq!(uses(&stand).await, KeyUses { links: 1, ..KeyUses::default() });
    stand.pass(MINUTE * 60 * 24);
    assert_eq!(uses(&stand).await, KeyUses::default());
}
