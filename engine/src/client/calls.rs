//! The client and its calls.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::Serialize;

use super::EngineError;
use super::purge::Purge;
use super::restart::Restart;
use super::start::Start;
use super::within::Within;
use crate::clock::{Clock, Timestamp};
use crate::ids::InstanceId;
use crate::model::{Event, Orchestration, Payload, Retention, RuntimeStatus};
use crate::observe::{current_trace, within_trace};
use crate::runtime::Wake;
use crate::store::{InstanceFilter, InstanceQuery, InstanceRecord, Store, StoreError, TaskRecord, Transaction};

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
    pub async fn transaction<T, E, F>(&self, caller: &'static str, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<EngineError> + Send + 'static,
        F: for<'t> FnOnce(&'t Transaction) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        // Asked here, because the task below is another one and could not see that this one holds the writer.
        crate::store::sql::refuse_nested_writer(caller).map_err(EngineError::from)?;
        let client = self.clone();
        let traced = |work| within_trace(current_trace(), work);
        let running = tokio::spawn(traced(crate::store::sql::holding_writer(async move {
            let tx = client.store.begin(caller).await.map_err(EngineError::from)?;
            let budget = crate::store::sql::TRANSACTION_BUDGET;
            let Ok(done) = tokio::time::timeout(budget, work(&tx)).await else {
                let budget_ms = u64::try_from(budget.as_millis()).unwrap_or(u64::MAX);
                return Err(EngineError::from(StoreError::Budget { caller, budget_ms }).into());
            };
            let value = done?;
            let (due, changed, after) = (tx.take_due(), tx.take_changed(), tx.take_after_commit());
            let committed = client.store.commit_transaction(tx).await;
            if let Err(StoreError::Unknown(_)) = &committed {
                client.wake.doubt();
            }
            let touched = committed.map_err(EngineError::from)?;
            client.wake.instances(touched);
            due.into_iter().for_each(|moment| client.wake.timer(moment));
            changed.iter().for_each(|id| client.wake.change(id));
            if changed.iter().any(crate::schedule::is_run) {
                client.wake.schedules();
            }
            after.into_iter().for_each(|action| action());
            Ok(value)
        })));
        running.await.unwrap_or_else(|_| Err(EngineError::CutOff { caller }.into()))
    }

    /// The engine inside `tx`, which only [`Client::transaction`] hands out.
    pub fn within<'t>(&'t self, tx: &'t Transaction) -> Within<'t> {
        Within { client: self, tx }
    }

    /// Starts an instance. Await the result, after naming an id if the caller has one.
    pub fn start<I: Serialize, O>(&self, orchestration: Orchestration<I, O>, input: &I) -> Start<'_> {
        Start::new(self, None, orchestration, input)
    }

    /// Raises an external event: it is kept until the instance waits for one of this name (compared without regard to case).
    /// Errors say that the instance does not exist or has ended.
    pub async fn raise_event<T: Serialize + ?Sized>(
        &self,
        id: &InstanceId,
        name: &str,
        value: &T,
    ) -> Result<(), EngineError> {
        let (id, name, value) = (id.clone(), name.to_owned(), Payload::encode(value)?);
        self.write("raise_event", move |within| Box::pin(async move { within.raise_event(&id, &name, &value).await }))
            .await
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
        let (id, name, value) = (id.clone(), name.to_owned(), Payload::encode(value)?);
        self.write("raise_event_at", move |within| {
            Box::pin(async move { within.raise_event_at(&id, &name, &value, moment).await })
        })
        .await
    }

    /// Stops turns of a running instance; it still takes messages. An error for one that is finished or suspended already.
    pub async fn suspend(&self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        let (id, reason) = (id.clone(), reason.to_owned());
        self.write("suspend", move |within| Box::pin(async move { within.suspend(&id, &reason).await })).await
    }

    /// Lets a suspended instance run again; messages that came meanwhile are read in their order.
    pub async fn resume(&self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        let (id, reason) = (id.clone(), reason.to_owned());
        self.write("resume", move |within| Box::pin(async move { within.resume(&id, &reason).await })).await
    }

    /// Ends an instance at its next turn, suspended or not. Its activities that run are asked to stop, see [`crate::ActivityContext::cancelled`]; their results are dropped.
    pub async fn terminate(&self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        let (id, reason) = (id.clone(), reason.to_owned());
        self.write("terminate", move |within| Box::pin(async move { within.terminate(&id, &reason).await })).await
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
        crate::store::sql::refuse_nested_writer("expire").map_err(EngineError::from)?;
        Ok(crate::runtime::expire(self, retention).await?.0)
    }

    /// Ends an instance like [`Client::terminate`], and with it the children of its present execution and theirs, as far as they
    /// have not ended. What it started detached is not its child, and what an earlier execution left running goes on.
    pub async fn terminate_recursively(&self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        let (id, reason) = (id.clone(), reason.to_owned());
        self.write("terminate", move |within| Box::pin(async move { within.terminate_recursively(&id, &reason).await }))
            .await
    }

    /// Takes a failed instance back to before its failure and lets it go on from there: a new execution, with the history of the
    /// old one up to the turn that heard of the first activity or child that failed for good. What was called before that turn
    /// and succeeded is not repeated, whenever the result came; what failed is called again, and failed children are rewound in
    /// their turn. When the code itself failed, only its last turn is repeated, with what it had read. Unread messages stay.
    /// An error for one that has not failed.
    pub async fn rewind(&self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        let (id, reason) = (id.clone(), reason.to_owned());
        self.write("rewind", move |within| Box::pin(async move { within.rewind(&id, &reason).await })).await
    }

    /// Removes an instance that has ended, or, as the builder says, its whole family. Errors say that it does not exist or that
    /// it, or a child, has not ended.
    pub fn purge(&self, id: &InstanceId) -> Purge<'_> {
        Purge::one(self, id)
    }

    /// Removes the instances that `filter` means and that have ended; those that have not are left alone. A filter that asks
    /// for a state that is none of the ended ones is refused with [`EngineError::NotFinal`].
    pub fn purge_all(&self, filter: &InstanceFilter) -> Purge<'_> {
        Purge::all(self, filter)
    }

    /// The instance of that id as it stands.
    pub async fn status(&self, id: &InstanceId) -> Result<Option<InstanceRecord>, EngineError> {
        Ok(self.store.find(id).await?)
    }

    /// A page of instances. The next page comes after the cursor of this one's last record.
    pub async fn query(&self, query: &InstanceQuery) -> Result<Vec<InstanceRecord>, EngineError> {
        Ok(self.store.query(query).await?)
    }

    /// How many instances are in each state, for those that have any.
    pub async fn count_by_status(&self) -> Result<Vec<(RuntimeStatus, u64)>, EngineError> {
        self.count_by_status_of(&InstanceFilter::default()).await
    }

    /// The same for those that `filter` means.
    pub async fn count_by_status_of(&self, filter: &InstanceFilter) -> Result<Vec<(RuntimeStatus, u64)>, EngineError> {
        Ok(self.store.count_by_status(filter).await?)
    }

    /// The history of an execution by its ordinal (from 1); of the current one for `None`. Empty for an execution that is not
    /// there; [`StoreError::NotFound`] for an instance that is not.
    pub async fn history(&self, id: &InstanceId, ordinal: Option<u32>) -> Result<Vec<Event>, EngineError> {
        let history = self.store.history(id, ordinal).await?;
        self.must_exist_if(history.is_empty(), id).await?;
        Ok(history)
    }

    /// The activities of an instance that have been scheduled and have not ended, with what they said last by their heartbeats.
    /// [`StoreError::NotFound`] for an instance that is not there.
    pub async fn list_tasks(&self, id: &InstanceId) -> Result<Vec<TaskRecord>, EngineError> {
        let tasks = self.store.list_tasks(id).await?;
        self.must_exist_if(tasks.is_empty(), id).await?;
        Ok(tasks)
    }

    /// Tells an instance of which there is nothing from one that is not there.
    async fn must_exist_if(&self, nothing_found: bool, id: &InstanceId) -> Result<(), EngineError> {
        if nothing_found && self.store.find(id).await?.is_none() {
            return Err(StoreError::NotFound(id.clone()).into());
        }
        Ok(())
    }

    /// The same history as JSON text, to be kept and replayed against later code (`testing::replay_history`).
    pub async fn export_history(&self, id: &InstanceId, ordinal: Option<u32>) -> Result<String, EngineError> {
        let history = self.history(id, ordinal).await?;
        Ok(serde_json::to_string_pretty(&history).expect("what the model holds has a JSON form"))
    }

    pub(super) async fn write<F>(&self, caller: &'static str, work: F) -> Result<(), EngineError>
    where
        F: for<'t> FnOnce(Within<'t>) -> BoxFuture<'t, Result<(), EngineError>> + Send + 'static,
    {
        let client = self.clone();
        self.transaction(caller, move |tx| Box::pin(async move { work(client.within(tx)).await })).await
    }
}
