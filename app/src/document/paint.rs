//! Sheets as a PDF.

use std::num::NonZeroU16;

use krilla::Document;
use krilla::SerializeSettings;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, Node, SpanTag, TableHeaderScope, Tag, TagGroup,
    TagKind, TagTree,
};

use super::certificate::CertificateError;
use super::mark::{self, Sign};
use super::sheet::{ACCENT, Branch, CENTRED, HEIGHT, Ink, Kind, Line, Look, MUTED, Sheet, Sheets, WIDTH};
use super::typeface::Typeface;

/// The language of every word that is the portal's own.
const LANGUAGE: &str = "en";
/// Where the seal is on the first sheet, and how large.
const SEAL: ((f32, f32), f32) = ((WIDTH / 2.0, 668.0), 46.0);
/// The mark at the head of the first sheet.
const MARK: (f32, f32, f32) = (WIDTH / 2.0 - 20.0, 70.0, 40.0);

/// What a document says of itself, and what is on its sheets besides text.
pub(super) struct Dress {
    /// Its title.
    pub(super) title: String,
    /// What it is, in a sentence.
    pub(super) about: String,
    /// What makes it the only one of its sort.
    pub(super) id: String,
    /// When its facts were complete: year, month, day, hour, minute, second in UTC.
    pub(super) date: (u16, [u8; 5]),
    /// What is at the foot of each sheet, before its number.
    pub(super) foot: String,
    /// What the seal shows, and in which colour.
    pub(super) seal: (Sign, Ink),
}

/// The file.
pub(super) fn paint(face: &Typeface, written: Sheets<'_>, dress: &Dress) -> Result<Vec<u8>, CertificateError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| CertificateError::Format(format!("{error:?}")))?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(metadata(dress));
    let mut marked: Vec<Vec<Identifier>> = (0..written.texts).map(|_| Vec::new()).collect();
    let count = written.done.len();
    for (number, sheet) in written.done.iter().enumerate() {
        let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| CertificateError::Format("no size".into()))?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        decorate(&mut surface, sheet, (number == 0).then_some(dress.seal));
        for line in &sheet.lines {
            write(&mut surface, face, line, &mut marked[line.text]);
        }
        foot(&mut surface, face, &format!("{} \u{b7} Page {} of {count}", dress.foot, number + 1));
        surface.finish();
        page.finish();
    }
    let mut outline = Outline::new();
    for entry in written.outline {
        let place = XyzDestination::new(entry.sheet, Point::from_xy(0.0, entry.y));
        outline.push_child(OutlineNode::new(entry.text, place));
    }
    document.set_outline(outline);
    let mut tree = TagTree::new().with_lang(Some(LANGUAGE.to_owned()));
    for branch in written.tree {
        tree.push(group(branch, &mut marked));
    }
    document.set_tag_tree(tree);
    document.finish().map_err(|error| CertificateError::Format(format!("{error:?}")))
}

fn metadata(dress: &Dress) -> Metadata {
    let (year, [month, day, hour, minute, second]) = dress.date;
    let date = DateTime::new(year).month(month).day(day).hour(hour).minute(minute).second(second);
    Metadata::new()
        .title(dress.title.clone())
        .description(dress.about.clone())
        .language(LANGUAGE.to_owned())
        .creator("Countersign".to_owned())
        .producer("Countersign".to_owned())
        .document_id(dress.id.clone())
        .creation_date(date.utc_offset_hour(0).utc_offset_minute(0))
}

fn decorate(surface: &mut Surface<'_>, sheet: &Sheet, seal: Option<(Sign, Ink)>) {
    let everything = Rect::from_xywh(0.0, 0.0, WIDTH, HEIGHT);
    surface.start_tagged(ContentTag::Artifact(Artifact::new(ArtifactType::Background, everything)));
    mark::paper(surface);
    surface.end_tagged();
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
    mark::hairlines(surface, &sheet.hairlines);
    if let Some((sign, ink)) = seal {
        let (x, y, size) = MARK;
        mark::mark(surface, x, y, size, ACCENT);
        mark::seal(surface, SEAL.0, SEAL.1, sign, ink);
    }
    surface.end_tagged();
}

/// Writes a line; each of its pieces is known by the text that it belongs to.
fn write(surface: &mut Surface<'_>, face: &Typeface, line: &Line, marked: &mut Vec<Identifier>) {
    mark::fill(surface, line.look.ink);
    let mut x = line.x;
    for piece in &line.pieces {
        let span = SpanTag::empty().with_actual_text(piece.stands_for.as_deref());
        marked.push(surface.start_tagged(ContentTag::Span(span)));
        let start = Point::from_xy(x, line.y);
        surface.draw_glyphs(start, &piece.glyphs, face.font.clone(), &piece.text, line.look.size, false);
        surface.end_tagged();
        x += piece.width * line.look.size;
    }
}

/// The foot of a sheet, which is no part of what the document says.
fn foot(surface: &mut Surface<'_>, face: &Typeface, text: &str) {
    let look = Look::of(7.5, MUTED);
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
    mark::fill(surface, look.ink);
    for pieces in face.lines(text, CENTRED.width / look.size, 0.0).into_iter().take(1) {
        let wide = pieces.iter().map(|piece| piece.width).sum::<f32>() * look.size;
        let mut x = (WIDTH - wide) / 2.0;
        for piece in pieces {
            let start = Point::from_xy(x, HEIGHT - 50.0);
            surface.draw_glyphs(start, &piece.glyphs, face.font.clone(), &piece.text, look.size, false);
            x += piece.width * look.size;
        }
    }
    surface.end_tagged();
}

/// A part of the document with what was written of it.
fn group(branch: Branch, marked: &mut [Vec<Identifier>]) -> Node {
    let mut group = TagGroup::new(tag(branch.kind));
    for identifier in branch.text.map(|text| std::mem::take(&mut marked[text])).unwrap_or_default() {
        group.push(identifier);
    }
    for child in branch.children {
        group.push(self::group(child, marked));
    }
    Node::Group(group)
}

fn tag(kind: Kind) -> TagKind {
    match kind {
        Kind::Heading(level, title) => Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), Some(title)).into(),
        Kind::Paragraph => Tag::P.into(),
        Kind::List => Tag::L(ListNumbering::None).into(),
        Kind::Item => Tag::LI.into(),
        Kind::ItemBody => Tag::LBody.into(),
        Kind::Table => Tag::Table.into(),
        Kind::Row => Tag::TR.into(),
        Kind::RowHead => Tag::TH(TableHeaderScope::Row).into(),
        Kind::Cell => Tag::TD.into(),
    }
}
