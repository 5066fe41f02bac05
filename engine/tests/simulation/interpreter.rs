//! The orchestration that does what its input says, and its activities.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_engine::{
    Activity, ActivityContext, Failure, InstanceId, Orchestration, OrchestrationContext, Registry, RetryPolicy,
};
use futures::future::{BoxFuture, join_all, select_all};
use futures::stream::{FuturesUnordered, StreamExt};
use futures::{FutureExt, poll};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::effects::Effects;
use crate::model::{fail_kind, failing_kind, rescued, unordered};
use crate::program::{Call, ChildId, EXEMPT, Failing, NAMES, Run, SENT, Step, Sum, Taken, mix};
use crate::tally;

/// What simulated failures and panics say.
pub(crate) const ON_PURPOSE: &str = "as the program says";

/// Does what its input says.
pub(crate) const PROGRAM: Orchestration<Run, Sum> = Orchestration::named("Program");
const WORK: Activity<Call, u64> = Activity::named("Work");
const ECHO: Activity<Drawn, Drawn> = Activity::named("Echo");

/// What an execution draws: the same on every replay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Drawn {
    id: Uuid,
    number: u64,
}

type Result<T> = std::result::Result<T, Failure>;

/// The code, with activities that keep a ledger of what they did.
pub(crate) fn registry(effects: &Effects) -> Registry {
    let (work, echo) = (effects.clone(), effects.clone());
    Registry::new()
        .orchestration(PROGRAM, program)
        .and_then(|registry| registry.activity(WORK, move |ctx, call| perform(work.clone(), ctx, call)))
        .and_then(|registry| {
            registry.activity(ECHO, move |ctx, drawn: Drawn| {
                let echo = echo.clone();
                async move {
                    echo.note(&ctx, &drawn).await;
                    Ok(drawn)
                }
            })
        })
        .and_then(tally::register)
        .expect("the names differ")
}

async fn perform(effects: Effects, ctx: ActivityContext, call: Call) -> Result<u64> {
    effects.note(&ctx, &call).await;
    if ctx.attempt() > call.failures {
        return Ok(call.value);
    }
    let failure = Failure::new(failing_kind(call.how), ON_PURPOSE);
    match call.how {
        Failing::Panic => std::panic::panic_any(ON_PURPOSE),
        Failing::Broken => Err(failure.non_retriable()),
        Failing::Busy | Failing::Exempt => Err(failure),
    }
}

async fn program(ctx: OrchestrationContext, run: Run) -> Result<Sum> {
    let notes = Notes(Arc::new(Mutex::new(run.taken.clone())));
    let mut held = Vec::new();
    if let Some((name, waits)) = run.program.held {
        for _ in 0..waits {
            held.push(begin_wait(&ctx, name, &notes).await);
        }
    }
    let interpreter = Interpreter { ctx: ctx.clone(), notes: notes.clone() };
    let entered = match &run.program.section {
        Some(section) => tally::within(&ctx, section, interpreter.step(section.inner.clone())).await?,
        None => 0,
    };
    let value = mix(entered, interpreter.step(run.program.body.clone()).await?);
    let (sum, taken) = (mix(run.sum, value), notes.lock().clone());
    if run.rounds > 1 {
        let next = Run { program: run.program, rounds: run.rounds - 1, sum, taken };
        return ctx.continue_as_new(&next).await;
    }
    Ok(Sum { sum, taken })
}

/// What the code got so far.
#[derive(Clone)]
struct Notes(Arc<Mutex<Vec<Taken>>>);

impl Notes {
    fn lock(&self) -> MutexGuard<'_, Vec<Taken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A wait for an event, polled once.
async fn begin_wait(ctx: &OrchestrationContext, name: u32, notes: &Notes) -> Option<BoxFuture<'static, Result<u64>>> {
    let mut wait = ctx.external_event::<u64>(NAMES[name as usize]).boxed();
    match poll!(&mut wait) {
        // There was one already: it is taken, like any other.
        std::task::Poll::Ready(number) => {
            notes.lock().extend(number.ok().map(|number| Taken { name, number }));
            None
        }
        std::task::Poll::Pending => Some(wait),
    }
}

#[derive(Clone)]
struct Interpreter {
    ctx: OrchestrationContext,
    notes: Notes,
}

