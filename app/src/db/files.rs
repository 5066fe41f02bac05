//! Uploads, chunks and files.

use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, IntoTableRef, Query, SelectStatement};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::error::one_row;
use super::tables::{chunk, file, request_file, upload};
use super::words::{Row, Word};
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::file::{StoredFile, Upload};
use crate::portal::ids::{FileId, UploadId, UserId};

pub(super) async fn insert_upload(db: &impl ConnectionTrait, row: &Upload) -> Result<()> {
    let model = upload::ActiveModel {
        id: Set(row.id.to_string()),
        user_id: Set(row.by.to_string()),
        name: Set(row.name.clone()),
        created_at: Set(row.created_at.micros()),
        file_id: Set(row.file.as_ref().map(|file| file.id.to_string())),
    };
    upload::Entity::insert(model).exec_without_returning(db).await?;
    Ok(())
}

pub(super) async fn insert_chunk(
    db: &impl ConnectionTrait,
    upload: UploadId,
    number: u32,
    bytes: Vec<u8>,
) -> Result<()> {
    let model =
        chunk::ActiveModel { upload_id: Set(upload.to_string()), number: Set(number.into()), bytes: Set(bytes) };
    chunk::Entity::insert(model).exec_without_returning(db).await?;
    Ok(())
}

pub(super) async fn find_chunk(db: &impl ConnectionTrait, of: UploadId, number: u32) -> Result<Option<Vec<u8>>> {
    let found = chunk::Entity::find_by_id((of.to_string(), i64::from(number))).one(db).await?;
    Ok(found.map(|chunk| chunk.bytes))
}

pub(super) async fn find_file(db: &impl ConnectionTrait, id: FileId) -> Result<Option<StoredFile>> {
    file::Entity::find_by_id(id.to_string()).one(db).await?.map(stored).transpose()
}

pub(super) async fn insert_file(db: &impl ConnectionTrait, row: &StoredFile, at: Time) -> Result<()> {
    let model = file::ActiveModel {
        id: Set(row.id.to_string()),
        chunks_of: Set(row.chunks_of.to_string()),
        size: Set(i64::try_from(row.size).unwrap_or(i64::MAX)),
        kind: Set(row.kind.word().to_owned()),
        created_at: Set(at.micros()),
    };
    file::Entity::insert(model).exec_without_returning(db).await?;
    Ok(())
}

pub(super) async fn finish_upload(db: &impl ConnectionTrait, id: UploadId, file: FileId) -> Result<()> {
    let changed = upload::Entity::update_many()
        .col_expr(upload::Column::FileId, Expr::value(file.to_string()))
        .filter(upload::Column::Id.eq(id.to_string()))
        .exec(db)
        .await?;
    one_row(changed.rows_affected, "uploads", id)
}

pub(super) async fn find_upload(db: &impl ConnectionTrait, id: UploadId) -> Result<Option<Upload>> {
    let Some(model) = upload::Entity::find_by_id(id.to_string()).one(db).await? else { return Ok(None) };
    let file = match &model.file_id {
        Some(file) => find_file(db, Row { table: "uploads", id: &model.id }.id("file_id", file)?).await?,
        None => None,
    };
    received(model, file).map(Some)
}

/// The uploads of these ids by this person that have become files, in the order asked for.
pub(super) async fn list_uploads(db: &impl ConnectionTrait, by: UserId, ids: &[UploadId]) -> Result<Vec<Upload>> {
    let rows = upload::Entity::find()
        .filter(upload::Column::Id.is_in(ids.iter().map(ToString::to_string)))
        .filter(upload::Column::UserId.eq(by.to_string()))
        .all(db)
        .await?;
    let wanted = rows.iter().filter_map(|row| row.file_id.clone());
    let files = file::Entity::find().filter(file::Column::Id.is_in(wanted)).all(db).await?;
    let mut uploads = Vec::new();
    for id in ids.iter().map(ToString::to_string) {
        let Some(row) = rows.iter().find(|row| row.id == id) else { continue };
        if let Some(file) = files.iter().find(|file| Some(&file.id) == row.file_id.as_ref()) {
            uploads.push(received(row.clone(), Some(stored(file.clone())?))?);
        }
    }
    Ok(uploads)
}

pub(super) async fn delete_chunks(db: &impl ConnectionTrait, of: UploadId, limit: u32) -> Result<u64> {
    let numbers: Vec<i64> = chunk::Entity::find()
        .select_only()
        .column(chunk::Column::Number)
        .filter(chunk::Column::UploadId.eq(of.to_string()))
        .limit(u64::from(limit))
        .into_tuple()
        .all(db)
        .await?;
    let deleted = chunk::Entity::delete_many()
        .filter(chunk::Column::UploadId.eq(of.to_string()))
        .filter(chunk::Column::Number.is_in(numbers))
        .exec(db)
        .await?;
    Ok(deleted.rows_affected)
}

