//! Signatures of the audit log's checkpoints.

use super::keys::{KeyUse, Keys};
use super::record::{mac, same};
use crate::portal::audit::{ChainHead, Checkpoint, CheckpointSigner};
use crate::portal::clock::Time;
use crate::portal::ids::CheckpointMac;

impl CheckpointSigner for Keys {
    fn sign_checkpoint(&self, head: ChainHead, at: Time) -> Checkpoint {
        let (key, derived) = self.derived_active(KeyUse::Checkpoint);
        Checkpoint { seq: head.seq, hash: head.hash, at, key, signature: signature(&derived, head, at) }
    }

    fn has_signed(&self, checkpoint: &Checkpoint) -> bool {
        let head = ChainHead { seq: checkpoint.seq, hash: checkpoint.hash };
        let derived = self.derived(checkpoint.key, KeyUse::Checkpoint);
        derived.is_some_and(|key| same(&signature(&key, head, checkpoint.at).0, &checkpoint.signature.0))
    }
}

/// The MAC over everything that a checkpoint says, each part of a fixed width.
fn signature(key: &[u8; 32], head: ChainHead, at: Time) -> CheckpointMac {
    CheckpointMac(mac(key, &[&head.seq.to_be_bytes(), &head.hash.0, &at.micros().to_be_bytes()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::ids::ChainHash;
    use crate::portal::link::KeyId;

    #[test]
    fn a_checkpoint_is_signed_as_a_whole_by_a_key_of_the_ring() {
        let keys = Keys::random().expect("randomness");
        let head = ChainHead { seq: 7, hash: ChainHash([3; 32]) };
        let signed = keys.sign_checkpoint(head, Time(5));
        assert!(keys.has_signed(&signed));
        let changed = [
            Checkpoint { seq: 8, ..signed.clone() },
            Checkpoint { hash: ChainHash([4; 32]), ..signed.clone() },
            Checkpoint { at: Time(6), ..signed.clone() },
            Checkpoint { key: KeyId(2), ..signed.clone() },
            Checkpoint { signature: CheckpointMac([0; 32]), ..signed.clone() },
        ];
        for checkpoint in changed {
            assert!(!keys.has_signed(&checkpoint), "{checkpoint:?}");
        }
        assert!(!Keys::random().expect("randomness").has_signed(&signed), "another portal's key");
    }
}
