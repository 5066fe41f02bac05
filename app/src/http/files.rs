//! Files of a request, streamed chunk by chunk as they are stored.
//!
//! Whatever somebody uploaded is never trusted: the type is what the portal found in the content, nothing may run, nobody
//! may frame it, and only what browsers show without scripts is not offered as a download. HTML and SVG are.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;

use super::error::Refusal;
use super::present;
use crate::portal::file::{CHUNK_BYTES, FileKind, RequestFile};
use crate::portal::{Portal, PortalError};
use crate::view::FileView;

/// Chrome's PDF viewer does not start in a sandbox; a PDF may do nothing by its policy alone.
const PDF_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// What a file of any other kind may do: nothing.
pub(super) const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");

/// The page's answer with a file that the reader was allowed to see.
pub(crate) async fn send(portal: &Portal, file: RequestFile) -> Result<Response, Refusal> {
    Ok(answer(portal, file))
}

/// Answers a browser or a program with a file that the caller was allowed to see.
pub(crate) fn answer(portal: &Portal, file: RequestFile) -> Response {
    let disposition = disposition(&file);
    let policy = if file.kind == FileKind::Pdf { PDF_POLICY } else { POLICY };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.kind.media_type())),
        (header::CONTENT_LENGTH, HeaderValue::from(file.size)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    (headers, chunks(portal.clone(), file)).into_response()
}

/// The files of a request for its page: texts with their beginning, documents and pictures with their pages.
pub(crate) async fn views(portal: &Portal, files: &[RequestFile]) -> Result<Vec<FileView>, PortalError> {
    let previews = portal.previews_of(files).await?;
    let mut views = Vec::with_capacity(files.len());
    for file in files {
        views.push(present::file::view(file, head(portal, file).await?.as_deref(), &previews));
    }
    Ok(views)
}

/// The first chunk of a text, for showing its beginning.
async fn head(portal: &Portal, file: &RequestFile) -> Result<Option<Vec<u8>>, PortalError> {
    match file.kind {
        FileKind::Text if file.size > 0 => portal.file_chunk(file.chunks_of, 0).await.map(Some),
        FileKind::Text => Ok(Some(Vec::new())),
        _ => Ok(None),
    }
}

/// The content. A chunk that cannot be read ends the connection before its time, which browsers notice by the length.
fn chunks(portal: Portal, file: RequestFile) -> Body {
    let count = u32::try_from(file.size.div_ceil(CHUNK_BYTES as u64)).unwrap_or(u32::MAX);
    Body::from_stream(stream::unfold(0, move |number| {
        let portal = portal.clone();
        async move {
            if number >= count {
                return None;
            }
            let chunk = portal.file_chunk(file.chunks_of, number).await.map(Bytes::from);
            let next = if chunk.is_ok() { number + 1 } else { count };
            Some((chunk, next))
        }
    }))
}

/// How the file is offered, with its name in the form of RFC 8187.
fn disposition(file: &RequestFile) -> HeaderValue {
    let kind = if file.kind.is_inline() { "inline" } else { "attachment" };
    let mut name = String::new();
    for byte in file.name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => name.push(char::from(byte)),
            _ => name.push_str(&format!("%{byte:02X}")),
        }
    }
    HeaderValue::try_from(format!("{kind}; filename*=UTF-8''{name}")).expect("ASCII without control characters")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::portal::{FileId, UploadId};

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        let file = |name: &str, kind| RequestFile {
            number: 1,
            name: name.to_owned(),
            id: FileId([0; 32]),
            size: 0,
            kind,
            chunks_of: UploadId(Uuid::nil()),
        };
        assert_eq!(disposition(&file("a\"\r\nß.pdf", FileKind::Pdf)), "inline; filename*=UTF-8''a%22%0D%0A%C3%9F.pdf");
        assert_eq!(disposition(&file("x.html", FileKind::Other)), "attachment; filename*=UTF-8''x.html");
    }
}
