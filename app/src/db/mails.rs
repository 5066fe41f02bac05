//! Mails.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::error::one_row;
use super::tables::{decision, mail, request, request_file, user};
use super::words::{Row, Word};
use super::{assignments, codes, digests, links, monitor_rows, requests, users};
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{LinkId, MailId, UserId};
use crate::portal::mail::{Mail, MailFacts, MailKind, MailState, MailedPlace, MailedRequest, MailedRun, MailedStage};
use crate::portal::reads::MailLine;
use crate::portal::request::{Request, StandIn};
use crate::portal::user::{Person, User, UserState};

/// `false` when the natural key is taken.
pub(super) async fn insert(db: &impl ConnectionTrait, row: &Mail) -> Result<bool> {
    let inserted = mail::Entity::insert(mail::ActiveModel::from(row))
        .on_conflict(OnConflict::column(mail::Column::NaturalKey).do_nothing().to_owned())
        .exec_without_returning(db)
        .await;
    super::error::was_inserted(inserted)
}

pub(super) async fn is_key_free(db: &impl ConnectionTrait, natural_key: &str) -> Result<bool> {
    Ok(mail::Entity::find().filter(mail::Column::NaturalKey.eq(natural_key)).count(db).await? == 0)
}

pub(super) async fn find(db: &impl ConnectionTrait, id: MailId) -> Result<Option<Mail>> {
    mail::Entity::find_by_id(id.to_string()).one(db).await?.map(Mail::try_from).transpose()
}

pub(super) async fn update(db: &impl ConnectionTrait, row: &Mail) -> Result<()> {
    let changed = mail::Entity::update_many()
        .set(mail::ActiveModel::from(row))
        .filter(mail::Column::Id.eq(row.id.to_string()))
        .exec(db)
        .await?;
    one_row(changed.rows_affected, "mails", row.id)
}

