//! API tokens: `cst_` and 32 random bytes as URL-safe base64. The portal keeps their SHA-256 and nothing else.
//!
//! With that much randomness a plain hash is enough: there is nothing to guess, so nothing to slow down.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::portal::ids::TokenHash;

/// What every API token begins with, so that scanners for secrets and scrubbers of logs can find it.
pub const PREFIX: &str = "cst_";
const SECRET_BYTES: usize = 32;
/// The length of every token's text: the prefix and 43 characters.
const TEXT_BYTES: usize = PREFIX.len() + (SECRET_BYTES * 4).div_ceil(3);

/// The text of a new API token: a secret. Printing it for debugging prints nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiToken(String);

impl ApiToken {
    /// A new one, from the system's randomness.
    pub fn mint() -> Self {
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut secret).expect("without the system's randomness no secret can be made");
        Self(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(secret)))
    }

    /// The secret itself: for whoever made it, once, and nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the portal keeps of it.
    pub fn hash(&self) -> TokenHash {
        hash_of(&self.0)
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken(…)")
    }
}

/// The hash under which the token of this text is known, if it is one. What cannot be one costs as much and gives the hash
/// of nothing, so that malformed and unknown tokens are looked up alike.
pub fn hash_of(text: &str) -> TokenHash {
    let text = if text.len() == TEXT_BYTES { text.as_bytes() } else { &[0; TEXT_BYTES] };
    TokenHash(Sha256::digest(text).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_its_prefix_its_length_and_a_hash_that_reads_back() {
        let token = ApiToken::mint();
        assert!(token.expose().starts_with(PREFIX));
        assert_eq!(token.expose().len(), TEXT_BYTES);
        assert_eq!(hash_of(token.expose()), token.hash());
        assert!(token.expose()[PREFIX.len()..].chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    }

    #[test]
    fn two_tokens_have_nothing_in_common() {
        let (one, other) = (ApiToken::mint(), ApiToken::mint());
        assert_ne!(one, other);
        assert_ne!(one.hash(), other.hash());
    }

    #[test]
    fn an_altered_token_has_another_hash_whichever_character_is_altered() {
        let token = ApiToken::mint();
        for at in 0..TEXT_BYTES {
            let mut altered = token.expose().as_bytes().to_vec();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).expect("text");
            assert_ne!(hash_of(&altered), token.hash(), "character {at}");
        }
    }

    #[test]
    fn what_cannot_be_a_token_is_hashed_to_nothing_at_the_same_cost() {
        let long = "c".repeat(1_000_000);
        for text in ["", "cst_", long.as_str()] {
            assert_eq!(hash_of(text), hash_of("no token"));
        }
    }

    #[test]
    fn debugging_prints_nothing_of_a_token() {
        assert_eq!(format!("{:?}", ApiToken::mint()), "ApiToken(…)");
    }
}
