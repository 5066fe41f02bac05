//! The ring of master keys, and the file that it is kept in: a line for each key.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::ops::Bound;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::nonce::NONCE_LIFE;
use crate::portal::clock::Time;
use crate::portal::link::{KeyId, whole_seconds};

/// What stands at the beginning of the file.
const HEADER: &str = "# Countersign's signing keys: number and key, one per line; the highest number signs what is new.\n\
# After each but the first stands when it was made, in seconds since 1970, as `date +%s` gives them.\n\
# Whoever has this file and the database can decide in anybody's name. Links that a removed key signed stop working.\n";

/// Why the keys cannot be read or replaced.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read or made.
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
    /// The file cannot be replaced by one with another key. Nothing has changed.
    #[error(
        "the key file {path} cannot be replaced: {error}. Run this as its owner, where file and folder can be written; \
         where something else provides the file, add a line there: the next number, a blank and 64 random hexadecimal \
         digits, a blank and what `date +%s` says"
    )]
    Unwritable {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Somebody else replaces the file at this moment. Nothing has changed.
    #[error("another `countersign keys rotate` replaces {path} right now; `countersign keys list` tells what it made")]
    Busy {
        /// Which file.
        path: PathBuf,
    },
    /// The highest number that a key can have is taken.
    #[error("no key can have a higher number than the newest one has")]
    Numbers,
    /// The system gave no randomness.
    #[error("the system gave no randomness: {0}")]
    Randomness(String),
}

/// What may be known of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingKey {
    /// Its number.
    pub id: KeyId,
    /// Whether it signs what is new.
    pub is_active: bool,
    /// When it was made, or when the file was written that does not say; `None` for the first one.
    pub made_at: Option<Time>,
    /// Since when a newer key signs what is new; `None` for the active one only.
    pub retired_at: Option<Time>,
}

impl RingKey {
    /// Whether forms and pages that were opened while it was active may still be open at `now`.
    pub fn may_be_in_open_forms(&self, now: Time) -> bool {
        self.retired_at.is_none_or(|at| now.since(at) < NONCE_LIFE)
    }
}

#[derive(Clone, PartialEq, Eq)]
struct MasterKey {
    key: [u8; 32],
    made_at: Option<Time>,
}

/// The keys by number; never without one. It has no `Debug`, so that nothing prints them.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Ring(BTreeMap<u32, MasterKey>);

impl Ring {
    /// A ring with one new key.
    pub(super) fn random() -> Result<Self, KeyFileError> {
        Ok(Self(BTreeMap::from([(1, MasterKey { key: random_key()?, made_at: None })])))
    }

    /// What the file holds.
    pub(super) fn read(path: &Path) -> Result<Self, KeyFileError> {
        let read = File::open(path).and_then(|mut file| content(&mut file));
        let (text, written_at) = read.map_err(|error| KeyFileError::Io { path: path.to_owned(), error })?;
        warn_if_readable_by_others(path);
        Self::parse(&text, path, written_at)
    }

    /// What a file at `path` says that holds `text` since `written_at`.
    pub(super) fn parse(text: &str, path: &Path, written_at: Time) -> Result<Self, KeyFileError> {
        let mut keys = BTreeMap::new();
        for (index, line) in
            text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        {
            let (number, key) =
                parse_line(line).ok_or_else(|| KeyFileError::Line { path: path.to_owned(), line: index + 1 })?;
            keys.insert(number, key);
        }
        // Somebody wrote it there and did not say when: not later than this, so that the key before it has an end.
        for newer in keys.values_mut().skip(1) {
            newer.made_at = newer.made_at.or(Some(written_at));
        }
        if keys.is_empty() { Err(KeyFileError::Empty { path: path.to_owned() }) } else { Ok(Self(keys)) }
    }

    /// Adds a new key, which is the active one from now on.
    pub(super) fn add(&mut self, now: Time) -> Result<KeyId, KeyFileError> {
        let number = self.active().0.0.checked_add(1).ok_or(KeyFileError::Numbers)?;
        self.0.insert(number, MasterKey { key: random_key()?, made_at: Some(whole_seconds(now)) });
        Ok(KeyId(number))
    }

    /// Takes keys away; the active one stays whatever is asked.
    pub(super) fn remove(&mut self, keys: &[KeyId]) {
        let active = self.active().0;
        self.0.retain(|number, _| KeyId(*number) == active || !keys.contains(&KeyId(*number)));
    }

    /// The key that signs what is new, with its number.
    pub(super) fn active(&self) -> (KeyId, &[u8; 32]) {
        let (number, master) = self.0.last_key_value().expect("a ring is never without a key");
        (KeyId(*number), &master.key)
    }

    /// The key of that number.
    pub(super) fn find(&self, id: KeyId) -> Option<&[u8; 32]> {
        self.0.get(&id.0).map(|master| &master.key)
    }

    /// Since when a newer key than this one signs what is new.
    pub(super) fn retired_at(&self, id: KeyId) -> Option<Time> {
        self.0.range((Bound::Excluded(id.0), Bound::Unbounded)).filter_map(|(_, newer)| newer.made_at).min()
    }

    /// What may be known of the keys, by number.
    pub(super) fn list(&self) -> Vec<RingKey> {
        let active = self.active().0;
        let keys = self.0.iter().map(|(number, master)| (KeyId(*number), master.made_at));
        let known = |(id, made_at)| RingKey { id, is_active: id == active, made_at, retired_at: self.retired_at(id) };
        keys.map(known).collect()
    }

