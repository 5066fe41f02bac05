//! A ZIP that is made while it is sent.
//!
//! Files are read chunk by chunk as the receiver takes them, so that no more than a chunk or two is ever in memory, nothing
//! is written to disk, and a receiver who goes away ends the work. Entries are deflated, which tools that read a ZIP from
//! its beginning can tell the end of.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use bytes::Bytes;
use futures::stream;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::portal::file::{CHUNK_BYTES, RequestFile};
use crate::portal::{Portal, PortalError, UploadId};

/// What is sent at once: enough to be worth it.
const PIECE_BYTES: usize = 64 * 1024;

/// What a ZIP is made of.
pub(super) enum Entry {
    /// A small text or document.
    Whole {
        /// Its path.
        name: String,
        /// Its content.
        bytes: Vec<u8>,
    },
    /// A file of a request.
    File {
        /// Its path.
        name: String,
        /// Which.
        file: RequestFile,
    },
}

/// The ZIP of `entries`, all of them from `at`. Something that cannot be read ends the connection before its time: what has
/// arrived by then has no end, and no tool takes it for whole.
pub(super) fn body(portal: Portal, entries: Vec<Entry>, at: DateTime) -> Body {
    let steps = entries.into_iter().flat_map(steps).collect();
    let spout = Spout::default();
    let zip = Some(ZipWriter::new_stream(spout.clone()));
    let packing = Packing { portal, steps, zip, spout, at };
    Body::from_stream(stream::unfold(packing, |mut packing| async move {
        let piece = packing.piece().await;
        if piece.is_err() {
            packing.stop();
        }
        piece.transpose().map(|piece| (piece, packing))
    }))
}

/// One step of the work.
enum Step {
    Begin { name: String, size: u64 },
    Bytes(Vec<u8>),
    Chunk { of: UploadId, number: u32 },
}

fn steps(entry: Entry) -> Vec<Step> {
    match entry {
        Entry::Whole { name, bytes } => vec![Step::Begin { name, size: bytes.len() as u64 }, Step::Bytes(bytes)],
        Entry::File { name, file } => {
            let count = u32::try_from(file.size.div_ceil(CHUNK_BYTES as u64)).unwrap_or(u32::MAX);
            let chunks = (0..count).map(|number| Step::Chunk { of: file.chunks_of, number });
            std::iter::once(Step::Begin { name, size: file.size }).chain(chunks).collect()
        }
    }
}

struct Packing {
    portal: Portal,
    steps: VecDeque<Step>,
    /// None once its end is written.
    zip: Option<ZipWriter<StreamWriter<Spout>>>,
    spout: Spout,
    at: DateTime,
}

impl Packing {
    /// The next part of the ZIP; none after its end.
    async fn piece(&mut self) -> Result<Option<Bytes>, PortalError> {
        while self.spout.len() < PIECE_BYTES {
            match self.steps.pop_front() {
                Some(step) => self.take(step).await?,
                None => match self.zip.take() {
                    Some(zip) => drop(zip.finish().map_err(|error| fault(&error))?),
                    None => break,
                },
            }
        }
        let bytes = self.spout.take();
        Ok((!bytes.is_empty()).then(|| Bytes::from(bytes)))
    }

    async fn take(&mut self, step: Step) -> Result<(), PortalError> {
        let Some(zip) = &mut self.zip else { return Ok(()) };
        match step {
            Step::Begin { name, size } => {
                let options = SimpleFileOptions::default()
                    .compression_method(CompressionMethod::Deflated)
                    .compression_level(Some(1))
                    .last_modified_time(self.at)
                    .unix_permissions(0o644)
                    .large_file(size >= u64::from(u32::MAX));
                zip.start_file(name, options).map_err(|error| fault(&error))
            }
            Step::Bytes(bytes) => zip.write_all(&bytes).map_err(|error| fault(&error)),
            Step::Chunk { of, number } => {
                let bytes = self.portal.file_chunk(of, number).await?;
                zip.write_all(&bytes).map_err(|error| fault(&error))
            }
        }
    }

    /// Sends nothing more, not even the end that would make it look whole.
    fn stop(&mut self) {
        self.steps.clear();
        self.zip = None;
        self.spout.take();
    }
}

fn fault(error: &dyn std::error::Error) -> PortalError {
    PortalError::Internal(format!("an archive cannot be written: {error}"))
}

/// Where the ZIP is written to, and from where it is taken away.
#[derive(Clone, Default)]
struct Spout(Arc<Mutex<Vec<u8>>>);

impl Spout {
    fn len(&self) -> usize {
        self.lock().len()
    }

    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Spout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
