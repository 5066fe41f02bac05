//! Sheets of paper: text with its place, its look, and the part of the document that it belongs to.
//!
//! Lengths are points (1/72 inch), from the upper left corner of an A4 sheet; the height of a text is that of its base line.

use super::typeface::{Piece, Typeface};

/// The width of A4.
pub(super) const WIDTH: f32 = 595.28;
/// The height of A4.
pub(super) const HEIGHT: f32 = 841.89;
/// The space left and right of text.
pub(super) const MARGIN: f32 = 72.0;
/// Where text ends on a sheet; the foot is below.
const BOTTOM: f32 = HEIGHT - 82.0;
/// Where text begins on the second sheet and those after it.
const TOP: f32 = 76.0;

/// A colour as red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ink(pub(super) u8, pub(super) u8, pub(super) u8);

/// Deep ink, for text.
pub(super) const INK: Ink = Ink(0x1b, 0x21, 0x30);
/// For what is said beside.
pub(super) const MUTED: Ink = Ink(0x5b, 0x5c, 0x60);
/// Ink blue, the one accent.
pub(super) const ACCENT: Ink = Ink(0x24, 0x41, 0x9a);

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub(super) size: f32,
    /// From base line to base line, in units of the size.
    pub(super) leading: f32,
    pub(super) ink: Ink,
    /// Between characters, in units of the size.
    pub(super) tracking: f32,
}

impl Look {
    /// Of that size and colour.
    pub(super) const fn of(size: f32, ink: Ink) -> Self {
        Self { size, leading: 1.45, ink, tracking: 0.0 }
    }

    /// With space between characters: for short words in capitals. More of it would pass for spaces between words.
    pub(super) const fn tracked(self) -> Self {
        Self { tracking: 0.09, ..self }
    }

    /// With lines closer to each other: for large type.
    pub(super) const fn tight(self) -> Self {
        Self { leading: 1.25, ..self }
    }

    fn line(self) -> f32 {
        self.size * self.leading
    }
}

/// What a part of the document is, for those who do not see it.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// A heading of that level, from 1.
    Heading(u16, String),
    Paragraph,
    List,
    Item,
    ItemBody,
    Table,
    Row,
    RowHead,
    Cell,
}

/// A part of the document, with the parts in it or the text of that number.
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) kind: Kind,
    pub(super) children: Vec<Branch>,
    pub(super) text: Option<usize>,
}

/// A line of text in its place.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) look: Look,
    pub(super) pieces: Vec<Piece>,
    /// The number of the text that it belongs to.
    pub(super) text: usize,
}

/// A hairline across, for the eye only.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hairline {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) length: f32,
}

/// One sheet.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) lines: Vec<Line>,
    pub(super) hairlines: Vec<Hairline>,
}

/// A heading and where it is, for the outline.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) text: String,
    pub(super) sheet: usize,
    pub(super) y: f32,
}

/// Where a text runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) x: f32,
    pub(super) width: f32,
    pub(super) centred: bool,
}

/// Between the margins.
pub(super) const FULL: Column = Column { x: MARGIN, width: WIDTH - 2.0 * MARGIN, centred: false };
/// The same, centred.
pub(super) const CENTRED: Column = Column { centred: true, ..FULL };

/// The sheets of a document while it is written, from top to bottom.
pub(super) struct Sheets<'a> {
    face: &'a Typeface,
    pub(super) done: Vec<Sheet>,
    pub(super) tree: Vec<Branch>,
    pub(super) outline: Vec<Entry>,
    pub(super) texts: usize,
    y: f32,
}

impl<'a> Sheets<'a> {
    /// One empty sheet, to be written from `y` on.
    pub(super) fn new(face: &'a Typeface, y: f32) -> Self {
        Self { face, done: vec![Sheet::default()], tree: Vec::new(), outline: Vec::new(), texts: 0, y }
    }

    /// Goes on on another sheet.
    pub(super) fn turn(&mut self) {
        self.done.push(Sheet::default());
        self.y = TOP;
    }

    /// Leaves space.
    pub(super) fn skip(&mut self, points: f32) {
        self.y += points;
    }

    /// Goes on at this height of the sheet.
    pub(super) fn go_to(&mut self, y: f32) {
        self.y = y;
    }

