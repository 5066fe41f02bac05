//! A whole engine in memory for tests of orchestrations: faked activities, a clock that moves when told.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::clock::ManualClock;
use super::run::Run;
use super::stepper::Stepper;
use crate::client::Client;
use crate::clock::{Clock, Timestamp};
use crate::ids::InstanceId;
use crate::model::{Activity, Failure, Orchestration, Payload};
use crate::registry::{Registry, RegistryError};
use crate::replay::OrchestrationContext;
use crate::store::{InstanceQuery, Sqlite, StoreError};

/// Runs orchestrations against faked activities and a clock that moves only when told, in memory and at once.
///
/// Whatever is not as it should be is a panic that says what: a call of an activity that is not faked, code that does not
/// replay as it ran (every history is replayed strictly whenever the harness comes to rest), a result that is not there.
///
/// ```
/// use std::time::Duration;
///
/// use countersign_engine::testing::Harness;
/// use countersign_engine::{Activity, Failure, Orchestration, OrchestrationContext, RetryPolicy};
///
/// const CHARGE: Activity<u32, String> = Activity::named("Charge");
/// const ORDER: Orchestration<u32, String> = Orchestration::named("Order");
///
/// async fn order(ctx: OrchestrationContext, cents: u32) -> Result<String, Failure> {
///     ctx.external_event::<()>("confirmed").await?;
///     let receipt = ctx.call(CHARGE, &cents).retry(RetryPolicy::fixed(Duration::from_secs(60), 3)).await?;
///     ctx.timer(Duration::from_secs(14 * 24 * 3600)).await;
///     Ok(receipt)
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let harness = Harness::builder()
///     .orchestration(ORDER, order)
///     .answers(CHARGE, [Err(Failure::new("Busy", "try again")), Ok("receipt 7".to_owned())])
///     .start()
///     .await;
/// let order = harness.run(ORDER, &1999).await;
/// assert!(harness.calls(CHARGE).is_empty(), "it waits for the confirmation");
/// order.raise("confirmed", &()).await;
/// harness.advance(Duration::from_secs(60)).await;
/// assert_eq!(harness.calls(CHARGE), [1999, 1999]);
/// harness.skip_time().await;
/// assert_eq!(order.output().await, "receipt 7");
/// # });
/// ```
pub struct Harness {
    stepper: Stepper,
    clock: ManualClock,
    calls: Calls,
}

/// The inputs of the calls of each activity, in the order in which they ran.
type Calls = Arc<Mutex<BTreeMap<&'static str, Vec<Payload>>>>;

/// A harness being put together.
pub struct HarnessBuilder {
    registry: Result<Registry, RegistryError>,
    calls: Calls,
}

impl Harness {
    /// A harness that knows nothing yet.
    pub fn builder() -> HarnessBuilder {
        HarnessBuilder { registry: Ok(Registry::new()), calls: Calls::default() }
    }

