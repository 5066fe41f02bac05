//! Digests: what they are written from, and what they list.

use async_trait::async_trait;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};

use super::tables::{assignment, digest_line, link, request};
use super::words::{Row, Word};
use super::work::Unit;
use super::{engine, users};
use crate::portal::clock::Time;
use crate::portal::digests::{DigestLine, DigestWork, MAX_LINES};
use crate::portal::error::Result;
use crate::portal::ids::{AssignmentId, MailId, RequestId, UserId};
use crate::portal::link::{Link, LinkState, Purpose};
use crate::portal::mail::{MailedDigest, MailedLine};
use crate::portal::policy::Ruling;
use crate::portal::request::{AssignmentState, Ending};
use crate::portal::user::User;

const LIMIT: u64 = MAX_LINES as u64;

#[async_trait]
impl DigestWork for Unit<'_> {
    async fn list_waiting_for(&self, user: UserId) -> Result<Vec<(AssignmentId, RequestId)>> {
        let rows: Vec<(String, String)> = assignment::Entity::find()
            .select_only()
            .columns([assignment::Column::Id, assignment::Column::RequestId])
            .filter(assignment::Column::UserId.eq(user.to_string()))
            .filter(assignment::Column::State.eq(AssignmentState::Pending.word()))
            .filter(assignment::Column::RequestId.in_subquery(running()))
            .order_by_asc(assignment::Column::CreatedAt)
            .order_by_asc(assignment::Column::Id)
            .limit(LIMIT)
            .into_tuple()
            .all(self.db())
            .await?;
        let question = |(id, request): (String, String)| {
            let row = Row { table: "assignments", id: &id };
            Ok((row.id("id", &id)?, row.id("request_id", &request)?))
        };
        rows.into_iter().map(question).collect()
    }

    async fn list_to_revise(&self, requester: UserId) -> Result<Vec<RequestId>> {
        let rows = request::Entity::find()
            .select_only()
            .column(request::Column::Id)
            .filter(request::Column::RequesterId.eq(requester.to_string()))
            .filter(request::Column::Ending.is_null())
            .filter(request::Column::ChangesRequestedAt.is_not_null())
            .order_by_asc(request::Column::ChangesRequestedAt)
            .order_by_asc(request::Column::Id)
            .limit(LIMIT)
            .into_tuple()
            .all(self.db())
            .await?;
        ids(rows)
    }

    async fn list_decided(&self, requester: UserId, since: Time, until: Time) -> Result<Vec<RequestId>> {
        let verdicts = [Ruling::Approved, Ruling::Rejected, Ruling::Expired].map(|ruling| Ending::Ruled(ruling).word());
        let rows = request::Entity::find()
            .select_only()
            .column(request::Column::Id)
            .filter(request::Column::RequesterId.eq(requester.to_string()))
            .filter(request::Column::Ending.is_in(verdicts))
            .filter(request::Column::ClosedAt.gt(since.micros()))
            .filter(request::Column::ClosedAt.lte(until.micros()))
            .order_by_asc(request::Column::ClosedAt)
            .order_by_asc(request::Column::Id)
            .limit(LIMIT)
            .into_tuple()
            .all(self.db())
            .await?;
        ids(rows)
    }

    async fn find_unsubscribing_link(&self, user: UserId) -> Result<Option<Link>> {
        let longest = link::Entity::find()
            .filter(link::Column::UserId.eq(user.to_string()))
            .filter(link::Column::Purpose.eq(Purpose::Unsubscribe.word()))
            .filter(link::Column::State.eq(LinkState::Live.word()))
            .order_by_desc(link::Column::ExpiresAt)
            .one(self.db())
            .await?;
        longest.map(Link::try_from).transpose()
    }

    async fn insert_digest_lines(&self, mail: MailId, lines: &[DigestLine]) -> Result<()> {
        let rows = (0..).zip(lines).map(|(position, line)| digest_line::ActiveModel {
            mail_id: Set(mail.to_string()),
            position: Set(position),
            about: Set(line.about.word().to_owned()),
            request_id: Set(line.request.to_string()),
            link_id: Set(line.link.map(|link| link.to_string())),
        });
        digest_line::Entity::insert_many(rows).exec_without_returning(self.db()).await?;
        Ok(())
    }

    async fn keep_digests(&self, user: UserId) -> Result<()> {
        engine::keep_digests(self.engine(), user).await
    }
}