pub(super) async fn count_by_state(db: &impl ConnectionTrait) -> Result<Vec<(MailState, u64)>> {
    let counts: Vec<(String, i64)> = mail::Entity::find()
        .select_only()
        .column(mail::Column::State)
        .column_as(Expr::col(mail::Column::Id).count(), "mails")
        .group_by(mail::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let row = Row { table: "mails", id: "counted" };
    counts.into_iter().map(|(state, count)| Ok((row.word("state", &state)?, row.number("count", count)?))).collect()
}

pub(super) async fn list(
    db: &impl ConnectionTrait,
    state: Option<MailState>,
    before: Option<MailId>,
    limit: u64,
) -> Result<Vec<MailLine>> {
    let mut query = mail::Entity::find().order_by_desc(mail::Column::Id).limit(limit);
    if let Some(state) = state {
        query = query.filter(mail::Column::State.eq(state.word()));
    }
    if let Some(before) = before {
        query = query.filter(mail::Column::Id.lt(before.to_string()));
    }
    let mails: Vec<Mail> = query.all(db).await?.into_iter().map(Mail::try_from).collect::<Result<_>>()?;
    let people = users::list(db, &mails.iter().map(|mail| mail.to).collect::<Vec<_>>()).await?;
    let titles = titles_of(db, &mails).await?;
    mails
        .into_iter()
        .map(|mail| {
            let title = mail.request.and_then(|id| titles.iter().find(|(other, _)| *other == id.to_string()));
            let title = title.map(|(_, title)| title.as_str()).or(mail.own_title()).map(str::to_owned);
            let to = reader(&people, &mail)?;
            Ok(MailLine { to: to.person(), language: to.language, title, mail })
        })
        .collect()
}

async fn titles_of(db: &impl ConnectionTrait, mails: &[Mail]) -> Result<Vec<(String, String)>> {
    let ids = mails.iter().filter_map(|mail| mail.request).map(|id| id.to_string());
    let of_mails = request::Entity::find().select_only().columns([request::Column::Id, request::Column::Title]);
    Ok(of_mails.filter(request::Column::Id.is_in(ids)).into_tuple().all(db).await?)
}

/// The mail that carries this link.
pub(super) async fn find_of_link(db: &impl ConnectionTrait, link: LinkId) -> Result<Option<Mail>> {
    let of = mail::Entity::find().filter(mail::Column::LinkId.eq(link.to_string()));
    of.one(db).await?.map(Mail::try_from).transpose()
}

pub(super) async fn find_facts(db: &impl ConnectionTrait, id: MailId) -> Result<Option<MailFacts>> {
    let Some(mail) = find(db, id).await? else { return Ok(None) };
    facts_of(db, mail).await.map(Some)
}

/// A mail with everything that it is rendered from.
pub(super) async fn facts_of(db: &impl ConnectionTrait, mail: Mail) -> Result<MailFacts> {
    let link = match mail.link {
        Some(link) => links::find(db, link).await?,
        None => None,
    };
    let about = match mail.request {
        Some(id) => requests::find(db, id).await?,
        None => None,
    };
    let place = match link.as_ref().and_then(|link| link.assignment) {
        Some(asked) => assignments::find(db, asked).await?.and_then(|asked| asked.stands_in),
        None => None,
    };
    let named =
        [Some(mail.to), mail.by, about.as_ref().map(|about| about.requester), place.map(|place| place.for_user)];
    let people = users::list(db, &named.into_iter().flatten().collect::<Vec<_>>()).await?;
    let request = match about {
        Some(about) => Some(mailed(db, about, place, &mail, &people).await?),
        None => None,
    };
    let digest = match mail.kind {
        MailKind::Digest => Some(digests::of_mail(db, mail.id).await?),
        _ => None,
    };
    let code = match mail.kind {
        MailKind::Code => codes::find_of_mail(db, mail.id).await?,
        _ => None,
    };
    let by = mail.by.map(|by| person(&people, by)).transpose()?;
    let to = reader(&people, &mail)?;
    let (language, zone, has_account) = (to.language, to.time_zone(), to.state == UserState::Active);
    Ok(MailFacts { to: to.person(), language, zone, by, link, code, request, digest, has_account, mail })
}

/// What a mail says of its request.
async fn mailed(
    db: &impl ConnectionTrait,
    about: Request,
    place: Option<StandIn>,
    mail: &Mail,
    people: &[User],
) -> Result<MailedRequest> {
    let files = request_file::Entity::find()
        .filter(request_file::Column::RequestId.eq(about.id.to_string()))
        .filter(request_file::Column::Revision.eq(i64::from(about.revision)))
        .count(db)
        .await?;
    let overridden = mail.kind == MailKind::Decided && is_overridden(db, &about).await?;
    let stage = about.open_stage();
    let (number, of, name) = (about.stage, about.policy.stage_count(), stage.name.clone());
    let stands_in = match place {
        // The end of an absence is not in these tables.
        Some(place) => Some(MailedPlace { of: person(people, place.for_user)?, why: place.why, until: None }),
        None => None,
    };
    Ok(MailedRequest {
        id: about.id,
        requester: person(people, about.requester)?,
        stands_in,
        due_at: about.deadline.due_at,
        final_rule: stage.final_rule(),
        stage: Some(MailedStage { number, of, name }),
        policy: about.policy.source.map(|source| source.name),
        overridden,
        files: u32::try_from(files).unwrap_or(u32::MAX),
        title: about.title,
    })
}

/// Whether whoever closed the request did so without having been asked.
async fn is_overridden(db: &impl ConnectionTrait, about: &Request) -> Result<bool> {
    let Some(by) = about.closed.as_ref().and_then(|closed| closed.by) else { return Ok(false) };
    let made = decision::Entity::find()
        .filter(decision::Column::RequestId.eq(about.id.to_string()))
        .filter(decision::Column::Generation.eq(i64::from(about.generation)))
        .filter(decision::Column::UserId.eq(by.to_string()))
        .filter(decision::Column::AssignmentId.is_null())
        .count(db)
        .await?;
    Ok(made > 0)
}

/// Whoever a mail goes to.
fn reader<'p>(people: &'p [User], mail: &Mail) -> Result<&'p User> {
    let found = people.iter().find(|user| user.id == mail.to);
    found.ok_or_else(|| super::error::unreadable("mails", "user_id", &mail.id.to_string()))
}

