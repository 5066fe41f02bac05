//! Codes, as rows: never their digits.

use async_trait::async_trait;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

use super::error::one_row;
use super::reads::DbReads;
use super::tables::link_code;
use super::words::{Row, Word};
use super::work::Unit;
use crate::portal::clock::Time;
use crate::portal::code::{CodeReads, CodeSeed, CodeState, CodeWork, LinkCode};
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{AssignmentId, MailId};
use crate::portal::link::KeyId;

#[async_trait]
impl CodeWork for Unit<'_> {
    async fn insert_code(&self, code: &LinkCode) -> Result<()> {
        let model = link_code::ActiveModel {
            id: Set(code.seed.id.to_string()),
            assignment_id: Set(code.assignment.to_string()),
            link_id: Set(code.seed.link.to_string()),
            mail_id: Set(code.mail.to_string()),
            key_id: Set(code.seed.key.0.into()),
            revision_hash: Set(code.seed.revision.to_string()),
            proof: Set(code.proof.to_string()),
            created_at: Set(code.created_at.micros()),
            expires_at: Set(code.expires_at.micros()),
            tries: Set(code.tries.into()),
            state: Set(code.state.word().to_owned()),
        };
        link_code::Entity::insert(model).exec_without_returning(self.db()).await?;
        Ok(())
    }

    async fn find_live_code(&self, of: AssignmentId) -> Result<Option<LinkCode>> {
        find_live(self.db(), of).await
    }

    async fn update_code(&self, code: &LinkCode) -> Result<()> {
        let changed = link_code::Entity::update_many()
            .col_expr(link_code::Column::Tries, Expr::value(i64::from(code.tries)))
            .col_expr(link_code::Column::State, Expr::value(code.state.word()))
            .filter(link_code::Column::Id.eq(code.seed.id.to_string()))
            .exec(self.db())
            .await?;
        one_row(changed.rows_affected, "link_codes", code.seed.id)
    }

    async fn void_codes_of(&self, assignment: AssignmentId) -> Result<()> {
        link_code::Entity::update_many()
            .col_expr(link_code::Column::State, Expr::value(CodeState::Void.word()))
            .filter(link_code::Column::AssignmentId.eq(assignment.to_string()))
            .filter(link_code::Column::State.eq(CodeState::Live.word()))
            .exec(self.db())
            .await?;
        Ok(())
    }

    async fn count_codes_since(&self, assignment: AssignmentId, since: Time) -> Result<u64> {
        let of = link_code::Entity::find().filter(link_code::Column::AssignmentId.eq(assignment.to_string()));
        Ok(of.filter(link_code::Column::CreatedAt.gte(since.micros())).count(self.db()).await?)
    }

    async fn delete_codes(&self, before: Time, limit: u64) -> Result<u64> {
        let old: Vec<String> = link_code::Entity::find()
            .select_only()
            .column(link_code::Column::Id)
            .filter(link_code::Column::CreatedAt.lt(before.micros()))
            .limit(limit)
            .into_tuple()
            .all(self.db())
            .await?;
        if old.is_empty() {
            return Ok(0);
        }
        let deleted = link_code::Entity::delete_many().filter(link_code::Column::Id.is_in(old)).exec(self.db());
        Ok(deleted.await?.rows_affected)
    }
}

#[async_trait]
impl CodeReads for DbReads {
    async fn find_live_code(&self, of: AssignmentId) -> Result<Option<LinkCode>> {
        find_live(self.pool(), of).await
    }
}

async fn find_live(db: &impl ConnectionTrait, of: AssignmentId) -> Result<Option<LinkCode>> {
    let live = link_code::Entity::find()
        .filter(link_code::Column::AssignmentId.eq(of.to_string()))
        .filter(link_code::Column::State.eq(CodeState::Live.word()))
        .one(db)
        .await?;
    live.map(LinkCode::try_from).transpose()
}

/// The code that a mail brings; `None` when it is kept no more.
pub(super) async fn find_of_mail(db: &impl ConnectionTrait, mail: MailId) -> Result<Option<LinkCode>> {
    let of = link_code::Entity::find().filter(link_code::Column::MailId.eq(mail.to_string()));
    of.one(db).await?.map(LinkCode::try_from).transpose()
}

impl TryFrom<link_code::Model> for LinkCode {
    type Error = PortalError;

    fn try_from(model: link_code::Model) -> Result<Self> {
        let row = Row { table: "link_codes", id: &model.id };
        Ok(Self {
            seed: CodeSeed {
                id: row.id("id", &model.id)?,
                key: KeyId(row.number("key_id", model.key_id)?),
                link: row.id("link_id", &model.link_id)?,
                revision: row.id("revision_hash", &model.revision_hash)?,
            },
            assignment: row.id("assignment_id", &model.assignment_id)?,
            mail: row.id("mail_id", &model.mail_id)?,
            proof: row.id("proof", &model.proof)?,
            created_at: Time(model.created_at),
            expires_at: Time(model.expires_at),
            tries: row.number("tries", model.tries)?,
            state: row.word("state", &model.state)?,
        })
    }
}
