//! The client and its calls.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::Serialize;

use super::EngineError;
use super::purge::Purge;
use super::restart::Restart;
use super::start::Start;
use super::within::{Within, raised, said};
use crate::clock::{Clock, Timestamp};
use crate::ids::InstanceId;
use crate::model::{Message, Orchestration, Payload, Retention};
use crate::observe::names::field;
use crate::observe::{current_trace, within_trace};
use crate::runtime::Wake;
use crate::store::sql::{TRANSACTION_BUDGET, holding_writer, refuse_nested_writer};
use crate::store::{InstanceFilter, Store, StoreError, Transaction};

/// A handle to the engine for those who start and steer instances. Cloning is cheap.
///
/// A call that returns has been made durable. A call that is dropped half-way is either carried out whole or not at all.
#[derive(Clone)]
pub struct Client {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    wake: Wake,
}

impl Client {
    /// A client of the instances in `store`; whoever runs them is told through `wake`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, wake: Wake) -> Self {
        Self { store, clock, wake }
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn wake(&self) -> &Wake {
        &self.wake
    }

    /// Runs `work` in a transaction of its own, commits it and wakes whoever has new work. `caller` names it in errors.
    ///
    /// It runs in a task of its own, so that a caller who goes away cannot stop it half-way. Only SQL belongs inside: it
    /// holds the one writer, and after a second ([`crate::store::sql::TRANSACTION_BUDGET`]) it is rolled back with an error that names the
    /// caller. An error of `work` rolls back.
    ///
    /// What instances that it removes leave behind goes after the commit, in short transactions. If that fails it is logged,
    /// and the next removal goes on with it.
    pub async fn transaction<T, E, F>(&self, caller: &'static str, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<EngineError> + Send + 'static,
        F: for<'t> FnOnce(&'t Transaction) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        // Asked here, because the task below is another one and could not see that this one holds the writer.
        refuse_nested_writer(caller).map_err(EngineError::from)?;
        let client = self.clone();
        let carried_out = async move {
            let (value, has_purged) = holding_writer(client.carry_out(caller, work)).await?;
            if has_purged && let Err(error) = client.sweep().await {
                tracing::warn!({ field::ERROR } = %error, "what removed instances left behind is not swept yet");
            }
            Ok::<_, E>(value)
        };
        let running = tokio::spawn(within_trace(current_trace(), carried_out));
        running.await.unwrap_or_else(|_| Err(EngineError::CutOff { caller }.into()))
    }

    /// The transaction itself. Also says whether it has removed instances.
    async fn carry_out<T, E, F>(&self, caller: &'static str, work: F) -> Result<(T, bool), E>
    where
        T: Send + 'static,
        E: From<EngineError> + Send + 'static,
        F: for<'t> FnOnce(&'t Transaction) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let tx = self.store.begin(caller).await.map_err(EngineError::from)?;
        let Ok(done) = tokio::time::timeout(TRANSACTION_BUDGET, work(&tx)).await else {
            let budget_ms = u64::try_from(TRANSACTION_BUDGET.as_millis()).unwrap_or(u64::MAX);
            return Err(EngineError::from(StoreError::Budget { caller, budget_ms }).into());
        };
        let value = done?;
        let (due, changed, after) = (tx.take_due(), tx.take_changed(), tx.take_after_commit());
        let has_purged = tx.has_purged();
        let committed = self.store.commit_transaction(tx).await;
        if let Err(StoreError::Unknown(_)) = &committed {
            self.wake.doubt();
        }
        let touched = committed.map_err(EngineError::from)?;
        self.wake.instances(touched);
        due.into_iter().for_each(|moment| self.wake.timer(moment));
        changed.iter().for_each(|id| self.wake.change(id));
        if changed.iter().any(crate::schedule::is_run) {
            self.wake.schedules();
        }
        after.into_iter().for_each(|action| action());
        Ok((value, has_purged))
    }

    /// The engine inside `tx`, which only [`Client::transaction`] hands out.
    pub fn within<'t>(&'t self, tx: &'t Transaction) -> Within<'t> {
        Within { client: self, tx }
    }

    /// Starts an instance. Await the result, after naming an id if the caller has one.
    pub fn start<I: Serialize, O>(&self, orchestration: Orchestration<I, O>, input: &I) -> Start<'_> {
        Start::new(self, None, orchestration, input)
    }

    /// The same for callers who have names and no types; the version is empty for code without versions. Code of that name need
    /// not be registered yet: the instance waits for it.
    pub fn start_named(&self, name: &str, version: &str, input: Payload) -> Start<'_> {
        Start::named(self, None, (name, version), Ok(input))
    }

    /// Raises an external event: it is kept until the instance waits for one of this name (compared without regard to case).
    /// Errors say that the instance does not exist or has ended.
    pub async fn raise_event<T: Serialize + ?Sized>(
        &self,
        id: &InstanceId,
        name: &str,
        value: &T,
    ) -> Result<(), EngineError> {
        self.tell("raise_event", id, raised(name, value)?).await
    }

    /// Raises an external event at `moment` and not before; until then the instance does not have it. An instance that ends
    /// before never gets it. Errors as of [`Client::raise_event`].
    pub async fn raise_event_at<T: Serialize + ?Sized>(
        &self,
        id: &InstanceId,
        name: &str,
        value: &T,
        moment: Timestamp,
    ) -> Result<(), EngineError> {
        let (id, event) = (id.clone(), raised(name, value)?);
        self.write("raise_event_at", move |within| Box::pin(async move { within.send_at(&id, event, moment).await }))
            .await
    }

    /// Stops turns of a running instance; it still takes messages. An error for one that is finished or suspended already.
    pub async fn suspend(&self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        self.tell("suspend", id, Message::Suspend { reason: said(reason) }).await
    }

    /// Lets a suspended instance run again; messages that came meanwhile are read in their order.
    pub async fn resume(&self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        self.tell("resume", id, Message::Resume { reason: said(reason) }).await
    }

    /// Ends an instance at its next turn, suspended or not. Its activities that run are asked to stop, see [`crate::ActivityContext::cancelled`]; their results are dropped.
    pub async fn terminate(&self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        self.tell("terminate", id, Message::Terminate { reason: said(reason), recursive: false }).await
    }

    /// Begins a finished instance anew under its own id, with its own input, name, version and tags; or, as the builder says,
    /// with another input or as another instance. Its parent, if it had one, gets no second result. Errors say that it does
    /// not exist or has not ended.
    pub fn restart(&self, id: &InstanceId) -> Restart<'_> {
        Restart::new(self, id)
    }

    /// Removes the instances that `retention` does not keep, now and once, gone like those of a [`Client::purge_all`]: in many
    /// short transactions. Gives their number. A node does so by itself, by its [`Limits::retention`](crate::Limits).
    pub async fn expire(&self, retention: &Retention) -> Result<u64, EngineError> {
        refuse_nested_writer("expire")?;
        Ok(crate::runtime::expire(self, retention).await?.0)
    }

    /// Ends an instance like [`Client::terminate`], and with it the children of its present execution and theirs, as far as they
    /// have not ended. What it started detached is not its child, and what an earlier execution left running goes on.
    pub async fn terminate_recursively(&self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        self.tell("terminate", id, Message::Terminate { reason: said(reason), recursive: true }).await
    }

    /// Takes a failed instance back to before its failure and lets it go on from there: a new execution, with the history of the
    /// old one up to the turn that heard of the first activity, child or call of an entity that failed for good. What was called
    /// before that turn and succeeded is not repeated, whenever the result came; what failed is called again, and failed children
    /// are rewound in their turn. A call that was in the pause between two tries goes on from there. When the code itself failed, only its last turn is repeated, with what it had read. Unread messages stay.
    /// An error for one that has not failed.
    pub async fn rewind(&self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        let (id, reason) = (id.clone(), reason.to_owned());
        self.write("rewind", move |within| Box::pin(async move { within.rewind(&id, &reason).await })).await
    }

    /// Removes an instance that has ended, or, as the builder says, its whole family. Errors say that it does not exist or that
    /// it, or a child, has not ended.
    pub fn purge(&self, id: &InstanceId) -> Purge<'_> {
        Purge::one(self, None, id)
    }

    /// Removes the instances that `filter` means and that have ended; those that have not are left alone. A filter that asks
    /// for a state that is none of the ended ones is refused with [`EngineError::NotFinal`].
    pub fn purge_all(&self, filter: &InstanceFilter) -> Purge<'_> {
        Purge::all(self, None, filter)
    }

    /// Runs one piece of work in a transaction of its own.
    pub(crate) async fn write<T, F>(&self, caller: &'static str, work: F) -> Result<T, EngineError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(Within<'t>) -> BoxFuture<'t, Result<T, EngineError>> + Send + 'static,
    {
        let client = self.clone();
        self.transaction(caller, move |tx| Box::pin(async move { work(client.within(tx)).await })).await
    }
}
