//! Signed links: `csn_` and a fixed-width record with its MAC.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | version |
//! | 1 | purpose |
//! | 4 | key id |
//! | 16 | link id, random |
//! | 8 | expiry, seconds since 1970 UTC |
//! | 16 | what it is bound to: the beginning of a SHA-256 |
//! | 32 | HMAC-SHA256 over all of the above, with a key derived for the purpose |
//!
//! The text is made anew from the row and the key whenever it is needed, always the same, and never stored.

use std::fmt;

use super::keys::{KeyUse, Keys};
use super::record::{field, mac, open, same, seal};
use crate::portal::clock::Time;
use crate::portal::ids::LinkId;
use crate::portal::link::{Binding, KeyId, LinkClaims, Purpose};

/// What every signed link begins with, so that scanners for secrets and scrubbers of logs can find it.
pub const PREFIX: &str = "csn_";
const VERSION: u8 = 1;
const RECORD_BYTES: usize = 46;

/// The text of a signed link: a secret. Printing it for debugging prints nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedLink(String);

impl SignedLink {
    /// The secret itself: for the mail to its owner, and nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SignedLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedLink(…)")
    }
}

/// The text is no link of ours: malformed, forged, altered, of another purpose or of a removed key. All look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no link of this portal")]
pub struct UnknownLink;

impl Keys {
    /// The text of a link; `None` when the key that was active at its minting is gone.
    pub fn sign(&self, claims: &LinkClaims) -> Option<SignedLink> {
        let key = self.derived(claims.key, KeyUse::Link(claims.purpose))?;
        let record = encode(claims);
        Some(SignedLink(format!("{PREFIX}{}", seal(&record, &mac(&key, &[&record])))))
    }

    /// What a link says, once its MAC is checked, in constant time and before any look-up. Whether it has expired, and
    /// whether it is the row's, is for the caller: [`LinkClaims::expires_at`], [`crate::portal::link::Link::is_claimed_by`].
    pub fn verify(&self, text: &str, purpose: Purpose) -> Result<LinkClaims, UnknownLink> {
        let opened = text.strip_prefix(PREFIX).and_then(open::<RECORD_BYTES>);
        // What is malformed costs as much as what is forged.
        let (record, given) = opened.unwrap_or(([0; RECORD_BYTES], [0; super::record::MAC_BYTES]));
        let use_ = KeyUse::Link(purpose);
        let key = self.derived(KeyId(u32::from_be_bytes(field(&record, 2))), use_);
        let expected = mac(&key.unwrap_or_else(|| self.derived_active(use_).1), &[&record]);
        let authentic = same(&expected, &given) && key.is_some() && opened.is_some();
        let claims = decode(&record).filter(|claims| authentic && claims.purpose == purpose);
        claims.ok_or(UnknownLink)
    }
}

const fn purpose_byte(purpose: Purpose) -> u8 {
    match purpose {
        Purpose::Decide => 1,
        Purpose::SetUp => 2,
        Purpose::Invite => 3,
        Purpose::Answer => 4,
        Purpose::Unsubscribe => 5,
    }
}

fn encode(claims: &LinkClaims) -> [u8; RECORD_BYTES] {
    let mut record = [0; RECORD_BYTES];
    record[0] = VERSION;
    record[1] = purpose_byte(claims.purpose);
    record[2..6].copy_from_slice(&claims.key.0.to_be_bytes());
    record[6..22].copy_from_slice(claims.id.0.as_bytes());
    record[22..30].copy_from_slice(&claims.expires_at.0.div_euclid(1_000_000).to_be_bytes());
    record[30..46].copy_from_slice(&claims.binding.0);
    record
}

fn decode(record: &[u8; RECORD_BYTES]) -> Option<LinkClaims> {
    let purpose = [Purpose::Decide, Purpose::SetUp, Purpose::Invite, Purpose::Answer, Purpose::Unsubscribe]
        .into_iter()
        .find(|purpose| purpose_byte(*purpose) == record[1]);
    Some(LinkClaims {
        purpose: purpose.filter(|_| record[0] == VERSION)?,
        key: KeyId(u32::from_be_bytes(field(record, 2))),
        id: LinkId(uuid::Uuid::from_bytes(field(record, 6))),
        expires_at: Time(i64::from_be_bytes(field(record, 22)).checked_mul(1_000_000)?),
        binding: Binding(field(record, 30)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::ports::KeyRing;

    fn keys() -> Keys {
        Keys::random().expect("randomness")
    }

    fn claims(keys: &Keys) -> LinkClaims {
        LinkClaims {
            purpose: Purpose::Decide,
            key: keys.active_key(),
            id: LinkId(uuid::Uuid::from_bytes([7; 16])),
            expires_at: Time(1_800_000_000_000_000),
            binding: Binding([9; 16]),
        }
    }

    #[test]
    fn a_signed_link_says_what_was_signed_and_is_always_the_same() {
        let keys = keys();
        let link = keys.sign(&claims(&keys)).expect("the key is there");
        assert!(link.expose().starts_with("csn_") && link.expose().len() == 108);
        assert_eq!(keys.verify(link.expose(), Purpose::Decide), Ok(claims(&keys)));
        assert_eq!(keys.sign(&claims(&keys)), Some(link));
    }

    #[test]
    fn an_altered_link_is_unknown_whichever_character_is_altered() {
        let keys = keys();
        let link = keys.sign(&claims(&keys)).expect("the key is there");
        for at in 0..link.expose().len() {
            let mut altered = link.expose().as_bytes().to_vec();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).expect("text");
            assert_eq!(keys.verify(&altered, Purpose::Decide), Err(UnknownLink), "character {at}");
        }
    }

    #[test]
    fn a_link_of_another_purpose_or_another_key_is_unknown() {
        let keys = keys();
        let link = keys.sign(&claims(&keys)).expect("the key is there");
        assert_eq!(keys.verify(link.expose(), Purpose::Invite), Err(UnknownLink));
        assert_eq!(self::keys().verify(link.expose(), Purpose::Decide), Err(UnknownLink));
        assert_eq!(keys.sign(&LinkClaims { key: KeyId(99), ..claims(&keys) }), None);
    }

    #[test]
    fn what_is_no_link_at_all_is_unknown() {
        let keys = keys();
        let long = format!("csn_{}", "A".repeat(100_000));
        for text in ["", "csn_", "csn_x", "csn_====", "\u{0}", "CSN_AAAA", long.as_str()] {
            assert_eq!(keys.verify(text, Purpose::Decide), Err(UnknownLink));
        }
    }

    #[test]
    fn debugging_prints_nothing_of_a_link() {
        let keys = keys();
        let link = keys.sign(&claims(&keys)).expect("the key is there");
        assert_eq!(format!("{link:?}"), "SignedLink(…)");
    }
}
