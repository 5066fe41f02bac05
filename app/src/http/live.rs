//! `GET /requests/{id}/events`: what happened to a request, as server-sent events.
//!
//! An event's id is its number within the request, so that a browser that reconnects names the last one it knows. The
//! rows are read after a nudge, never by a clock; a nudge that got lost in a burst only means that more is read at once.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, stream};
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::error::Refusal;
use super::state::AppState;
use crate::portal::reads::EventRecord;
use crate::portal::{Actor, RequestId};

/// Proxies end a connection that is silent for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// The event that the page was made with; `Last-Event-ID` of a reconnect counts more.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Known {
    after: i64,
}

/// Follows a request's events.
pub(crate) async fn follow(
    State(state): State<AppState>,
    actor: Actor,
    Path(id): Path<String>,
    Query(known): Query<Known>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let request: RequestId = id.parse().map_err(|_| Refusal::NotFound)?;
    let header = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let after = header.unwrap_or(known.after);
    // Watch first and read then: what happens in between is seen twice rather than never.
    let nudges = state.portal.nudges().watch();
    let events = state.portal.events_after(&actor, request, after).await?;
    let follower = Follower { state, actor, request, after, nudges, waiting: events.into_iter() };
    let stream = stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok(event), follower))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// One open page.
struct Follower {
    state: AppState,
    actor: Actor,
    request: RequestId,
    after: i64,
    nudges: Receiver<RequestId>,
    waiting: std::vec::IntoIter<EventRecord>,
}

impl Follower {
    /// The next event; `None` ends the stream: the process stops, or the reader may no longer see the request.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.find(|event| event.seq > self.after) {
                self.after = event.seq;
                return Some(Event::default().id(event.seq.to_string()).data("changed"));
            }
            self.nudge().await?;
            let events = self.state.portal.events_after(&self.actor, self.request, self.after).await;
            self.waiting = events.ok()?.into_iter();
        }
    }

    /// Waits until something happened to this request, or may have.
    async fn nudge(&mut self) -> Option<()> {
        let shutdown = self.state.shutdown.clone();
        loop {
            tokio::select! {
                () = shutdown.begun() => return None,
                nudge = self.nudges.recv() => match nudge {
                    Ok(request) if request == self.request => return Some(()),
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return Some(()),
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }
}