    /// Starts an instance and runs whatever can run without time passing.
    pub async fn run<I: Serialize, O>(&self, orchestration: Orchestration<I, O>, input: &I) -> Run<'_, O> {
        let started = self.client().start(orchestration, input).await;
        self.settle().await;
        Run::new(self, started.unwrap_or_else(|error| panic!("{} cannot be started: {error}", orchestration.name())))
    }

    /// The same with an id.
    pub async fn run_as<I: Serialize, O>(&self, id: &str, orchestration: Orchestration<I, O>, input: &I) -> Run<'_, O> {
        let id = InstanceId::parse(id).unwrap_or_else(|error| panic!("{error}"));
        let started = self.client().start(orchestration, input).id(id).await;
        self.settle().await;
        Run::new(self, started.unwrap_or_else(|error| panic!("{} cannot be started: {error}", orchestration.name())))
    }

    /// A handle on an instance that something else started, such as a child.
    pub fn instance<I, O>(&self, id: InstanceId, _orchestration: Orchestration<I, O>) -> Run<'_, O> {
        Run::new(self, id)
    }

    /// Lets `duration` pass, timer by timer, and runs whatever can run.
    pub async fn advance(&self, duration: Duration) {
        let end = self.now() + duration;
        while let Some(next) = self.next_timer().await.filter(|next| *next <= end) {
            self.clock.advance_to(next);
            self.settle().await;
        }
        self.clock.advance_to(end);
        self.settle().await;
    }

    /// Lets time pass from timer to timer until none is left. Panics after 100,000 timers: an eternal loop wants
    /// [`Harness::advance`].
    pub async fn skip_time(&self) {
        for _ in 0..100_000 {
            let Some(next) = self.next_timer().await else { return };
            self.clock.advance_to(next);
            self.settle().await;
        }
        panic!("there is always another timer: let a certain time pass with `advance`");
    }

    /// The inputs with which `activity` was called, each time that it ran, in order.
    pub fn calls<I: DeserializeOwned, O>(&self, activity: Activity<I, O>) -> Vec<I> {
        let calls = lock(&self.calls);
        let inputs = calls.get(activity.name()).map(Vec::as_slice).unwrap_or_default();
        let decoded = inputs.iter().map(|input| input.decode());
        decoded.map(|input| input.unwrap_or_else(|failure| panic!("{}: {failure}", activity.name()))).collect()
    }

    /// The present moment: 2026-01-01 00:00 UTC at the start.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A client, for what the harness has no short form of. [`Harness::settle`] runs what it leads to.
    pub fn client(&self) -> Client {
        self.stepper.client()
    }

    /// Runs whatever can run without time passing, and checks that it would replay.
    pub async fn settle(&self) {
        expect(self.stepper.run_until_idle().await);
        self.refuse_blocked().await;
        expect(self.stepper.check().await);
    }

    async fn next_timer(&self) -> Option<Timestamp> {
        expect(self.stepper.next_timer().await)
    }

    async fn refuse_blocked(&self) {
        let mut query = InstanceQuery { limit: 1_000, ..InstanceQuery::default() };
        loop {
            let page = self.client().query(&query).await.unwrap_or_else(|error| panic!("{error}"));
            if let Some((record, blocked)) = page.iter().find_map(|record| Some((record, record.blocked.as_ref()?))) {
                panic!("{} {} is blocked: {}", record.name, record.id, blocked.message);
            }
            match page.last() {
                Some(last) if page.len() == 1_000 => query.after = Some(last.cursor()),
                _ => return,
            }
        }
    }
}

impl HarnessBuilder {
    /// Registers an orchestration: the one under test, its children, or something simple in a child's place.
    #[must_use]
    pub fn orchestration<I, O, F, Fut>(mut self, orchestration: Orchestration<I, O>, function: F) -> Self
    where
        F: Fn(OrchestrationContext, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Failure>> + Send + 'static,
        I: DeserializeOwned + 'static,
        O: Serialize + 'static,
    {
        self.registry = self.registry.and_then(|known| known.orchestration(orchestration, function));
        self
    }

    /// Puts `fake` in the place of an activity.
    #[must_use]
    pub fn activity<I, O, F>(mut self, activity: Activity<I, O>, fake: F) -> Self
    where
        F: Fn(I) -> Result<O, Failure> + Send + Sync + 'static,
        I: Serialize + DeserializeOwned + Send + 'static,
        O: Serialize + Send + 'static,
    {
        let (calls, name) = (Arc::clone(&self.calls), activity.name());
        let function = move |_context, input: I| {
            let encoded = Payload::encode(&input).unwrap_or_else(|failure| panic!("{name}: {failure}"));
            lock(&calls).entry(name).or_default().push(encoded);
            std::future::ready(fake(input))
        };
        self.registry = self.registry.and_then(|known| known.activity(activity, function));
        self
    }

    /// Puts canned answers in the place of an activity: one for each call, in order. A call too many panics, which is a
    /// failure of kind [`Failure::PANIC`] for the orchestration.
    #[must_use]
    pub fn answers<I, O>(self, activity: Activity<I, O>, answers: impl IntoIterator<Item = Result<O, Failure>>) -> Self
    where
        I: Serialize + DeserializeOwned + Send + 'static,
        O: Serialize + Send + 'static,
    {
        let answers = Mutex::new(answers.into_iter().collect::<VecDeque<_>>());
        self.activity(activity, move |_| {
            let answer = lock(&answers).pop_front();
            answer.unwrap_or_else(|| panic!("{} was called more often than there are answers", activity.name()))
        })
    }

    /// Adds everything that `registry` knows in the place of what was registered so far: for programs that put their
    /// registry together elsewhere.
    #[must_use]
    pub fn registry(mut self, registry: Registry) -> Self {
        self.registry = Ok(registry);
        self
    }

    /// Opens a database in memory and starts a node on it.
    pub async fn start(self) -> Harness {
        let registry = self.registry.unwrap_or_else(|error| panic!("{error}"));
        let clock = ManualClock::default();
        let store = expect(Sqlite::in_memory().await);
        let stepper = expect(Stepper::start(store, registry, clock.clone()).await);
        Harness { stepper, clock, calls: self.calls }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn expect<T>(result: Result<T, StoreError>) -> T {
    result.unwrap_or_else(|error| panic!("the database in memory: {error}"))
}
