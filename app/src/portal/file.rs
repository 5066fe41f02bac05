//! Files: stored by their SHA-256, in chunks, before a request refers to them.

use super::clock::Time;
use super::ids::{FileId, UploadId, UserId};

/// The size of a stored chunk in bytes; only a file's last one is smaller. One chunk is one short transaction.
pub const CHUNK_BYTES: usize = 512 * 1024;
/// The largest file in bytes, unless configured otherwise.
pub const DEFAULT_MAX_FILE_BYTES: u64 = 25_000_000;
/// The most files of a request.
pub const MAX_FILES: usize = 20;
/// The longest file name in characters; longer ones are cut.
pub const MAX_FILE_NAME_CHARS: usize = 200;

/// What a file is, judged by its content and never by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// `application/pdf`
    Pdf,
    /// `image/png`
    Png,
    /// `image/jpeg`
    Jpeg,
    /// `image/webp`
    WebP,
    /// `text/plain; charset=utf-8`
    Text,
    /// Offered as a download only.
    Other,
}

impl FileKind {
    /// What the beginning of a file (its first chunk) tells. `whole` says that there is nothing after it.
    pub fn sniff(head: &[u8], whole: bool) -> Self {
        if head.starts_with(b"%PDF-") {
            Self::Pdf
        } else if head.starts_with(b"\x89PNG\r\n\x1a\n") {
            Self::Png
        } else if head.starts_with(&[0xff, 0xd8, 0xff]) {
            Self::Jpeg
        } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
            Self::WebP
        } else if is_text(head, whole) && !is_markup(head) {
            Self::Text
        } else {
            Self::Other
        }
    }

    /// The media type to serve it as.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
            Self::Text => "text/plain; charset=utf-8",
            Self::Other => "application/octet-stream",
        }
    }

    /// Whether a browser may show it as it is.
    pub const fn is_inline(self) -> bool {
        !matches!(self, Self::Other)
    }
}

/// UTF-8 without control characters other than white space. A character cut in two at the end of a chunk is none of the file's fault.
fn is_text(head: &[u8], whole: bool) -> bool {
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if !whole && error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !valid.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\x0c'))
}

/// HTML, SVG and other XML: text to people, but a program to whatever opens it.
fn is_markup(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    text.trim_ascii_start().starts_with(b"<")
}

/// A stored file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Its SHA-256.
    pub id: FileId,
    /// The upload under which its chunks are kept.
    pub chunks_of: UploadId,
    /// Its size in bytes.
    pub size: u64,
    /// What it is.
    pub kind: FileKind,
}

impl StoredFile {
    /// How many chunks it has.
    pub fn chunks(&self) -> u32 {
        u32::try_from(self.size.div_ceil(CHUNK_BYTES as u64)).unwrap_or(u32::MAX)
    }
}

/// An upload by one person. Until it is finished it has no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Who it is.
    pub id: UploadId,
    /// By whom; nobody else can attach it.
    pub by: UserId,
    /// The file's name, as the browser said, without path and control characters.
    pub name: String,
    /// When it began.
    pub created_at: Time,
    /// The file, once finished.
    pub file: Option<StoredFile>,
}

/// A file of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestFile {
    /// Its number within the revision, from 1.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Its content's SHA-256.
    pub id: FileId,
    /// Its size in bytes.
    pub size: u64,
    /// What it is.
    pub kind: FileKind,
    /// The upload under which its chunks are kept.
    pub chunks_of: UploadId,
}

/// The name without path and control characters, not empty, cut to [`MAX_FILE_NAME_CHARS`].
pub fn clean_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = super::user::one_line(last).chars().take(MAX_FILE_NAME_CHARS).collect();
    if clean.is_empty() || clean.chars().all(|c| c == '.') { "file".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_with_and_not_what_it_is_called() {
        let table: [(&[u8], FileKind); 10] = [
            (b"%PDF-1.7\n", FileKind::Pdf),
            (b"\x89PNG\r\n\x1a\n....", FileKind::Png),
            (b"\xff\xd8\xff\xe0", FileKind::Jpeg),
            (b"RIFF\0\0\0\0WEBPVP8 ", FileKind::WebP),
            ("Grüße\n".as_bytes(), FileKind::Text),
            (b"MZ\x90\0", FileKind::Other),
            (b"\xff\xfe\0", FileKind::Other),
            (b"\xef\xbb\xbf\r\n <svg xmlns='http://www.w3.org/2000/svg'>", FileKind::Other),
            (b"<!DOCTYPE html><p>Hello", FileKind::Other),
            (b"", FileKind::Text),
        ];
        for (head, kind) in table {
            assert_eq!(FileKind::sniff(head, true), kind, "{head:?}");
        }
    }

    #[test]
    fn a_character_cut_by_the_chunk_is_still_text() {
        let cut = &"aü".as_bytes()[..2];
        assert_eq!(FileKind::sniff(cut, false), FileKind::Text);
        assert_eq!(FileKind::sniff(cut, true), FileKind::Other);
    }

    #[test]
    fn a_file_name_loses_its_path_and_its_line_ends() {
        assert_eq!(clean_file_name("C:\\a\\b\r\n.pdf"), "b .pdf");
        assert_eq!(clean_file_name("../.."), "file");
        assert_eq!(clean_file_name(""), "file");
    }
}
