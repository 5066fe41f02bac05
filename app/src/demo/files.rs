//! Attachments, made by code: small files that are what they say.

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage};

use super::scene::Content;
use crate::portal::PortalError;

/// The size of a picture.
const PICTURE: (u32, u32) = (640, 360);
const PAPER: Rgb<u8> = Rgb([250, 248, 243]);
const INK: Rgb<u8> = Rgb([32, 56, 100]);

/// The bytes of a file.
pub(super) fn bytes_of(content: &Content) -> Result<Vec<u8>, PortalError> {
    match content {
        Content::Text(text) => Ok(text.as_bytes().to_vec()),
        Content::Pdf(pages) => Ok(pdf(pages)),
        Content::Bars(heights) => png(heights),
    }
}

/// Bars on paper, from left to right.
fn png(heights: &[u32]) -> Result<Vec<u8>, PortalError> {
    let (width, height) = PICTURE;
    let slot = width / u32::try_from(heights.len().max(1)).unwrap_or(width).max(1);
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let bar = usize::try_from(x / slot.max(1)).ok().and_then(|bar| heights.get(bar)).copied().unwrap_or(0);
        let within = x % slot.max(1) >= slot / 5;
        let filled = (height - 1 - y) * 100 < bar.min(100) * height;
        if within && filled { INK } else { PAPER }
    });
    let mut file = Vec::new();
    PngEncoder::new(&mut file)
        .write_image(&picture, width, height, ExtendedColorType::Rgb8)
        .map_err(|error| PortalError::Internal(format!("a picture cannot be written: {error}")))?;
    Ok(file)
}

/// A PDF of A4 pages in Helvetica, which every reader has.
fn pdf(pages: &[&[&str]]) -> Vec<u8> {
    let kids: String = (0..pages.len()).map(|page| format!("{} 0 R ", 4 + 2 * page)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Count {}/Kids[{kids}]/MediaBox[0 0 595 842]>>", pages.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    for (number, lines) in pages.iter().enumerate() {
        let content = text_of(lines);
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/Resources<</Font<</F 3 0 R>>>>/Contents {} 0 R>>",
            5 + 2 * number
        ));
        objects.push(format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()));
    }
    file_of(&objects)
}

/// The lines below each other, the first one as a heading.
fn text_of(lines: &[&str]) -> String {
    let mut content = String::from("BT 72 762 Td");
    for (number, line) in lines.iter().enumerate() {
        let (size, down) = if number == 0 { (20, 38) } else { (11, 18) };
        let plain: String = line.chars().filter(char::is_ascii).collect();
        let escaped = plain.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        content.push_str(&format!(" /F {size} Tf ({escaped}) Tj 0 -{down} Td"));
    }
    content.push_str(" ET");
    content
}

/// The objects with their table; the first one is the catalogue.
fn file_of(objects: &[String]) -> Vec<u8> {
    let mut file = String::from("%PDF-1.7\n");
    let mut table = String::from("0000000000 65535 f \n");
    for (number, object) in (1..).zip(objects) {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let (place, size) = (file.len(), objects.len() + 1);
    file.push_str(&format!("xref\n0 {size}\n{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{place}\n%%EOF\n"));
    file.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::file::FileKind;

    #[test]
    fn files_are_what_they_say_and_the_table_of_a_pdf_leads_to_its_objects() {
        let pdf = bytes_of(&Content::Pdf(&[&["Offer (draft)", "One line."], &["Page two"]])).expect("a document");
        assert_eq!(FileKind::sniff(&pdf, true), FileKind::Pdf);
        let text = String::from_utf8(pdf).expect("plain letters");
        let places = text.lines().filter_map(|line| line.strip_suffix(" 00000 n "));
        for (number, place) in (1..).zip(places) {
            let place: usize = place.parse().expect("a place");
            assert!(text[place..].starts_with(&format!("{number} 0 obj\n")), "object {number}");
        }
        assert!(text.contains("(Offer \\(draft\\)) Tj"));

        let png = bytes_of(&Content::Bars(&[10, 60, 100])).expect("a picture");
        assert_eq!(FileKind::sniff(&png, true), FileKind::Png);
        assert_eq!(FileKind::sniff(&bytes_of(&Content::Text("Plain.")).expect("a text"), true), FileKind::Text);
    }
}
