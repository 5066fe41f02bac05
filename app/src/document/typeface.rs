//! The typeface of documents: which characters it has, how wide a text is, and where a line ends.
//!
//! It covers Latin, Greek and Cyrillic. Characters of other scripts are drawn as a visible replacement, one each, and keep
//! their text for those who search, copy or listen.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Face, UnicodeBuffer};

use super::certificate::CertificateError;

/// Noto Serif, under the SIL Open Font License beside it.
const NOTO_SERIF: &[u8] = include_bytes!("fonts/NotoSerif-Regular.ttf");
/// What stands for a character that the typeface does not have.
const REPLACEMENT: char = '\u{fffd}';

/// A typeface that is ready to measure and to draw.
pub(super) struct Typeface {
    pub(super) font: Font,
    face: Face<'static>,
}

/// A part of a line.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// What is drawn.
    pub(super) text: String,
    /// How.
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// How wide that is, in units of the type size.
    pub(super) width: f32,
    /// The text that it stands for, where that is another one.
    pub(super) stands_for: Option<String>,
}

impl Typeface {
    /// The typeface; an error when the file in the binary is damaged.
    pub(super) fn load() -> Result<Self, CertificateError> {
        let font = Font::new(NOTO_SERIF.into(), 0).ok_or(CertificateError::Typeface)?;
        let face = Face::from_slice(NOTO_SERIF, 0).ok_or(CertificateError::Typeface)?;
        Ok(Self { font, face })
    }

    /// The lines of a text, each no wider than `width` units of the type size, with `tracking` of such units between
    /// characters. Lines break at spaces; what is too wide without one breaks anywhere.
    pub(super) fn lines(&self, text: &str, width: f32, tracking: f32) -> Vec<Vec<Piece>> {
        let text = printable(text);
        let mut lines = Vec::new();
        for paragraph in text.split('\n') {
            let mut line = String::new();
            let mut taken = 0.0;
            for word in self.parts(paragraph, width, tracking) {
                let wide = self.width(word.trim_end(), tracking);
                if taken > 0.0 && taken + wide > width {
                    lines.push(self.pieces(&line, tracking));
                    line.clear();
                    taken = 0.0;
                }
                taken += self.width(&word, tracking);
                line.push_str(&word);
            }
            lines.push(self.pieces(&line, tracking));
        }
        lines
    }

    /// Words with the space after them; those that are too wide in parts that are not.
    fn parts(&self, paragraph: &str, width: f32, tracking: f32) -> Vec<String> {
        let mut parts = Vec::new();
        for word in paragraph.split_inclusive(' ') {
            if self.width(word.trim_end(), tracking) <= width {
                parts.push(word.to_owned());
                continue;
            }
            let (mut part, mut taken) = (String::new(), 0.0);
            for character in word.chars() {
                let wide = self.advance(character) + tracking;
                if taken + wide > width && !part.is_empty() {
                    parts.push(std::mem::take(&mut part));
                    taken = 0.0;
                }
                part.push(character);
                taken += wide;
            }
            parts.push(part);
        }
        parts
    }

    /// How wide a text is before its characters are moved towards each other, which takes much longer to find out and makes
    /// hardly a difference.
    fn width(&self, text: &str, tracking: f32) -> f32 {
        text.chars().map(|character| self.advance(character) + tracking).sum()
    }

    fn advance(&self, character: char) -> f32 {
        let drawn = if self.has(character) { character } else { REPLACEMENT };
        let units = self.face.glyph_index(drawn).and_then(|glyph| self.face.glyph_hor_advance(glyph));
        units.map_or(0.0, f32::from) / units_of(self.face.units_per_em())
    }

    fn has(&self, character: char) -> bool {
        self.face.glyph_index(character).is_some() && !is_private(character)
    }

