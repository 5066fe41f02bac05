//! Previews of files and their pages.

use async_trait::async_trait;
use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, OnConflict, Query, SelectStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::error::{one_row, was_inserted};
use super::reads::DbReads;
use super::tables::{file, preview, preview_page, request_file};
use super::words::{Row, Word};
use super::work::Unit;
use super::{engine, files};
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::file::{FileKind, StoredFile};
use crate::portal::ids::FileId;
use crate::portal::ports::DrawnPage;
use crate::portal::previews::{
    Preview, PreviewPage, PreviewReads, PreviewState, PreviewWork, ShownPreview, Unshowable,
};

#[async_trait]
impl PreviewWork for Unit<'_> {
    async fn queue_preview(&self, row: &Preview) -> Result<bool> {
        let taken = OnConflict::column(preview::Column::FileId).do_nothing().to_owned();
        let insert = preview::Entity::insert(preview::ActiveModel::from(row)).on_conflict(taken);
        let is_new = was_inserted(insert.exec_without_returning(self.db()).await)?;
        if is_new {
            engine::start_preview(self.engine(), row.file).await?;
        }
        Ok(is_new)
    }

    async fn lock_preview(&self, file: FileId) -> Result<Option<Preview>> {
        let found = preview::Entity::find_by_id(file.to_string()).lock_exclusive().one(self.db()).await?;
        found.map(Preview::try_from).transpose()
    }

    async fn update_preview(&self, row: &Preview) -> Result<()> {
        let changed = preview::Entity::update_many()
            .set(preview::ActiveModel::from(row))
            .filter(preview::Column::FileId.eq(row.file.to_string()))
            .exec(self.db())
            .await?;
        one_row(changed.rows_affected, "previews", row.file)?;
        self.nudge_requests_with(row.file).await
    }

    async fn insert_preview_page(
        &self,
        file: FileId,
        number: u32,
        page: std::result::Result<DrawnPage, Unshowable>,
    ) -> Result<()> {
        let why = page.as_ref().err().map(|why| why.word().to_owned());
        let (width, height, image) = page.map_or((0, 0, None), |page| (page.width, page.height, Some(page.image)));
        let model = preview_page::ActiveModel {
            file_id: Set(file.to_string()),
            page: Set(number.into()),
            width: Set(width.into()),
            height: Set(height.into()),
            image: Set(image),
            why: Set(why),
        };
        let taken =
            OnConflict::columns([preview_page::Column::FileId, preview_page::Column::Page]).do_nothing().to_owned();
        let insert = preview_page::Entity::insert(model).on_conflict(taken);
        was_inserted(insert.exec_without_returning(self.db()).await)?;
        Ok(())
    }

    async fn tally_preview(&self, file: FileId) -> Result<(usize, Option<Unshowable>)> {
        let id = file.to_string();
        let of_file = || preview_page::Entity::find().filter(preview_page::Column::FileId.eq(id.as_str()));
        let drawn = of_file().filter(preview_page::Column::Image.is_not_null()).count(self.db()).await?;
        let why: Option<String> = of_file()
            .select_only()
            .column(preview_page::Column::Why)
            .filter(preview_page::Column::Why.is_not_null())
            .order_by_asc(preview_page::Column::Page)
            .into_tuple()
            .one(self.db())
            .await?;
        let why = Row { table: "preview_pages", id: &id }.maybe_word("why", why.as_deref())?;
        Ok((usize::try_from(drawn).unwrap_or(usize::MAX), why))
    }

    async fn delete_preview_pages(&self, file: FileId) -> Result<()> {
        let of_file = preview_page::Column::FileId.eq(file.to_string());
        preview_page::Entity::delete_many().filter(of_file).exec(self.db()).await?;
        Ok(())
    }

    async fn list_unpreviewed(&self, limit: u32) -> Result<Vec<FileId>> {
        let drawable = [FileKind::Pdf, FileKind::Png, FileKind::Jpeg, FileKind::WebP].map(Word::word);
        let attached = Query::select().column(request_file::Column::FileId).from(request_file::Entity).to_owned();
        let ids: Vec<String> = file::Entity::find()
            .select_only()
            .column(file::Column::Id)
            .filter(file::Column::Kind.is_in(drawable))
            .filter(file::Column::Id.in_subquery(attached))
            .filter(Expr::exists(preview_of((file::Entity, file::Column::Id))).not())
            .limit(u64::from(limit))
            .into_tuple()
            .all(self.db())
            .await?;
        ids.iter().map(|id| Row { table: "files", id }.id("id", id)).collect()
    }

    async fn lock_queued_previews(&self, after: Option<FileId>, limit: u32) -> Result<Vec<Preview>> {
        let after = after.map(|file| file.to_string()).unwrap_or_default();
        let queued = preview::Entity::find()
            .filter(preview::Column::State.eq(PreviewState::Queued.word()))
            .filter(preview::Column::FileId.gt(after))
            .order_by_asc(preview::Column::FileId)
            .limit(u64::from(limit))
            .lock_exclusive();
        queued.all(self.db()).await?.into_iter().map(Preview::try_from).collect()
    }

    async fn is_preview_being_made(&self, file: FileId) -> Result<bool> {
        engine::makes_preview(self.engine(), file).await
    }

    async fn delete_ownerless_pages(&self, limit: u32) -> Result<u64> {
        let ownerless: Vec<(String, i64)> = preview_page::Entity::find()
            .select_only()
            .column(preview_page::Column::FileId)
            .column(preview_page::Column::Page)
            .filter(Expr::exists(preview_of((preview_page::Entity, preview_page::Column::FileId))).not())
            .limit(u64::from(limit))
            .into_tuple()
            .all(self.db())
            .await?;
        let mut deleted = 0;
        for page in ownerless {
            deleted += preview_page::Entity::delete_by_id(page).exec(self.db()).await?.rows_affected;
        }
        Ok(deleted)
    }
}

