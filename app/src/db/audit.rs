//! The audit log: its rows, the chain through them, and the checkpoints of the chain.

use async_trait::async_trait;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::error::{one_row, unreadable, was_inserted};
use super::reads::DbReads;
use super::tables::{audit, audit_checkpoint, audit_head};
use super::users;
use super::words::Row;
use super::work::Unit;
use crate::portal::audit::{
    AuditActor, AuditEntry, AuditLine, AuditQuery, AuditReads, AuditWork, ChainHead, ChainedEntry, Checkpoint,
};
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::UserId;
use crate::portal::link::KeyId;
use crate::portal::user::User;

/// The table of the head has this row only, and not even that before the first line of the log.
const HEAD: i64 = 1;

/// Adds rows at the end of the chain, in this order. Each costs the same, however long the chain is.
pub(super) async fn append(db: &impl ConnectionTrait, entries: Vec<AuditEntry>) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut head = lock_head(db).await?;
    for entry in entries {
        head = head.followed_by(&entry);
        let model = audit::ActiveModel {
            id: NotSet,
            at: Set(entry.at.micros()),
            actor_kind: Set(entry.actor_kind),
            actor: Set(entry.actor),
            action: Set(entry.action),
            object: Set(entry.object),
            detail: Set(entry.detail),
            seq: Set(Some(head.seq)),
            hash: Set(Some(head.hash.to_string())),
        };
        audit::Entity::insert(model).exec_without_returning(db).await?;
    }
    move_head(db, head).await
}

/// The head, locked until the end of the transaction. It is made for the first line of the log; were it lost later, the number
/// of the next line would be taken.
async fn lock_head(db: &impl ConnectionTrait) -> Result<ChainHead> {
    let locked = audit_head::Entity::find_by_id(HEAD).lock_exclusive();
    if let Some(model) = locked.clone().one(db).await? {
        return head_of(model);
    }
    let ChainHead { seq, hash } = ChainHead::EMPTY;
    let model = audit_head::ActiveModel { id: Set(HEAD), seq: Set(seq), hash: Set(hash.to_string()) };
    let somebody_else = OnConflict::column(audit_head::Column::Id).do_nothing().to_owned();
    was_inserted(audit_head::Entity::insert(model).on_conflict(somebody_else).exec_without_returning(db).await)?;
    head_of(locked.one(db).await?.ok_or_else(|| unreadable("audit_head", "id", "1"))?)
}

fn head_of(model: audit_head::Model) -> Result<ChainHead> {
    Ok(ChainHead { seq: model.seq, hash: Row { table: "audit_head", id: "1" }.id("hash", &model.hash)? })
}

async fn move_head(db: &impl ConnectionTrait, head: ChainHead) -> Result<()> {
    let model = audit_head::ActiveModel { id: NotSet, seq: Set(head.seq), hash: Set(head.hash.to_string()) };
    let changed = audit_head::Entity::update_many().set(model).filter(audit_head::Column::Id.eq(HEAD)).exec(db).await?;
    one_row(changed.rows_affected, "audit_head", HEAD)
}

async fn newest_checkpoint(db: &impl ConnectionTrait) -> Result<Option<Checkpoint>> {
    let newest = audit_checkpoint::Entity::find().order_by_desc(audit_checkpoint::Column::Seq).one(db).await?;
    newest.map(Checkpoint::try_from).transpose()
}

#[async_trait]
impl AuditWork for Unit<'_> {
    async fn lock_chain_head(&self) -> Result<ChainHead> {
        lock_head(self.db()).await
    }

    async fn chain_old_rows(&self, limit: u32) -> Result<u64> {
        let mut head = lock_head(self.db()).await?;
        let old = audit::Entity::find()
            .filter(audit::Column::Seq.is_null())
            .order_by_asc(audit::Column::Id)
            .limit(u64::from(limit))
            .all(self.db())
            .await?;
        let rows = old.len() as u64;
        for model in old {
            let id = model.id;
            head = head.followed_by(&entry_of(model));
            let place = audit::ActiveModel {
                seq: Set(Some(head.seq)),
                hash: Set(Some(head.hash.to_string())),
                ..audit::ActiveModel::default()
            };
            let changed =
                audit::Entity::update_many().set(place).filter(audit::Column::Id.eq(id)).exec(self.db()).await?;
            one_row(changed.rows_affected, "audit", id)?;
        }
        move_head(self.db(), head).await?;
        Ok(rows)
    }

    async fn newest_checkpoint(&self) -> Result<Option<Checkpoint>> {
        newest_checkpoint(self.db()).await
    }

    async fn insert_checkpoint(&self, checkpoint: &Checkpoint) -> Result<()> {
        let model = audit_checkpoint::ActiveModel {
            seq: Set(checkpoint.seq),
            hash: Set(checkpoint.hash.to_string()),
            at: Set(checkpoint.at.micros()),
            key_id: Set(checkpoint.key.0.into()),
            signature: Set(checkpoint.signature.to_string()),
        };
        audit_checkpoint::Entity::insert(model).exec_without_returning(self.db()).await?;
        Ok(())
    }
}

