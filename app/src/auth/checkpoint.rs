//! Signatures of the audit log's checkpoints.

use super::keys::{KeyUse, Keys};
use super::record::{mac, same};
use crate::portal::audit::{ChainHead, Checkpoint, CheckpointSigner};
use crate::portal::clock::Time;
use crate::portal::ids::CheckpointMac;
use crate::portal::link::KeyId;
use crate::portal::ports::KeyRing;

impl Keys {
    /// The MAC over everything that a checkpoint says, each part of a fixed width; `None` when the master key is gone.
    fn checkpoint_mac(&self, key: KeyId, head: ChainHead, at: Time) -> Option<[u8; 32]> {
        let derived = self.derived(key, KeyUse::Checkpoint)?;
        Some(mac(&derived, &[&head.seq.to_be_bytes(), &head.hash.0, &at.micros().to_be_bytes()]))
    }
}

impl CheckpointSigner for Keys {
    fn sign_checkpoint(&self, head: ChainHead, at: Time) -> Checkpoint {
        let key = self.active_key();
        let signature = self.checkpoint_mac(key, head, at).expect("the active key is one of the ring");
        Checkpoint { seq: head.seq, hash: head.hash, at, key, signature: CheckpointMac(signature) }
    }

    fn has_signed(&self, checkpoint: &Checkpoint) -> bool {
        let head = ChainHead { seq: checkpoint.seq, hash: checkpoint.hash };
        let signed = self.checkpoint_mac(checkpoint.key, head, checkpoint.at);
        signed.is_some_and(|signed| same(&signed, &checkpoint.signature.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::ids::ChainHash;

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
