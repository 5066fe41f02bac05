//! `GET /requests/{id}/events`: what happened to a request, as server-sent events.
//!
//! An event's id is its number within the request, so that a browser that reconnects names the last one it knows. The
//! rows are read after a nudge, never by a clock; a nudge that got lost in a burst only means that more is read at once.
//! A preview that ends is no event of the request: the page is told that something changed, under no number.

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
use crate::portal::{Actor, News, RequestId};

/// Proxies end a connection that is silent for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// What the page was made with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Known {
    /// The last event; `Last-Event-ID` of a reconnect counts more.
    after: i64,
    /// How many previews were being made.
    drawing: usize,
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
    let news = state.portal.news_after(&actor, request, after).await?;
    let (drawing, waiting) = (known.drawing, Vec::new().into_iter());
    let mut follower = Follower { state, actor, request, after, drawing, nudges, waiting, is_drawn: false };
    follower.hear(news);
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
    drawing: usize,
    nudges: Receiver<RequestId>,
    waiting: std::vec::IntoIter<EventRecord>,
    /// Whether a preview ended, or began anew, of which no event tells.
    is_drawn: bool,
}

impl Follower {
    /// The next event; `None` ends the stream: the process stops, or the reader may no longer see the request.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.find(|event| event.seq > self.after) {
                self.after = event.seq;
                return Some(Event::default().id(event.seq.to_string()).data("changed"));
            }
            if std::mem::take(&mut self.is_drawn) {
                return Some(Event::default().data("changed"));
            }
            self.nudge().await?;
            let news = self.state.portal.news_after(&self.actor, self.request, self.after).await;
            self.hear(news.ok()?);
        }
    }

    /// Takes in what is new. Whoever loads the page again for an event sees the previews of that moment, too.
    fn hear(&mut self, News { events, drawing }: News) {
        self.is_drawn = events.is_empty() && drawing != self.drawing;
        self.drawing = drawing;
        self.waiting = events.into_iter();
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
