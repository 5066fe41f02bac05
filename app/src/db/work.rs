//! Units of work over the engine's transactions.

use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use countersign_engine::client::{Client, Within};
use countersign_engine::store::Transaction;
use sea_orm::DatabaseTransaction;

use super::lock::{Lock, alone};
use super::words::Word;
use super::{assignments, audit, engine, files, links, mails, records, requests, revisions, users};
use crate::portal::actor::{Actor, Bearer};
use crate::portal::audit::AuditEntry;
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::file::{RequestFile, StoredFile, Upload};
use crate::portal::ids::{AssignmentId, DecisionId, FileId, LinkId, MailId, RequestId, UploadId, UserId};
use crate::portal::link::{Invalid, Link, LinkState};
use crate::portal::live::Nudges;
use crate::portal::mail::Mail;
use crate::portal::once::OnceWork;
use crate::portal::request::{Assignment, AssignmentState, Decision, NewEvent, Request};
use crate::portal::revision::NewRevision;
use crate::portal::user::{Email, User};
use crate::portal::work::{Audit, Job, LinkScope, Units, Work};

/// [`Units`] as transactions of the engine's client, so that rows and instances change together.
#[derive(Clone)]
pub struct DbUnits {
    client: Client,
    nudges: Nudges,
}

impl DbUnits {
    /// Units of `client`, which nudge `nudges` once they are durable.
    pub fn new(client: Client, nudges: Nudges) -> Self {
        Self { client, nudges }
    }
}

#[async_trait]
impl Units for DbUnits {
    async fn run(&self, caller: &'static str, job: Job) -> Result<()> {
        let units = self.clone();
        self.client
            .transaction(caller, move |tx| {
                Box::pin(async move {
                    let unit = Unit::new(&units, tx);
                    job(&unit).await?;
                    unit.write_audit().await
                })
            })
            .await
    }
}

/// One unit of work.
pub(super) struct Unit<'t> {
    client: &'t Client,
    tx: &'t Transaction,
    nudges: &'t Nudges,
    /// Whether the actor's call was remembered by this unit.
    remembered: AtomicBool,
    /// Lines of the audit log that are not written yet.
    audited: Mutex<Vec<AuditEntry>>,
    /// Links that were revoked, and why.
    revoked: Mutex<Vec<(LinkId, Invalid)>>,
}

impl<'t> Unit<'t> {
    fn new(units: &'t DbUnits, tx: &'t Transaction) -> Self {
        Self {
            client: &units.client,
            tx,
            nudges: &units.nudges,
            remembered: AtomicBool::new(false),
            audited: Mutex::default(),
            revoked: Mutex::default(),
        }
    }
}

impl Unit<'_> {
    /// The transaction's connection.
    pub(super) fn db(&self) -> &DatabaseTransaction {
        self.tx.connection()
    }

    /// The engine, within the same transaction.
    pub(super) fn engine(&self) -> Within<'_> {
        self.client.within(self.tx)
    }

    /// Chains the unit's lines of the audit log: its last statements, because whoever has the head of the chain lets nobody
    /// else write one until the end of the transaction.
    async fn write_audit(&self) -> Result<()> {
        let mut entries = mem::take(&mut *self.audited.lock().unwrap_or_else(PoisonError::into_inner));
        let revoked = mem::take(&mut *self.revoked.lock().unwrap_or_else(PoisonError::into_inner));
        // What revokes a link has a line of its own, which says who did it and when.
        if let Some(cause) = entries.first().cloned() {
            entries.extend(revoked.into_iter().map(|(link, why)| AuditEntry {
                action: "link.revoked".to_owned(),
                object: link.to_string(),
                detail: LinkState::Revoked(why).word().to_owned(),
                ..cause.clone()
            }));
        }
        audit::append(self.db(), entries).await
    }

    /// Nudges those who watch a request, once the unit is durable.
    pub(super) fn nudge(&self, request: RequestId) {
        let nudges = self.nudges.clone();
        self.tx.after_commit(move || nudges.nudge(request));
    }

    /// Keeps in mind what was revoked, for the audit log.
    pub(super) fn note_revoked(&self, links: Vec<LinkId>, why: Invalid) {
        let links = links.into_iter().map(|link| (link, why));
        self.revoked.lock().unwrap_or_else(PoisonError::into_inner).extend(links);
    }
}

