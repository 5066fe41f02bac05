//! What is drawn: the frame, the countersignature mark and the seal. All of it is decoration; whatever it means is said in
//! words too.

use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Rect};
use krilla::paint::{Fill, LineCap, LineJoin, Stroke};
use krilla::surface::Surface;

use super::sheet::{ACCENT, HEIGHT, Hairline, Ink, WIDTH};

/// Warm white, as a sheet on the portal's pages.
const PAPER: Ink = Ink(0xff, 0xfd, 0xf9);
/// Lines that only part.
const LINE: Ink = Ink(0xe3, 0xdc, 0xcd);
/// How far the frame is from the edge.
const FRAME: f32 = 30.0;
/// Waves around the seal.
const WAVES: u16 = 36;

/// A colour of PDF.
pub(super) fn colour(Ink(red, green, blue): Ink) -> rgb::Color {
    rgb::Color::new(red, green, blue)
}

/// Fills from here on.
pub(super) fn fill(surface: &mut Surface<'_>, ink: Ink) {
    surface.set_stroke(None);
    surface.set_fill(Some(Fill { paint: colour(ink).into(), ..Fill::default() }));
}

fn stroke(surface: &mut Surface<'_>, ink: Ink, width: f32) {
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: colour(ink).into(),
        width,
        line_cap: LineCap::Round,
        line_join: LineJoin::Round,
        ..Stroke::default()
    }));
}

fn draw(surface: &mut Surface<'_>, path: PathBuilder) {
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// The paper and its frame.
pub(super) fn paper(surface: &mut Surface<'_>) {
    fill(surface, PAPER);
    rectangle(surface, 0.0);
    stroke(surface, ACCENT, 0.9);
    rectangle(surface, FRAME);
    stroke(surface, ACCENT, 0.3);
    rectangle(surface, FRAME + 4.0);
}

fn rectangle(surface: &mut Surface<'_>, inset: f32) {
    let mut path = PathBuilder::new();
    if let Some(rect) = Rect::from_ltrb(inset, inset, WIDTH - inset, HEIGHT - inset) {
        path.push_rect(rect);
    }
    draw(surface, path);
}

/// Lines between parts.
pub(super) fn hairlines(surface: &mut Surface<'_>, lines: &[Hairline]) {
    stroke(surface, LINE, 0.6);
    for line in lines {
        let mut path = PathBuilder::new();
        path.move_to(line.x, line.y);
        path.line_to(line.x + line.length, line.y);
        draw(surface, path);
    }
}

/// The mark, `size` high: an open seal, and the second signature that closes it.
pub(super) fn mark(surface: &mut Surface<'_>, x: f32, y: f32, size: f32, ink: Ink) {
    let unit = size / 32.0;
    stroke(surface, ink, 2.6 * unit);
    let (centre, radius) = ((x + 16.0 * unit, y + 16.0 * unit), 11.0 * unit);
    if let Some(path) = arc(centre, radius, 30.0, 313.0) {
        surface.draw_path(&path);
    }
    tick(surface, x, y, unit);
}

fn tick(surface: &mut Surface<'_>, x: f32, y: f32, unit: f32) {
    let mut path = PathBuilder::new();
    path.move_to(x + 10.5 * unit, y + 16.0 * unit);
    path.line_to(x + 15.5 * unit, y + 21.0 * unit);
    path.line_to(x + 29.0 * unit, y + 6.5 * unit);
    draw(surface, path);
}

/// What the seal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// A tick.
    Yes,
    /// A cross.
    No,
    /// A bar: ended without a decision.
    Neither,
}

/// The seal around `centre`.
pub(super) fn seal(surface: &mut Surface<'_>, centre: (f32, f32), radius: f32, sign: Sign, ink: Ink) {
    fill(surface, ink);
    draw(surface, waves(centre, radius));
    stroke(surface, PAPER, 1.1);
    for (share, width) in [(0.84, 1.1), (0.79, 0.5)] {
        stroke(surface, PAPER, width);
        if let Some(path) = arc(centre, radius * share, 0.0, 360.0) {
            surface.draw_path(&path);
        }
    }
    let arm = radius * 0.3;
    stroke(surface, PAPER, radius * 0.11);
    let strokes: &[&[(f32, f32)]] = match sign {
        Sign::Yes => &[&[(-1.1, 0.1), (-0.3, 0.9), (1.2, -0.9)]],
        Sign::No => &[&[(-0.9, -0.9), (0.9, 0.9)], &[(0.9, -0.9), (-0.9, 0.9)]],
        Sign::Neither => &[&[(-1.1, 0.0), (1.1, 0.0)]],
    };
    for points in strokes {
        let mut path = PathBuilder::new();
        for (number, (x, y)) in points.iter().enumerate() {
            let (x, y) = (centre.0 + x * arm, centre.1 + y * arm);
            if number == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
        }
        draw(surface, path);
    }
}

/// The wavy edge of the seal.
fn waves(centre: (f32, f32), radius: f32) -> PathBuilder {
    let mut path = PathBuilder::new();
    let step = 360.0 / f32::from(WAVES);
    let (x, y) = at(centre, radius * 0.965, 0.0);
    path.move_to(x, y);
    for wave in 0..WAVES {
        let from = f32::from(wave) * step;
        let (cx, cy) = at(centre, radius * 1.06, from + step / 2.0);
        let (x, y) = at(centre, radius * 0.965, from + step);
        path.quad_to(cx, cy, x, y);
    }
    path.close();
    path
}

/// Part of a circle from one angle to another, in degrees clockwise from the right.
fn arc(centre: (f32, f32), radius: f32, from: f32, to: f32) -> Option<Path> {
    const PARTS: u16 = 12;
    let mut path = PathBuilder::new();
    let step = (to - from) / f32::from(PARTS);
    let (x, y) = at(centre, radius, from);
    path.move_to(x, y);
    // Where the tangents of two ends meet.
    let outer = radius / (step / 2.0).to_radians().cos();
    for part in 0..PARTS {
        let begin = from + f32::from(part) * step;
        let (cx, cy) = at(centre, outer, begin + step / 2.0);
        let (x, y) = at(centre, radius, begin + step);
        path.quad_to(cx, cy, x, y);
    }
    path.finish()
}

fn at(centre: (f32, f32), radius: f32, degrees: f32) -> (f32, f32) {
    let (sin, cos) = degrees.to_radians().sin_cos();
    (centre.0 + radius * cos, centre.1 + radius * sin)
}
