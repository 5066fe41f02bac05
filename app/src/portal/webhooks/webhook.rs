//! A webhook, as a row: where to post, what, and which version of its secret signs. Never the secret.

use std::collections::BTreeSet;
use std::time::Duration;

use super::event::WebhookEvent;
use super::secret::SecretOf;
use crate::portal::clock::Time;
use crate::portal::ids::{UserId, WebhookId};
use crate::portal::link::KeyId;

/// How long after a rotation the old secret signs beside the new one.
pub const SECRET_OVERLAP: Duration = Duration::from_secs(24 * 3_600);

/// Which secret: it is computed from this, the webhook's id and the master key, whenever it is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretVersion {
    /// From 1, increased by each rotation; receivers know it as the key id.
    pub number: u32,
    /// The master key of the time at which it was made.
    pub key: KeyId,
}

/// The secret before the last rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OldSecret {
    /// Which.
    pub version: SecretVersion,
    /// It signs beside the new one until then.
    pub until: Time,
}

/// Since when and why a webhook is told nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disabled {
    /// Since when.
    pub at: Time,
    /// Why, for people; empty when an admin did it.
    pub why: String,
}

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Which.
    pub id: WebhookId,
    /// Where to post. It may hold a secret of the receiver's in its path or query.
    pub url: String,
    /// What it wants to hear of.
    pub events: BTreeSet<WebhookEvent>,
    /// What it is for; empty when nobody said.
    pub description: String,
    /// Who made it.
    pub owner: UserId,
    /// The secret that signs.
    pub secret: SecretVersion,
    /// The one before, while receivers change over.
    pub old_secret: Option<OldSecret>,
    /// Since when it is told nothing; `None` while it is active.
    pub disabled: Option<Disabled>,
    /// When it was made.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
}

impl Webhook {
    /// Whether it is told what happens.
    pub const fn is_active(&self) -> bool {
        self.disabled.is_none()
    }

    /// One of its secrets.
    pub const fn secret_of(&self, version: SecretVersion) -> SecretOf {
        SecretOf { webhook: self.id, version }
    }

    /// The secrets that sign at `now`, the newest first.
    pub fn signing(&self, now: Time) -> Vec<SecretOf> {
        let old = self.old_secret.filter(|old| now < old.until).map(|old| old.version);
        [Some(self.secret), old].into_iter().flatten().map(|version| self.secret_of(version)).collect()
    }

    /// The secret before the last rotation, if it still signs at `now`: until when.
    pub fn old_secret_until(&self, now: Time) -> Option<Time> {
        self.old_secret.map(|old| old.until).filter(|until| now < *until)
    }
}
