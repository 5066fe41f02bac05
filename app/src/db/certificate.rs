//! What a certificate is made of: all rounds of a request that has ended, and where its end stands in the audit log.

use async_trait::async_trait;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IsolationLevel, QueryFilter, QueryOrder, TransactionTrait};

use super::lock::has_many_writers;
use super::reads::DbReads;
use super::tables::{assignment, audit, audit_checkpoint, decision, link, mail};
use super::words::Row;
use super::{requests, users};
use crate::portal::audit::{ChainHead, Checkpoint};
use crate::portal::certificate::{CertificateReads, CertificateRows, LinkMail};
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::{LinkId, RequestId, UserId};
use crate::portal::link::Link;
use crate::portal::request::{Assignment, Decision, Request};
use crate::portal::user::User;

#[async_trait]
impl CertificateReads for DbReads {
    async fn find_certificate_rows(&self, id: RequestId) -> Result<Option<CertificateRows>> {
        // One snapshot for all queries, so that no round is told in part.
        let isolation = has_many_writers(self.pool()).then_some(IsolationLevel::RepeatableRead);
        let snapshot = self.pool().begin_with_config(isolation, None).await?;
        let rows = find(&snapshot, id).await?;
        snapshot.rollback().await?;
        Ok(rows)
    }
}

async fn find(db: &impl ConnectionTrait, id: RequestId) -> Result<Option<CertificateRows>> {
    let Some(request) = requests::find(db, id).await? else { return Ok(None) };
    let Some(closed_at) = request.closed.as_ref().map(|closed| closed.at) else { return Ok(None) };
    let questions = questions(db, id).await?;
    let decisions = decisions(db, id).await?;
    let last = last_row(db, id, closed_at).await?;
    let checkpoint = match last {
        Some((head, _)) => covering(db, head).await?,
        None => None,
    };
    let named = named(&request, &questions, &decisions);
    let people = users::list(db, &named).await?.iter().map(User::person).collect();
    let (links, mails) = (links(db, id).await?, mails(db, id).await?);
    Ok(Some(CertificateRows { questions, decisions, links, mails, last, checkpoint, people }))
}

async fn questions(db: &impl ConnectionTrait, id: RequestId) -> Result<Vec<Assignment>> {
    let rows = assignment::Entity::find()
        .filter(assignment::Column::RequestId.eq(id.to_string()))
        .order_by_asc(assignment::Column::Generation)
        .order_by_asc(assignment::Column::Stage)
        .order_by_asc(assignment::Column::CreatedAt)
        .order_by_asc(assignment::Column::Position)
        .order_by_asc(assignment::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(Assignment::try_from).collect()
}

async fn decisions(db: &impl ConnectionTrait, id: RequestId) -> Result<Vec<Decision>> {
    let rows = decision::Entity::find()
        .filter(decision::Column::RequestId.eq(id.to_string()))
        .order_by_asc(decision::Column::Generation)
        .order_by_asc(decision::Column::DecidedAt)
        .order_by_asc(decision::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(Decision::try_from).collect()
}

/// The ids of a request's questions.
fn asked(id: RequestId) -> SelectStatement {
    Query::select()
        .column(assignment::Column::Id)
        .from(assignment::Entity)
        .and_where(assignment::Column::RequestId.eq(id.to_string()))
        .to_owned()
}

async fn links(db: &impl ConnectionTrait, id: RequestId) -> Result<Vec<Link>> {
    let rows = link::Entity::find()
        .filter(link::Column::AssignmentId.in_subquery(asked(id)))
        .order_by_asc(link::Column::CreatedAt)
        .order_by_asc(link::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(Link::try_from).collect()
}

async fn mails(db: &impl ConnectionTrait, id: RequestId) -> Result<Vec<(LinkId, LinkMail)>> {
    let minted = Query::select()
        .column(link::Column::Id)
        .from(link::Entity)
        .and_where(link::Column::AssignmentId.in_subquery(asked(id)))
        .to_owned();
    let rows = mail::Entity::find()
        .filter(mail::Column::LinkId.in_subquery(minted))
        .order_by_asc(mail::Column::CreatedAt)
        .order_by_asc(mail::Column::Id)
        .all(db)
        .await?;
    let mails = rows.iter().filter_map(|model| model.link_id.as_deref().map(|link| (model, link)));
    mails
        .map(|(model, link)| {
            let row = Row { table: "mails", id: &model.id };
            let kind = row.word("kind", &model.kind)?;
            let state = row.word("state", &model.state)?;
            Ok((row.id("link_id", link)?, LinkMail { kind, state, sent_at: model.sent_at.map(Time) }))
        })
        .collect()
}

/// The newest row of the audit log about the request that is no younger than its end. Comments may come afterwards, and change
/// nothing that is certified.
async fn last_row(db: &impl ConnectionTrait, id: RequestId, closed_at: Time) -> Result<Option<(ChainHead, Time)>> {
    let newest = audit::Entity::find()
        .filter(audit::Column::Object.eq(id.to_string()))
        .filter(audit::Column::Seq.is_not_null())
        .filter(audit::Column::At.lte(closed_at.micros()))
        .order_by_desc(audit::Column::Seq)
        .one(db)
        .await?;
    // A hash that somebody has taken away or made unreadable bears witness to nothing.
    let place = newest.and_then(|model| {
        let hash = model.hash.as_deref()?.parse().ok()?;
        Some((ChainHead { seq: model.seq?, hash }, Time(model.at)))
    });
    Ok(place)
}

/// The oldest checkpoint that covers a row.
async fn covering(db: &impl ConnectionTrait, head: ChainHead) -> Result<Option<Checkpoint>> {
    let oldest = audit_checkpoint::Entity::find()
        .filter(audit_checkpoint::Column::Seq.gte(head.seq))
        .order_by_asc(audit_checkpoint::Column::Seq)
        .one(db)
        .await?;
    oldest.map(Checkpoint::try_from).transpose()
}

/// Whoever the policy, the questions and the decisions name.
fn named(request: &Request, questions: &[Assignment], decisions: &[Decision]) -> Vec<UserId> {
    let mut named: Vec<UserId> =
        request.policy.stages.iter().flat_map(|stage| stage.approvers.iter().copied()).collect();
    for question in questions {
        named.push(question.user);
        named.extend(question.stands_in.map(|stands_in| stands_in.for_user));
        named.extend(question.added_by);
    }
    named.extend(decisions.iter().filter_map(|decision| decision.by));
    named.sort_unstable();
    named.dedup();
    named
}
