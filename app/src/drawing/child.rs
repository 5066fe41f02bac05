//! The side of the child process.

use std::io::{Read, Write};
use std::process::ExitCode;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, GrayImage, RgbImage};

use super::order::{Content, Order, status_of};
use super::{bounds, pdf, picture};
use crate::portal::previews::Unshowable;

/// Beyond so many bytes a page without transparency is given as JPEG: a photograph, not a text.
const LARGE_PNG: usize = 400_000;
/// Of JPEG, in percent: text on photographs stays sharp.
const QUALITY: u8 = 85;
/// The exit status when it is not the file's fault.
const TROUBLE: u8 = 3;

/// Does what `order` says with the file on standard input: the number of pages as four bytes, or width, height and then the
/// page as PNG or JPEG, on standard output. To be called first of all in a process of its own, which it bounds for good.
pub fn draw(order: &Order) -> ExitCode {
    // The server says what happened; a panic's text could hold words of the file.
    std::panic::set_hook(Box::new(|_| ()));
    let mut content = Vec::new();
    if bounds::confine(order.seconds).is_err() || std::io::stdin().lock().read_to_end(&mut content).is_err() {
        return ExitCode::from(TROUBLE);
    }
    let answer = match order.page {
        None => count(order.content, content).map(|pages| pages.to_be_bytes().to_vec()),
        Some(number) => {
            page(order.content, content, number, order.max_side).and_then(|page| answer(&without_colours(page)))
        }
    };
    match answer {
        Ok(answer) if std::io::stdout().lock().write_all(&answer).is_ok() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(TROUBLE),
        Err(why) => ExitCode::from(status_of(why)),
    }
}

fn count(content: Content, bytes: Vec<u8>) -> Result<u32, Unshowable> {
    match content {
        Content::Pdf => pdf::count(bytes),
        Content::Picture => Ok(1),
    }
}

fn page(content: Content, bytes: Vec<u8>, number: u32, max_side: u32) -> Result<DynamicImage, Unshowable> {
    match content {
        Content::Pdf => pdf::page(bytes, number, max_side),
        Content::Picture => picture::page(bytes, max_side),
    }
}

/// Width, height, and the pixels as a file that holds nothing else.
fn answer(page: &DynamicImage) -> Result<Vec<u8>, Unshowable> {
    let mut answer = [page.width().to_be_bytes(), page.height().to_be_bytes()].concat();
    let head = answer.len();
    let png = PngEncoder::new_with_quality(&mut answer, CompressionType::Default, FilterType::Adaptive);
    page.write_with_encoder(png).map_err(|_| Unshowable::Damaged)?;
    if !page.color().has_alpha() && answer.len() > LARGE_PNG {
        let mut jpeg = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
        page.write_with_encoder(encoder).map_err(|_| Unshowable::Damaged)?;
        if jpeg.len() < answer.len() - head {
            answer.truncate(head);
            answer.extend(jpeg);
        }
    }
    Ok(answer)
}

/// Without colours where there are none: pages of text become much smaller.
fn without_colours(page: DynamicImage) -> DynamicImage {
    match page {
        DynamicImage::ImageRgb8(pixels) if pixels.pixels().all(|pixel| is_grey(pixel.0)) => {
            DynamicImage::ImageLuma8(greys(&pixels))
        }
        coloured => coloured,
    }
}

const fn is_grey([red, green, blue]: [u8; 3]) -> bool {
    red == green && green == blue
}

fn greys(pixels: &RgbImage) -> GrayImage {
    GrayImage::from_fn(pixels.width(), pixels.height(), |x, y| image::Luma([pixels.get_pixel(x, y).0[0]]))
}
