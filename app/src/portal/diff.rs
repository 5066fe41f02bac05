//! What differs between two revisions: the text word by word, the files by name and content. Pure.

use similar::{Algorithm, DiffOp, DiffTag, DiffableStr, capture_diff_slices};

use super::file::RequestFile;
use super::reads::Revision;

/// Lines of unchanged text that stay in sight before and after a change.
const CONTEXT_LINES: usize = 3;

/// What differs between two revisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// The title, whole.
    pub title: Vec<Piece>,
    /// The text as it was typed, without what lies far from every change; one [`Piece::Same`] at most when nothing changed.
    pub text: Vec<Piece>,
    /// The files of the later revision in their order, then those that are gone.
    pub files: Vec<FileChange>,
}

impl Changes {
    /// The files whose content one of the revisions has and the other has not.
    pub fn differing_files(&self) -> Vec<RequestFile> {
        let differing = self.files.iter().flat_map(|change| match change {
            FileChange::Same { .. } | FileChange::Renamed { .. } => [None, None],
            FileChange::Changed { from, to } => [Some(from), Some(to)],
            FileChange::Added(file) | FileChange::Removed(file) => [Some(file), None],
        });
        differing.flatten().cloned().collect()
    }
}

/// A piece of a text that was compared with another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// In both.
    Same(String),
    /// In the earlier one only.
    Gone(String),
    /// In the later one only.
    New(String),
    /// So many lines are in both and left out here.
    Skipped(usize),
}

impl Piece {
    /// Whether the two texts differ here.
    pub const fn is_change(&self) -> bool {
        matches!(self, Self::Gone(_) | Self::New(_))
    }
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileChange {
    /// The same name, the same content.
    Same {
        /// As it was.
        from: RequestFile,
        /// As it is.
        to: RequestFile,
    },
    /// Another name, the same content.
    Renamed {
        /// As it was.
        from: RequestFile,
        /// As it is.
        to: RequestFile,
    },
    /// The same name, another content.
    Changed {
        /// As it was.
        from: RequestFile,
        /// As it is.
        to: RequestFile,
    },
    /// It is new.
    Added(RequestFile),
    /// It is gone.
    Removed(RequestFile),
}

/// Compares two revisions of one request, each with its text.
pub(super) fn changes((from, from_text): (&Revision, &str), (to, to_text): (&Revision, &str)) -> Changes {
    Changes {
        title: words(&from.title, &to.title),
        text: shortened(words(from_text, to_text)),
        files: files(&from.files, &to.files),
    }
}

/// Compares two texts word by word. What kind of line end a browser or a program sent makes no difference.
fn words(from: &str, to: &str) -> Vec<Piece> {
    let (from, to) = (from.replace("\r\n", "\n"), to.replace("\r\n", "\n"));
    let (from, to) = (from.tokenize_words(), to.tokenize_words());
    // The heuristics of this algorithm bound the work for texts that have nothing in common.
    let ops = capture_diff_slices(Algorithm::Myers, &from, &to);
    let replaced = |place: Option<usize>| place.and_then(|place| ops.get(place)).is_some_and(is_replacement);
    let mut pieces = Pieces::default();
    for (place, op) in ops.iter().enumerate() {
        let (gone, new) = (from[op.old_range()].concat(), to[op.new_range()].concat());
        let is_gap = new.trim().is_empty() && replaced(place.checked_sub(1)) && replaced(Some(place + 1));
        if op.tag() == DiffTag::Equal && !is_gap {
            pieces.same(new);
        } else {
            // The space between two replaced words belongs to both sides, so that a sentence reads as a sentence.
            pieces.differ(&gone, &new);
        }
    }
    pieces.finish()
}

fn is_replacement(op: &DiffOp) -> bool {
    op.tag() == DiffTag::Replace
}

/// Pieces being made: what differs is collected until something is the same again.
#[derive(Default)]
struct Pieces {
    done: Vec<Piece>,
    gone: String,
    new: String,
}

impl Pieces {
    fn same(&mut self, text: String) {
        self.flush();
        self.done.push(Piece::Same(text));
    }

    fn differ(&mut self, gone: &str, new: &str) {
        self.gone.push_str(gone);
        self.new.push_str(new);
    }

