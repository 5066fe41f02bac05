//! What waits for whom, and how long answers take: a constant number of queries, however many people and questions there are.

use std::time::Duration;

use async_trait::async_trait;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Statement,
};

use super::reads::DbReads;
use super::tables::{assignment, request};
use super::words::{Row, Word};
use super::{policy, users};
use crate::portal::absence::{AbsenceReads, Load, OpenRequest};
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::{RequestId, UserId};
use crate::portal::policy::Verdict;
use crate::portal::request::{Assignment, AssignmentState};
use crate::portal::user::User;

/// What waits for somebody. A request that is on hold is not overdue.
#[derive(FromQueryResult)]
struct Waiting {
    user_id: String,
    questions: i64,
    overdue: i64,
    oldest_at: i64,
}

/// What is needed of a request in which a question waits: nothing of the document but its title.
#[derive(FromQueryResult)]
struct Head {
    id: String,
    title: String,
    requester_id: String,
    policy: String,
}

/// How fast somebody answers.
#[derive(FromQueryResult)]
struct Answers {
    user_id: String,
    answers: i64,
    median: i64,
}

#[async_trait]
impl AbsenceReads for DbReads {
    async fn list_named(&self, ids: &[UserId]) -> Result<Vec<User>> {
        users::list(self.pool(), ids).await
    }

    async fn list_waiting(&self, user: UserId, most: u64) -> Result<Vec<OpenRequest>> {
        waiting_for(self.pool(), user, most).await
    }

    async fn list_loads(&self, now: Time, since: Time) -> Result<Vec<Load>> {
        let (waiting, answers) = (waiting(self.pool(), now).await?, answers(self.pool(), since).await?);
        let mut ids = Vec::with_capacity(waiting.len() + answers.len());
        for id in waiting.iter().map(|row| &row.user_id).chain(answers.iter().map(|row| &row.user_id)) {
            ids.push(Row { table: "assignments", id }.id::<UserId>("user_id", id)?);
        }
        ids.sort_unstable();
        ids.dedup();
        let people = users::list(self.pool(), &ids).await?;
        people.iter().map(|user| load(user, &waiting, &answers)).collect()
    }
}

async fn waiting_for(db: &impl ConnectionTrait, user: UserId, most: u64) -> Result<Vec<OpenRequest>> {
    let pending = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::RequestId)
        .filter(assignment::Column::UserId.eq(user.to_string()))
        .filter(assignment::Column::State.eq(AssignmentState::Pending.word()))
        .into_query();
    let heads = request::Entity::find()
        .select_only()
        .columns([request::Column::Id, request::Column::Title, request::Column::RequesterId, request::Column::Policy])
        .filter(request::Column::Ending.is_null())
        .filter(request::Column::Id.in_subquery(pending))
        .order_by_asc(request::Column::SubmittedAt)
        .order_by_asc(request::Column::Id)
        .limit(most)
        .into_model::<Head>()
        .all(db)
        .await?;
    let questions = stage_questions(db, &heads).await?;
    heads.into_iter().map(|head| head.open_request(&questions)).collect()
}

/// The questions of the present rounds and stages of these requests.
async fn stage_questions(db: &impl ConnectionTrait, heads: &[Head]) -> Result<Vec<Assignment>> {
    let of_request =
        assignment::Entity::belongs_to(request::Entity).from(assignment::Column::RequestId).to(request::Column::Id);
    let asked = |column: assignment::Column| Expr::col((assignment::Entity, column));
    let open = |column: request::Column| Expr::col((request::Entity, column));
    let questions = assignment::Entity::find()
        .join(JoinType::InnerJoin, of_request.into())
        .filter(request::Column::Id.is_in(heads.iter().map(|head| head.id.as_str())))
        .filter(asked(assignment::Column::Generation).eq(open(request::Column::Generation)))
        .filter(asked(assignment::Column::Stage).eq(open(request::Column::Stage)))
        .all(db)
        .await?;
    questions.into_iter().map(Assignment::try_from).collect()
}

impl Head {
    fn open_request(self, questions: &[Assignment]) -> Result<OpenRequest> {
        let row = Row { table: "requests", id: &self.id };
        let id: RequestId = row.id("id", &self.id)?;
        let requester = row.id("requester_id", &self.requester_id)?;
        let self_approval = policy::from_json(row, &self.policy)?.self_approval;
        Ok(OpenRequest {
            requester: (!self_approval).then_some(requester),
            asked: questions.iter().filter(|asked| asked.request == id).cloned().collect(),
            title: self.title,
        })
    }
}

async fn waiting(db: &impl ConnectionTrait, now: Time) -> Result<Vec<Waiting>> {
    let sql = "SELECT a.user_id AS user_id, COUNT(*) AS questions, MIN(a.created_at) AS oldest_at, \
               CAST(SUM(CASE WHEN r.due_at <= $1 AND r.held_at IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS overdue \
               FROM assignments a JOIN requests r ON r.id = a.request_id \
               WHERE a.state = 'pending' AND r.ending IS NULL GROUP BY a.user_id";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [now.micros().into()]);
    Ok(Waiting::find_by_statement(statement).all(db).await?)
}

/// The median is the mean of the two in the middle, which are one where the number is odd.
async fn answers(db: &impl ConnectionTrait, since: Time) -> Result<Vec<Answers>> {
    let words = [Verdict::Approve, Verdict::Reject, Verdict::RequestChanges];
    let [yes, no, changes] = words.map(|verdict| AssignmentState::Answered(verdict).word());
    let sql = "SELECT user_id, MAX(answers) AS answers, CAST(AVG(took) AS BIGINT) AS median FROM \
               (SELECT user_id, settled_at - created_at AS took, COUNT(*) OVER (PARTITION BY user_id) AS answers, \
               ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY settled_at - created_at) AS place \
               FROM assignments WHERE settled_at >= $1 AND state IN ($2, $3, $4)) ranked \
               WHERE place IN ((answers + 1) / 2, (answers + 2) / 2) GROUP BY user_id";
    let values = [since.micros().into(), yes.into(), no.into(), changes.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(Answers::find_by_statement(statement).all(db).await?)
}

fn load(user: &User, waiting: &[Waiting], answers: &[Answers]) -> Result<Load> {
    let id = user.id.to_string();
    let row = Row { table: "assignments", id: &id };
    let waiting = waiting.iter().find(|row| row.user_id == id);
    let answers = answers.iter().find(|row| row.user_id == id);
    Ok(Load {
        person: user.person(),
        open: row.number("state", waiting.map_or(0, |waiting| waiting.questions))?,
        overdue: row.number("state", waiting.map_or(0, |waiting| waiting.overdue))?,
        oldest_at: waiting.map(|waiting| Time(waiting.oldest_at)),
        answered: row.number("state", answers.map_or(0, |answers| answers.answers))?,
        median: match answers {
            Some(answers) => Some(Duration::from_micros(row.number("settled_at", answers.median)?)),
            None => None,
        },
    })
}
