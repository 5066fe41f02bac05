//! Documents and pictures for tests, made by hand: proper ones, and some that were made to do harm.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{ImageEncoder, RgbImage};

/// A PDF of these objects, the first of which is its catalogue.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(file.len());
        file.extend(format!("{number} 0 obj\n").into_bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let table = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").into_bytes());
    }
    let size = objects.len() + 1;
    file.extend(format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n").into_bytes());
    file
}

fn stream(head: &str, content: &str) -> Vec<u8> {
    format!("<<{head}/Length {}>>\nstream\n{content}\nendstream", content.len()).into_bytes()
}

/// A PDF of so many pages, A4, each with a line across it.
pub(crate) fn pages(count: usize) -> Vec<u8> {
    let kids: String = (0..count).map(|page| format!("{} 0 R ", 4 + page)).collect();
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Count {count}/Kids[{kids}]/MediaBox[0 0 595 842]>>").into_bytes(),
        stream("", "0 0 m 595 842 l S"),
    ];
    objects.extend((0..count).map(|_| b"<</Type/Page/Parent 2 0 R/Contents 3 0 R>>".to_vec()));
    pdf(&objects)
}

/// A PDF whose tree has so many pages that nothing but their number is in it.
pub(crate) fn endless_pages(count: usize) -> Vec<u8> {
    let kids = "<<>>".repeat(count);
    pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Count {count}/MediaBox[0 0 595 842]/Kids[{kids}]>>").into_bytes(),
    ])
}

/// A PDF of one page that draws a form ten times, which draws another one ten times, and so on: 10¹¹ rectangles.
pub(crate) fn endless_drawing() -> Vec<u8> {
    let form =
        |next: usize| format!("/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X {next} 0 R>>>>");
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 595 842]>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/Resources<</XObject<</X 5 0 R>>>>/Contents 4 0 R>>".to_vec(),
        stream("", "/X Do"),
    ];
    objects.extend((6..16).map(|next| stream(&form(next), &"/X Do ".repeat(10))));
    objects.push(stream(&form(0), &"0 0 100 100 re f ".repeat(10)));
    pdf(&objects)
}

/// A PDF of one empty page whose sides have so many points.
pub(crate) fn huge_page(points: u32) -> Vec<u8> {
    pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 {points} {points}]>>").into_bytes(),
        b"<</Type/Page/Parent 2 0 R>>".to_vec(),
    ])
}

/// A PNG of one colour.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let pixels = RgbImage::from_pixel(width, height, image::Rgb([180, 40, 40]));
    let mut file = Vec::new();
    let encoder = PngEncoder::new(&mut file);
    encoder.write_image(&pixels, width, height, image::ExtendedColorType::Rgb8).expect("a picture");
    file
}

/// A PNG of a few bytes that says it has this size.
pub(crate) fn boasting_png(width: u32, height: u32) -> Vec<u8> {
    let mut file = png(1, 1);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&file[12..29]);
    file[29..33].copy_from_slice(&sum.to_be_bytes());
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
    };
    !bytes.iter().fold(u32::MAX, step)
}

/// A JPEG that says which camera made it, and that its left side is up.
pub(crate) fn photograph(width: u32, height: u32, camera: &str) -> Vec<u8> {
    let pixels = RgbImage::from_pixel(width, height, image::Rgb([40, 120, 40]));
    let mut file = Vec::new();
    JpegEncoder::new(&mut file).write_image(&pixels, width, height, image::ExtendedColorType::Rgb8).expect("a picture");
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02".to_vec();
    // Make, as text after the directory; orientation 6.
    let length = u32::try_from(camera.len() + 1).expect("a short name");
    exif.extend([0x01, 0x0f, 0, 2]);
    exif.extend(length.to_be_bytes());
    exif.extend(38_u32.to_be_bytes());
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]);
    exif.extend(camera.as_bytes());
    exif.push(0);
    let size = u16::try_from(exif.len() + 2).expect("a short head");
    let head = [&[0xff, 0xe1][..], &size.to_be_bytes(), &exif].concat();
    file.splice(2..2, head);
    file
}
