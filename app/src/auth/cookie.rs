//! The cookie that a link is exchanged for, so that the link itself leaves the address bar.
//!
//! `HttpOnly; SameSite=Lax`, for the page of that link only, an hour long. It is a MACed record; the server stores nothing of it.

use std::time::Duration;

use super::keys::{KeyUse, Keys};
use super::record::{field, mac, open, same, seal};
use crate::portal::clock::Time;
use crate::portal::ids::LinkId;
use crate::portal::link::KeyId;

/// The cookie's name.
pub const LINK_COOKIE: &str = "csn_link";
/// How long it works.
pub const LINK_COOKIE_LIFE: Duration = Duration::from_secs(3_600);

/// key id, link id, expiry in microseconds
const RECORD_BYTES: usize = 28;

impl Keys {
    /// The value of the cookie for `link`.
    pub fn link_cookie(&self, link: LinkId, now: Time) -> String {
        let mut record = [0; RECORD_BYTES];
        let (id, key) = self.derived_active(KeyUse::Cookie);
        record[..4].copy_from_slice(&id.0.to_be_bytes());
        record[4..20].copy_from_slice(link.0.as_bytes());
        record[20..].copy_from_slice(&(now + LINK_COOKIE_LIFE).0.to_be_bytes());
        seal(&record, &mac(&key, &[&record]))
    }

    /// Whether `value` is the cookie of `link`, authentic and not too old.
    pub fn is_link_cookie(&self, value: &str, link: LinkId, now: Time) -> bool {
        let Some((record, given)) = open::<RECORD_BYTES>(value) else { return false };
        let id = KeyId(u32::from_be_bytes(field(&record, 0)));
        let Some(key) = self.derived_within(id, KeyUse::Cookie, LINK_COOKIE_LIFE, now) else { return false };
        let expires_at = Time(i64::from_be_bytes(field(&record, 20)));
        same(&mac(&key, &[&record]), &given) && field::<16>(&record, 4) == *link.0.as_bytes() && now < expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{NONCE_LIFE, NonceFor, Rotation};
    use crate::portal::ids::RevisionHash;

    #[test]
    fn a_cookie_opens_its_own_link_for_an_hour() {
        let (keys, link, other) =
            (Keys::random().expect("randomness"), LinkId(uuid::Uuid::nil()), LinkId(uuid::Uuid::max()));
        let value = keys.link_cookie(link, Time(0));
        assert!(keys.is_link_cookie(&value, link, Time(0)));
        assert!(!keys.is_link_cookie(&value, other, Time(0)));
        assert!(!keys.is_link_cookie(&value, link, Time(0) + LINK_COOKIE_LIFE));
        assert!(!keys.is_link_cookie(&value.replace(|c: char| c.is_ascii_digit(), "x"), link, Time(0)));
        assert!(!Keys::random().expect("randomness").is_link_cookie(&value, link, Time(0)));
        assert!(!keys.is_link_cookie("", link, Time(0)));
    }

    #[test]
    fn a_key_that_was_rotated_away_opens_pages_and_forms_for_as_long_as_those_may_be_open() {
        let dir = tempfile::tempdir().expect("a folder");
        let (path, stolen) = (dir.path().join("secret.key"), dir.path().join("stolen.key"));
        Keys::load_or_create(&path).expect("a new file");
        std::fs::copy(&path, &stolen).expect("a copy");
        // Somebody who has the old key makes cookies and nonces with it for ever.
        let thief = Keys::load_or_create(&stolen).expect("the copy");
        let rotated_at = Time(1_800_000_000_000_000);
        Rotation::begin(&path, rotated_at).expect("a rotation").finish(&[]).expect("replaced");
        let keys = Keys::load_or_create(&path).expect("the file");
        let (link, revision) = (LinkId(uuid::Uuid::nil()), RevisionHash([3; 32]));
        let opens = |at| keys.is_link_cookie(&thief.link_cookie(link, at), link, at);
        let decides = |at| {
            let nonce = thief.form_nonce(NonceFor::Link(link), revision, at);
            keys.read_nonce(&nonce, NonceFor::Link(link), at).is_some()
        };
        let second = Duration::from_secs(1);
        assert!(opens(rotated_at + LINK_COOKIE_LIFE - second) && !opens(rotated_at + LINK_COOKIE_LIFE));
        assert!(decides(rotated_at + NONCE_LIFE - second) && !decides(rotated_at + NONCE_LIFE));
        let own = keys.link_cookie(link, rotated_at + NONCE_LIFE);
        assert!(keys.is_link_cookie(&own, link, rotated_at + NONCE_LIFE));
    }
}
