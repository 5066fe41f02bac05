//! A call with a key begins.

use super::call::{FirstCall, KEPT_FOR, Once, Ticket};
use crate::portal::actor::Actor;
use crate::portal::error::{PortalError, Result};
use crate::portal::service::Portal;

/// Calls that one transaction forgets: a few milliseconds of the writer's time. A busy day leaves a million of them.
const SWEPT_AT_ONCE: u64 = 500;

/// A call with a key, about to be answered.
#[derive(Debug)]
pub struct Begun {
    /// What the first call with this key made; `None` when this is the first.
    pub first: Option<FirstCall>,
    /// To be kept until the answer is certain.
    pub ticket: Ticket,
}

impl Portal {
    /// Begins a call with a key. A conflict while another one with the same key and token is under way.
    pub async fn begin_once(&self, actor: &Actor, key: &str) -> Result<Begun> {
        let Actor::Token(bearer) = actor else { return Err(PortalError::NotSignedIn) };
        let ticket = self.calls.enter(bearer.id, key)?;
        let kept_from = self.now() - KEPT_FOR;
        let first = self.reads().find_first_call(bearer.id, key).await?;
        Ok(Begun { first: first.filter(|first| first.at >= kept_from), ticket })
    }

    /// Remembers what a call made whose effect writes no audit row. A crash before this makes the thing again when the call is
    /// repeated, so it is for what nobody minds twice.
    pub async fn note_once(&self, actor: &Actor, once: Once, object: &str) -> Result<()> {
        let Actor::Token(bearer) = actor else { return Err(PortalError::NotSignedIn) };
        let (token, object, now) = (bearer.id, object.to_owned(), self.now());
        self.unit("note_once", move |work| {
            Box::pin(async move { work.insert_first_call(token, &once, &object, now).await })
        })
        .await
    }

    /// Forgets calls that are not remembered any more, in short transactions. To be called now and then.
    pub async fn sweep_calls(&self) -> Result<()> {
        let before = self.now() - KEPT_FOR;
        loop {
            let swept = self.unit("sweep_calls", move |work| {
                Box::pin(async move { work.delete_first_calls(before, SWEPT_AT_ONCE).await })
            });
            if swept.await? == 0 {
                return Ok(());
            }
        }
    }
}
