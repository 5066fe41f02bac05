//! The nonce of a decision form: it ties the answer to whom it was shown, to the revision that was shown, and to the time.

use std::time::Duration;

use super::keys::{KeyUse, Keys};
use super::record::{field, mac, open, same, seal};
use crate::portal::clock::Time;
use crate::portal::ids::{LinkId, RequestId, RevisionHash, UserId};
use crate::portal::link::KeyId;

/// How long a form may lie open.
pub const NONCE_LIFE: Duration = Duration::from_secs(12 * 3_600);

/// key id, time in microseconds, revision hash
const RECORD_BYTES: usize = 44;

/// To whom a form was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NonceFor {
    /// Whoever holds this link.
    Link(LinkId),
    /// This person, signed in, on the page of this request.
    Session(UserId, RequestId),
}

impl NonceFor {
    fn bytes(self) -> [u8; 33] {
        let mut bytes = [0; 33];
        match self {
            Self::Link(link) => {
                bytes[0] = 1;
                bytes[1..17].copy_from_slice(link.0.as_bytes());
            }
            Self::Session(user, request) => {
                bytes[0] = 2;
                bytes[1..17].copy_from_slice(user.0.as_bytes());
                bytes[17..].copy_from_slice(request.0.as_bytes());
            }
        }
        bytes
    }
}

impl Keys {
    /// The nonce of a form that shows `revision`.
    pub fn form_nonce(&self, shown_to: NonceFor, revision: RevisionHash, now: Time) -> String {
        let mut record = [0; RECORD_BYTES];
        let (id, key) = self.derived_active(KeyUse::Nonce);
        record[..4].copy_from_slice(&id.0.to_be_bytes());
        record[4..12].copy_from_slice(&now.0.to_be_bytes());
        record[12..].copy_from_slice(&revision.0);
        seal(&record, &mac(&key, &[&record, &shown_to.bytes()]))
    }

    /// The revision that the form showed; `None` when the nonce is not authentic, not of this reader, or too old.
    pub fn read_nonce(&self, nonce: &str, shown_to: NonceFor, now: Time) -> Option<RevisionHash> {
        let (record, given) = open::<RECORD_BYTES>(nonce)?;
        let id = KeyId(u32::from_be_bytes(field(&record, 0)));
        let key = self.derived_within(id, KeyUse::Nonce, NONCE_LIFE, now)?;
        let shown_at = Time(i64::from_be_bytes(field(&record, 4)));
        let authentic = same(&mac(&key, &[&record, &shown_to.bytes()]), &given);
        (authentic && now.since(shown_at) < NONCE_LIFE).then(|| RevisionHash(field(&record, 12)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_says_the_revision_to_its_own_reader_until_it_is_too_old() {
        let (keys, revision) = (Keys::random().expect("randomness"), RevisionHash([3; 32]));
        let (link, session) = (
            NonceFor::Link(LinkId(uuid::Uuid::nil())),
            NonceFor::Session(UserId(uuid::Uuid::nil()), RequestId(uuid::Uuid::nil())),
        );
        let nonce = keys.form_nonce(link, revision, Time(0));
        assert_eq!(keys.read_nonce(&nonce, link, Time(0)), Some(revision));
        assert_eq!(keys.read_nonce(&nonce, session, Time(0)), None);
        assert_eq!(keys.read_nonce(&nonce, link, Time(0) + NONCE_LIFE), None);
        assert_eq!(keys.read_nonce(&nonce[1..], link, Time(0)), None);
        assert_eq!(keys.read_nonce(&format!("B{}", &nonce[1..]), link, Time(0)), None);
    }
}
