//! What needs which key of the ring, as the rows know it, and the line in the audit log when there is a new one.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::actor::Actor;
use super::clock::Time;
use super::error::Result;
use super::link::KeyId;
use super::service::Portal;
use super::work::Audit;

/// How many rows need a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyUses {
    /// Links that may still do something: open what they are for, change an answer, or, once they have expired while their
    /// question is open, ask for another link.
    pub links: u64,
    /// Mailed codes that may still be typed.
    pub codes: u64,
    /// Secrets of webhooks that sign.
    pub webhooks: u64,
    /// Checkpoints of the audit log, which are to be verified for ever.
    pub checkpoints: u64,
}

impl KeyUses {
    /// Each of them that is not zero, in words for the operator.
    pub fn in_words(&self) -> Vec<String> {
        let all = [
            (self.links, "link", "links"),
            (self.codes, "mailed code", "mailed codes"),
            (self.webhooks, "secret of a webhook", "secrets of webhooks"),
            (self.checkpoints, "checkpoint of the audit log", "checkpoints of the audit log"),
        ];
        let some = all.into_iter().filter(|(times, ..)| *times > 0);
        some.map(|(times, one, many)| format!("{times} {}", if times == 1 { one } else { many })).collect()
    }
}

/// Reads of what needs keys.
#[async_trait]
pub trait KeyReads: Send + Sync + 'static {
    /// What needs each key at `now`. A key that nothing needs is not among them.
    async fn list_key_uses(&self, now: Time) -> Result<BTreeMap<KeyId, KeyUses>>;
}

impl Portal {
    /// What needs each key, for admins and the command line. A key that nothing needs is not among them. `None` while
    /// the database was never used: then it may be another one than that of the keys.
    pub async fn key_uses(&self, actor: &Actor) -> Result<Option<BTreeMap<KeyId, KeyUses>>> {
        actor.require_admin_in_person()?;
        let uses = self.reads().list_key_uses(self.now()).await?;
        let was_used = !uses.is_empty() || self.reads().chain_head().await?.seq > 0;
        Ok(was_used.then_some(uses))
    }

    /// Writes into the audit log that the key `made` signs from now on, and which ones were removed. For admins and the
    /// command line, right after it was done.
    pub async fn note_rotated_keys(&self, actor: &Actor, made: KeyId, removed: &[KeyId]) -> Result<()> {
        actor.require_admin_in_person()?;
        let numbers: Vec<String> = removed.iter().map(|key| key.0.to_string()).collect();
        let detail = if numbers.is_empty() { String::new() } else { format!("removed {}", numbers.join(", ")) };
        let (actor, clock) = (actor.clone(), self.parts.clock.clone());
        self.unit("note_rotated_keys", move |work| {
            Box::pin(async move {
                let (action, object) = ("keys.rotated", made.0.to_string());
                work.audit(Audit { at: clock.now(), actor: &actor, action, object, detail }).await
            })
        })
        .await
    }
}