    /// Turns the sheet unless `points` are left on it.
    pub(super) fn need(&mut self, points: f32) {
        if self.y + points > BOTTOM && self.y > TOP {
            self.turn();
        }
    }

    /// Adds a part to the document.
    pub(super) fn push(&mut self, branch: Branch) {
        self.tree.push(branch);
    }

    /// Draws a hairline across a column.
    pub(super) fn hairline(&mut self, column: Column) {
        let line = Hairline { x: column.x, y: self.y, length: column.width };
        self.sheet().hairlines.push(line);
    }

    /// How high a text would be.
    pub(super) fn height(&self, text: &str, look: Look, column: Column) -> f32 {
        let lines = self.face.lines(text, column.width / look.size, look.tracking).len();
        f32::from(u16::try_from(lines).unwrap_or(u16::MAX)) * look.line()
    }

    /// Writes a text and goes on below it; a part of the document to be put in its place.
    pub(super) fn text(&mut self, kind: Kind, text: &str, look: Look, column: Column) -> Branch {
        let number = self.texts;
        self.texts += 1;
        for pieces in self.face.lines(text, column.width / look.size, look.tracking) {
            self.need(look.line());
            self.y += look.line();
            let wide: f32 = pieces.iter().map(|piece| piece.width).sum::<f32>() * look.size;
            let x = if column.centred { column.x + (column.width - wide) / 2.0 } else { column.x };
            let line = Line { x, y: self.y - look.size * (look.leading - 1.0) / 2.0, look, pieces, text: number };
            self.sheet().lines.push(line);
        }
        Branch { kind, children: Vec::new(), text: Some(number) }
    }

    /// Writes a heading with space above it, and not as the last thing of a sheet.
    pub(super) fn heading(&mut self, level: u16, text: &str, look: Look, column: Column) {
        if level > 1 {
            self.need(look.line() + 96.0);
        }
        self.outline.push(Entry { text: text.to_owned(), sheet: self.done.len() - 1, y: self.y });
        let branch = self.text(Kind::Heading(level, text.to_owned()), text, look, column);
        self.push(branch);
    }

    /// Writes a paragraph.
    pub(super) fn paragraph(&mut self, text: &str, look: Look, column: Column) {
        let branch = self.text(Kind::Paragraph, text, look, column);
        self.push(branch);
    }

    /// Writes names and values side by side, with hairlines between them.
    pub(super) fn table(&mut self, rows: &[(String, String)], looks: (Look, Look)) {
        let names = Column { width: 118.0, ..FULL };
        let values = Column { x: MARGIN + 130.0, width: FULL.width - 130.0, centred: false };
        let mut table = Branch { kind: Kind::Table, children: Vec::new(), text: None };
        for (name, value) in rows {
            let high = self.height(value, looks.1, values).max(self.height(name, looks.0, names));
            self.need(high + 10.0);
            self.hairline(FULL);
            self.skip(4.0);
            let (sheet, top) = (self.done.len(), self.y);
            // The name stands on the first line of its value.
            self.y = top + (looks.1.line() - looks.0.line()) / 2.0;
            let head = self.text(Kind::RowHead, name, looks.0, names);
            if self.done.len() == sheet {
                self.y = top;
            }
            let cell = self.text(Kind::Cell, value, looks.1, values);
            self.skip(6.0);
            table.children.push(Branch { kind: Kind::Row, children: vec![head, cell], text: None });
        }
        self.push(table);
    }

    /// Writes an item of a list: paragraphs that stay together where they fit on a sheet.
    pub(super) fn item(&mut self, paragraphs: &[(String, Look)], column: Column) -> Branch {
        let high: f32 = paragraphs.iter().map(|(text, look)| self.height(text, *look, column)).sum();
        if high < BOTTOM - TOP {
            self.need(high + 12.0);
        }
        self.hairline(FULL);
        self.skip(6.0);
        let mut body = Branch { kind: Kind::ItemBody, children: Vec::new(), text: None };
        for (text, look) in paragraphs {
            let paragraph = self.text(Kind::Paragraph, text, *look, column);
            body.children.push(paragraph);
        }
        self.skip(8.0);
        Branch { kind: Kind::Item, children: vec![body], text: None }
    }

    fn sheet(&mut self) -> &mut Sheet {
        if self.done.is_empty() {
            self.done.push(Sheet::default());
        }
        let last = self.done.len() - 1;
        &mut self.done[last]
    }
}
