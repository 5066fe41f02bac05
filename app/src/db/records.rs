//! What happened: a request's events.

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::requests;
use super::tables::request_event;
use super::words::{Row, Word};
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::{RequestId, UserId};
use crate::portal::reads::EventRecord;
use crate::portal::request::{EventKind, NewEvent};
use crate::portal::user::User;

/// Adds an event with the next number of its request.
pub(super) async fn insert_event(
    db: &impl ConnectionTrait,
    request: RequestId,
    event: NewEvent,
    at: Time,
) -> Result<()> {
    requests::hold(db, request).await?;
    let last: Option<Option<i64>> = request_event::Entity::find()
        .select_only()
        .column_as(request_event::Column::Seq.max(), "last")
        .filter(request_event::Column::RequestId.eq(request.to_string()))
        .into_tuple()
        .one(db)
        .await?;
    let (kind, has_note) = (event.kind, !event.note.is_empty());
    let model = request_event::ActiveModel {
        request_id: Set(request.to_string()),
        seq: Set(last.flatten().unwrap_or(0) + 1),
        at: Set(at.micros()),
        kind: Set(event.kind.word().to_owned()),
        actor_id: Set(event.actor.map(|id| id.to_string())),
        subject_id: Set(event.subject.map(|id| id.to_string())),
        note: Set(event.note),
    };
    request_event::Entity::insert(model).exec_without_returning(db).await?;
    super::search::index_event(db, request, kind, has_note).await
}

/// A request's events after number `after`, oldest first, without the names of those concerned.
pub(super) async fn list_events(db: &impl ConnectionTrait, request: RequestId, after: i64) -> Result<Vec<RawEvent>> {
    let rows = request_event::Entity::find()
        .filter(request_event::Column::RequestId.eq(request.to_string()))
        .filter(request_event::Column::Seq.gt(after))
        .order_by_asc(request_event::Column::Seq)
        .all(db)
        .await?;
    rows.into_iter().map(RawEvent::of).collect()
}

/// An event with ids where pages want names.
pub(super) struct RawEvent {
    seq: i64,
    at: Time,
    kind: EventKind,
    actor: Option<UserId>,
    subject: Option<UserId>,
    note: String,
}

impl RawEvent {
    fn of(model: request_event::Model) -> Result<Self> {
        let row = Row { table: "request_events", id: &model.request_id };
        Ok(Self {
            seq: model.seq,
            at: Time(model.at),
            kind: row.word("kind", &model.kind)?,
            actor: row.maybe_id("actor_id", model.actor_id.as_deref())?,
            subject: row.maybe_id("subject_id", model.subject_id.as_deref())?,
            note: model.note,
        })
    }

    /// Everybody it names.
    pub(super) fn people(&self) -> impl Iterator<Item = UserId> {
        self.actor.into_iter().chain(self.subject)
    }

    /// The event with names.
    pub(super) fn named(self, people: &[User]) -> Result<EventRecord> {
        let person = |id: Option<UserId>| id.map(|id| super::person_of(people, id, "request_events")).transpose();
        let (actor, subject) = (person(self.actor)?, person(self.subject)?);
        Ok(EventRecord { seq: self.seq, at: self.at, kind: self.kind, actor, subject, note: self.note })
    }
}
