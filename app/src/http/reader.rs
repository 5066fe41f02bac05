//! Who reads a page, and what every page shows of them.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::error::Refusal;
use super::middleware::problem_page::KnownReader;
use super::notice::Done;
use super::present::{self, Seen};
use super::state::AppState;
use crate::portal::{Actor, SignedIn};
use crate::view::Frame;

/// The signed-in reader of a page. Without a session the request is sent to sign in and comes back afterwards.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    /// The reader as an actor.
    pub(crate) actor: Actor,
    /// The reader as a person.
    pub(crate) user: SignedIn,
    /// What stands around the page.
    pub(crate) frame: Frame,
}

impl Reader {
    /// From now and from the reader's time zone: how the times of the page are written.
    pub(crate) fn seen(&self, state: &AppState) -> Seen {
        Seen { now: state.portal.now(), zone: self.user.zone }
    }
}

impl FromRequestParts<AppState> for Reader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        let actor = Actor::from_request_parts(parts, state).await?;
        let user = actor.signed_in()?.clone();
        let waiting = state.portal.waiting_count(&actor).await?;
        let viewer = present::frame::viewer(&user, waiting);
        if let Some(known) = parts.extensions.get::<KnownReader>() {
            known.is(&viewer);
        }
        let frame = Frame { viewer: Some(viewer), notice: Done::of_query(parts.uri.query()) };
        Ok(Self { actor, user, frame })
    }
}
