//! A rotation: the key file is replaced by one with a new key, by one process at a time.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use super::ring::{KeyFileError, Ring, RingKey, content, create_private, sync_folder_of, write_synced};
use crate::portal::clock::Time;
use crate::portal::link::KeyId;

/// The key file while nobody else may replace it, and the ring with a new key that is not in it yet. Dropping it
/// changes nothing.
pub struct Rotation {
    path: PathBuf,
    /// The file as it is, and its lock, which ends with this process at the latest.
    old: File,
    ring: Ring,
    new_key: KeyId,
}

impl Rotation {
    /// Makes a key for the ring in the file at `path`. [`KeyFileError::Busy`] while another rotation is under way,
    /// [`KeyFileError::Unwritable`] when the file may not be written.
    pub fn begin(path: &Path, now: Time) -> Result<Self, KeyFileError> {
        // What a symbolic link leads to is replaced, not the link.
        let path = fs::canonicalize(path).map_err(|error| KeyFileError::Io { path: path.to_owned(), error })?;
        let mut old = match OpenOptions::new().read(true).write(true).open(&path) {
            Ok(file) => file,
            Err(error) => return Err(KeyFileError::Unwritable { path, error }),
        };
        match old.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(KeyFileError::Busy { path }),
            Err(TryLockError::Error(error)) => return Err(KeyFileError::Unwritable { path, error }),
        }
        let (text, written_at) = match current(&mut old, &path) {
            Ok(Some(found)) => found,
            Ok(None) => return Err(KeyFileError::Busy { path }),
            Err(error) => return Err(KeyFileError::Io { path, error }),
        };
        let mut ring = Ring::parse(&text, &path, written_at)?;
        let new_key = ring.add(now)?;
        Ok(Self { path, old, ring, new_key })
    }

    /// The number of the new key.
    pub fn new_key(&self) -> KeyId {
        self.new_key
    }

    /// What may be known of the keys once this has ended, by number.
    pub fn list(&self) -> Vec<RingKey> {
        self.ring.list()
    }

    /// Replaces the file by one with the new key and without those of `removed`. Whoever reads it, at whatever moment
    /// and after whatever crash, finds the old keys or the new ones.
    pub fn finish(mut self, removed: &[KeyId]) -> Result<(), KeyFileError> {
        self.ring.remove(removed);
        if let Err(error) = self.replace() {
            return Err(KeyFileError::Unwritable { path: self.path, error });
        }
        sync_folder_of(&self.path).map_err(|error| KeyFileError::Io { path: self.path, error })
    }

    fn replace(&self) -> io::Result<()> {
        let mut beside = self.path.clone().into_os_string();
        beside.push(".new");
        // What a crash left there: whoever else would write it waits for the lock.
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = create_private(Path::new(&beside))?;
        let replaced = keep_readers(&file, &self.old)
            .and_then(|()| write_synced(file, &self.ring.text()))
            .and_then(|()| fs::rename(&beside, &self.path));
        if replaced.is_err() {
            // It may hold keys. If it cannot be removed either, the next rotation tries again.
            let _ = fs::remove_file(&beside);
        }
        replaced
    }
}

/// What the locked file says, and since when; `None` when it is not the file at `path` any more: somebody replaced it before the lock
/// was ours.
fn current(locked: &mut File, path: &Path) -> io::Result<Option<(String, Time)>> {
    let (text, written_at) = content(locked)?;
    Ok((fs::read_to_string(path)? == text).then_some((text, written_at)))
}

