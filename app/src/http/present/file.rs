//! Files of a request.

use crate::portal::file::{FileKind, RequestFile};
use crate::view;

/// How much of a text file a page shows, in characters.
const EXCERPT_CHARS: usize = 4_000;

/// A file, with its first chunk where it is a text.
pub(crate) fn view(file: &RequestFile, head: Option<&[u8]>) -> view::FileView {
    view::FileView {
        number: file.number,
        name: file.name.clone(),
        size: file.size,
        kind: kind(file, head),
        sha256: file.id.to_string(),
    }
}

fn kind(file: &RequestFile, head: Option<&[u8]>) -> view::FileKind {
    match (file.kind, head) {
        (FileKind::Pdf, _) => view::FileKind::Pdf,
        (FileKind::Png | FileKind::Jpeg | FileKind::WebP, _) => view::FileKind::Image { pixels: None },
        (FileKind::Text, Some(head)) => {
            // Lossy only for a character that the end of the chunk cuts in two.
            let text = String::from_utf8_lossy(head);
            let excerpt: String = text.chars().take(EXCERPT_CHARS).collect();
            let cut = u64::try_from(excerpt.len()).is_ok_and(|shown| shown < file.size);
            view::FileKind::Text { excerpt, cut }
        }
        (FileKind::Text, None) => view::FileKind::Text { excerpt: String::new(), cut: true },
        (FileKind::Other, _) => view::FileKind::Other,
    }
}
