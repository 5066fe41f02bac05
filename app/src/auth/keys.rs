//! The ring of master keys, in a file outside the database, and the keys derived from them.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::record::mac;
use crate::portal::link::{KeyId, Purpose};
use crate::portal::ports::KeyRing;

/// The header of a new key file.
const HEADER: &str = "# Countersign's signing keys: number and key, one per line; the highest number signs what is new.\n\
# Whoever has this file and the database can decide in anybody's name. Links that a removed key signed stop working.\n";

/// What a derived key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyUse {
    /// Signed links of a purpose.
    Link(Purpose),
    /// The cookie that a link is exchanged for.
    Cookie,
    /// The nonce of a decision form.
    Nonce,
    /// The digits of codes.
    Code,
    /// What is kept to prove them.
    CodeProof,
    /// The secrets of webhooks.
    Webhook,
    /// Checkpoints of the audit log.
    Checkpoint,
}

impl KeyUse {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Link(Purpose::Decide) => b"countersign/1/link/decide",
            Self::Link(Purpose::SetUp) => b"countersign/1/link/set-up",
            Self::Link(Purpose::Invite) => b"countersign/1/link/invite",
            Self::Link(Purpose::Answer) => b"countersign/1/link/answer",
            Self::Link(Purpose::Unsubscribe) => b"countersign/1/link/unsubscribe",
            Self::Cookie => b"countersign/1/link-cookie",
            Self::Nonce => b"countersign/1/form-nonce",
            Self::Code => b"countersign/1/code",
            Self::CodeProof => b"countersign/1/code-proof",
            Self::Webhook => b"countersign/1/webhook",
            Self::Checkpoint => b"countersign/1/audit-checkpoint",
        }
    }
}

/// Why the keys cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read or written.
    #[error("the key file {path} cannot be used: {error}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A line is no key. The line itself is not repeated: it may be most of a secret.
    #[error("line {line} of the key file {path} is no number followed by 64 hexadecimal digits")]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
    },
    /// There is no key.
    #[error("the key file {path} holds no key")]
    Empty {
        /// Which file.
        path: PathBuf,
    },
    /// The system gave no randomness.
    #[error("the system gave no randomness: {0}")]
    Randomness(String),
}

/// The ring of master keys. Prints nothing of them.
#[derive(Clone)]
pub struct Keys {
    ring: BTreeMap<u32, [u8; 32]>,
    active: u32,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("active", &self.active).finish_non_exhaustive()
    }
}

impl KeyRing for Keys {
    fn active_key(&self) -> KeyId {
        KeyId(self.active)
    }
}

impl Keys {
    /// Reads the ring from `path`, or writes a new one, readable by its owner only, where there is no file yet.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyFileError> {
        let failed = |error| KeyFileError::Io { path: path.to_owned(), error };
        match fs::read_to_string(path) {
            Ok(text) => {
                warn_if_readable_by_others(path);
                Self::parse(&text, path)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let keys = Self::random()?;
                keys.write_new(path).map_err(failed)?;
                Ok(keys)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// A ring with one new key, kept nowhere.
    pub fn random() -> Result<Self, KeyFileError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| KeyFileError::Randomness(error.to_string()))?;
        Ok(Self { ring: BTreeMap::from([(1, key)]), active: 1 })
    }

    fn parse(text: &str, path: &Path) -> Result<Self, KeyFileError> {
        let mut ring = BTreeMap::new();
        for (index, line) in
            text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        {
            let (number, key) =
                parse_line(line).ok_or_else(|| KeyFileError::Line { path: path.to_owned(), line: index + 1 })?;
            ring.insert(number, key);
        }
        let active = *ring.keys().next_back().ok_or_else(|| KeyFileError::Empty { path: path.to_owned() })?;
        Ok(Self { ring, active })
    }

    fn write_new(&self, path: &Path) -> io::Result<()> {
        let mut text = HEADER.to_owned();
        for (number, key) in &self.ring {
            text.push_str(&format!("{number} {}\n", hex::encode(key)));
        }
        let mut file = create_private(path)?;
        file.write_all(text.as_bytes())?;
        // A link must not outlive its key: the file is on the disk before the first link is.
        file.sync_all()?;
        path.parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .map_or(Ok(()), |parent| File::open(parent)?.sync_all())
    }

    /// The key for `purpose` that comes from master key `id`; `None` when the ring does not hold it.
    pub(super) fn derived(&self, id: KeyId, purpose: KeyUse) -> Option<[u8; 32]> {
        self.ring.get(&id.0).map(|master| mac(master, &[purpose.label()]))
    }

    /// The key for `purpose` that comes from the active master key.
    pub(super) fn derived_active(&self, purpose: KeyUse) -> [u8; 32] {
        self.derived(KeyId(self.active), purpose).expect("the active key is one of the ring")
    }
}

fn parse_line(line: &str) -> Option<(u32, [u8; 32])> {
    let (number, key) = line.trim().split_once(' ')?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(key.trim(), &mut bytes).ok()?;
    Some((number.parse().ok()?, bytes))
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(unix)]
fn warn_if_readable_by_others(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    if fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0) {
        tracing::warn!(path = %path.display(), "The key file can be read by others than its owner.");
    }
}

#[cfg(not(unix))]
fn warn_if_readable_by_others(_path: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_ring_is_written_once_for_its_owner_and_read_again() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("secret.key");
        let first = Keys::load_or_create(&path).expect("a new file");
        let again = Keys::load_or_create(&path).expect("the same file");
        assert_eq!(first.ring, again.ring);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).expect("the file").permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn the_highest_number_is_active_and_broken_lines_are_not_repeated() {
        let keys =
            Keys::parse(&format!("1 {}\n7 {}\n", "11".repeat(32), "22".repeat(32)), Path::new("k")).expect("two keys");
        assert_eq!(keys.active_key(), KeyId(7));
        let error = Keys::parse("1 c0ffee", Path::new("k")).expect_err("no key");
        assert!(!error.to_string().contains("c0ffee"));
        assert!(matches!(Keys::parse("# none\n", Path::new("k")), Err(KeyFileError::Empty { .. })));
    }

    #[test]
    fn each_use_has_a_key_of_its_own() {
        let keys = Keys::random().expect("randomness");
        let uses = [
            KeyUse::Link(Purpose::Decide),
            KeyUse::Link(Purpose::SetUp),
            KeyUse::Link(Purpose::Invite),
            KeyUse::Link(Purpose::Answer),
            KeyUse::Link(Purpose::Unsubscribe),
            KeyUse::Cookie,
            KeyUse::Nonce,
            KeyUse::Code,
            KeyUse::CodeProof,
            KeyUse::Webhook,
            KeyUse::Checkpoint,
        ];
        let derived: std::collections::BTreeSet<_> =
            uses.into_iter().map(|purpose| keys.derived_active(purpose)).collect();
        assert_eq!(derived.len(), uses.len());
        assert!(!format!("{keys:?}").contains("ring"));
    }
}
