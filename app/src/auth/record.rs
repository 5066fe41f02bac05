//! Fixed-width records with a MAC at their end, as URL-safe base64: the one form of everything that is signed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The length of a MAC in bytes.
pub(super) const MAC_BYTES: usize = 32;

/// HMAC-SHA256 over `parts`, one after the other. Whoever calls it makes sure that their lengths are fixed or said.
pub(super) fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; MAC_BYTES] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// Whether both MACs are the same, in a time that does not tell where they differ.
pub(super) fn same(one: &[u8; MAC_BYTES], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

/// The record followed by its MAC, as text.
pub(super) fn seal(record: &[u8], mac: &[u8; MAC_BYTES]) -> String {
    URL_SAFE_NO_PAD.encode([record, mac].concat())
}

/// The bytes of `text`, if they are exactly a record of `N` bytes and a MAC.
pub(super) fn open<const N: usize>(text: &str) -> Option<([u8; N], [u8; MAC_BYTES])> {
    // Longer text is not even decoded.
    if text.len() > (N + MAC_BYTES).div_ceil(3) * 4 {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (record, mac) = bytes.split_at_checked(N)?;
    Some((record.try_into().ok()?, mac.try_into().ok()?))
}

/// Reads `N` bytes of a record from `at` on.
pub(super) fn field<const N: usize>(record: &[u8], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&record[at..at + N]);
    bytes
}
