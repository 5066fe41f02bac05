//! The ring of master keys, in a file outside the database, and the keys derived from them.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use super::record::mac;
use super::ring::{FileStamp, KeyFileError, Ring, RingKey, create_private, sync_folder_of, write_synced};
use crate::portal::clock::Time;
use crate::portal::link::{KeyId, Purpose};
use crate::portal::ports::KeyRing;

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

/// The ring of master keys. Prints nothing of them.
///
/// One that was read from a file follows it: whenever something is signed or checked, it looks whether the file has changed.
/// Where that cannot be read, the keys at hand stay.
pub struct Keys {
    held: RwLock<Held>,
    file: Option<PathBuf>,
    /// What the last look found wrong: it is told once.
    trouble: Mutex<Option<String>>,
}

struct Held {
    ring: Ring,
    /// Of the file that the ring was read from.
    stamp: Option<FileStamp>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("active", &self.held().ring.active().0.0).finish_non_exhaustive()
    }
}

impl KeyRing for Keys {
    fn active_key(&self) -> KeyId {
        self.look();
        self.held().ring.active().0
    }
}

impl Keys {
    /// Reads the ring from `path`, or writes a new one, readable by its owner only, where there is no file yet.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyFileError> {
        let failed = |error| KeyFileError::Io { path: path.to_owned(), error };
        // The stamp comes first: what is written after it is read by the next look.
        let held = match FileStamp::of(path) {
            Ok(stamp) => Held { ring: Ring::read(path)?, stamp: Some(stamp) },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let ring = Ring::random()?;
                write_new(path, &ring).map_err(failed)?;
                Held { ring, stamp: None }
            }
            Err(error) => return Err(failed(error)),
        };
        Ok(Self { held: RwLock::new(held), file: Some(path.to_owned()), trouble: Mutex::default() })
    }

    /// A ring with one new key, kept nowhere.
    pub fn random() -> Result<Self, KeyFileError> {
        let held = Held { ring: Ring::random()?, stamp: None };
        Ok(Self { held: RwLock::new(held), file: None, trouble: Mutex::default() })
    }

    /// Reads the file again if it has changed since it was read, and tells what came of it.
    fn look(&self) {
        let looked = self.refresh();
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match looked {
            Ok(read) => {
                if read {
                    tracing::info!("The key file was read again.");
                }
                *trouble = None;
            }
            Err(error) => {
                let sentence = Some(error.to_string());
                if *trouble != sentence {
                    tracing::warn!(%error, "Going on with the keys that were read before.");
                }
                *trouble = sentence;
            }
        }
    }

    /// Gives whether there were other keys to read.
    fn refresh(&self) -> Result<bool, KeyFileError> {
        let Some(path) = &self.file else { return Ok(false) };
        let stamp = FileStamp::of(path).map_err(|error| KeyFileError::Io { path: path.clone(), error })?;
        if self.held().stamp == Some(stamp) {
            return Ok(false);
        }
        let ring = Ring::read(path)?;
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let are_others = held.ring != ring;
        *held = Held { ring, stamp: Some(stamp) };
        Ok(are_others)
    }

    /// What may be known of the keys, by number.
    pub fn list(&self) -> Vec<RingKey> {
        self.held().ring.list()
    }

    /// The key for `purpose` that comes from master key `id`; `None` when the ring does not hold it.
    pub(super) fn derived(&self, id: KeyId, purpose: KeyUse) -> Option<[u8; 32]> {
        // It may have been made a moment ago, by another process, or removed, so that nothing it signed opens anything.
        self.look();
        self.held().ring.find(id).map(|master| mac(master, &[purpose.label()]))
    }

    /// The same for what is good for `life`: `None` too once the master key has been out of use for that long, so that
    /// a key which stays for the sake of links opens neither pages nor forms.
    pub(super) fn derived_within(&self, id: KeyId, purpose: KeyUse, life: Duration, now: Time) -> Option<[u8; 32]> {
        let key = self.derived(id, purpose)?;
        let retired_at = self.held().ring.retired_at(id);
        retired_at.is_none_or(|at| now.since(at) < life).then_some(key)
    }

    /// The key for `purpose` that comes from the active master key, and the number of that.
    pub(super) fn derived_active(&self, purpose: KeyUse) -> (KeyId, [u8; 32]) {
        self.look();
        let held = self.held();
        let (id, master) = held.ring.active();
        (id, mac(master, &[purpose.label()]))
    }

    fn held(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write_new(path: &Path, ring: &Ring) -> io::Result<()> {
    write_synced(create_private(path)?, &ring.text())?;
    sync_folder_of(path)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::auth::Rotation;

    #[test]
    fn a_new_ring_is_written_once_for_its_owner_and_read_again() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("secret.key");
        let first = Keys::load_or_create(&path).expect("a new file");
        let again = Keys::load_or_create(&path).expect("the same file");
        assert!(first.held().ring == again.held().ring);
        assert_eq!(fs::metadata(&path).expect("the file").permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_key_that_another_process_made_is_known_and_signs_at_once() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("secret.key");
        let (one, other) = (Keys::load_or_create(&path).expect("a file"), Keys::load_or_create(&path).expect("a file"));
        assert_eq!((one.active_key(), other.active_key()), (KeyId(1), KeyId(1)));
        Rotation::begin(&path, Time(0)).expect("a rotation").finish(&[]).expect("replaced");
        assert!(one.derived(KeyId(2), KeyUse::Cookie).is_some());
        assert_eq!(one.derived(KeyId(3), KeyUse::Cookie), None);
        assert_eq!((one.active_key(), other.derived_active(KeyUse::Cookie).0), (KeyId(2), KeyId(2)));
    }

    #[test]
    fn a_key_that_somebody_replaces_by_hand_ends_in_time_and_one_that_they_remove_at_once() {
        const LIFE: Duration = Duration::from_secs(60);
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("secret.key");
        let keys = Keys::load_or_create(&path).expect("a file");
        let (text, second) = (fs::read_to_string(&path).expect("the file"), format!("2 {}\n", "5c".repeat(32)));
        fs::write(&path, format!("{text}{second}")).expect("another key");
        let goes_on = |id, at| keys.derived_within(KeyId(id), KeyUse::Cookie, LIFE, at).is_some();
        assert!(goes_on(1, Time(0)));
        let at = keys.list()[0].retired_at.expect("since the file was written");
        assert!(goes_on(1, at) && !goes_on(1, at + LIFE) && goes_on(2, at + LIFE));
        assert!(keys.derived(KeyId(1), KeyUse::Cookie).is_some(), "what lasts longer goes on");
        fs::write(&path, second).expect("the first key is taken away");
        assert_eq!(keys.derived(KeyId(1), KeyUse::Cookie), None);
    }

    #[test]
    fn a_file_that_is_broken_or_gone_leaves_the_keys_that_are_held() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("secret.key");
        let keys = Keys::load_or_create(&path).expect("a file");
        let text = fs::read_to_string(&path).expect("the file");
        fs::write(&path, "1 c0ffee").expect("written");
        assert!(matches!(keys.refresh(), Err(KeyFileError::Line { line: 1, .. })));
        fs::remove_file(&path).expect("removed");
        assert!(matches!(keys.refresh(), Err(KeyFileError::Io { .. })));
        assert!(keys.derived(KeyId(1), KeyUse::Cookie).is_some());
        fs::write(&path, text).expect("written");
        assert!(!keys.refresh().expect("readable again"), "they are the same keys");
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
            uses.into_iter().map(|purpose| keys.derived_active(purpose).1).collect();
        assert_eq!(derived.len(), uses.len());
        assert!(!format!("{keys:?}").contains("ring"));
    }
}
