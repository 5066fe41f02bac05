//! Large values, kept beside the rows that mention them.
//!
//! A value above [`LARGE_PAYLOAD_BYTES`] goes into the table `payloads`, once for each instance however often it is mentioned,
//! and a reference stands in its place. So does a value that looks like a reference; hence what looks like one in a row is
//! one, and code above the store sees none.
//!
//! A row of `payloads` says in which execution it was last mentioned. It goes with its instance, or when the histories up to
//! that execution are forgotten and nothing else of the instance mentions it.

use std::collections::HashMap;
use std::fmt::Write;

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sha2::{Digest, Sha256};

use super::convert::Place;
use super::error::SqlError;
use super::statement::{rows_per_statement, sql};
use crate::ids::InstanceKey;
use crate::limits::LARGE_PAYLOAD_BYTES;
use crate::model::{Event, Message, Payload};
use crate::store::InstanceRecord;

/// How a reference begins; the value's hash follows.
const REFERENCE: &str = "{\"countersign:payload\":\"";

/// How a reference ends.
const REFERENCE_END: &str = "\"}";

/// Values on their way into the table.
#[derive(Default)]
pub(super) struct Beside(Vec<(InstanceKey, String, Payload)>);

impl Beside {
    /// What a column of the instance `key` holds for a value.
    pub(super) fn text(&mut self, key: InstanceKey, payload: &Payload) -> String {
        match kept_beside(payload) {
            false => payload.as_str().to_owned(),
            true => {
                let hash = hash(payload);
                let reference = reference(&hash);
                self.0.push((key, hash, payload.clone()));
                reference
            }
        }
    }

    /// Puts references in the place of the values of `events`, which belong to the instance `key`.
    pub(super) fn take_events(&mut self, key: InstanceKey, events: &mut [Event]) {
        events.iter_mut().for_each(|event| event.kind.payloads_mut(&mut |payload| self.take(key, payload)));
    }

    /// The same for a message to the instance `key`.
    pub(super) fn take_message(&mut self, key: InstanceKey, message: &mut Message) {
        message.payloads_mut(&mut |payload| self.take(key, payload));
    }

    fn take(&mut self, key: InstanceKey, payload: &mut Payload) {
        if kept_beside(payload) {
            let text = self.text(key, payload);
            *payload = Payload::from_json(text).expect("a reference is JSON");
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes the values. Costs nothing without any.
    pub(super) async fn store(&self, db: &impl ConnectionTrait) -> Result<(), SqlError> {
        const STORE: &str = "INSERT INTO payloads (instance_key, hash, ordinal, value) \
            SELECT key, $1, ordinal, $2 FROM instances WHERE key = $3 \
            ON CONFLICT (instance_key, hash) DO UPDATE SET ordinal = excluded.ordinal \
            WHERE payloads.ordinal < excluded.ordinal";
        for (key, hash, payload) in &self.0 {
            let values = [hash.clone().into(), payload.as_str().to_owned().into(), key.0.into()];
            db.execute_raw(sql(db, STORE, values)).await?;
        }
        Ok(())
    }
}

/// What a column holds for a value whose instance has no key yet; [`Beside::text`] with the key must follow.
pub(super) fn text_of(payload: &Payload) -> String {
    if kept_beside(payload) { reference(&hash(payload)) } else { payload.as_str().to_owned() }
}

pub(in crate::store) fn kept_beside(payload: &Payload) -> bool {
    payload.as_str().len() > LARGE_PAYLOAD_BYTES || payload.as_str().starts_with(REFERENCE)
}

fn reference(hash: &str) -> String {
    format!("{REFERENCE}{hash}{REFERENCE_END}")
}

/// SHA-256, in hexadecimal digits.
fn hash(payload: &Payload) -> String {
    let digest = Sha256::digest(payload.as_str().as_bytes());
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// References that were read, to be replaced by their values.
#[derive(Default)]
pub(super) struct References<'r>(Vec<(InstanceKey, &'r mut Payload)>);

impl<'r> References<'r> {
    /// The references among the values of `events`, which belong to the instance `key`.
    pub(super) fn of_events(key: InstanceKey, events: &'r mut [Event]) -> Self {
        let mut references = Self::default();
        events.iter_mut().for_each(|event| event.kind.payloads_mut(&mut |payload| references.add(key, payload)));
        references
    }

