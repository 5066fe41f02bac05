//! Codes that are mailed besides a link: six digits, computed from the row and the key whenever they are needed, always
//! the same, and stored nowhere. What is stored proves them, with a key of its own.

use std::fmt;

use super::keys::{KeyUse, Keys};
use super::record::{field, mac, same};
use crate::portal::code::{CodeSeed, CodeSigner};
use crate::portal::ids::CodeProof;

/// How many codes there are.
const CODES: u64 = 1_000_000;

/// The digits of a code: a secret. Printing it for debugging prints nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeDigits(String);

impl CodeDigits {
    /// The secret itself: for the mail to its owner, and nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CodeDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeDigits(…)")
    }
}

impl Keys {
    /// The six digits of a code; `None` when the key that was active at its making is gone.
    pub fn code_digits(&self, of: &CodeSeed) -> Option<CodeDigits> {
        let key = self.derived(of.key, KeyUse::Code)?;
        let drawn = u64::from_be_bytes(field(&mac(&key, &parts(of)), 0)) % CODES;
        Some(CodeDigits(format!("{drawn:06}")))
    }

    fn proof_of(&self, of: &CodeSeed, digits: &str) -> Option<CodeProof> {
        let key = self.derived(of.key, KeyUse::CodeProof)?;
        let [id, link, revision] = parts(of);
        Some(CodeProof(mac(&key, &[id, link, revision, digits.as_bytes()])))
    }
}

impl CodeSigner for Keys {
    fn prove_code(&self, of: &CodeSeed) -> Option<CodeProof> {
        self.proof_of(of, self.code_digits(of)?.expose())
    }

    fn is_code(&self, of: &CodeSeed, proof: &CodeProof, typed: &str) -> bool {
        self.proof_of(of, typed).is_some_and(|expected| same(&expected.0, &proof.0))
    }
}

/// What a code is bound to; each part has a fixed length.
fn parts(of: &CodeSeed) -> [&[u8]; 3] {
    [of.id.0.as_bytes(), of.link.0.as_bytes(), &of.revision.0]
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::portal::ids::{CodeId, LinkId, RevisionHash};
    use crate::portal::link::KeyId;
    use crate::portal::ports::KeyRing;

    fn seed(keys: &Keys, number: u128) -> CodeSeed {
        CodeSeed {
            id: CodeId(Uuid::from_u128(number)),
            key: keys.active_key(),
            link: LinkId(Uuid::from_u128(7)),
            revision: RevisionHash([9; 32]),
        }
    }

    #[test]
    fn a_code_is_six_digits_and_always_the_same_and_only_it_passes() {
        let keys = Keys::random().expect("randomness");
        let of = seed(&keys, 1);
        let code = keys.code_digits(&of).expect("the key is there");
        assert!(code.expose().len() == 6 && code.expose().bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(keys.code_digits(&of), Some(code.clone()));
        assert_eq!(format!("{code:?}"), "CodeDigits(…)");
        let proof = keys.prove_code(&of).expect("the key is there");
        assert!(keys.is_code(&of, &proof, code.expose()));
        let number: u32 = code.expose().parse().expect("a number");
        assert!(!keys.is_code(&of, &proof, &format!("{:06}", (number + 1) % 1_000_000)));
        assert!(!keys.is_code(&of, &proof, ""));
    }

    #[test]
    fn codes_are_spread_over_all_digits() {
        let keys = Keys::random().expect("randomness");
        let codes = (0..1_000).map(|number| keys.code_digits(&seed(&keys, number)).expect("the key is there"));
        let first: std::collections::BTreeSet<_> =
            codes.map(|code| code.expose().as_bytes().first().copied()).collect();
        assert_eq!(first.len(), 10);
    }

    #[test]
    fn a_code_passes_for_its_own_link_revision_and_key_only() {
        let keys = Keys::random().expect("randomness");
        let of = seed(&keys, 1);
        let (code, proof) = (keys.code_digits(&of).expect("the key"), keys.prove_code(&of).expect("the key"));
        for other in [
            CodeSeed { link: LinkId(Uuid::from_u128(8)), ..of },
            CodeSeed { revision: RevisionHash([8; 32]), ..of },
            CodeSeed { id: CodeId(Uuid::from_u128(2)), ..of },
            CodeSeed { key: KeyId(99), ..of },
        ] {
            assert!(!keys.is_code(&other, &proof, code.expose()), "{other:?}");
        }
        assert_eq!(keys.code_digits(&CodeSeed { key: KeyId(99), ..of }), None);
        assert!(!Keys::random().expect("randomness").is_code(&of, &proof, code.expose()));
    }
}