/// An operator must not lock the server out of its own keys, be it their owner or only of their group. Others never read them.
fn keep_readers(file: &File, old: &File) -> io::Result<()> {
    let (new, old) = (file.metadata()?, old.metadata()?);
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        fchown(file, Some(old.uid()), Some(old.gid()))?;
    }
    file.set_permissions(Permissions::from_mode(old.mode() & 0o640))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::auth::Keys;
    use crate::auth::keys::KeyUse;
    use crate::portal::ports::KeyRing;

    /// A folder with a key file, and the path of that.
    fn key_file() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret.key");
        Keys::load_or_create(&path).expect("a new file");
        (folder, path)
    }

    fn names(folder: &tempfile::TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path()).expect("the folder");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_rotation_adds_a_key_and_keeps_the_others_in_a_file_for_its_owner() {
        let (folder, path) = key_file();
        let before = Keys::load_or_create(&path).expect("the file");
        fs::write(folder.path().join("secret.key.new"), "what a crash left there").expect("a file");
        let rotation = Rotation::begin(&path, Time(7_000_000)).expect("a rotation");
        assert_eq!(Keys::load_or_create(&path).expect("the file").active_key(), KeyId(1), "nothing has changed yet");
        rotation.finish(&[]).expect("replaced");
        let after = Keys::load_or_create(&path).expect("the file");
        assert_eq!(after.active_key(), KeyId(2));
        let of_first = |keys: &Keys| keys.derived(KeyId(1), KeyUse::Cookie).expect("the first key");
        assert_eq!(of_first(&before), of_first(&after));
        assert_eq!(fs::metadata(&path).expect("the file").permissions().mode() & 0o777, 0o600);
        assert_eq!(names(&folder), ["secret.key"], "nothing with keys in it lies beside the file");
    }

    #[test]
    fn whoever_could_read_the_old_file_reads_the_new_one_except_for_everybody() {
        for (before, after) in [(0o600, 0o600), (0o640, 0o640), (0o664, 0o640)] {
            let (_folder, path) = key_file();
            fs::set_permissions(&path, Permissions::from_mode(before)).expect("its owner may");
            Rotation::begin(&path, Time(0)).expect("a rotation").finish(&[]).expect("replaced");
            assert_eq!(fs::metadata(&path).expect("the file").permissions().mode() & 0o777, after, "{before:o}");
        }
    }

    #[test]
    fn of_two_rotations_at_once_the_second_is_told() {
        let (_folder, path) = key_file();
        let first = Rotation::begin(&path, Time(0)).expect("a rotation");
        assert!(matches!(Rotation::begin(&path, Time(0)), Err(KeyFileError::Busy { .. })));
        first.finish(&[]).expect("replaced");
        let next = Rotation::begin(&path, Time(0)).expect("the lock has ended with its holder");
        assert_eq!(next.new_key(), KeyId(3));
        drop(next);
        assert_eq!(Keys::load_or_create(&path).expect("the file").active_key(), KeyId(2));
    }

    #[test]
    fn a_file_that_was_replaced_before_its_lock_was_taken_is_not_replaced_again() {
        let (_folder, path) = key_file();
        let mut opened = File::open(&path).expect("the file");
        Rotation::begin(&path, Time(0)).expect("a rotation").finish(&[]).expect("replaced");
        assert_eq!(current(&mut opened, &path).expect("both are read"), None);
        let mut opened = File::open(&path).expect("the file");
        assert!(current(&mut opened, &path).expect("both are read").is_some());
    }

    #[test]
    fn a_file_that_cannot_be_replaced_stays_and_the_error_says_what_to_do_and_no_key() {
        let (folder, path) = key_file();
        let before = fs::read_to_string(&path).expect("the file");
        fs::create_dir(folder.path().join("secret.key.new")).expect("something in the way");
        let rotation = Rotation::begin(&path, Time(0)).expect("a rotation");
        let error = rotation.finish(&[]).expect_err("there is something in the way").to_string();
        let key = before.lines().last().and_then(|line| line.split(' ').nth(1)).expect("the key");
        assert!(error.contains("add a line there") && error.contains("`date +%s`"), "{error}");
        assert!(!error.contains(key), "{error}");
        assert_eq!(fs::read_to_string(&path).expect("the file"), before);
    }

    #[test]
    fn what_a_symbolic_link_leads_to_is_replaced() {
        let (folder, path) = key_file();
        let link = folder.path().join("link.key");
        symlink(&path, &link).expect("a link");
        Rotation::begin(&link, Time(0)).expect("a rotation").finish(&[]).expect("replaced");
        assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
        assert_eq!(Keys::load_or_create(&path).expect("the file").active_key(), KeyId(2));
    }
}
