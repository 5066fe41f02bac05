//! PNG, JPEG and WebP, decoded within limits and made smaller. Place, time, camera and whatever else stands beside the
//! pixels is left behind; only which side is up is heeded.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};

use crate::portal::previews::Unshowable;

/// The longest side that is decoded, in pixels.
const MAX_DECODED_SIDE: u32 = 20_000;
/// The most that the decoder may allocate, in bytes; the bounds of the process are beyond it.
const MAX_DECODED_BYTES: u64 = 400_000_000;

/// The picture, its longer side at most `max_side` pixels; a smaller one stays as it is.
pub(super) fn page(content: Vec<u8>, max_side: u32) -> Result<DynamicImage, Unshowable> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_DECODED_SIDE);
    limits.max_image_height = Some(MAX_DECODED_SIDE);
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    let mut reader = ImageReader::new(Cursor::new(content)).with_guessed_format().map_err(|_| Unshowable::Damaged)?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| reason(&error))?;
    if decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(Unshowable::TooLarge);
    }
    // What cannot be read of it is left behind with the rest.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| reason(&error))?;
    let mut picture = plain(fitted(picture, max_side));
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn reason(error: &ImageError) -> Unshowable {
    if matches!(error, ImageError::Limits(_)) { Unshowable::TooLarge } else { Unshowable::Damaged }
}

fn fitted(picture: DynamicImage, max_side: u32) -> DynamicImage {
    if picture.width().max(picture.height()) > max_side { picture.thumbnail(max_side, max_side) } else { picture }
}

/// Eight bits for each of three colours, with alpha only where something may be transparent.
fn plain(picture: DynamicImage) -> DynamicImage {
    if picture.color().has_alpha() {
        DynamicImage::ImageRgba8(picture.into_rgba8())
    } else {
        DynamicImage::ImageRgb8(picture.into_rgb8())
    }
}