/// The ids of requests whose clock runs.
fn running() -> SelectStatement {
    Query::select()
        .column(request::Column::Id)
        .from(request::Entity)
        .and_where(request::Column::Ending.is_null())
        .and_where(request::Column::HeldAt.is_null())
        .and_where(request::Column::ChangesRequestedAt.is_null())
        .to_owned()
}

fn ids(rows: Vec<String>) -> Result<Vec<RequestId>> {
    rows.into_iter().map(|id| Row { table: "requests", id: &id }.id("id", &id)).collect()
}

/// What a line says of its request.
#[derive(FromQueryResult)]
struct Head {
    id: String,
    title: String,
    requester_id: String,
    due_at: Option<i64>,
    ending: Option<String>,
}

/// What the digest lists that is this mail, as the rows stand now.
pub(super) async fn of_mail(db: &impl ConnectionTrait, mail: MailId) -> Result<MailedDigest> {
    let rows = digest_line::Entity::find()
        .filter(digest_line::Column::MailId.eq(mail.to_string()))
        .order_by_asc(digest_line::Column::Position)
        .all(db)
        .await?;
    let heads = heads_of(db, &rows).await?;
    let links = links_of(db, &rows).await?;
    let asking: Vec<UserId> = heads.iter().map(Head::requester).collect::<Result<_>>()?;
    let people = users::list(db, &asking).await?;
    let lines = rows.iter().map(|row| line(row, &heads, &links, &people));
    Ok(MailedDigest { lines: lines.collect::<Result<_>>()? })
}

async fn heads_of(db: &impl ConnectionTrait, rows: &[digest_line::Model]) -> Result<Vec<Head>> {
    let columns = [
        request::Column::Id,
        request::Column::Title,
        request::Column::RequesterId,
        request::Column::DueAt,
        request::Column::Ending,
    ];
    let listed = request::Column::Id.is_in(rows.iter().map(|row| row.request_id.clone()));
    let found = request::Entity::find().select_only().columns(columns).filter(listed);
    Ok(found.into_model::<Head>().all(db).await?)
}

async fn links_of(db: &impl ConnectionTrait, rows: &[digest_line::Model]) -> Result<Vec<Link>> {
    let listed = link::Column::Id.is_in(rows.iter().filter_map(|row| row.link_id.clone()));
    link::Entity::find().filter(listed).all(db).await?.into_iter().map(Link::try_from).collect()
}

fn line(row: &digest_line::Model, heads: &[Head], links: &[Link], people: &[User]) -> Result<MailedLine> {
    let at = Row { table: "digest_lines", id: &row.mail_id };
    let unreadable = |column| super::error::unreadable("digest_lines", column, &row.mail_id);
    let head = heads.iter().find(|head| head.id == row.request_id).ok_or_else(|| unreadable("request_id"))?;
    let link = match &row.link_id {
        Some(id) => {
            let found = links.iter().find(|link| link.id.to_string() == *id);
            Some(found.cloned().ok_or_else(|| unreadable("link_id"))?)
        }
        None => None,
    };
    Ok(MailedLine {
        about: at.word("about", &row.about)?,
        request: at.id("request_id", &row.request_id)?,
        title: head.title.clone(),
        requester: super::person_of(people, head.requester()?, "requests")?,
        due_at: head.due_at.map(Time),
        ending: at.maybe_word("ending", head.ending.as_deref())?,
        link,
    })
}

impl Head {
    fn requester(&self) -> Result<UserId> {
        Row { table: "requests", id: &self.id }.id("requester_id", &self.requester_id)
    }
}