#[async_trait]
impl Work for Unit<'_> {
    async fn find_user(&self, id: UserId) -> Result<Option<User>> {
        users::find(self.db(), id).await
    }
    async fn lock_user(&self, id: UserId) -> Result<Option<User>> {
        users::lock(self.db(), id).await
    }
    async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>> {
        users::find_by_email(self.db(), email).await
    }
    async fn list_users(&self, ids: &[UserId]) -> Result<Vec<User>> {
        users::list(self.db(), ids).await
    }
    async fn count_admins(&self) -> Result<u64> {
        alone(self.db(), Lock::Admins).await?;
        users::count_admins(self.db()).await
    }
    async fn insert_user(&self, user: &User) -> Result<()> {
        users::insert(self.db(), user).await
    }
    async fn update_user(&self, user: &User) -> Result<()> {
        users::update(self.db(), user).await
    }
    async fn end_sessions(&self, user: UserId) -> Result<()> {
        users::end_sessions(self.db(), user).await
    }

    async fn lock_request(&self, id: RequestId) -> Result<Option<Request>> {
        requests::lock(self.db(), id).await
    }
    async fn insert_request(&self, request: &Request) -> Result<()> {
        requests::insert(self.db(), request).await
    }
    async fn insert_revision(&self, request: RequestId, revision: &NewRevision, files: &[RequestFile]) -> Result<()> {
        revisions::insert(self.db(), request, revision, files).await
    }
    async fn list_files(&self, request: RequestId, revision: u32) -> Result<Vec<RequestFile>> {
        revisions::list_files(self.db(), request, revision).await
    }
    async fn update_request(&self, request: &Request) -> Result<()> {
        requests::update(self.db(), request).await
    }
    async fn list_assignments(&self, request: RequestId, generation: u32) -> Result<Vec<Assignment>> {
        assignments::list(self.db(), request, generation).await
    }
    async fn find_assignment(&self, id: AssignmentId) -> Result<Option<Assignment>> {
        assignments::find(self.db(), id).await
    }
    async fn list_unmailed(&self, request: RequestId, generation: u32) -> Result<Vec<Assignment>> {
        assignments::list_unmailed(self.db(), request, generation).await
    }
    async fn insert_assignment(&self, assignment: &Assignment) -> Result<bool> {
        assignments::insert(self.db(), assignment).await
    }
    async fn settle_assignment(
        &self,
        id: AssignmentId,
        from: AssignmentState,
        to: AssignmentState,
        at: Time,
    ) -> Result<bool> {
        assignments::settle(self.db(), id, from, to, at).await
    }
    async fn settle_pending(
        &self,
        request: RequestId,
        generation: u32,
        state: AssignmentState,
        at: Time,
    ) -> Result<()> {
        assignments::settle_pending(self.db(), request, generation, state, at).await
    }
    async fn count_reminder(&self, request: RequestId, generation: u32) -> Result<()> {
        assignments::count_reminder(self.db(), request, generation).await
    }
    async fn find_decision(&self, assignment: AssignmentId) -> Result<Option<Decision>> {
        assignments::find_decision(self.db(), assignment).await
    }
    async fn insert_decision(&self, decision: &Decision) -> Result<()> {
        assignments::insert_decision(self.db(), decision).await
    }
    async fn insert_observer(&self, request: RequestId, user: UserId, by: Option<UserId>, at: Time) -> Result<bool> {
        revisions::insert_observer(self.db(), request, user, by, at).await
    }
    async fn list_observers(&self, request: RequestId) -> Result<Vec<UserId>> {
        revisions::list_observers(self.db(), request).await
    }
    async fn delete_observer(&self, request: RequestId, user: UserId) -> Result<bool> {
        revisions::delete_observer(self.db(), request, user).await
    }

    async fn find_link(&self, id: LinkId) -> Result<Option<Link>> {
        links::find(self.db(), id).await
    }
    async fn newest_link_of(&self, assignment: AssignmentId) -> Result<Option<Link>> {
        links::newest_of(self.db(), assignment).await
    }
    async fn count_links_since(&self, assignment: AssignmentId, since: Time) -> Result<u64> {
        links::count_since(self.db(), assignment, since).await
    }
    async fn insert_link(&self, link: &Link) -> Result<()> {
        links::insert(self.db(), link).await
    }
    async fn use_link(&self, id: LinkId) -> Result<bool> {
        links::spend(self.db(), id).await
    }
    async fn use_links_of(&self, assignment: AssignmentId) -> Result<()> {
        links::spend_of(self.db(), assignment).await
    }
    async fn revoke_links(&self, scope: LinkScope, why: Invalid) -> Result<()> {
        self.note_revoked(links::revoke(self.db(), scope, why).await?, why);
        Ok(())
    }

    async fn queue_mail(&self, mail: &Mail) -> Result<bool> {
        let is_new = mails::insert(self.db(), mail).await?;
        if is_new {
            engine::start_mail(self.engine(), mail.id).await?;
        }
        Ok(is_new)
    }
    async fn is_mail_key_free(&self, natural_key: &str) -> Result<bool> {
        mails::is_key_free(self.db(), natural_key).await
    }
    async fn find_mail(&self, id: MailId) -> Result<Option<Mail>> {
        mails::find(self.db(), id).await
    }
    async fn update_mail(&self, mail: &Mail) -> Result<()> {
        mails::update(self.db(), mail).await
    }

    async fn insert_upload(&self, upload: &Upload) -> Result<()> {
        files::insert_upload(self.db(), upload).await
    }
    async fn insert_chunk(&self, upload: UploadId, number: u32, bytes: Vec<u8>) -> Result<()> {
        files::insert_chunk(self.db(), upload, number, bytes).await
    }
    async fn find_file(&self, id: FileId) -> Result<Option<StoredFile>> {
        alone(self.db(), Lock::Files).await?;
        files::find_file(self.db(), id).await
    }
    async fn insert_file(&self, file: &StoredFile, at: Time) -> Result<()> {
        files::insert_file(self.db(), file, at).await
    }
    async fn finish_upload(&self, upload: UploadId, file: FileId) -> Result<()> {
        files::finish_upload(self.db(), upload, file).await
    }
    async fn find_upload(&self, id: UploadId) -> Result<Option<Upload>> {
        files::find_upload(self.db(), id).await
    }
    async fn delete_chunks(&self, upload: UploadId, limit: u32) -> Result<u64> {
        files::delete_chunks(self.db(), upload, limit).await
    }
    async fn delete_old_uploads(&self, before: Time, limit: u32) -> Result<Vec<UploadId>> {
        alone(self.db(), Lock::Files).await?;
        files::delete_old_uploads(self.db(), before, limit).await
    }
    async fn delete_unused_files(&self, limit: u32) -> Result<Vec<UploadId>> {
        alone(self.db(), Lock::Files).await?;
        let mut gone = Vec::new();
        for file in files::list_unused(self.db(), limit).await? {
            if self.delete_preview(file.id).await? {
                gone.push(file);
            }
        }
        files::delete(self.db(), &gone).await
    }
    async fn list_ownerless_chunks(&self, limit: u32) -> Result<Vec<UploadId>> {
        files::list_ownerless(self.db(), limit).await
    }

    async fn record(&self, request: RequestId, event: NewEvent, at: Time) -> Result<()> {
        records::insert_event(self.db(), request, event, at).await?;
        self.nudge(request);
        Ok(())
    }
    async fn audit(&self, line: Audit<'_>) -> Result<()> {
        if let Actor::Token(Bearer { id, once: Some(once), .. }) = line.actor
            && !self.remembered.swap(true, Ordering::Relaxed)
        {
            self.insert_first_call(*id, once, &line.object, line.at).await?;
        }
        self.audited.lock().unwrap_or_else(PoisonError::into_inner).push(line.into());
        Ok(())
    }

    async fn start_request(&self, request: RequestId, generation: u32) -> Result<()> {
        engine::start_request(self.engine(), request, generation).await
    }
    async fn restart_request(&self, request: RequestId, generation: u32) -> Result<()> {
        engine::restart_request(self.engine(), request, generation).await
    }
    async fn raise_decision(
        &self,
        request: RequestId,
        of: AssignmentId,
        generation: u32,
        decision: DecisionId,
    ) -> Result<()> {
        engine::raise_decision(self.engine(), request, of, generation, decision).await
    }
    async fn wake_request(&self, request: RequestId) -> Result<()> {
        engine::wake_request(self.engine(), request).await
    }
    async fn suspend(&self, instance: &str, reason: &str) -> Result<()> {
        Ok(self.engine().suspend(&engine::instance(instance)?, reason).await?)
    }
    async fn resume(&self, instance: &str, reason: &str) -> Result<()> {
        Ok(self.engine().resume(&engine::instance(instance)?, reason).await?)
    }
    async fn terminate(&self, instance: &str, reason: &str) -> Result<bool> {
        engine::terminate(self.engine(), instance, reason).await
    }
    async fn restart(&self, instance: &str) -> Result<()> {
        engine::restart(self.engine(), instance).await
    }
}
