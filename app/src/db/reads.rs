//! The pages' reads, on connections that cannot write.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, IsolationLevel, TransactionTrait};

use super::lock::has_many_writers;
use super::records::RawEvent;
use super::tables::request;
use super::{assignments, files, inbox, links, mails, records, requests, revisions, users};
use crate::portal::error::Result;
use crate::portal::file::{RequestFile, Upload};
use crate::portal::ids::{AssignmentId, LinkId, MailId, RequestId, UploadId, UserId};
use crate::portal::link::Link;
use crate::portal::mail::{MailFacts, MailState};
use crate::portal::reads::{
    Asked, EventRecord, InboxCounts, InboxQuery, InboxRow, MailLine, Reads, RequestRecord, Revision,
};
use crate::portal::request::Assignment;
use crate::portal::user::{Email, Person, User, UserState};

/// [`Reads`] on a pool of connections.
#[derive(Clone, Debug)]
pub struct DbReads {
    pool: DatabaseConnection,
}

impl DbReads {
    /// Reads on `pool`, which should refuse to write.
    pub fn new(pool: DatabaseConnection) -> Self {
        Self { pool }
    }

    /// The connections.
    pub(super) fn pool(&self) -> &DatabaseConnection {
        &self.pool
    }
}

#[async_trait]
impl Reads for DbReads {
    async fn find_user(&self, id: UserId) -> Result<Option<User>> {
        users::find(&self.pool, id).await
    }

    async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>> {
        users::find_by_email(&self.pool, email).await
    }

    async fn has_admin(&self) -> Result<bool> {
        Ok(users::count_admins(&self.pool).await? > 0)
    }

    async fn list_people(&self) -> Result<Vec<User>> {
        users::list_all(&self.pool).await
    }

    async fn count_inbox(&self, user: UserId) -> Result<InboxCounts> {
        inbox::count(&self.pool, user).await
    }

    async fn list_inbox(&self, query: &InboxQuery) -> Result<Vec<InboxRow>> {
        inbox::list(&self.pool, query).await
    }

    async fn find_request(&self, id: RequestId) -> Result<Option<RequestRecord>> {
        // One snapshot for all queries, so that a page never shows half of a decision.
        let isolation = has_many_writers(&self.pool).then_some(IsolationLevel::RepeatableRead);
        let snapshot = self.pool.begin_with_config(isolation, None).await?;
        let record = record(&snapshot, id).await?;
        snapshot.rollback().await?;
        Ok(record)
    }

    async fn list_events(&self, id: RequestId, after: i64) -> Result<Vec<EventRecord>> {
        let events = records::list_events(&self.pool, id, after).await?;
        let named: Vec<UserId> = events.iter().flat_map(RawEvent::people).collect();
        let people = users::list(&self.pool, &named).await?;
        events.into_iter().map(|event| event.named(&people)).collect()
    }

    async fn list_revisions(&self, id: RequestId) -> Result<Vec<Revision>> {
        revisions::list(&self.pool, id).await
    }

    async fn list_revision_files(&self, id: RequestId, revision: u32) -> Result<Vec<RequestFile>> {
        revisions::list_files(&self.pool, id, revision).await
    }

    async fn list_revision_texts(&self, id: RequestId, revisions: &[u32]) -> Result<Vec<(u32, String)>> {
        revisions::list_texts(&self.pool, id, revisions).await
    }

    async fn find_request_title(&self, id: RequestId) -> Result<Option<(String, Person)>> {
        let Some(model) = request::Entity::find_by_id(id.to_string()).one(&self.pool).await? else { return Ok(None) };
        let requester =
            super::words::Row { table: "requests", id: &model.id }.id("requester_id", &model.requester_id)?;
        let people = users::list(&self.pool, &[requester]).await?;
        Ok(Some((model.title, super::person_of(&people, requester, "requests")?)))
    }

    async fn find_link(&self, id: LinkId) -> Result<Option<Link>> {
        links::find(&self.pool, id).await
    }

    async fn find_inviter(&self, id: LinkId) -> Result<Option<Person>> {
        mails::find_inviter(&self.pool, id).await
    }

    async fn find_assignment(&self, id: AssignmentId) -> Result<Option<Assignment>> {
        assignments::find(&self.pool, id).await
    }

    async fn count_mails(&self) -> Result<Vec<(MailState, u64)>> {
        mails::count_by_state(&self.pool).await
    }

    async fn list_mails(&self, state: Option<MailState>, before: Option<MailId>, limit: u64) -> Result<Vec<MailLine>> {
        mails::list(&self.pool, state, before, limit).await
    }

    async fn find_mail_facts(&self, id: MailId) -> Result<Option<MailFacts>> {
        mails::find_facts(&self.pool, id).await
    }

    async fn mail_trouble(&self) -> Result<Option<String>> {
        mails::trouble(&self.pool).await
    }

    async fn find_chunk(&self, chunks_of: UploadId, number: u32) -> Result<Option<Vec<u8>>> {
        files::find_chunk(&self.pool, chunks_of, number).await
    }

    async fn list_uploads(&self, by: UserId, ids: &[UploadId]) -> Result<Vec<Upload>> {
        files::list_uploads(&self.pool, by, ids).await
    }
}

async fn record(db: &impl ConnectionTrait, id: RequestId) -> Result<Option<RequestRecord>> {
    let Some(request) = requests::find(db, id).await? else { return Ok(None) };
    let asked = assignments::list(db, id, request.generation).await?;
    let decisions = assignments::list_decisions(db, id, request.generation).await?;
    let events = records::list_events(db, id, 0).await?;
    let files = revisions::list_files(db, id, request.revision).await?;
    let observers = revisions::list_observers(db, id).await?;

    let closed_by = request.closed.as_ref().and_then(|closed| closed.by);
    let by_policy = request.policy.people();
    let mut wanted: Vec<UserId> = closed_by.into_iter().chain([request.requester]).collect();
    wanted.extend(by_policy.iter().chain(&observers));
    wanted.extend(asked.iter().flat_map(Assignment::people));
    wanted.extend(events.iter().flat_map(RawEvent::people));
    wanted.sort_unstable();
    wanted.dedup();
    let people = users::list(db, &wanted).await?;
    let person = |id| super::person_of(&people, id, "requests");

    let asked = asked.into_iter().map(|assignment| {
        Ok(Asked {
            person: person(assignment.user)?,
            stands_in_for: assignment.stands_in.map(|stands_in| person(stands_in.for_user)).transpose()?,
            disabled: people.iter().any(|user| user.id == assignment.user && user.state == UserState::Disabled),
            // The newest comes last.
            decision: decisions.iter().rfind(|decision| decision.assignment == Some(assignment.id)).cloned(),
            assignment,
        })
    });
    Ok(Some(RequestRecord {
        requester: person(request.requester)?,
        named: by_policy.into_iter().map(person).collect::<Result<_>>()?,
        observers: observers.into_iter().map(person).collect::<Result<_>>()?,
        closed_by: closed_by.map(person).transpose()?,
        asked: asked.collect::<Result<_>>()?,
        events: events.into_iter().map(|event| event.named(&people)).collect::<Result<_>>()?,
        files,
        request,
    }))
}
