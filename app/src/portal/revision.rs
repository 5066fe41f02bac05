//! Revisions of a request: what answers are bound to.

use sha2::{Digest, Sha256};

use super::clock::Time;
use super::file::RequestFile;
use super::ids::{RevisionHash, UserId};

/// What a request asked for approval of, from one submission to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRevision {
    /// Its number, from 1.
    pub number: u32,
    /// One line.
    pub title: String,
    /// Markdown, as typed.
    pub text: String,
    /// Its hash.
    pub hash: RevisionHash,
    /// When it was submitted.
    pub at: Time,
    /// By whom.
    pub by: UserId,
    /// What the requester says about it; empty for the first one.
    pub note: String,
}

/// The hash that answers are bound to: over title, text and files, each with its length in front, so that no two revisions
/// look alike.
pub fn revision_hash(title: &str, text: &str, files: &[RequestFile]) -> RevisionHash {
    let mut hasher = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hasher.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(bytes);
    };
    part(title.as_bytes());
    part(text.as_bytes());
    for file in files {
        part(file.name.as_bytes());
        part(&file.id.0);
    }
    RevisionHash(hasher.finalize().into())
}
