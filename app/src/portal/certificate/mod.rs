//! What is kept of a finished request: the facts of its certificate, and its archive.
//!
//! The facts are those of the moment at which the request ended: the clock of whoever asks for them is not among them, so
//! that the same request gives the same certificate, byte for byte, whenever and by whomever it is downloaded.

mod facts;
mod gather;
mod keep;
mod reads;

pub use facts::{
    ArchiveFacts, CertificateFacts, CertifiedDecision, CertifiedEnd, CertifiedLink, CertifiedQuestion,
    CertifiedRevision, CertifiedRound, CertifiedStage, ChainPlace, HowEnded,
};
pub use reads::{CertificateReads, CertificateRows, LinkMail};
