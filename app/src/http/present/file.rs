//! Files of a request.

use crate::portal::file::{FileKind, RequestFile};
use crate::portal::previews::{PreviewPage, PreviewState, ShownPreview, Unshowable};
use crate::view;

/// How much of a text file a page shows, in characters.
const EXCERPT_CHARS: usize = 4_000;

/// A file, with its first chunk where it is a text, and its preview where it is among `previews`.
pub(crate) fn view(file: &RequestFile, head: Option<&[u8]>, previews: &[ShownPreview]) -> view::FileView {
    view::FileView {
        number: file.number,
        name: file.name.clone(),
        size: file.size,
        kind: kind(file, head),
        sha256: file.id.to_string(),
        preview: preview(file, previews),
    }
}

fn kind(file: &RequestFile, head: Option<&[u8]>) -> view::FileKind {
    match (file.kind, head) {
        (FileKind::Pdf, _) => view::FileKind::Pdf,
        (FileKind::Png | FileKind::Jpeg | FileKind::WebP, _) => view::FileKind::Image,
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

/// The file's pages as pictures, where it is among `previews`.
pub(crate) fn preview(file: &RequestFile, previews: &[ShownPreview]) -> view::FilePreview {
    previews.iter().find(|shown| shown.preview.file == file.id).map_or(view::FilePreview::None, shown)
}

fn shown(shown: &ShownPreview) -> view::FilePreview {
    match shown.preview.state {
        PreviewState::Queued => view::FilePreview::Queued,
        PreviewState::Failed => {
            let why = shown.preview.why.map_or("It could not be drawn.", in_words);
            view::FilePreview::Failed { why: why.to_owned() }
        }
        PreviewState::Ready => {
            view::FilePreview::Ready { pages: shown.pages.iter().map(page).collect(), missing: missing(shown) }
        }
    }
}

const fn page(page: &PreviewPage) -> view::PreviewPage {
    view::PreviewPage { number: page.number, width: page.width, height: page.height }
}

/// What is not shown of a document, and why.
fn missing(shown: &ShownPreview) -> Option<String> {
    let (here, total) = (shown.pages.len(), shown.preview.total.unwrap_or(0));
    if u32::try_from(here).is_ok_and(|here| here >= total) {
        return None;
    }
    Some(match shown.preview.why {
        Some(why) => format!("{here} of {total} pages are shown. {}", in_words(why)),
        None => format!("The first {here} of {total} pages are shown."),
    })
}

/// A sentence about the file.
const fn in_words(why: Unshowable) -> &'static str {
    match why {
        Unshowable::Damaged => "It is damaged, or not what it says it is.",
        Unshowable::Locked => "It opens with a password only.",
        Unshowable::Empty => "It has no page.",
        Unshowable::TooLarge => "It has too many pixels or pages.",
        Unshowable::TooSlow => "It takes too long to draw.",
        Unshowable::TooHungry => "It takes too much memory to draw.",
        Unshowable::Stopped => "An administrator ended the work on it.",
        Unshowable::GivenUp => "Drawing it failed again and again, which need not be its fault.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::previews::Preview;
    use crate::portal::{FileId, Time};

    #[test]
    fn a_reader_is_told_what_is_not_shown_and_why() {
        let page = |number| PreviewPage { number, width: 9, height: 9 };
        let preview = |total, why| ShownPreview {
            preview: Preview {
                file: FileId([7; 32]),
                state: PreviewState::Ready,
                total: Some(total),
                why,
                queued_at: Time(0),
                finished_at: Some(Time(1)),
            },
            pages: vec![page(1), page(2)],
        };
        assert_eq!(missing(&preview(2, None)), None);
        assert_eq!(missing(&preview(300, None)).as_deref(), Some("The first 2 of 300 pages are shown."));
        let slow = missing(&preview(3, Some(Unshowable::TooSlow)));
        assert_eq!(slow.as_deref(), Some("2 of 3 pages are shown. It takes too long to draw."));
    }
}
