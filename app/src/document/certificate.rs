//! The certificate of a finished request.

use jiff::tz::TimeZone;

use super::paint::{Dress, paint};
use super::sheet::Sheets;
use super::typeface::Typeface;
use super::{front, record, words};
use crate::portal::certificate::CertificateFacts;
use crate::portal::clock::Time;

/// Why there is no certificate. Both are faults of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The typeface in the binary cannot be read.
    #[error("the typeface of certificates cannot be read")]
    Typeface,
    /// The file would not be what it says it is.
    #[error("a certificate cannot be written: {0}")]
    Format(String),
}

/// The certificate as a PDF: A4, tagged, PDF/A-2a and PDF/UA-1. The same facts give the same bytes. Takes some milliseconds of
/// a processor; not to be called where others wait for it.
pub fn certificate(facts: &CertificateFacts) -> Result<Vec<u8>, CertificateError> {
    let face = Typeface::load()?;
    let sheets = write(&face, facts);
    let name = front::name(facts.end.state);
    let dress = Dress {
        title: format!("{name}: {}", facts.title),
        about: format!("What happened to the request {} from its submission to its end.", facts.request),
        id: format!("countersign-certificate-{}-{}", facts.request, facts.rounds.len()),
        date: date(facts.end.at),
        foot: format!("{name} \u{b7} Request {}", facts.request),
        seal: front::seal(facts.end.state),
    };
    paint(&face, sheets, &dress)
}

/// The sheets, written but not painted.
pub(super) fn write<'a>(face: &'a Typeface, facts: &CertificateFacts) -> Sheets<'a> {
    let mut sheets = Sheets::new(face, 0.0);
    front::front(&mut sheets, facts);
    record::record(&mut sheets, facts);
    sheets
}

/// Year, month, day, hour, minute and second in UTC.
fn date(at: Time) -> (u16, [u8; 5]) {
    let utc = words::moment(at).to_zoned(TimeZone::UTC);
    let small = |number: i8| u8::try_from(number).unwrap_or(0);
    let rest = [utc.month(), utc.day(), utc.hour(), utc.minute(), utc.second()].map(small);
    (u16::try_from(utc.year()).unwrap_or(0), rest)
}