/// Deletes old uploads; the ids of those whose chunks no file uses.
pub(super) async fn delete_old_uploads(db: &impl ConnectionTrait, before: Time, limit: u32) -> Result<Vec<UploadId>> {
    let old = upload::Entity::find()
        .filter(upload::Column::CreatedAt.lt(before.micros()))
        .order_by_asc(upload::Column::Id)
        .limit(u64::from(limit))
        .all(db)
        .await?;
    let ids: Vec<_> = old.iter().map(|row| row.id.clone()).collect();
    upload::Entity::delete_many().filter(upload::Column::Id.is_in(ids.clone())).exec(db).await?;
    let used: Vec<String> = file::Entity::find()
        .select_only()
        .column(file::Column::ChunksOf)
        .filter(file::Column::ChunksOf.is_in(ids.clone()))
        .into_tuple()
        .all(db)
        .await?;
    parse_ids(ids.into_iter().filter(|id| !used.contains(id)))
}

/// Files that nothing refers to.
pub(super) async fn list_unused(db: &impl ConnectionTrait, limit: u32) -> Result<Vec<StoredFile>> {
    let id = (file::Entity, file::Column::Id);
    let attached = naming(request_file::Entity, (request_file::Entity, request_file::Column::FileId), id);
    let finished = naming(upload::Entity, (upload::Entity, upload::Column::FileId), id);
    let unused = file::Entity::find()
        .filter(Expr::not_exists(attached))
        .filter(Expr::not_exists(finished))
        .limit(u64::from(limit))
        .all(db)
        .await?;
    unused.into_iter().map(stored).collect()
}

/// Deletes files; the uploads under which their chunks are kept.
pub(super) async fn delete(db: &impl ConnectionTrait, gone: &[StoredFile]) -> Result<Vec<UploadId>> {
    let ids = gone.iter().map(|file| file.id.to_string());
    file::Entity::delete_many().filter(file::Column::Id.is_in(ids)).exec(db).await?;
    Ok(gone.iter().map(|file| file.chunks_of).collect())
}

/// Uploads that have chunks although neither an upload nor a file knows them.
pub(super) async fn list_ownerless(db: &impl ConnectionTrait, limit: u32) -> Result<Vec<UploadId>> {
    let of = (chunk::Entity, chunk::Column::UploadId);
    let uploads = naming(upload::Entity, (upload::Entity, upload::Column::Id), of);
    let files = naming(file::Entity, (file::Entity, file::Column::ChunksOf), of);
    let ids: Vec<String> = chunk::Entity::find()
        .select_only()
        .column(chunk::Column::UploadId)
        .distinct()
        .filter(Expr::not_exists(uploads))
        .filter(Expr::not_exists(files))
        .limit(u64::from(limit))
        .into_tuple()
        .all(db)
        .await?;
    parse_ids(ids.into_iter())
}

/// The rows of `table` that have in `column`, to which an index leads, what the row of the statement around it has in `own`.
/// PostgreSQL would look through all of a `NOT IN` for each row as soon as it does not fit in its memory.
fn naming(table: impl IntoTableRef, column: impl IntoColumnRef, own: impl IntoColumnRef) -> SelectStatement {
    Query::select().expr(Expr::val(1)).from(table).and_where(Expr::col(column).equals(own)).to_owned()
}

fn parse_ids(ids: impl Iterator<Item = String>) -> Result<Vec<UploadId>> {
    ids.map(|id| Row { table: "uploads", id: &id }.id("id", &id)).collect()
}

fn received(model: upload::Model, file: Option<StoredFile>) -> Result<Upload> {
    let row = Row { table: "uploads", id: &model.id };
    Ok(Upload {
        id: row.id("id", &model.id)?,
        by: row.id("user_id", &model.user_id)?,
        name: model.name,
        created_at: Time(model.created_at),
        file,
    })
}

/// The file of a row.
pub(super) fn stored(model: file::Model) -> Result<StoredFile> {
    let row = Row { table: "files", id: &model.id };
    Ok(StoredFile {
        id: row.id("id", &model.id)?,
        chunks_of: row.id("chunks_of", &model.chunks_of)?,
        size: row.number("size", model.size)?,
        kind: row.word("kind", &model.kind)?,
    })
}
