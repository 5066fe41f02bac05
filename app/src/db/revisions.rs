//! The revisions of requests, with their files, and who observes them.

use std::collections::HashMap;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};

use super::error::was_inserted;
use super::lock::{Lock, shared};
use super::tables::{file, request_file, request_observer, request_revision};
use super::words::Row;
use super::{files, users};
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::file::RequestFile;
use crate::portal::ids::{RequestId, UserId};
use crate::portal::reads::Revision;
use crate::portal::revision::NewRevision;

pub(super) async fn insert(
    db: &impl ConnectionTrait,
    request: RequestId,
    revision: &NewRevision,
    attached: &[RequestFile],
) -> Result<()> {
    let model = request_revision::ActiveModel {
        request_id: Set(request.to_string()),
        revision: Set(revision.number.into()),
        title: Set(revision.title.clone()),
        revision_hash: Set(revision.hash.to_string()),
        submitted_at: Set(revision.at.micros()),
        submitted_by: Set(revision.by.to_string()),
        note: Set(revision.note.clone()),
        text: Set(revision.text.clone()),
    };
    request_revision::Entity::insert(model).exec_without_returning(db).await?;
    if attached.is_empty() {
        return Ok(());
    }
    // From here on nobody deletes the files for want of a request that refers to them.
    shared(db, Lock::Files).await?;
    let files = attached.iter().map(|file| request_file::ActiveModel {
        request_id: Set(request.to_string()),
        revision: Set(revision.number.into()),
        number: Set(file.number.into()),
        name: Set(file.name.clone()),
        file_id: Set(file.id.to_string()),
    });
    request_file::Entity::insert_many(files).exec_without_returning(db).await?;
    Ok(())
}

/// What a list needs of a revision: everything but its text.
#[derive(FromQueryResult)]
struct Head {
    revision: i64,
    title: String,
    revision_hash: String,
    submitted_at: i64,
    submitted_by: String,
    note: String,
}

/// The revisions of a request, oldest first.
pub(super) async fn list(db: &impl ConnectionTrait, request: RequestId) -> Result<Vec<Revision>> {
    let id = request.to_string();
    let row = || Row { table: "request_revisions", id: &id };
    let heads = heads(db, &id).await?;
    let authors: Vec<UserId> =
        heads.iter().map(|head| row().id("submitted_by", &head.submitted_by)).collect::<Result<_>>()?;
    let people = users::list(db, &authors).await?;
    let attached = attached(db, request, None).await?;
    let revisions = heads.into_iter().zip(authors).map(|(head, by)| {
        let number = row().number("revision", head.revision)?;
        Ok(Revision {
            number,
            title: head.title,
            hash: row().id("revision_hash", &head.revision_hash)?,
            at: Time(head.submitted_at),
            by: super::person_of(&people, by, "request_revisions")?,
            note: head.note,
            files: attached.iter().filter(|(of, _)| *of == number).map(|(_, file)| file.clone()).collect(),
        })
    });
    revisions.collect()
}

async fn heads(db: &impl ConnectionTrait, request: &str) -> Result<Vec<Head>> {
    use request_revision::Column::{Note, RequestId, Revision, RevisionHash, SubmittedAt, SubmittedBy, Title};
    Ok(request_revision::Entity::find()
        .select_only()
        .columns([Revision, Title, RevisionHash, SubmittedAt, SubmittedBy, Note])
        .filter(RequestId.eq(request))
        .order_by_asc(Revision)
        .into_model::<Head>()
        .all(db)
        .await?)
}

/// The texts of these revisions, oldest first.
pub(super) async fn list_texts(
    db: &impl ConnectionTrait,
    request: RequestId,
    revisions: &[u32],
) -> Result<Vec<(u32, String)>> {
    let id = request.to_string();
    let rows: Vec<(i64, String)> = request_revision::Entity::find()
        .select_only()
        .columns([request_revision::Column::Revision, request_revision::Column::Text])
        .filter(request_revision::Column::RequestId.eq(id.as_str()))
        .filter(request_revision::Column::Revision.is_in(revisions.iter().map(|number| i64::from(*number))))
        .order_by_asc(request_revision::Column::Revision)
        .into_tuple()
        .all(db)
        .await?;
    let row = || Row { table: "request_revisions", id: &id };
    rows.into_iter().map(|(revision, text)| Ok((row().number("revision", revision)?, text))).collect()
}

