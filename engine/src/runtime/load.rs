//! How an execution comes into memory: from its history and the code of its version.

use super::cache::Held;
use super::node::Node;
use super::turn::Messages;
use crate::ids::MessageId;
use crate::model::{BlockedKind, Event, EventKind, ExecutionStarted, Message, ParentLink};
use crate::observe;
use crate::observe::names::field;
use crate::replay::{Live, Rewind};
use crate::store::{Claim, StoreError};

/// Why an execution cannot come into memory here.
type Obstacle = (BlockedKind, String);

impl Node {
    /// The claim's execution as the store has it. `None` when it has not begun, and when its code is unknown here or
    /// disagrees with its history: it is marked as blocked then, unless it is to end, which takes no code.
    pub(super) async fn loaded(&self, claim: Claim, messages: &mut Messages) -> Result<Option<Held<Live>>, StoreError> {
        // Whoever put another execution in the place of the one that this node knew has told nobody.
        self.wake.execution_ended(claim.key, Some(claim.execution));
        let history = self.store.load(&claim).await?;
        if let Some((_, Message::Rewind { from, parent, .. })) = messages.first()
            && history.is_empty()
        {
            let (from, parent) = (*from, parent.clone());
            if self.is_poison(&claim) && !self.is_to_end(&claim, messages).await? {
                return self.block_as_poison(&claim).await.map(|()| None);
            }
            return self.rewound(claim, from, parent, messages).await;
        }
        let Some(started) = start_of(&history, messages) else {
            tracing::debug!({ field::INSTANCE_ID } = %claim.instance, "messages wait for an instance that is to start later");
            if claim.recoveries > 0 {
                self.store.survived(&claim).await?;
            }
            return Ok(None);
        };
        let (kind, message) = match self.load(&claim, &started, history) {
            Ok(live) => return Ok(Some(Held { live, claim })),
            Err(obstacle) => obstacle,
        };
        if !self.is_to_end(&claim, messages).await? {
            return match kind {
                BlockedKind::Poison => self.block_as_poison(&claim).await,
                _ => self.block(&claim, kind, message).await,
            }
            .map(|()| None);
        }
        let live = Live::without_code(&started, &self.store.load(&claim).await?);
        Ok(Some(Held { live, claim }))
    }

    /// Whether a message ends the instance whatever its code is. It may stand behind any number of others, so all are
    /// read.
    async fn is_to_end(&self, claim: &Claim, messages: &mut Messages) -> Result<bool, StoreError> {
        if messages.len() >= self.limits.messages_per_turn as usize {
            *messages = self.store.inbox(claim.key, MessageId(0), u32::MAX).await?;
        }
        Ok(messages.iter().any(|(_, message)| message.is_terminate()))
    }

    /// The execution that continues the one of the ordinal `from`.
    async fn rewound(
        &self,
        claim: Claim,
        from: u32,
        parent: Option<ParentLink>,
        messages: &mut Messages,
    ) -> Result<Option<Held<Live>>, StoreError> {
        let old = self.store.history(None, &claim.instance, Some(from)).await?;
        let rewind = Rewind::of(old, claim.execution, parent);
        let Some(started) = rewind.started().cloned() else {
            let message = format!("the history of execution {from}, which it continues, is gone");
            return self.block(&claim, BlockedKind::NonDeterminism, message).await.map(|()| None);
        };
        let live = match self.registry.find_orchestration(&started.name, &started.version) {
            // It has come this far only because it is to end.
            _ if self.is_poison(&claim) => Err((BlockedKind::Poison, String::new())),
            Some(code) => Live::rewind(code, rewind, self.limits.strictness)
                .map_err(|mismatch| (BlockedKind::NonDeterminism, mismatch.to_string())),
            None => {
                let message = self.registry.unknown_orchestration(&started.name, &started.version);
                Err((BlockedKind::UnknownCode, message))
            }
        };
        let (kind, message) = match live {
            Ok(live) => return Ok(Some(Held { live, claim })),
            Err(obstacle) => obstacle,
        };
        if self.is_to_end(&claim, messages).await? {
            return Ok(Some(Held { live: Live::without_code(&started, &[]), claim }));
        }
        self.block(&claim, kind, message).await.map(|()| None)
    }

    pub(super) fn load(
        &self,
        claim: &Claim,
        started: &ExecutionStarted,
        history: Vec<Event>,
    ) -> Result<Live, Obstacle> {
        if self.is_poison(claim) {
            return Err((BlockedKind::Poison, String::new()));
        }
        let Some(code) = self.registry.find_orchestration(&started.name, &started.version) else {
            return Err((
                BlockedKind::UnknownCode,
                self.registry.unknown_orchestration(&started.name, &started.version),
            ));
        };
        if history.is_empty() {
            return Ok(Live::begin(code, started));
        }
        let strictness = self.limits.strictness;
        observe::count_replay(&started.name, history.len());
        let replayed =
            observe::replay_span(claim, history.len()).in_scope(|| Live::replay_as(code, history, strictness));
        replayed.map_err(|mismatch| (BlockedKind::NonDeterminism, mismatch.to_string()))
    }
}

/// How the execution began: as its history says, or its start message if it has no history yet.
fn start_of(history: &[Event], messages: &Messages) -> Option<ExecutionStarted> {
    let recorded = history.iter().find_map(|event| match &event.kind {
        EventKind::ExecutionStarted(started) => Some(started.clone()),
        _ => None,
    });
    recorded.or_else(|| match messages.first() {
        Some((_, Message::Start { started, .. })) => Some((**started).clone()),
        _ => None,
    })
}
