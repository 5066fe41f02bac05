//! Pages of a PDF document. Its scripts, forms, links and attachments are never looked at.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use image::{DynamicImage, RgbImage};

use crate::portal::previews::Unshowable;

/// More pages than a document for people has.
const MAX_PAGES: usize = 10_000;
/// Pixels per point at most: what is smaller than a sheet is not blown up beyond 150 dots per inch.
const MAX_SCALE: f32 = 150.0 / 72.0;

pub(super) fn count(content: Vec<u8>) -> Result<u32, Unshowable> {
    match open(content)?.pages().len() {
        0 => Err(Unshowable::Empty),
        pages if pages > MAX_PAGES => Err(Unshowable::TooLarge),
        pages => Ok(u32::try_from(pages).unwrap_or(u32::MAX)),
    }
}

/// The page of that number, from 1, its longer side at most `max_side` pixels.
pub(super) fn page(content: Vec<u8>, number: u32, max_side: u32) -> Result<DynamicImage, Unshowable> {
    let pdf = open(content)?;
    let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    let page = place.and_then(|place| pdf.pages().get(place)).ok_or(Unshowable::Damaged)?;
    let (width, height) = page.render_dimensions();
    let scale = scale(width.max(height), max_side)?;
    let settings = PixmapSettings { x_scale: stretch(width, scale), y_scale: stretch(height, scale), bg_color: WHITE };
    let drawn =
        render(page, &RenderCache::new(), &InterpreterSettings::default(), &RenderSettings::default(), &settings);
    opaque(&drawn)
}

fn open(content: Vec<u8>) -> Result<Pdf, Unshowable> {
    Pdf::new(content).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => Unshowable::Locked,
        LoadPdfError::Decryption(_) | LoadPdfError::Invalid => Unshowable::Damaged,
    })
}

/// Pixels per point for a page whose longer side has so many points.
fn scale(points: f32, max_side: u32) -> Result<f32, Unshowable> {
    // What is drawn has 16 bits for each side.
    let pixels = f32::from(u16::try_from(max_side).unwrap_or(u16::MAX));
    // Neither zero nor infinite nor no number at all, whatever the document says.
    if points.is_finite() && points > 0.0 { Ok((pixels / points).min(MAX_SCALE)) } else { Err(Unshowable::Damaged) }
}

/// The scale of one side, such that a page as thin as a thread still has a pixel.
fn stretch(points: f32, scale: f32) -> f32 {
    if points * scale >= 1.0 || points <= 0.0 { scale } else { 1.0 / points }
}

/// The pixels without their alpha: the background is white.
fn opaque(drawn: &Pixmap) -> Result<DynamicImage, Unshowable> {
    let pixels = drawn.data_as_u8_slice().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let image = RgbImage::from_raw(drawn.width().into(), drawn.height().into(), pixels);
    let image = image.filter(|image| image.width() > 0 && image.height() > 0);
    image.map(DynamicImage::ImageRgb8).ok_or(Unshowable::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_fits_into_its_square_and_is_not_blown_up() {
        assert_eq!(scale(3_200.0, 1_600), Ok(0.5));
        assert_eq!(scale(144.0, 1_600), Ok(MAX_SCALE));
        for nonsense in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert_eq!(scale(nonsense, 1_600), Err(Unshowable::Damaged));
        }
    }

    #[test]
    fn a_thread_still_has_a_pixel() {
        assert!(0.01 * stretch(0.01, 0.5) >= 1.0);
        assert!((stretch(100.0, 0.5) - 0.5).abs() < f32::EPSILON);
    }
}