/// The preview of the file that a row of the statement around it names. PostgreSQL looks through all previews for each row of a
/// `NOT IN` as soon as they do not fit in its memory.
fn preview_of(file: impl IntoColumnRef) -> SelectStatement {
    let of_file = Expr::col((preview::Entity, preview::Column::FileId)).equals(file);
    Query::select().expr(Expr::val(1)).from(preview::Entity).and_where(of_file).to_owned()
}

impl Unit<'_> {
    /// Nudges those who watch a request with this file in any of its revisions.
    async fn nudge_requests_with(&self, file: FileId) -> Result<()> {
        let requests: Vec<String> = request_file::Entity::find()
            .select_only()
            .column(request_file::Column::RequestId)
            .distinct()
            .filter(request_file::Column::FileId.eq(file.to_string()))
            .into_tuple()
            .all(self.db())
            .await?;
        for id in &requests {
            self.nudge(Row { table: "request_files", id }.id("request_id", id)?);
        }
        Ok(())
    }

    /// Deletes the preview of a file with its instance; its pages go with the next sweep. `false`, and no change, while it is
    /// being made.
    pub(super) async fn delete_preview(&self, file: FileId) -> Result<bool> {
        let has_ended = engine::purge_preview(self.engine(), file).await?;
        if has_ended {
            preview::Entity::delete_by_id(file.to_string()).exec(self.db()).await?;
        }
        Ok(has_ended)
    }
}

#[async_trait]
impl PreviewReads for DbReads {
    async fn find_stored_file(&self, id: FileId) -> Result<Option<StoredFile>> {
        files::find_file(self.pool(), id).await
    }

    async fn list_previews(&self, of: &[FileId]) -> Result<Vec<ShownPreview>> {
        let ids: Vec<String> = of.iter().map(ToString::to_string).collect();
        let rows = preview::Entity::find().filter(preview::Column::FileId.is_in(ids.clone())).all(self.pool()).await?;
        let pages = pages(self.pool(), ids).await?;
        let shown = |row: preview::Model| {
            let preview = Preview::try_from(row)?;
            let is_ready = preview.state == PreviewState::Ready;
            let of_file = pages.iter().filter(|(file, _)| is_ready && *file == preview.file);
            Ok(ShownPreview { pages: of_file.map(|(_, page)| *page).collect(), preview })
        };
        rows.into_iter().map(shown).collect()
    }

    async fn find_preview_page(&self, file: FileId, number: u32) -> Result<Option<Vec<u8>>> {
        let page = preview_page::Entity::find_by_id((file.to_string(), i64::from(number))).one(self.pool()).await?;
        Ok(page.and_then(|page| page.image))
    }
}

/// The pages of these files that were drawn, without their pictures, in their order.
async fn pages(db: &impl ConnectionTrait, ids: Vec<String>) -> Result<Vec<(FileId, PreviewPage)>> {
    let rows: Vec<(String, i64, i64, i64)> = preview_page::Entity::find()
        .select_only()
        .column(preview_page::Column::FileId)
        .column(preview_page::Column::Page)
        .column(preview_page::Column::Width)
        .column(preview_page::Column::Height)
        .filter(preview_page::Column::FileId.is_in(ids))
        .filter(preview_page::Column::Image.is_not_null())
        .order_by_asc(preview_page::Column::FileId)
        .order_by_asc(preview_page::Column::Page)
        .into_tuple()
        .all(db)
        .await?;
    let page = |(file, page, width, height): (String, i64, i64, i64)| {
        let row = Row { table: "preview_pages", id: &file };
        let number = row.number("page", page)?;
        let (width, height) = (row.number("width", width)?, row.number("height", height)?);
        Ok((row.id("file_id", &file)?, PreviewPage { number, width, height }))
    };
    rows.into_iter().map(page).collect()
}

impl From<&Preview> for preview::ActiveModel {
    fn from(row: &Preview) -> Self {
        Self {
            file_id: Set(row.file.to_string()),
            state: Set(row.state.word().to_owned()),
            total: Set(row.total.map(Into::into)),
            why: Set(row.why.map(|why| why.word().to_owned())),
            queued_at: Set(row.queued_at.micros()),
            finished_at: Set(row.finished_at.map(Time::micros)),
        }
    }
}

impl TryFrom<preview::Model> for Preview {
    type Error = PortalError;

    fn try_from(model: preview::Model) -> Result<Self> {
        let row = Row { table: "previews", id: &model.file_id };
        Ok(Self {
            file: row.id("file_id", &model.file_id)?,
            state: row.word("state", &model.state)?,
            total: model.total.map(|total| row.number("total", total)).transpose()?,
            why: row.maybe_word("why", model.why.as_deref())?,
            queued_at: Time(model.queued_at),
            finished_at: model.finished_at.map(Time),
        })
    }
}
