//! The revisions of requests, with their files, and who observes them.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

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

/// The revisions of a request, oldest first.
pub(super) async fn list(db: &impl ConnectionTrait, request: RequestId) -> Result<Vec<Revision>> {
    let rows = request_revision::Entity::find()
        .filter(request_revision::Column::RequestId.eq(request.to_string()))
        .order_by_asc(request_revision::Column::Revision)
        .all(db)
        .await?;
    fn row(model: &request_revision::Model) -> Row<'_> {
        Row { table: "request_revisions", id: &model.request_id }
    }
    let mut authors: Vec<UserId> =
        rows.iter().map(|model| row(model).id("submitted_by", &model.submitted_by)).collect::<Result<_>>()?;
    let people = users::list(db, &authors).await?;
    let attached = attached(db, request, None).await?;
    rows.iter()
        .zip(authors.drain(..))
        .map(|(model, by)| {
            let number = row(model).number("revision", model.revision)?;
            Ok(Revision {
                number,
                title: model.title.clone(),
                text: model.text.clone(),
                hash: row(model).id("revision_hash", &model.revision_hash)?,
                at: Time(model.submitted_at),
                by: super::person_of(&people, by, "request_revisions")?,
                note: model.note.clone(),
                files: attached.iter().filter(|(of, _)| *of == number).map(|(_, file)| file.clone()).collect(),
            })
        })
        .collect()
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
    let mut list = Vec::with_capacity(attached.len());
    for model in attached {
        let row = Row { table: "request_files", id: &model.request_id };
        let Some(kept) = stored.iter().find(|file| file.id == model.file_id) else {
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