    /// A line in parts that the typeface has and parts that it has not.
    fn pieces(&self, line: &str, tracking: f32) -> Vec<Piece> {
        let mut pieces: Vec<(bool, String)> = Vec::new();
        for character in line.chars() {
            // A space between two names that cannot be drawn is part of what they stand for.
            let after_unknown = pieces.last().is_some_and(|(known, _)| !known);
            let known = self.has(character) && !(character == ' ' && after_unknown);
            match pieces.last_mut().filter(|(so_far, _)| *so_far == known) {
                Some((_, text)) => text.push(character),
                None => pieces.push((known, character.to_string())),
            }
        }
        let piece = |(known, text): (bool, String)| {
            let drawn = if known { text.clone() } else { text.chars().map(shown).collect() };
            let glyphs = self.shape(&drawn, tracking);
            let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
            Piece { text: drawn, glyphs, width, stands_for: (!known).then_some(text) }
        };
        pieces.into_iter().map(piece).collect()
    }

    fn shape(&self, text: &str, tracking: f32) -> Vec<KrillaGlyph> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(Direction::LeftToRight);
        let shaped = rustybuzz::shape(&self.face, &[], buffer);
        let (infos, positions) = (shaped.glyph_infos(), shaped.glyph_positions());
        let scaled = |units: i32| units_of(units) / units_of(self.face.units_per_em());
        let starts: Vec<usize> = infos.iter().map(|info| usize::try_from(info.cluster).unwrap_or(text.len())).collect();
        let glyph = |(number, start): (usize, &usize)| {
            let end = starts[number..].iter().find(|next| *next > start).copied().unwrap_or(text.len());
            let (info, at) = (&infos[number], &positions[number]);
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                scaled(at.x_advance) + tracking,
                scaled(at.x_offset),
                scaled(at.y_offset),
                scaled(at.y_advance),
                *start..end,
                None,
            )
        };
        starts.iter().enumerate().map(glyph).collect()
    }
}

/// How a character is drawn that the typeface has not.
fn shown(character: char) -> char {
    if character == ' ' { ' ' } else { REPLACEMENT }
}

/// Font units are small: none is lost.
fn units_of(units: i32) -> f32 {
    i16::try_from(units).map_or(0.0, f32::from)
}

/// Without what has no shape of its own: controls, marks that turn the direction of a text around, characters of no width. Line
/// ends stay; tabs become spaces.
fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").chars() {
        match character {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => printable.push('\n'),
            '\t' => printable.push(' '),
            other if other.is_control() || has_no_shape(other) => {}
            other => printable.push(other),
        }
    }
    printable
}

/// Whether a character only tells how others are to be drawn.
fn has_no_shape(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Characters whose meaning somebody else has made up; archival files may not hold them as text.
fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(line: &[Piece]) -> String {
        line.iter().map(|piece| piece.text.as_str()).collect()
    }

    #[test]
    fn lines_break_at_spaces_and_long_words_anywhere() {
        let face = Typeface::load().expect("a typeface");
        let lines: Vec<_> = face.lines("one two three", 4.0, 0.0).iter().map(|line| drawn(line)).collect();
        assert_eq!(lines, ["one two ", "three"]);
        let lines = face.lines(&"0123456789abcdef".repeat(4), 10.0, 0.0);
        assert!(lines.len() > 2);
        assert!(lines.iter().all(|line| line.iter().map(|piece| piece.width).sum::<f32>() <= 10.0));
        assert_eq!(lines.iter().map(|line| drawn(line)).collect::<String>(), "0123456789abcdef".repeat(4));
    }

    #[test]
    fn what_the_typeface_has_not_is_seen_and_keeps_its_text() {
        let face = Typeface::load().expect("a typeface");
        let lines = face.lines("Ana \u{5c71} \u{7530}: Žižka Ελένη Юлия", 100.0, 0.0);
        let pieces = &lines[0];
        assert_eq!(drawn(pieces), "Ana \u{fffd} \u{fffd}: Žižka Ελένη Юлия");
        let kept: Vec<_> = pieces.iter().filter_map(|piece| piece.stands_for.as_deref()).collect();
        assert_eq!(kept, ["\u{5c71} \u{7530}"]);
        assert!(pieces.iter().flat_map(|piece| &piece.glyphs).all(|glyph| glyph.glyph_id.to_u32() != 0));
    }

    #[test]
    fn what_would_turn_a_text_around_is_left_out() {
        assert_eq!(printable("a\u{202e}b\u{0}\tc\r\nd\u{200b}"), "ab c\nd");
    }
}
