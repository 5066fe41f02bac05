//! Secrets of webhooks: computed from the master key whenever they are needed, and stored nowhere.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::keys::{KeyUse, Keys};
use super::record::mac;
use crate::portal::webhooks::{SecretOf, WebhookSecret, WebhookSigner};

/// What the text of a secret begins with, as the Standard Webhooks convention has it.
const PREFIX: &str = "whsec_";

impl Keys {
    /// The 32 bytes of a secret: over the webhook and the version, with a key of the master's for this purpose alone.
    fn webhook_key(&self, of: SecretOf) -> Option<[u8; 32]> {
        let key = self.derived(of.version.key, KeyUse::Webhook)?;
        Some(mac(&key, &[of.webhook.0.as_bytes(), &of.version.number.to_be_bytes()]))
    }
}

impl WebhookSigner for Keys {
    fn webhook_secret(&self, of: SecretOf) -> Option<WebhookSecret> {
        let key = self.webhook_key(of)?;
        Some(WebhookSecret::new(format!("{PREFIX}{}", STANDARD.encode(key))))
    }

    fn webhook_signature(&self, of: SecretOf, content: &str) -> Option<String> {
        let key = self.webhook_key(of)?;
        Some(STANDARD.encode(mac(&key, &[content.as_bytes()])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::ids::WebhookId;
    use crate::portal::link::KeyId;
    use crate::portal::webhooks::SecretVersion;

    fn of(webhook: u128, number: u32, key: u32) -> SecretOf {
        let version = SecretVersion { number, key: KeyId(key) };
        SecretOf { webhook: WebhookId(uuid::Uuid::from_u128(webhook)), version }
    }

    #[test]
    fn each_version_of_each_webhook_has_a_secret_of_its_own_that_is_always_the_same() {
        let keys = Keys::random().expect("randomness");
        let secret = |of| keys.webhook_secret(of).expect("the key is there");
        assert_eq!(secret(of(1, 1, 1)), secret(of(1, 1, 1)));
        assert_ne!(secret(of(1, 1, 1)), secret(of(1, 2, 1)));
        assert_ne!(secret(of(1, 1, 1)), secret(of(2, 1, 1)));
        assert_eq!(keys.webhook_secret(of(1, 1, 2)), None, "a master key that is gone makes no secret");
        let shown = secret(of(1, 1, 1));
        assert!(shown.expose().starts_with(PREFIX) && shown.expose().len() == PREFIX.len() + 44);
        assert_eq!(format!("{shown:?}"), "WebhookSecret(…)");
    }

    #[test]
    fn the_text_of_a_secret_is_the_key_that_signs() {
        let keys = Keys::random().expect("randomness");
        let secret = keys.webhook_secret(of(1, 1, 1)).expect("the key is there");
        let key = STANDARD.decode(&secret.expose()[PREFIX.len()..]).expect("base64");
        let key: [u8; 32] = key.try_into().expect("32 bytes");
        let expected = STANDARD.encode(mac(&key, &[b"id.1.{}"]));
        assert_eq!(keys.webhook_signature(of(1, 1, 1), "id.1.{}"), Some(expected));
    }
}
