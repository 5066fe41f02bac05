//! API tokens, by the hash of their text.

use async_trait::async_trait;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::reads::DbReads;
use super::tables::token;
use super::users;
use super::words::Row;
use super::work::Unit;
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{TokenHash, TokenId, UserId};
use crate::portal::scope::{Scope, Scopes};
use crate::portal::tokens::{Token, TokenLine, TokenReads, TokenWork};
use crate::portal::user::User;

#[async_trait]
impl TokenWork for Unit<'_> {
    async fn find_token(&self, id: TokenId) -> Result<Option<Token>> {
        token::Entity::find_by_id(id.to_string()).one(self.db()).await?.map(Token::try_from).transpose()
    }

    async fn count_live_tokens(&self, user: UserId, now: Time) -> Result<u64> {
        let expires_at = token::Column::ExpiresAt;
        let lasting = Condition::any().add(expires_at.is_null()).add(expires_at.gt(now.micros()));
        let live = token::Entity::find()
            .filter(token::Column::UserId.eq(user.to_string()))
            .filter(token::Column::RevokedAt.is_null())
            .filter(lasting);
        Ok(live.count(self.db()).await?)
    }

    async fn insert_token(&self, row: &Token) -> Result<()> {
        let model = token::ActiveModel {
            id: Set(row.id.to_string()),
            user_id: Set(row.user.to_string()),
            name: Set(row.name.clone()),
            hash: Set(row.hash.to_string()),
            scopes: Set(scopes_text(row.scopes)),
            created_at: Set(row.created_at.micros()),
            expires_at: Set(row.expires_at.map(Time::micros)),
            last_used_at: Set(row.last_used_at.map(Time::micros)),
            revoked_at: Set(row.revoked_at.map(Time::micros)),
        };
        token::Entity::insert(model).exec_without_returning(self.db()).await?;
        Ok(())
    }

    async fn revoke_token(&self, id: TokenId, at: Time) -> Result<bool> {
        let changed = token::Entity::update_many()
            .col_expr(token::Column::RevokedAt, Expr::value(at.micros()))
            .filter(token::Column::Id.eq(id.to_string()))
            .filter(token::Column::RevokedAt.is_null())
            .exec(self.db())
            .await?;
        Ok(changed.rows_affected == 1)
    }

    async fn touch_token(&self, id: TokenId, at: Time) -> Result<()> {
        token::Entity::update_many()
            .col_expr(token::Column::LastUsedAt, Expr::value(at.micros()))
            .filter(token::Column::Id.eq(id.to_string()))
            .exec(self.db())
            .await?;
        Ok(())
    }
}

#[async_trait]
impl TokenReads for DbReads {
    async fn find_token_of(&self, hash: TokenHash) -> Result<Option<(Token, User)>> {
        let found = token::Entity::find().filter(token::Column::Hash.eq(hash.to_string())).one(self.pool()).await?;
        let Some(token) = found.map(Token::try_from).transpose()? else { return Ok(None) };
        let owner = users::find(self.pool(), token.user).await?;
        let owner = owner.ok_or_else(|| super::error::unreadable("tokens", "user_id", &token.id.to_string()))?;
        Ok(Some((token, owner)))
    }

    async fn list_tokens(&self, user: Option<UserId>, before: Option<TokenId>, limit: u64) -> Result<Vec<TokenLine>> {
        list(self.pool(), user, before, limit).await
    }
}

async fn list(
    db: &impl ConnectionTrait,
    user: Option<UserId>,
    before: Option<TokenId>,
    limit: u64,
) -> Result<Vec<TokenLine>> {
    let mut query = token::Entity::find().order_by_desc(token::Column::Id).limit(limit);
    if let Some(user) = user {
        query = query.filter(token::Column::UserId.eq(user.to_string()));
    }
    if let Some(before) = before {
        query = query.filter(token::Column::Id.lt(before.to_string()));
    }
    let tokens: Vec<Token> = query.all(db).await?.into_iter().map(Token::try_from).collect::<Result<_>>()?;
    let owners: Vec<UserId> = tokens.iter().map(|token| token.user).collect();
    let people = users::list(db, &owners).await?;
    tokens
        .into_iter()
        .map(|token| Ok(TokenLine { owner: super::person_of(&people, token.user, "tokens")?, token }))
        .collect()
}

fn scopes_text(scopes: Scopes) -> String {
    scopes.iter().map(Scope::word).collect::<Vec<_>>().join(" ")
}

fn scopes_of(text: &str) -> Option<Scopes> {
    text.split_whitespace().map(Scope::of).collect()
}

impl TryFrom<token::Model> for Token {
    type Error = PortalError;

    fn try_from(model: token::Model) -> Result<Self> {
        let row = Row { table: "tokens", id: &model.id };
        Ok(Self {
            id: row.id("id", &model.id)?,
            user: row.id("user_id", &model.user_id)?,
            hash: row.id("hash", &model.hash)?,
            scopes: scopes_of(&model.scopes).ok_or_else(|| super::error::unreadable("tokens", "scopes", &model.id))?,
            created_at: Time(model.created_at),
            expires_at: model.expires_at.map(Time),
            last_used_at: model.last_used_at.map(Time),
            revoked_at: model.revoked_at.map(Time),
            name: model.name,
        })
    }
}
