//! Secrets of webhooks and what is signed with them, after the Standard Webhooks convention.

use std::fmt;

use super::delivery::Delivery;
use super::webhook::{SecretVersion, Webhook};
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::WebhookId;

/// The header that says which versions of the secret signed, in the order of the signatures.
pub const KEY_ID_HEADER: &str = "webhook-key-id";

/// Which secret of which webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretOf {
    /// The webhook.
    pub webhook: WebhookId,
    /// The version.
    pub version: SecretVersion,
}

/// The secret of a webhook as its receiver keeps it: `whsec_` and base64. Printing it for debugging prints nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(String);

impl WebhookSecret {
    /// A secret whose text is this.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself: for the page that shows it once, and nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// Makes the secrets of webhooks from the master key and signs with them; they are stored nowhere.
pub trait WebhookSigner: Send + Sync + 'static {
    /// The secret, always the same; `None` when the master key of its time is gone.
    fn webhook_secret(&self, of: SecretOf) -> Option<WebhookSecret>;

    /// The HMAC-SHA256 of `content` with that secret, as base64; `None` when the master key of its time is gone.
    fn webhook_signature(&self, of: SecretOf, content: &str) -> Option<String>;
}

/// The headers of one attempt at `now`: id, time, signatures. A receiver that knows one of the secrets finds its signature.
pub(super) fn headers(
    signer: &dyn WebhookSigner,
    webhook: &Webhook,
    delivery: &Delivery,
    now: Time,
) -> Result<Vec<(String, String)>> {
    let seconds = now.micros().div_euclid(1_000_000);
    let content = format!("{}.{seconds}.{}", delivery.id, delivery.payload);
    let (mut keys, mut signatures) = (Vec::new(), Vec::new());
    for secret in webhook.signing(now) {
        if let Some(signature) = signer.webhook_signature(secret, &content) {
            keys.push(secret.version.number.to_string());
            signatures.push(format!("v1,{signature}"));
        }
    }
    if signatures.is_empty() {
        return Err(PortalError::conflict("The master key that this webhook's secret came from is gone. Rotate it."));
    }
    Ok([
        ("content-type", "application/json".to_owned()),
        ("webhook-id", delivery.id.to_string()),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", signatures.join(" ")),
        (KEY_ID_HEADER, keys.join(" ")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec())
}
