//! The files that pages refer to: style, scripts, the browser part, the logo.
//!
//! They live under `/assets/<hash>/`, the hash being over all of them, so that they may be kept for ever by whoever
//! fetched them and refer to each other by plain relative names. A release binary carries them; a debug server reads
//! them from the folder where `make` puts them, so that a changed style needs no compilation.

use std::borrow::Cow;
use std::sync::LazyLock;

use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

/// The folder is set by `build.rs`.
#[derive(RustEmbed)]
#[folder = "$COUNTERSIGN_SITE"]
#[allow_missing = true]
struct Site;

/// The first half of SHA-256 over names and contents. Reading the files once per process is cheap (below 2 MB).
static HASH: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Site::iter().collect();
    names.sort();
    let mut digest = Sha256::new();
    for (name, file) in names.iter().filter_map(|name| Some((name, Site::get(name)?))) {
        digest.update(name.as_bytes());
        digest.update([0]);
        digest.update(file.metadata.sha256_hash());
    }
    hex::encode(&digest.finalize()[..16])
});

/// The current hash: the second segment of every asset's path.
pub fn hash() -> &'static str {
    &HASH
}

/// The address of an asset on this server.
pub fn url(name: &str) -> String {
    format!("/assets/{}/{name}", hash())
}

/// The bytes of an asset, or of the compressed copy beside it (`name.br`), if there is one.
pub fn find(name: &str) -> Option<Cow<'static, [u8]>> {
    Site::get(name).map(|file| file.data)
}
