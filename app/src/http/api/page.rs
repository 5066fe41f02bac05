//! `GET /api`: the document to read.

use super::document::document;
use crate::http::present;
use crate::http::reader::Reader;
use crate::pages::{self, Page};

/// Shows every operation, with a call to try.
pub(crate) async fn show(reader: Reader) -> Page {
    pages::api(reader.frame, present::api::page(document()))
}
