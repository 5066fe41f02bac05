//! Rows of the log, and how one follows from the row before it.

use sha2::{Digest, Sha256};

use crate::portal::clock::Time;
use crate::portal::ids::ChainHash;
use crate::portal::work::Audit;

/// Sets these hashes apart from all others; a change of what is hashed needs a new one.
const LABEL: &[u8] = b"countersign/1/audit";

/// What a row of the audit log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Time,
    /// What kind of actor: see [`crate::portal::Actor::in_audit`].
    pub actor_kind: String,
    /// Which actor of that kind.
    pub actor: String,
    /// What, such as `request.submitted`.
    pub action: String,
    /// On what: an id.
    pub object: String,
    /// What else is worth knowing.
    pub detail: String,
}

impl From<Audit<'_>> for AuditEntry {
    fn from(line: Audit<'_>) -> Self {
        let (actor_kind, actor) = line.actor.in_audit();
        Self {
            at: line.at,
            actor_kind: actor_kind.to_owned(),
            actor,
            action: line.action.to_owned(),
            object: line.object,
            detail: line.detail,
        }
    }
}

/// A row with its place in the chain, as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainedEntry {
    /// Its number, from 1 and without gaps.
    pub seq: i64,
    /// What it says.
    pub entry: AuditEntry,
    /// Its hash as the row states it: 64 hexadecimal digits, unless somebody changed them.
    pub hash: String,
}

/// Where a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainHead {
    /// The number of its newest row; 0 while there is none.
    pub seq: i64,
    /// That row's hash; zeros while there is none.
    pub hash: ChainHash,
}

impl ChainHead {
    /// A chain without rows.
    pub const EMPTY: Self = Self { seq: 0, hash: ChainHash([0; 32]) };

    /// The head once `entry` is its newest row: the hash is over the one before it and every field, each text with its
    /// length before it, so that nothing can be moved from one field to the next.
    #[must_use]
    pub fn followed_by(self, entry: &AuditEntry) -> Self {
        let seq = self.seq.saturating_add(1);
        let mut hasher = Sha256::new();
        hasher.update(LABEL);
        hasher.update(self.hash.0);
        hasher.update(seq.to_be_bytes());
        hasher.update(entry.at.micros().to_be_bytes());
        for text in [&entry.actor_kind, &entry.actor, &entry.action, &entry.object, &entry.detail] {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        Self { seq, hash: ChainHash(hasher.finalize().into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(object: &str, detail: &str) -> AuditEntry {
        AuditEntry {
            at: Time(1),
            actor_kind: "cli".into(),
            actor: String::new(),
            action: "user.invited".into(),
            object: object.into(),
            detail: detail.into(),
        }
    }

    #[test]
    fn what_moves_from_one_field_to_the_next_changes_the_hash() {
        let one = ChainHead::EMPTY.followed_by(&entry("ab", "c"));
        let other = ChainHead::EMPTY.followed_by(&entry("a", "bc"));
        assert_eq!((one.seq, other.seq), (1, 1));
        assert_ne!(one.hash, other.hash);
    }

    #[test]
    fn the_same_words_at_another_place_have_another_hash() {
        let first = ChainHead::EMPTY.followed_by(&entry("a", "b"));
        let second = first.followed_by(&entry("a", "b"));
        assert_eq!(second.seq, 2);
        assert_ne!(first.hash, second.hash);
    }
}
