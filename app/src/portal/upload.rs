//! Files come in: chunk by chunk, each in a short transaction of its own, and are known by their SHA-256 once complete.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::actor::Actor;
use super::error::{PortalError, Result};
use super::file::{CHUNK_BYTES, FileKind, StoredFile, Upload, clean_file_name};
use super::ids::{FileId, UploadId, UserId};
use super::scope::Scope;
use super::service::Portal;
use super::work::Work;

/// How long an upload may wait for its request. Longer than any form is open.
const UPLOAD_LIFE: Duration = Duration::from_secs(24 * 3_600);
/// Uploads and files of one sweep's transaction, and chunks of one deletion: short enough for the writer's budget.
const SWEEP_LIMIT: u32 = 20;

/// A file on its way in. What was dropped half-way is swept later.
pub struct Receiving {
    portal: Portal,
    upload: Upload,
    hasher: Sha256,
    size: u64,
    chunks: u32,
    buffer: Vec<u8>,
    kind: Option<FileKind>,
}

impl Portal {
    /// Begins to receive a file by somebody with a session, or with a token of theirs.
    pub async fn receive_file(&self, actor: &Actor, name: &str) -> Result<Receiving> {
        actor.require_scope(Scope::RequestsWrite)?;
        let by = actor.signed_in()?.id;
        let clock = &self.parts.clock;
        let upload = Upload {
            id: UploadId(clock.new_id()),
            by,
            name: clean_file_name(name),
            created_at: clock.now(),
            file: None,
        };
        let row = upload.clone();
        self.unit("receive_file", move |work| Box::pin(async move { work.insert_upload(&row).await })).await?;
        Ok(Receiving {
            portal: self.clone(),
            upload,
            hasher: Sha256::new(),
            size: 0,
            chunks: 0,
            buffer: Vec::new(),
            kind: None,
        })
    }

    /// The finished uploads of these ids that belong to the actor, in the order asked for; the others are left out.
    pub async fn kept_files(&self, actor: &Actor, ids: &[UploadId]) -> Result<Vec<Upload>> {
        actor.require_scope(Scope::RequestsWrite)?;
        let by: UserId = actor.signed_in()?.id;
        self.reads().list_uploads(by, ids).await
    }

    /// Chunk `number`, from 0, of a file that the caller was allowed to see. An inconsistency when it is missing.
    pub async fn file_chunk(&self, chunks_of: UploadId, number: u32) -> Result<Vec<u8>> {
        let chunk = self.reads().find_chunk(chunks_of, number).await?;
        chunk.ok_or_else(|| PortalError::Internal(format!("chunk {number} of upload {chunks_of} is missing")))
    }

    /// Deletes what no request refers to and no form can refer to any more. To be called now and then.
    pub async fn sweep_files(&self) -> Result<()> {
        let before = self.now() - UPLOAD_LIFE;
        loop {
            let swept = self
                .unit("sweep_files", move |work| {
                    Box::pin(async move {
                        let mut ownerless = work.delete_old_uploads(before, SWEEP_LIMIT).await?;
                        ownerless.extend(work.delete_unused_files(SWEEP_LIMIT).await?);
                        ownerless.extend(work.list_ownerless_chunks(SWEEP_LIMIT).await?);
                        Ok(ownerless)
                    })
                })
                .await?;
            if swept.is_empty() {
                return Ok(());
            }
            for upload in swept {
                self.delete_chunks(upload).await?;
            }
        }
    }

    async fn delete_chunks(&self, upload: UploadId) -> Result<()> {
        let step = || {
            self.unit("delete_chunks", move |work| {
                Box::pin(async move { work.delete_chunks(upload, SWEEP_LIMIT).await })
            })
        };
        while step().await? > 0 {}
        Ok(())
    }
}

impl Receiving {
    /// Takes the next bytes, of any number. [`PortalError::TooLarge`] beyond the largest size.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.size += bytes.len() as u64;
        if self.size > self.portal.max_file_bytes() {
            return Err(PortalError::TooLarge);
        }
        while !bytes.is_empty() {
            let room = CHUNK_BYTES - self.buffer.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == CHUNK_BYTES {
                self.store_chunk(bytes.is_empty()).await?;
            }
        }
        Ok(())
    }

    /// Ends the file. One whose content is known already is not stored twice.
    pub async fn finish(mut self) -> Result<Upload> {
        if !self.buffer.is_empty() {
            self.store_chunk(true).await?;
        }
        let file = StoredFile {
            id: FileId(self.hasher.finalize().into()),
            chunks_of: self.upload.id,
            size: self.size,
            kind: self.kind.unwrap_or(FileKind::Other),
        };
        let (upload, clock) = (self.upload.id, self.portal.parts.clock.clone());
        let row = file.clone();
        let stored = self
            .portal
            .unit("finish_file", move |work| {
                Box::pin(async move {
                    let known = work.find_file(row.id).await?;
                    if known.is_none() {
                        work.insert_file(&row, clock.now()).await?;
                    }
                    work.finish_upload(upload, row.id).await?;
                    Ok(known.unwrap_or(row))
                })
            })
            .await?;
        if stored.chunks_of != upload {
            self.portal.delete_chunks(upload).await?;
        }
        Ok(Upload { file: Some(stored), ..self.upload })
    }

    async fn store_chunk(&mut self, last_known: bool) -> Result<()> {
        let bytes = std::mem::take(&mut self.buffer);
        self.hasher.update(&bytes);
        if self.kind.is_none() {
            self.kind = Some(FileKind::sniff(&bytes, last_known && bytes.len() < CHUNK_BYTES));
        }
        let (upload, number) = (self.upload.id, self.chunks);
        self.portal
            .unit("store_chunk", move |work: &dyn Work| {
                Box::pin(async move { work.insert_chunk(upload, number, bytes).await })
            })
            .await?;
        self.chunks += 1;
        Ok(())
    }
}
