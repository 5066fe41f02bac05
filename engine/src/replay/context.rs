//! What an orchestration's code sees of the world.

use futures::future::Either;
use serde::Serialize;
use uuid::Uuid;

use super::actions::{ActivityCall, ChildCall, ContinueAsNew, DetachedStart, ExternalEvent, FanOut, Timer};
use super::state::Shared;
use crate::clock::Timestamp;
use crate::ids::{ExecutionId, InstanceId};
use crate::limits::{check_name, check_version};
use crate::model::{Activity, EventKind, Failure, Orchestration, Payload};

/// The one source of time, ids, randomness and answers for an orchestration's code. Cloning is cheap.
///
/// The calls give lazy futures, as usual in Rust: an action is scheduled when its future is first polled. They may be
/// combined by `join`, `join_all`, `FuturesUnordered`, `select`, `select_all`, `select_biased!` and
/// `tokio::select! { biased; .. }`. The random order of plain `select!` is not reproducible and must not be used, nor may
/// anything be awaited that did not come from here.
#[derive(Clone)]
pub struct OrchestrationContext(pub(super) Shared);

impl OrchestrationContext {
    /// The instance that runs.
    pub fn instance_id(&self) -> InstanceId {
        self.0.lock().started.instance.clone()
    }

    /// The execution that runs.
    pub fn execution_id(&self) -> ExecutionId {
        self.0.lock().started.execution
    }

    /// The version that the instance is pinned to; empty for code without versions.
    pub fn version(&self) -> String {
        self.0.lock().started.version.to_string()
    }

    /// The time of the present turn, the same on every replay.
    pub fn now(&self) -> Timestamp {
        self.0.lock().now
    }

    /// A fresh id, the same on every replay.
    pub fn new_uuid(&self) -> Uuid {
        self.0.lock().derive("uuid")
    }

    /// 64 random bits, the same on every replay. Not for secrets: they can be computed from the history.
    pub fn random(&self) -> u64 {
        self.0.lock().derive("random").as_u64_pair().1
    }

    /// Whether the code is being taken through what happened already.
    pub fn is_replaying(&self) -> bool {
        self.0.lock().replaying
    }

    /// Writes a log line with the instance's name, once: when the turn is committed, and not on replay. A turn whose commit
    /// fails is run again and logs then; a process that dies between commit and log line has lost the line.
    ///
    /// The `tracing` macros work in an orchestration too, inside the span of the turn, but write again on every replay.
    pub fn log(&self, level: tracing::Level, message: impl Into<String>) {
        let mut state = self.0.lock();
        if !state.replaying {
            state.log.push((level, message.into()));
        }
    }

    /// Runs `action` at once when the code gets here and is not being replayed: for what [`OrchestrationContext::log`] cannot
    /// say, such as a metric. It runs again when the turn's commit fails and the turn is run again.
    pub fn once(&self, action: impl FnOnce()) {
        if !self.is_replaying() {
            action();
        }
    }

    /// Shows `status` to whoever asks for the instance, from the end of this turn on.
    pub fn set_custom_status<T: Serialize + ?Sized>(&self, status: &T) -> Result<(), Failure> {
        let status = Payload::encode(status)?;
        self.0.lock().custom_status = Some(status);
        Ok(())
    }

    /// Calls an activity: it runs at least once, somewhere, and its result is recorded. Dropping the future forgets the result.
    pub fn call<I: Serialize, O>(&self, activity: Activity<I, O>, input: &I) -> ActivityCall<O> {
        let input = check_name("an activity", activity.name()).and_then(|()| Payload::encode(input));
        ActivityCall::new(self.0.clone(), activity.name(), input)
    }

    /// Completes `duration` after the present turn or later, never earlier; of any length. Dropping the future cancels it.
    pub fn timer(&self, duration: std::time::Duration) -> Timer {
        self.timer_at(self.now() + duration)
    }

    /// Completes at `moment` or later, never earlier.
    pub fn timer_at(&self, moment: Timestamp) -> Timer {
        Timer::new(self.0.clone(), moment)
    }

    /// Waits for an external event of this name (compared without regard to case). Events are kept from the start of the
    /// instance on, each is given out once, per name in the order of arrival, and to the newest of those who wait. A value that
    /// is not a `T` is a failure of kind `InvalidPayload`.
    pub fn external_event<T>(&self, name: impl AsRef<str>) -> ExternalEvent<T> {
        ExternalEvent::new(self.0.clone(), name.as_ref())
    }