    fn flush(&mut self) {
        let (gone, new) = (std::mem::take(&mut self.gone), std::mem::take(&mut self.new));
        let changed = [Piece::Gone(gone), Piece::New(new)];
        self.done.extend(
            changed.into_iter().filter(|piece| !matches!(piece, Piece::Gone(t) | Piece::New(t) if t.is_empty())),
        );
    }

    fn finish(mut self) -> Vec<Piece> {
        self.flush();
        self.done
    }
}

/// Leaves out lines that are far from every change. A text without a change stays as it is.
fn shortened(pieces: Vec<Piece>) -> Vec<Piece> {
    if !pieces.iter().any(Piece::is_change) {
        return pieces;
    }
    let last = pieces.len() - 1;
    let mut kept = Vec::with_capacity(pieces.len());
    for (place, piece) in pieces.into_iter().enumerate() {
        match piece {
            Piece::Same(text) => kept.extend(near_changes(text, place > 0, place < last)),
            change => kept.push(change),
        }
    }
    kept
}

/// Of a text between two changes, or at an end, the lines next to the changes. One line in their midst is not worth a gap.
fn near_changes(text: String, after_change: bool, before_change: bool) -> Vec<Piece> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let head = if after_change { CONTEXT_LINES } else { 0 };
    let tail = if before_change { CONTEXT_LINES } else { 0 };
    let skipped = lines.len().saturating_sub(head + tail);
    if skipped < 2 {
        return vec![Piece::Same(text)];
    }
    let (head, tail) = (lines[..head].concat(), lines[head + skipped..].concat());
    let same = |text: String| (!text.is_empty()).then_some(Piece::Same(text));
    [same(head), Some(Piece::Skipped(skipped)), same(tail)].into_iter().flatten().collect()
}

/// Compares the files of two revisions. Several may have one name: those with the same content find each other first.
fn files(from: &[RequestFile], to: &[RequestFile]) -> Vec<FileChange> {
    type Alike = fn(&RequestFile, &RequestFile) -> bool;
    let alike: [Alike; 3] = [|a, b| a.name == b.name && a.id == b.id, |a, b| a.name == b.name, |a, b| a.id == b.id];
    let mut left: Vec<&RequestFile> = from.iter().collect();
    let mut before: Vec<Option<&RequestFile>> = vec![None; to.len()];
    for is_alike in alike {
        for (file, before) in to.iter().zip(&mut before).filter(|(_, before)| before.is_none()) {
            *before = left.iter().position(|old| is_alike(old, file)).map(|place| left.remove(place));
        }
    }
    let now = to.iter().zip(before).map(|(file, before)| became(before, file));
    now.chain(left.iter().map(|file| FileChange::Removed((*file).clone()))).collect()
}