impl Interpreter {
    fn step(&self, step: Step) -> BoxFuture<'static, Result<u64>> {
        let this = self.clone();
        async move { this.run(step).await }.boxed()
    }

    fn steps(&self, steps: Vec<Step>) -> Vec<BoxFuture<'static, Result<u64>>> {
        steps.into_iter().map(|step| self.step(step)).collect()
    }

    async fn run(self, step: Step) -> Result<u64> {
        match step {
            Step::Call(call) => self.call(call).await,
            Step::Draw => self.draw().await,
            Step::Pause(millis) => self.pause(millis).await,
            Step::Await(name) => self.take(name).await,
            Step::Holding { name, waits, newest_first, inner } => self.holding(name, waits, newest_first, *inner).await,
            Step::Child { run, id, tries, mortal } => self.child(*run, id, tries, mortal).await,
            Step::Detached(run) => self.ctx.start_detached(PROGRAM, &*run).await.map(|_| 2),
            Step::Patched(name) => Ok(u64::from(self.ctx.patched(&format!("patch {name}")))),
            Step::Send(to) => self.send(to),
            Step::Signal { tally, later } => {
                let later = later.map(|millis| Duration::from_millis(u64::from(millis)));
                tally::signal(&self.ctx, tally, later).map(|()| 13)
            }
            Step::Ask { tally, refused } => tally::ask(&self.ctx, tally, refused).await.map(|()| 17),
            Step::Status(status) => self.ctx.set_custom_status(&status).map(|()| 0),
            Step::Fail(kind) => Err(Failure::new(fail_kind(kind), ON_PURPOSE)),
            Step::Sequence(steps) => {
                let mut sum = 0;
                for step in steps {
                    sum = mix(sum, self.step(step).await?);
                }
                Ok(sum)
            }
            Step::Join(steps) => {
                let results = join_all(self.steps(steps)).await;
                results.into_iter().try_fold(0, |sum, result| Ok(mix(sum, result?)))
            }
            Step::FanOut { limit, steps } => {
                let results = self.ctx.fan_out(steps, |step| self.step(step)).limit(limit).await;
                results.into_iter().try_fold(0, |sum, result| Ok(mix(sum, result?)))
            }
            Step::Unordered(steps) => self.unordered(steps).await,
            Step::Race(steps) => {
                let _ = select_all(self.steps(steps)).await;
                Ok(7)
            }
            Step::FirstOf(left, right) => {
                let _ = self.ctx.first_of(self.step(*left), self.step(*right)).await;
                Ok(11)
            }
            Step::Rescue(inner) => Ok(self.step(*inner).await.unwrap_or_else(|failure| rescued(&failure.kind))),
        }
    }

    async fn call(&self, call: Call) -> Result<u64> {
        let mut calling = self.ctx.call(WORK, &call);
        if call.tries > 1 {
            let pause = Duration::from_millis(u64::from(call.pause));
            calling = calling.retry(RetryPolicy::fixed(pause, call.tries).never_for(EXEMPT));
        }
        if call.cancels { calling.cancel_on_drop().await } else { calling.await }
    }

    async fn draw(&self) -> Result<u64> {
        let drawn = Drawn { id: self.ctx.new_uuid(), number: self.ctx.random() };
        let echo = self.ctx.call(ECHO, &drawn).await?;
        if echo == drawn { Ok(5) } else { Err(Failure::new("Unequal", "another draw than before")) }
    }

    async fn pause(&self, millis: u32) -> Result<u64> {
        let pause = Duration::from_millis(u64::from(millis));
        let due = self.ctx.now() + pause;
        self.ctx.timer(pause).await;
        if self.ctx.now() < due { Err(Failure::new("Early", "a timer fired early")) } else { Ok(0) }
    }

    async fn take(&self, name: u32) -> Result<u64> {
        let number = self.ctx.external_event::<u64>(NAMES[name as usize]).await?;
        self.notes.lock().push(Taken { name, number });
        Ok(u64::from(name))
    }

    async fn holding(&self, name: u32, waits: u32, newest_first: bool, inner: Step) -> Result<u64> {
        let mut held = Vec::new();
        for _ in 0..waits {
            held.push(begin_wait(&self.ctx, name, &self.notes).await);
        }
        let result = self.step(inner).await;
        if newest_first {
            held.reverse();
        }
        held.into_iter().for_each(drop);
        result
    }

    async fn child(&self, run: Run, id: ChildId, tries: u32, mortal: bool) -> Result<u64> {
        let mut child = self.ctx.child(PROGRAM, &run);
        match id {
            ChildId::Derived => {}
            ChildId::Given(number) => {
                let text = format!("child-{number}-of-{}", self.ctx.execution_id());
                child = child.id(InstanceId::parse(&text).expect("a valid id"));
            }
            ChildId::Taken => child = child.id(self.ctx.instance_id()),
        }
        if tries > 1 {
            child = child.retry(RetryPolicy::fixed(Duration::from_millis(300), tries));
        }
        if mortal {
            child = child.cancel_on_drop();
        }
        Ok(child.await?.sum)
    }

    fn send(&self, to: u32) -> Result<u64> {
        // Apart from the numbers that clients give.
        let number = self.ctx.random() | (1 << 63);
        self.ctx.send_event(&root(to), NAMES[SENT as usize], &number)?;
        Ok(3)
    }

    async fn unordered(&self, steps: Vec<Step>) -> Result<u64> {
        let running: FuturesUnordered<_> = self.steps(steps).into_iter().collect();
        let results: Vec<_> = running.map(|result| result.map_err(|failure| failure.kind)).collect().await;
        unordered(results).map_err(|kind| Failure::new(kind, "the first of its kind"))
    }
}

/// The id of the instance with this number.
pub(crate) fn root(number: u32) -> InstanceId {
    InstanceId::parse(&format!("root-{number}")).expect("a valid id")
}
