//! Files of a request.

use serde::{Deserialize, Serialize};

/// One file of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileView {
    /// Its number within the request, the last part of its path.
    pub number: u32,
    /// Its name, as it was uploaded.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// What was found in it.
    pub kind: FileKind,
    /// The SHA-256 of its content in hexadecimal.
    pub sha256: String,
    /// Its pages as pictures.
    pub preview: FilePreview,
}

/// What a file is, judged by its content and never by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileKind {
    /// Pages.
    Pdf,
    /// PNG, JPEG or WebP.
    Image,
    /// Plain text.
    Text {
        /// Its beginning, for showing; the page escapes it.
        excerpt: String,
        /// Whether there is more than the excerpt.
        cut: bool,
    },
    /// Offered as a download only.
    Other,
}

impl FileKind {
    /// `PDF`, `Image`, `Text` or `File`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Image => "Image",
            Self::Text { .. } => "Text",
            Self::Other => "File",
        }
    }
}

/// The pages of a document, or a picture, as pictures that the server made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FilePreview {
    /// There are none of such a file.
    None,
    /// They are being made.
    Queued,
    /// Here they are.
    Ready {
        /// In their order; a picture is one page.
        pages: Vec<PreviewPage>,
        /// What is not shown, and why, as a sentence.
        missing: Option<String>,
    },
    /// They cannot be made.
    Failed {
        /// Why, as a sentence about the file.
        why: String,
    },
}

impl FilePreview {
    /// The pages that are there to be shown.
    #[must_use]
    pub fn pages(&self) -> &[PreviewPage] {
        match self {
            Self::Ready { pages, .. } => pages,
            Self::None | Self::Queued | Self::Failed { .. } => &[],
        }
    }

    /// What is to be said beside the pages, or in their place.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Queued => Some("The preview is being made. It will be here when you load the page again.".to_owned()),
            Self::Ready { missing, .. } => missing.clone(),
            Self::Failed { why } => {
                Some(format!("There is no preview of this file: {why} Open or download it to see it."))
            }
        }
    }

    /// A word that changes with what is shown; `None` where there is never anything.
    #[must_use]
    pub const fn key(&self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Queued => Some("queued"),
            Self::Ready { .. } => Some("ready"),
            Self::Failed { .. } => Some("failed"),
        }
    }
}

/// A page of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewPage {
    /// From 1, the last part of its path.
    pub number: u32,
    /// In pixels, so that the page keeps its place free.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// A size as people read it: `812 bytes`, `1.4 MB` (decimal units).
#[must_use]
pub fn size_in_words(bytes: u64) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        0..=999 => format!("{bytes} bytes"),
        1_000..=999_499 => format!("{} kB", (bytes + 500) / 1_000),
        999_500..=999_949_999 => tenths(bytes, 100_000, "MB"),
        _ => tenths(bytes, 100_000_000, "GB"),
    }
}

fn tenths(bytes: u64, tenth: u64, unit: &str) -> String {
    let tenths = (bytes + tenth / 2) / tenth;
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_people_say_them() {
        assert_eq!(size_in_words(1), "1 byte");
        assert_eq!(size_in_words(812), "812 bytes");
        assert_eq!(size_in_words(84_300), "84 kB");
        assert_eq!(size_in_words(1_440_000), "1.4 MB");
        assert_eq!(size_in_words(2_000_000_000), "2.0 GB");
    }
}
