//! What waits for whom, and how long answers take: three queries, however many people and questions there are.

use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use super::reads::DbReads;
use super::users;
use super::words::{Row, Word};
use crate::portal::absence::{AbsenceReads, Load};
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::UserId;
use crate::portal::policy::Verdict;
use crate::portal::request::AssignmentState;
use crate::portal::user::User;

/// What waits for somebody. A request that is on hold is not overdue.
#[derive(FromQueryResult)]
struct Waiting {
    user_id: String,
    questions: i64,
    overdue: i64,
    oldest_at: i64,
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