fn became(from: Option<&RequestFile>, to: &RequestFile) -> FileChange {
    let to = to.clone();
    match from.cloned() {
        None => FileChange::Added(to),
        Some(from) if from.id != to.id => FileChange::Changed { from, to },
        Some(from) if from.name != to.name => FileChange::Renamed { from, to },
        Some(from) => FileChange::Same { from, to },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::file::FileKind;
    use crate::portal::{FileId, UploadId};

    fn same(text: &str) -> Piece {
        Piece::Same(text.into())
    }

    fn gone(text: &str) -> Piece {
        Piece::Gone(text.into())
    }

    fn new(text: &str) -> Piece {
        Piece::New(text.into())
    }

    /// What is left when everything of one side is taken out.
    fn side(pieces: &[Piece], other: fn(&Piece) -> bool) -> String {
        let texts = pieces.iter().filter(|piece| !other(piece)).map(|piece| match piece {
            Piece::Same(text) | Piece::Gone(text) | Piece::New(text) => text.as_str(),
            Piece::Skipped(_) => "",
        });
        texts.collect()
    }

    #[test]
    fn a_text_is_compared_word_by_word() {
        assert_eq!(
            words("two years at 410", "three years at 395"),
            [gone("two"), new("three"), same(" years at "), gone("410"), new("395"),]
        );
        assert_eq!(words("", "all new"), [new("all new")]);
        assert_eq!(words("all gone", ""), [gone("all gone")]);
        assert!(words("", "").is_empty());
    }

    #[test]
    fn replaced_words_in_a_row_are_one_change() {
        assert_eq!(
            words("pay two hundred euros now", "pay ninety five euros now"),
            [same("pay "), gone("two hundred"), new("ninety five"), same(" euros now"),]
        );
    }

    #[test]
    fn the_kind_of_line_end_is_no_change() {
        assert_eq!(words("one\r\ntwo\r\n", "one\ntwo\n"), [same("one\ntwo\n")]);
    }

    #[test]
    fn both_texts_can_be_read_from_what_is_shown() {
        for (from, to) in [
            ("a b c d e", "c d x e a"),
            ("- one\n- two\n", "- two\n- three\n\nand more"),
            ("Grüße aus  Köln", "Grüße\u{a0}aus Kölle"),
            ("x", " x "),
        ] {
            let pieces = words(from, to);
            assert_eq!(side(&pieces, |piece| matches!(piece, Piece::New(_))), from);
            assert_eq!(side(&pieces, |piece| matches!(piece, Piece::Gone(_))), to);
        }
    }

    #[test]
    fn texts_that_have_nothing_in_common_are_still_compared() {
        let many = |word: &str| (0..3_000).map(|n| format!("{word}{n} ")).collect::<String>();
        let pieces = words(&many("a"), &many("b"));
        assert!(
            pieces
                .iter()
                .all(|piece| piece.is_change() || matches!(piece, Piece::Same(text) if text.trim().is_empty()))
        );
    }

    #[test]
    fn lines_far_from_every_change_are_left_out_and_counted() {
        let lines = |from: u32, to: u32| (from..=to).map(|n| format!("line {n}\n")).collect::<String>();
        let from = format!("{}old\n{}", lines(1, 20), lines(21, 40));
        let to = format!("{}new\n{}", lines(1, 20), lines(21, 40));
        let pieces = shortened(words(&from, &to));
        assert_eq!(pieces.first(), Some(&Piece::Skipped(17)));
        assert_eq!(pieces.get(1), Some(&same(&lines(18, 20))));
        assert_eq!(pieces.get(2..4), Some(&[gone("old"), new("new")][..]));
        assert_eq!(pieces.last(), Some(&Piece::Skipped(18)), "the end of the changed line counts as one of three");
        let unchanged = shortened(words(&from, &from));
        assert_eq!(unchanged, [same(&from)]);
    }

    #[test]
    fn a_gap_of_one_line_is_shown() {
        let text = "1\n2\n3\n4\n5\n6\n7\n".to_owned();
        assert_eq!(near_changes(text.clone(), true, true), [same(&text)]);
        let more = format!("{text}8\n");
        assert_eq!(near_changes(more, true, true), [same("1\n2\n3\n"), Piece::Skipped(2), same("6\n7\n8\n")]);
    }

    fn file(number: u32, name: &str, content: u8) -> RequestFile {
        RequestFile {
            number,
            name: name.to_owned(),
            id: FileId([content; 32]),
            size: u64::from(content),
            kind: FileKind::Other,
            chunks_of: UploadId(uuid::Uuid::nil()),
        }
    }

    #[test]
    fn files_stay_change_come_and_go() {
        let from = [file(1, "quote.pdf", 1), file(2, "plan.png", 2), file(3, "old.txt", 3), file(4, "draft.txt", 4)];
        let to = [file(1, "plan.png", 2), file(2, "quote.pdf", 9), file(3, "final.txt", 4), file(4, "more.txt", 5)];
        assert_eq!(
            files(&from, &to),
            [
                FileChange::Same { from: from[1].clone(), to: to[0].clone() },
                FileChange::Changed { from: from[0].clone(), to: to[1].clone() },
                FileChange::Renamed { from: from[3].clone(), to: to[2].clone() },
                FileChange::Added(to[3].clone()),
                FileChange::Removed(from[2].clone()),
            ]
        );
    }

    #[test]
    fn of_files_with_one_name_those_with_the_same_content_belong_together() {
        let from = [file(1, "scan.pdf", 1), file(2, "scan.pdf", 2)];
        let to = [file(1, "scan.pdf", 2), file(2, "scan.pdf", 3)];
        assert_eq!(
            files(&from, &to),
            [
                FileChange::Same { from: from[1].clone(), to: to[0].clone() },
                FileChange::Changed { from: from[0].clone(), to: to[1].clone() },
            ]
        );
    }
}
