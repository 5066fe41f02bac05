//! How work finds those who wait for it, within a process.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::changes::{Changes, Watch};
use super::tasks::Tasks;
use crate::clock::Timestamp;
use crate::ids::{EventId, ExecutionId, InstanceId, InstanceKey, TaskId};
use crate::model::Task;
use crate::observe::gauge_ready;
use crate::registry::Line;

/// The ready work of a node: instances with messages, tasks to run, and the next timer. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    ready: Mutex<Ready>,
    instances: Notify,
    tasks: Notify,
    timers: Notify,
    schedules: Notify,
    doubts: Notify,
    changes: Changes,
}

#[derive(Debug, Default)]
struct Ready {
    queue: VecDeque<InstanceKey>,
    places: HashMap<InstanceKey, Place>,
    tasks: Tasks,
    in_doubt: bool,
    earliest_timer: Option<Timestamp>,
    schedules_changed: bool,
}

/// Where an instance is, so that it waits in the queue once and never runs two turns at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Queued,
    Running,
    /// It got messages while its turn ran.
    RunningAndTouched,
}

impl Wake {
    /// Says that these instances have messages.
    pub fn instances(&self, keys: impl IntoIterator<Item = InstanceKey>) {
        let mut ready = self.ready();
        for key in keys {
            match ready.places.get(&key) {
                None => {
                    ready.places.insert(key, Place::Queued);
                    ready.queue.push_back(key);
                }
                Some(Place::Running) => {
                    ready.places.insert(key, Place::RunningAndTouched);
                }
                Some(Place::Queued | Place::RunningAndTouched) => {}
            }
        }
        gauge(ready);
        self.0.instances.notify_one();
    }

    /// The instance that has waited longest; it is the caller's until [`Wake::turn_ended`].
    pub fn next_instance(&self) -> Option<InstanceKey> {
        let mut ready = self.ready();
        let key = ready.queue.pop_front()?;
        ready.places.insert(key, Place::Running);
        gauge(ready);
        Some(key)
    }

    /// Says that the turn of an instance is over; it waits again if it was touched meanwhile.
    pub fn turn_ended(&self, key: InstanceKey) {
        let touched = self.ready().places.remove(&key) == Some(Place::RunningAndTouched);
        if touched {
            self.instances([key]);
        }
    }

    /// Completes when instances may be ready.
    pub async fn instances_ready(&self) {
        self.0.instances.notified().await;
    }

    /// Hands over tasks. Those that wait or run here already are left out.
    pub fn tasks(&self, tasks: Vec<Task>) {
        if tasks.is_empty() {
            return;
        }
        let mut ready = self.ready();
        ready.tasks.push(tasks);
        gauge(ready);
        self.0.tasks.notify_one();
    }

    /// The task that has waited longest; it is the caller's until [`Wake::task_ended`]. Those that nobody waits for any more are
    /// left out.
    pub fn next_task(&self) -> Option<Task> {
        let mut ready = self.ready();
        let task = ready.tasks.pop()?;
        gauge(ready);
        Some(task)
    }

    /// Says that a task is over, here at least.
    pub fn task_ended(&self, task: TaskId) {
        self.ready().tasks.over(task);
    }

    /// The line to a task that is about to run, which the caller ends by [`Wake::hang_up`].
    pub(super) fn line(&self, task: &Task) -> Arc<Line> {
        self.ready().tasks.line(task)
    }

    /// Says that the code of a task runs no longer.
    pub(super) fn hang_up(&self, task: &Task) {
        self.ready().tasks.hang_up(task);
    }

    /// Says that these activities of an execution are cancelled: those that wait will not run, those that run are told.
    pub(super) fn cancel_tasks(&self, key: InstanceKey, execution: ExecutionId, ids: &[EventId]) {
        if !ids.is_empty() {
            self.ready().tasks.cancel(key, execution, ids);
        }
    }

    /// Says that an instance has ended, or that `current` is its execution now: activities of any other are cancelled.
    pub fn execution_ended(&self, key: InstanceKey, current: Option<ExecutionId>) {
        self.ready().tasks.end(key, current);
    }

    /// Tells the activities that run that the node stops.
    pub(super) fn stop_tasks(&self) {
        self.ready().tasks.stop();
    }

    /// Completes when tasks may be ready.
    pub async fn tasks_ready(&self) {
        self.0.tasks.notified().await;
    }

    /// Says that a timer is due at `moment`.
    pub fn timer(&self, moment: Timestamp) {
        let mut ready = self.ready();
        if ready.earliest_timer.is_none_or(|earliest| moment < earliest) {
            ready.earliest_timer = Some(moment);
            drop(ready);
            self.0.timers.notify_one();
        }
    }

    /// Completes with the earliest timer set since the last call.
    pub async fn earlier_timer(&self) -> Timestamp {
        loop {
            self.0.timers.notified().await;
            if let Some(moment) = self.ready().earliest_timer.take() {
                return moment;
            }
        }
    }

    /// Says that a schedule changed, or that a run ended for whose end another one may wait.
    pub fn schedules(&self) {
        self.ready().schedules_changed = true;
        self.0.schedules.notify_one();
    }

    /// Says that schedules are looked at now: what changes from here on is news again.
    pub(super) fn schedules_seen(&self) {
        self.ready().schedules_changed = false;
    }

    /// Whether schedules changed since they were looked at: for those who drive a node by hand.
    pub fn has_schedule_change(&self) -> bool {
        self.ready().schedules_changed
    }

    /// Completes when a schedule may be ready before its moment.
    pub async fn schedules_changed(&self) {
        self.0.schedules.notified().await;
    }

    /// Says that something may have been committed of which nobody heard what it led to: it must be looked for.
    pub fn doubt(&self) {
        self.ready().in_doubt = true;
        self.0.doubts.notify_one();
    }

    /// Whether there was a [`Wake::doubt`] that nobody has taken.
    pub fn is_in_doubt(&self) -> bool {
        self.ready().in_doubt
    }

    /// Takes the doubt, if there is one.
    pub(super) fn take_doubt(&self) -> bool {
        std::mem::take(&mut self.ready().in_doubt)
    }

    /// Completes when there is a doubt.
    pub async fn doubted(&self) {
        while !self.is_in_doubt() {
            self.0.doubts.notified().await;
        }
    }

    /// Says that an instance changed in a way that a client may wait for.
    pub fn change(&self, id: &InstanceId) {
        self.0.changes.change(id);
    }

    /// Says that any instance may have changed, because nobody knows which one did.
    pub(super) fn change_all(&self) {
        self.0.changes.change_all();
    }

    /// Waits for changes of an instance.
    pub(crate) fn watch(&self, id: &InstanceId) -> Watch<'_> {
        Watch::new(&self.0.changes, id)
    }

    /// Whether no instance and no task is ready or running and no schedule has changed. Timers do not count.
    pub fn is_idle(&self) -> bool {
        let ready = self.ready();
        ready.places.is_empty() && ready.tasks.is_empty() && !ready.schedules_changed
    }

    fn ready(&self) -> MutexGuard<'_, Ready> {
        self.0.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows how much waits, after the lock is given back: a recorder is foreign code.
fn gauge(ready: MutexGuard<'_, Ready>) {
    let (instances, tasks) = (ready.queue.len(), ready.tasks.len());
    drop(ready);
    gauge_ready(instances, tasks);
}
