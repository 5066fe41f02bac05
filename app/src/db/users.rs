//! People.

use async_trait::async_trait;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::error::{one_row, was_inserted};
use super::lock::{Lock, alone};
use super::search;
use super::tables::{session, user};
use super::words::{Row, Word};
use super::work::Unit;
use crate::portal::actor::Roles;
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::UserId;
use crate::portal::person::PersonWork;
use crate::portal::user::{Email, User, UserState};

#[async_trait]
impl PersonWork for Unit<'_> {
    async fn list_managers_above(&self, user: UserId) -> Result<Vec<UserId>> {
        alone(self.db(), Lock::Managers).await?;
        let mut above = Vec::new();
        let mut next = find(self.db(), user).await?.and_then(|user| user.manager);
        // Rows that go around in a circle, which the portal writes none of, are walked once.
        while let Some(manager) = next.filter(|manager| !above.contains(manager)) {
            above.push(manager);
            next = find(self.db(), manager).await?.and_then(|user| user.manager);
        }
        Ok(above)
    }
}

pub(super) async fn find(db: &impl ConnectionTrait, id: UserId) -> Result<Option<User>> {
    user::Entity::find_by_id(id.to_string()).one(db).await?.map(User::try_from).transpose()
}

/// The same, locked against every other transaction that asks so.
pub(super) async fn lock(db: &impl ConnectionTrait, id: UserId) -> Result<Option<User>> {
    user::Entity::find_by_id(id.to_string()).lock_exclusive().one(db).await?.map(User::try_from).transpose()
}

pub(super) async fn find_by_email(db: &impl ConnectionTrait, email: &Email) -> Result<Option<User>> {
    user::Entity::find().filter(user::Column::Email.eq(email.as_str())).one(db).await?.map(User::try_from).transpose()
}

/// Those of these people who exist, in no order.
pub(super) async fn list(db: &impl ConnectionTrait, ids: &[UserId]) -> Result<Vec<User>> {
    let ids = ids.iter().map(ToString::to_string);
    user::Entity::find().filter(user::Column::Id.is_in(ids)).all(db).await?.into_iter().map(User::try_from).collect()
}

pub(super) async fn list_all(db: &impl ConnectionTrait) -> Result<Vec<User>> {
    let rows = user::Entity::find().order_by_asc(user::Column::Name).order_by_asc(user::Column::Email).all(db).await?;
    rows.into_iter().map(User::try_from).collect()
}

pub(super) async fn count_admins(db: &impl ConnectionTrait) -> Result<u64> {
    let active = user::Column::State.eq(UserState::Active.word());
    Ok(user::Entity::find().filter(active).filter(user::Column::Roles.contains("admin")).count(db).await?)
}

pub(super) async fn insert(db: &impl ConnectionTrait, row: &User) -> Result<()> {
    let taken = OnConflict::column(user::Column::Email).do_nothing().to_owned();
    let insert = user::Entity::insert(user::ActiveModel::from(row)).on_conflict(taken);
    match was_inserted(insert.exec_without_returning(db).await)? {
        true => Ok(()),
        false => Err(PortalError::conflict("There is a person with this address already.")),
    }
}

pub(super) async fn update(db: &impl ConnectionTrait, row: &User) -> Result<()> {
    let before: Option<String> = user::Entity::find_by_id(row.id.to_string())
        .select_only()
        .column(user::Column::Name)
        .into_tuple()
        .one(db)
        .await?;
    let changed = user::Entity::update_many()
        .set(user::ActiveModel::from(row))
        .filter(user::Column::Id.eq(row.id.to_string()))
        .exec(db)
        .await?;
    one_row(changed.rows_affected, "users", row.id)?;
    if before.is_some_and(|name| name != row.name) {
        // Requests are found by the names of those who submitted them.
        search::index_requests_of(db, row.id).await?;
    }
    Ok(())
}

pub(super) async fn end_sessions(db: &impl ConnectionTrait, id: UserId) -> Result<()> {
    session::Entity::delete_many().filter(session::Column::UserId.eq(id.to_string())).exec(db).await?;
    Ok(())
}

fn roles_text(roles: Roles) -> String {
    let held = [("requester", roles.requester), ("approver", roles.approver), ("admin", roles.admin)];
    held.into_iter().filter(|(_, held)| *held).map(|(word, _)| word).collect::<Vec<_>>().join(",")
}

fn roles_of(text: &str) -> Option<Roles> {
    text.split(',').filter(|word| !word.is_empty()).try_fold(Roles::default(), |roles, word| match word {
        "requester" => Some(Roles { requester: true, ..roles }),
        "approver" => Some(Roles { approver: true, ..roles }),
        "admin" => Some(Roles { admin: true, ..roles }),
        _ => None,
    })
}

impl From<&User> for user::ActiveModel {
    fn from(row: &User) -> Self {
        Self {
            id: Set(row.id.to_string()),
            email: Set(row.email.to_string()),
            name: Set(row.name.clone()),
            state: Set(row.state.word().to_owned()),
            roles: Set(roles_text(row.roles)),
            password_hash: Set(row.password_hash.clone()),
            invited_at: Set(row.invited_at.map(Time::micros)),
            signed_in_at: Set(row.signed_in_at.map(Time::micros)),
            manager_id: Set(row.manager.map(|manager| manager.to_string())),
            language: Set(row.language.word().to_owned()),
            zone: Set(row.zone.clone()),
            digest: Set(row.digest.word().to_owned()),
            shortcuts: Set(row.shortcuts),
            created_at: Set(row.created_at.micros()),
        }
    }
}

impl TryFrom<user::Model> for User {
    type Error = PortalError;

    fn try_from(model: user::Model) -> Result<Self> {
        let row = Row { table: "users", id: &model.id };
        let unreadable = |column| super::error::unreadable("users", column, &model.id);
        Ok(Self {
            id: row.id("id", &model.id)?,
            email: Email::parse(&model.email).map_err(|_| unreadable("email"))?,
            state: row.word("state", &model.state)?,
            roles: roles_of(&model.roles).ok_or_else(|| unreadable("roles"))?,
            manager: row.maybe_id("manager_id", model.manager_id.as_deref())?,
            language: row.word("language", &model.language)?,
            digest: row.word("digest", &model.digest)?,
            shortcuts: model.shortcuts,
            zone: model.zone,
            name: model.name,
            password_hash: model.password_hash,
            invited_at: model.invited_at.map(Time),
            signed_in_at: model.signed_in_at.map(Time),
            created_at: Time(model.created_at),
        })
    }
}