    /// The same for messages, each to an instance.
    pub(super) fn of_messages(messages: impl IntoIterator<Item = &'r mut (InstanceKey, Message)>) -> Self {
        let mut references = Self::default();
        for (key, message) in messages {
            references.add_message(*key, message);
        }
        references
    }

    /// Notes the references in a message to the instance `key`.
    pub(super) fn add_message(&mut self, key: InstanceKey, message: &'r mut Message) {
        message.payloads_mut(&mut |payload| self.add(key, payload));
    }

    /// The same for instances as clients see them.
    pub(super) fn of_records(records: &'r mut [InstanceRecord]) -> Self {
        let mut references = Self::default();
        for record in records {
            let optional = record.input.iter_mut().chain(&mut record.output).chain(&mut record.custom_status);
            optional.for_each(|payload| references.add(record.key, payload));
        }
        references
    }

    /// Notes a value of the instance `key`, if it is a reference.
    pub(super) fn add(&mut self, key: InstanceKey, payload: &'r mut Payload) {
        if payload.as_str().starts_with(REFERENCE) {
            self.0.push((key, payload));
        }
    }

    /// Puts the values in their places: one statement for all of them, and none without any.
    pub(super) async fn resolve(self, db: &impl ConnectionTrait) -> Result<(), SqlError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut values = HashMap::new();
        for wanted in self.0.chunks(rows_per_statement(2)) {
            let mut select = Query::select();
            select
                .columns(["instance_key", "hash", "value"])
                .from("payloads")
                .and_where(Expr::col("instance_key").is_in(wanted.iter().map(|(key, _)| key.0)))
                .and_where(Expr::col("hash").is_in(wanted.iter().map(|(_, payload)| hash_in(payload).to_owned())));
            for row in db.query_all(&select).await? {
                let (key, hash): (i64, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
                let value = Place::new("payloads", &hash).payload("value", row.try_get_by_index(2)?)?;
                values.insert((key, hash), value);
            }
        }
        for (key, payload) in self.0 {
            let found = values.get(&(key.0, hash_in(payload).to_owned())).cloned();
            *payload = found.ok_or_else(|| Place::new("payloads", &hash_in(payload)).missing("value"))?;
        }
        Ok(())
    }
}

fn hash_in(reference: &Payload) -> &str {
    let text = reference.as_str();
    text.strip_prefix(REFERENCE).and_then(|text| text.strip_suffix(REFERENCE_END)).unwrap_or(text)
}

/// The pattern of texts that mention a value that is kept beside them.
pub(super) const MENTIONS: &str = "%{\"countersign:payload\":\"%";

/// Removes the values that were last mentioned in executions up to `last` of an instance, except for those that its row or
/// a message that is unread or on its way mentions.
pub(super) async fn forget(db: &impl ConnectionTrait, key: InstanceKey, last: u32) -> Result<(), SqlError> {
    const FORGET: &str = "DELETE FROM payloads WHERE instance_key = $1 AND ordinal <= $2 \
        AND NOT EXISTS (SELECT 1 FROM instances WHERE instances.key = payloads.instance_key \
            AND (input LIKE '%' || payloads.hash || '%' OR custom_status LIKE '%' || payloads.hash || '%')) \
        AND NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.instance_key = payloads.instance_key \
            AND inbox.message LIKE '%' || payloads.hash || '%') \
        AND NOT EXISTS (SELECT 1 FROM timers WHERE timers.instance_key = payloads.instance_key \
            AND timers.message LIKE '%' || payloads.hash || '%')";
    db.execute_raw(sql(db, FORGET, [key.0.into(), i64::from(last).into()])).await?;
    Ok(())
}