    /// The file's content: a secret.
    pub(super) fn text(&self) -> String {
        let line = |(number, master): (&u32, &MasterKey)| {
            let key = hex::encode(master.key);
            match master.made_at {
                Some(at) => format!("{number} {key} {}\n", at.micros().div_euclid(1_000_000)),
                None => format!("{number} {key}\n"),
            }
        };
        HEADER.to_owned() + &self.0.iter().map(line).collect::<String>()
    }
}

/// Which file it is and when it last changed: another one is another ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileStamp {
    inode: u64,
    bytes: u64,
    changed_at: (i64, i64),
}

impl FileStamp {
    /// The stamp of the file at `path`.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        let changed_at = (metadata.ctime(), metadata.ctime_nsec());
        Ok(Self { inode: metadata.ino(), bytes: metadata.size(), changed_at })
    }
}

/// What a file says, and when that was written, in whole seconds.
pub(super) fn content(file: &mut File) -> io::Result<(String, Time)> {
    let written_at = Time(file.metadata()?.mtime().saturating_mul(1_000_000));
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok((text, written_at))
}

/// Makes a file that nobody but its owner can read; an error when there is one.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Writes `text` into a new file, down to the disk.
pub(super) fn write_synced(mut file: File, text: &str) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    // A link must not outlive its key: the file is on the disk before the first link is.
    file.sync_all()
}

/// Brings it to the disk that the file is in its folder.
pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    path.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

fn random_key() -> Result<[u8; 32], KeyFileError> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| KeyFileError::Randomness(error.to_string()))?;
    Ok(key)
}

fn parse_line(line: &str) -> Option<(u32, MasterKey)> {
    let mut words = line.split_whitespace();
    let number = words.next()?.parse().ok()?;
    let mut key = [0; 32];
    hex::decode_to_slice(words.next()?, &mut key).ok()?;
    let made_at = match words.next() {
        Some(seconds) => Some(Time(seconds.parse::<i64>().ok()?.checked_mul(1_000_000)?)),
        None => None,
    };
    words.next().is_none().then_some((number, MasterKey { key, made_at }))
}

fn warn_if_readable_by_others(path: &Path) {
    if fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0) {
        tracing::warn!(path = %path.display(), "The key file can be read by others than its owner.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN_AT: Time = Time(9_000_000);

    fn parse(text: &str) -> Result<Ring, KeyFileError> {
        Ring::parse(text, Path::new("k"), WRITTEN_AT)
    }

    #[test]
    fn the_highest_number_is_active_and_broken_lines_are_not_repeated() {
        let (one, two) = ("11".repeat(32), "22".repeat(32));
        let ring = parse(&format!("7 {two}\n1 {one}\n")).expect("two keys");
        assert_eq!(ring.active(), (KeyId(7), &[0x22; 32]));
        for line in ["1 c0ffee", "1 {} c0ffee", "1 {} 5 c0ffee", "c0ffee {}"].map(|line| line.replace("{}", &one)) {
            let error = parse(&line).err().expect("no key").to_string();
            assert!(error.contains("line 1") && !error.contains("c0ffee") && !error.contains(&one), "{error}");
        }
        assert!(matches!(parse("# none\n"), Err(KeyFileError::Empty { .. })));
    }

    #[test]
    fn what_is_written_is_read_again_with_the_time_at_which_each_key_was_made() {
        let mut ring = Ring::random().expect("randomness");
        assert_eq!(ring.add(Time(5_900_000)).expect("a key"), KeyId(2));
        assert_eq!(ring.add(Time(8_000_000)).expect("a key"), KeyId(3));
        let again = parse(&ring.text()).expect("a ring");
        assert!(again == ring);
        let key = |id, is_active, made_at, retired_at| RingKey { id: KeyId(id), is_active, made_at, retired_at };
        let (five, eight) = (Some(Time(5_000_000)), Some(Time(8_000_000)));
        assert_eq!(again.list(), [key(1, false, None, five), key(2, false, five, eight), key(3, true, eight, None)]);
    }

    #[test]
    fn a_key_that_somebody_wrote_there_ends_the_one_before_when_it_says_or_when_the_file_was_written() {
        let (one, two) = ("11".repeat(32), "22".repeat(32));
        for (said, at) in [("", WRITTEN_AT), (" 5", Time(5_000_000))] {
            let ring = parse(&format!("1 {one}\n2 {two}{said}\n")).expect("two keys");
            let before = ring.list()[0];
            assert_eq!((before.made_at, before.retired_at), (None, Some(at)));
            assert!(before.may_be_in_open_forms(at) && !before.may_be_in_open_forms(at + NONCE_LIFE));
            assert!(parse(&ring.text()).expect("two keys") == ring, "a rotation writes down when it was");
        }
    }

    #[test]
    fn the_active_key_is_never_removed_and_no_number_is_given_twice() {
        let mut ring = Ring::random().expect("randomness");
        ring.add(Time(1_000_000)).expect("a key");
        ring.remove(&[KeyId(1), KeyId(2)]);
        assert_eq!(ring.list().iter().map(|key| key.id).collect::<Vec<_>>(), [KeyId(2)]);
        assert_eq!(ring.add(Time(2_000_000)).expect("a key"), KeyId(3));
        let mut full = parse(&format!("{} {}\n", u32::MAX, "11".repeat(32))).expect("a key");
        assert!(matches!(full.add(Time(0)), Err(KeyFileError::Numbers)));
    }
}