/// Who sent the invitation with this link.
pub(super) async fn find_inviter(db: &impl ConnectionTrait, link: LinkId) -> Result<Option<Person>> {
    let invitation = mail::Entity::find().filter(mail::Column::LinkId.eq(link.to_string())).one(db).await?;
    let Some(by) = invitation.and_then(|mail| mail.by_user_id) else { return Ok(None) };
    let inviter = user::Entity::find_by_id(by).one(db).await?.map(User::try_from).transpose()?;
    Ok(inviter.map(|user| user.person()))
}

/// The sentence of the newest mail that was tried, if it failed.
pub(super) async fn trouble(db: &impl ConnectionTrait) -> Result<Option<String>> {
    let tried = [MailState::Sent, MailState::Retrying, MailState::Failed].map(Word::word);
    let newest =
        mail::Entity::find().filter(mail::Column::State.is_in(tried)).order_by_desc(mail::Column::Id).one(db).await?;
    Ok(newest.and_then(|mail| mail.error))
}

fn person(people: &[User], id: UserId) -> Result<Person> {
    super::person_of(people, id, "mails")
}

impl From<&Mail> for mail::ActiveModel {
    fn from(row: &Mail) -> Self {
        Self {
            id: Set(row.id.to_string()),
            kind: Set(row.kind.word().to_owned()),
            user_id: Set(row.to.to_string()),
            request_id: Set(row.request.map(|id| id.to_string())),
            run_id: Set(row.run.as_ref().map(|run| run.id.clone())),
            run_title: Set(row.run.as_ref().map(|run| run.title.clone())),
            monitor: Set(row.monitor.as_ref().map(monitor_rows::mailed_text)),
            link_id: Set(row.link.map(|id| id.to_string())),
            natural_key: Set(row.natural_key.clone()),
            note: Set(row.note.clone()),
            by_user_id: Set(row.by.map(|id| id.to_string())),
            ruling: Set(row.ruling.map(|ruling| ruling.word().to_owned())),
            state: Set(row.state.word().to_owned()),
            attempts: Set(row.attempts.into()),
            error: Set(row.error.clone()),
            failed_step: Set(row.failed_step.map(|step| step.word().to_owned())),
            next_attempt_at: Set(row.next_attempt_at.map(Time::micros)),
            created_at: Set(row.created_at.micros()),
            sent_at: Set(row.sent_at.map(Time::micros)),
        }
    }
}

impl TryFrom<mail::Model> for Mail {
    type Error = PortalError;

    fn try_from(model: mail::Model) -> Result<Self> {
        let row = Row { table: "mails", id: &model.id };
        Ok(Self {
            id: row.id("id", &model.id)?,
            kind: row.word("kind", &model.kind)?,
            to: row.id("user_id", &model.user_id)?,
            request: row.maybe_id("request_id", model.request_id.as_deref())?,
            run: model.run_id.map(|id| MailedRun { id, title: model.run_title.unwrap_or_default() }),
            monitor: model.monitor.as_deref().map(|text| monitor_rows::mailed_of(row, text)).transpose()?,
            link: row.maybe_id("link_id", model.link_id.as_deref())?,
            by: row.maybe_id("by_user_id", model.by_user_id.as_deref())?,
            ruling: row.maybe_word("ruling", model.ruling.as_deref())?,
            state: row.word("state", &model.state)?,
            attempts: row.number("attempts", model.attempts)?,
            failed_step: row.maybe_word("failed_step", model.failed_step.as_deref())?,
            natural_key: model.natural_key,
            note: model.note,
            error: model.error,
            next_attempt_at: model.next_attempt_at.map(Time),
            created_at: Time(model.created_at),
            sent_at: model.sent_at.map(Time),
        })
    }
}
