//! `GET /instances/{id}/events`: a nudge whenever an instance shows something else, as server-sent events.
//!
//! An event's id is the moment of the change, so that a page begins with what it shows, and a browser that reconnects with
//! the last one it knows. The engine says when something changed; nothing is asked for by a clock.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use countersign_engine::{EngineError, InstanceRecord};
use futures::{Stream, stream};
use serde::Deserialize;

use super::error::Refusal;
use super::instances::readable;
use super::reader::Reader;
use super::state::AppState;

/// Proxies end a connection that is silent for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// How long one wait for a change lasts. The next one follows; the number only bounds what is held at a time.
const WAIT: Duration = Duration::from_secs(3_600);

/// The change that the page was made with, in microseconds since 1970; `Last-Event-ID` of a reconnect counts more.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Known {
    seen: i64,
}

impl Known {
    /// The newest change that the browser knows.
    pub(super) fn latest(&self, headers: &HeaderMap) -> i64 {
        let header = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
        header.unwrap_or(self.seen)
    }
}

/// Follows an instance.
pub(crate) async fn follow(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Query(known): Query<Known>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let record = readable(&state, &reader, &id).await?;
    Ok(nudges(state, record, known.latest(&headers)))
}

/// The nudges for a page that knows the instance as it was at `seen`.
pub(super) fn nudges(
    state: AppState,
    record: InstanceRecord,
    seen: i64,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let follower = Follower { state, is_news: record.updated_at.as_micros() != seen, record };
    let stream = stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok(event), follower))
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

/// One open page.
struct Follower {
    state: AppState,
    /// The instance as it was looked at last.
    record: InstanceRecord,
    /// Whether the page does not know that yet.
    is_news: bool,
}

impl Follower {
    /// The next nudge; `None` ends the stream: the process stops, or the instance is gone.
    async fn next(&mut self) -> Option<Event> {
        if !self.is_news {
            self.record = self.changed().await?;
        }
        self.is_news = false;
        Some(Event::default().id(self.record.updated_at.as_micros().to_string()).data("changed"))
    }

    /// Waits until the instance shows another state, custom status or execution.
    async fn changed(&self) -> Option<InstanceRecord> {
        let shutdown = self.state.shutdown.clone();
        let seen = self.record.seen();
        loop {
            let change = self.state.engine.wait_for_change(&self.record.id, &seen, WAIT);
            tokio::select! {
                () = shutdown.begun() => return None,
                change = change => match change {
                    Ok(record) => return Some(record),
                    Err(EngineError::TimedOut) => {}
                    Err(_) => return None,
                },
            }
        }
    }
}
