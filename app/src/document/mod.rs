//! Documents that leave the portal: the certificate of a finished request as a PDF, and what else its archive holds.
//!
//! A certificate is laid out on sheets, which know nothing of PDF, and painted from there. It is an archival and
//! accessible file (PDF/A-2a and PDF/UA-1): everything on it belongs to its tree of headings, tables and lists, or is
//! decoration. There is no clock and no chance in it, so that the same facts give the same bytes.

mod front;
mod json;
mod mark;
mod names;
mod paint;
mod record;
mod sheet;
mod typeface;
mod words;

mod certificate;

pub use certificate::{CertificateError, certificate};
pub use json::facts_json;
pub use names::Names;

#[cfg(test)]
mod tests;