    /// Sends an external event to another instance. It is dropped when there is none or it has ended.
    pub fn send_event<T: Serialize + ?Sized>(&self, to: &InstanceId, name: &str, value: &T) -> Result<(), Failure> {
        check_name("an event", name)?;
        let input = Payload::encode(value)?;
        self.0.lock().schedule(|event_id| EventKind::EventSent {
            event_id,
            instance: to.clone(),
            name: name.into(),
            input,
        });
        Ok(())
    }

    /// Starts another orchestration and waits for its result. Dropping the future forgets the result; the child runs on.
    pub fn child<I: Serialize, O>(&self, orchestration: Orchestration<I, O>, input: &I) -> ChildCall<O> {
        let (name, version) = (orchestration.name(), orchestration.version_name());
        let input = check_code(name, version).and_then(|()| Payload::encode(input));
        ChildCall::new(self.0.clone(), name, version, input)
    }

    /// Starts another orchestration and does not wait for it: it is nobody's child and goes on whatever becomes of this
    /// execution. Gives its id. `ctx.start_detached(AUDIT, &order).await?`
    pub fn start_detached<I: Serialize, O>(&self, orchestration: Orchestration<I, O>, input: &I) -> DetachedStart {
        let (name, version) = (orchestration.name(), orchestration.version_name());
        let input = check_code(name, version).and_then(|()| Payload::encode(input));
        DetachedStart::new(self.0.clone(), name, version, input)
    }

    /// Makes a call for each of `items` and waits for all results, which come in the order of the items; a failure is the
    /// result of its item and stops no other. [`FanOut::limit`] bounds how many run at a time:
    /// `ctx.fan_out(orders, |order| ctx.call(SHIP, &order)).limit(TEN).await`.
    pub fn fan_out<I, F, Fut>(&self, items: I, call: F) -> FanOut<I::IntoIter, F, Fut>
    where
        I: IntoIterator,
        F: FnMut(I::Item) -> Fut,
        Fut: Future,
    {
        FanOut::new(items.into_iter(), call)
    }

    /// Whether a change of the code applies to this execution, for code that is changed while executions of it are on their
    /// way: `if ctx.patched("fraud check") { check(&ctx).await? }`.
    ///
    /// True for an execution that gets here for the first time after the change, which its history then says; false for one
    /// that had passed here before. The first answer for a name counts until the execution ends.
    ///
    /// Once no execution is left that was begun before the change, the condition and the old code go, and
    /// [`OrchestrationContext::deprecate_patch`] takes their place. Once none is left that was begun before that, it goes too.
    ///
    /// # Panics
    /// When the name is empty, longer than [`MAX_NAME_CHARS`](crate::limits::MAX_NAME_CHARS), or holds a control
    /// character.
    pub fn patched(&self, name: &str) -> bool {
        check_name("a patch", name).unwrap_or_else(|failure| panic!("{failure}"));
        self.0.lock().patched(name)
    }

    /// Stands where [`OrchestrationContext::patched`] of this name stood, for executions whose history says that the change
    /// applies. Records nothing, so that executions begun from here on do not need it.
    pub fn deprecate_patch(&self, name: &str) {
        self.0.lock().step_over_patch(name);
    }

    /// Waits for the first of two and drops the other: a timer that lost is cancelled, an event that it had not taken stays.
    /// When both are ready the left one wins.
    pub async fn first_of<A, B>(&self, left: A, right: B) -> Either<A::Output, B::Output>
    where
        A: Future,
        B: Future,
    {
        let (left, right) = (std::pin::pin!(left), std::pin::pin!(right));
        match futures::future::select(left, right).await {
            Either::Left((output, _)) => Either::Left(output),
            Either::Right((output, _)) => Either::Right(output),
        }
    }

    /// Ends this execution and begins the next with `input`, an empty history and all external events not used yet. The
    /// future never completes: `return ctx.continue_as_new(&next).await`, or, to go on with other code,
    /// `return ctx.continue_as_new(&next).version("2").await`.
    pub fn continue_as_new<I: Serialize, O>(&self, input: &I) -> ContinueAsNew<O> {
        ContinueAsNew::new(self.0.clone(), Payload::encode(input))
    }
}

fn check_code(name: &str, version: &str) -> Result<(), Failure> {
    check_name("an orchestration", name).and_then(|()| check_version(version))
}