#[async_trait]
impl AuditReads for DbReads {
    async fn list_audit(&self, query: &AuditQuery) -> Result<Vec<AuditLine>> {
        let rows = audit::Entity::find()
            .filter(matching(query))
            .order_by_desc(audit::Column::Seq)
            .limit(query.limit)
            .all(self.pool())
            .await?;
        let rows: Vec<_> = rows.into_iter().filter_map(chained).collect();
        let named: Vec<UserId> = rows.iter().filter_map(user_of).collect();
        let people = users::list(self.pool(), &named).await?;
        let line = |row: ChainedEntry| {
            let by = user_of(&row);
            let person = by.and_then(|by| people.iter().find(|user| user.id == by)).map(User::person);
            AuditLine { row, person }
        };
        Ok(rows.into_iter().map(line).collect())
    }

    async fn list_chained(&self, after: i64, up_to: i64, limit: u64) -> Result<Vec<ChainedEntry>> {
        let rows = audit::Entity::find()
            .filter(audit::Column::Seq.gt(after))
            .filter(audit::Column::Seq.lte(up_to))
            .order_by_asc(audit::Column::Seq)
            .limit(limit)
            .all(self.pool())
            .await?;
        Ok(rows.into_iter().filter_map(chained).collect())
    }

    async fn newest_chained(&self) -> Result<i64> {
        let newest = audit::Entity::find()
            .filter(audit::Column::Seq.is_not_null())
            .order_by_desc(audit::Column::Seq)
            .one(self.pool())
            .await?;
        Ok(newest.and_then(|model| model.seq).unwrap_or(0))
    }

    async fn find_unchained(&self) -> Result<Option<i64>> {
        let unchained = audit::Entity::find().filter(audit::Column::Seq.is_null()).one(self.pool()).await?;
        Ok(unchained.map(|model| model.id))
    }

    async fn chain_head(&self) -> Result<ChainHead> {
        audit_head::Entity::find_by_id(HEAD).one(self.pool()).await?.map_or(Ok(ChainHead::EMPTY), head_of)
    }

    async fn list_checkpoints(&self) -> Result<Vec<Checkpoint>> {
        let all = audit_checkpoint::Entity::find().all(self.pool()).await?;
        all.into_iter().map(Checkpoint::try_from).collect()
    }

    async fn newest_stored_checkpoint(&self) -> Result<Option<Checkpoint>> {
        newest_checkpoint(self.pool()).await
    }
}

fn matching(query: &AuditQuery) -> Condition {
    let actor = query.actor.as_ref().map(|actor| match actor {
        AuditActor::Kind(kind) => audit::Column::ActorKind.eq(kind.as_str()),
        AuditActor::Id(id) => audit::Column::Actor.eq(id.as_str()),
    });
    let action = query.action.as_ref().map(|action| {
        if action.contains('.') {
            audit::Column::Action.eq(action.as_str())
        } else {
            audit::Column::Action.starts_with(format!("{action}."))
        }
    });
    Condition::all()
        .add(audit::Column::Seq.is_not_null())
        .add_option(actor)
        .add_option(action)
        .add_option(query.object.as_ref().map(|object| audit::Column::Object.eq(object.as_str())))
        .add_option(query.before.map(|before| audit::Column::Seq.lt(before)))
}

/// The person who did it, unless it was nobody with a session.
fn user_of(row: &ChainedEntry) -> Option<UserId> {
    (row.entry.actor_kind == "user").then(|| row.entry.actor.parse().ok()).flatten()
}

/// `None` for a row without a place. A hash that is gone stays so: whoever follows the chain says what is wrong.
fn chained(mut model: audit::Model) -> Option<ChainedEntry> {
    let hash = model.hash.take().unwrap_or_default();
    Some(ChainedEntry { seq: model.seq?, hash, entry: entry_of(model) })
}

fn entry_of(model: audit::Model) -> AuditEntry {
    AuditEntry {
        at: Time(model.at),
        actor_kind: model.actor_kind,
        actor: model.actor,
        action: model.action,
        object: model.object,
        detail: model.detail,
    }
}

impl TryFrom<audit_checkpoint::Model> for Checkpoint {
    type Error = PortalError;

    fn try_from(model: audit_checkpoint::Model) -> Result<Self> {
        let id = model.seq.to_string();
        let row = Row { table: "audit_checkpoints", id: &id };
        Ok(Self {
            seq: model.seq,
            hash: row.id("hash", &model.hash)?,
            at: Time(model.at),
            key: KeyId(row.number("key_id", model.key_id)?),
            signature: row.id("signature", &model.signature)?,
        })
    }
}
