//! Who may have the certificate and the archive of a request.

use super::facts::{ArchiveFacts, CertificateFacts};
use super::gather::Gathering;
use crate::portal::actor::Actor;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::RequestId;
use crate::portal::reads::{RequestRecord, Revision};
use crate::portal::service::Portal;

const STILL_OPEN: &str = "This request has not ended yet. Its certificate and its archive are made when it has.";

impl Portal {
    /// The facts of a request's certificate, for whoever may see the request. [`PortalError::Conflict`] while it is open.
    pub async fn certificate(&self, actor: &Actor, id: RequestId) -> Result<CertificateFacts> {
        let (record, revisions) = self.ended(self.visible(actor, id).await?).await?;
        self.gather(&record, &revisions).await
    }

    /// The same for the holder of a link, as long as that shows what they have answered. [`PortalError::NotFound`] when it does
    /// not, [`PortalError::Conflict`] while the request is open.
    pub async fn link_certificate(&self, actor: &Actor) -> Result<CertificateFacts> {
        let (record, revisions) = self.ended(self.seen_by_link(actor).await?).await?;
        self.gather(&record, &revisions).await
    }

    /// Everything that is kept of a request but for the content of its files, for whoever may see the request.
    /// [`PortalError::Conflict`] while it is open.
    pub async fn archive(&self, actor: &Actor, id: RequestId) -> Result<ArchiveFacts> {
        let (record, revisions) = self.ended(self.visible(actor, id).await?).await?;
        let certificate = self.gather(&record, &revisions).await?;
        let numbers: Vec<_> = revisions.iter().map(|revision| revision.number).collect();
        let texts = self.reads().list_revision_texts(id, &numbers).await?;
        let texts = texts.into_iter().map(|(_, text)| text).collect();
        Ok(ArchiveFacts { certificate, revisions, texts, events: record.events })
    }

    async fn ended(&self, record: RequestRecord) -> Result<(RequestRecord, Vec<Revision>)> {
        if record.request.closed.is_none() {
            return Err(PortalError::conflict(STILL_OPEN));
        }
        let revisions = self.reads().list_revisions(record.request.id).await?;
        Ok((record, revisions))
    }

    async fn gather(&self, record: &RequestRecord, revisions: &[Revision]) -> Result<CertificateFacts> {
        // None when it was restarted at this very moment.
        let rows = self.reads().find_certificate_rows(record.request.id).await?;
        let rows = rows.ok_or_else(|| PortalError::conflict(STILL_OPEN))?;
        Gathering { record, rows: &rows }.facts(revisions)
    }
}