/// The files of a revision, by number.
pub(super) async fn list_files(db: &impl ConnectionTrait, id: RequestId, revision: u32) -> Result<Vec<RequestFile>> {
    Ok(attached(db, id, Some(revision)).await?.into_iter().map(|(_, file)| file).collect())
}

/// Files with the revision that they belong to, of one revision or of all, by number.
async fn attached(db: &impl ConnectionTrait, id: RequestId, revision: Option<u32>) -> Result<Vec<(u32, RequestFile)>> {
    let mut query = request_file::Entity::find()
        .filter(request_file::Column::RequestId.eq(id.to_string()))
        .order_by_asc(request_file::Column::Revision)
        .order_by_asc(request_file::Column::Number);
    if let Some(revision) = revision {
        query = query.filter(request_file::Column::Revision.eq(i64::from(revision)));
    }
    let attached = query.all(db).await?;
    if attached.is_empty() {
        return Ok(Vec::new());
    }
    let ids = attached.iter().map(|row| row.file_id.clone());
    let stored = file::Entity::find().filter(file::Column::Id.is_in(ids)).all(db).await?;
    let stored: HashMap<String, file::Model> = stored.into_iter().map(|file| (file.id.clone(), file)).collect();
    let mut list = Vec::with_capacity(attached.len());
    for model in attached {
        let row = Row { table: "request_files", id: &model.request_id };
        let Some(kept) = stored.get(&model.file_id) else {
            return Err(super::error::unreadable("request_files", "file_id", &model.request_id));
        };
        let kept = files::stored(kept.clone())?;
        let (revision, number) = (row.number("revision", model.revision)?, row.number("number", model.number)?);
        let (id, size, kind, chunks_of) = (kept.id, kept.size, kept.kind, kept.chunks_of);
        list.push((revision, RequestFile { number, name: model.name, id, size, kind, chunks_of }));
    }
    Ok(list)
}

/// `false` when they observe it already.
pub(super) async fn insert_observer(
    db: &impl ConnectionTrait,
    request: RequestId,
    user: UserId,
    by: Option<UserId>,
    at: Time,
) -> Result<bool> {
    let model = request_observer::ActiveModel {
        request_id: Set(request.to_string()),
        user_id: Set(user.to_string()),
        added_by: Set(by.map(|by| by.to_string())),
        added_at: Set(at.micros()),
    };
    let taken = OnConflict::columns([request_observer::Column::RequestId, request_observer::Column::UserId])
        .do_nothing()
        .to_owned();
    was_inserted(request_observer::Entity::insert(model).on_conflict(taken).exec_without_returning(db).await)
}

/// Who observes a request, longest first.
pub(super) async fn list_observers(db: &impl ConnectionTrait, request: RequestId) -> Result<Vec<UserId>> {
    let rows = request_observer::Entity::find()
        .filter(request_observer::Column::RequestId.eq(request.to_string()))
        .order_by_asc(request_observer::Column::AddedAt)
        .order_by_asc(request_observer::Column::UserId)
        .all(db)
        .await?;
    let id = |model: &request_observer::Model| {
        Row { table: "request_observers", id: &model.request_id }.id("user_id", &model.user_id)
    };
    rows.iter().map(id).collect()
}

/// `false` when they do not observe it.
pub(super) async fn delete_observer(db: &impl ConnectionTrait, request: RequestId, user: UserId) -> Result<bool> {
    let deleted = request_observer::Entity::delete_by_id((request.to_string(), user.to_string())).exec(db).await?;
    Ok(deleted.rows_affected == 1)
}
