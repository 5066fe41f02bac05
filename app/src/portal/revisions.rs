//! The revisions of a request, for whoever may see it: which there are, what differs between two of them, and their files.

use super::actor::Actor;
use super::diff::{self, Changes};
use super::error::{PortalError, Result};
use super::file::RequestFile;
use super::ids::RequestId;
use super::reads::{RequestRecord, Revision};
use super::service::Portal;

/// The revisions of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRevisions {
    /// Its title now.
    pub title: String,
    /// The revisions, oldest first.
    pub revisions: Vec<Revision>,
}

/// Two revisions of a request, to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The title of the request now.
    pub title: String,
    /// The number of its newest revision.
    pub newest: u32,
    /// What was compared.
    pub from: Revision,
    /// With what.
    pub to: Revision,
    /// Their texts.
    pub texts: (String, String),
}

impl Comparison {
    /// What differs. Long texts that have little in common keep the processor busy for a while.
    pub fn changes(&self) -> Changes {
        let (from, to) = &self.texts;
        diff::changes((&self.from, from.as_str()), (&self.to, to.as_str()))
    }
}

impl Portal {
    /// The revisions of a request, for whoever may see it. To everybody else it does not exist.
    pub async fn revisions(&self, actor: &Actor, id: RequestId) -> Result<RequestRevisions> {
        let record = self.visible(actor, id).await?;
        self.revisions_of(record).await
    }

    /// Two revisions of a request, to be compared, for whoever may see it. The later one is the newest unless said
    /// otherwise, the earlier one that before it. [`PortalError::NotFound`] when there is no such revision.
    pub async fn changes(
        &self,
        actor: &Actor,
        id: RequestId,
        from: Option<u32>,
        to: Option<u32>,
    ) -> Result<Comparison> {
        let all = self.revisions(actor, id).await?;
        self.comparison(id, all, from, to).await
    }

    /// A file of a revision by its number, for whoever may see the request.
    pub async fn revision_file(&self, actor: &Actor, id: RequestId, revision: u32, number: u32) -> Result<RequestFile> {
        let record = self.visible(actor, id).await?;
        self.file_of(&record, revision, number).await
    }

    /// The same as [`Portal::changes`] for the holder of a link, while its question is open or was answered by its holder;
    /// [`PortalError::NotFound`] otherwise.
    pub async fn link_changes(&self, actor: &Actor, from: Option<u32>, to: Option<u32>) -> Result<Comparison> {
        let record = self.seen_by_link(actor).await?;
        let (id, all) = (record.request.id, self.revisions_of(record).await?);
        self.comparison(id, all, from, to).await
    }

    /// The same as [`Portal::revision_file`] for the holder of a link, as long as they see the changes.
    pub async fn link_revision_file(&self, actor: &Actor, revision: u32, number: u32) -> Result<RequestFile> {
        let record = self.seen_by_link(actor).await?;
        self.file_of(&record, revision, number).await
    }

    async fn file_of(&self, record: &RequestRecord, revision: u32, number: u32) -> Result<RequestFile> {
        let files = self.reads().list_revision_files(record.request.id, revision).await?;
        files.into_iter().find(|file| file.number == number).ok_or(PortalError::NotFound)
    }

    async fn revisions_of(&self, record: RequestRecord) -> Result<RequestRevisions> {
        let revisions = self.reads().list_revisions(record.request.id).await?;
        Ok(RequestRevisions { title: record.request.title, revisions })
    }

    async fn comparison(
        &self,
        id: RequestId,
        all: RequestRevisions,
        from: Option<u32>,
        to: Option<u32>,
    ) -> Result<Comparison> {
        let newest = all.revisions.last().map(|revision| revision.number).ok_or(PortalError::NotFound)?;
        let to = to.unwrap_or(newest);
        let from = from.unwrap_or_else(|| to.saturating_sub(1).max(1));
        let RequestRevisions { title, revisions } = all;
        let find = |number| revisions.iter().find(|of| of.number == number).cloned().ok_or(PortalError::NotFound);
        let (from, to) = (find(from)?, find(to)?);
        let texts = self.reads().list_revision_texts(id, &[from.number, to.number]).await?;
        let text = |of: &Revision| {
            let found = texts.iter().find(|(number, _)| *number == of.number).map(|(_, text)| text.clone());
            found.ok_or(PortalError::NotFound)
        };
        Ok(Comparison { title, newest, texts: (text(&from)?, text(&to)?), from, to })
    }
}
