//! How work finds those who wait for it, within a process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::backlog::Backlog;
use super::changes::{Changes, Watch};
use super::news::News;
use super::queue::Queue;
use super::tasks::Tasks;
use crate::clock::Timestamp;
use crate::ids::{EventId, ExecutionId, InstanceId, InstanceKey, NodeId, TaskId};
use crate::limits::LARGE_PAYLOAD_BYTES;
use crate::model::{Answer, Task};
use crate::observe::gauge_ready;
use crate::registry::Line;
use crate::store::Begun;

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
    queue: Queue,
    waiting: HashMap<InstanceKey, Waiting>,
    /// How many of those that wait need no look at the store to begin.
    begun: usize,
    tasks: Tasks,
    in_doubt: bool,
    earliest_timer: Option<Timestamp>,
    schedules_changed: bool,
    node: Option<NodeId>,
}

/// An instance that is ready or runs a turn.
#[derive(Debug)]
struct Waiting {
    place: Place,
    news: News,
}

/// Where an instance is, so that it waits in the queue once and never runs two turns at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Queued,
    Running,
    /// It got something while its turn ran.
    RunningAndTouched,
}

/// A way into the queue.
type Join = fn(&mut Queue, InstanceKey);

impl Ready {
    /// Adds to the news of an instance, which thereby becomes ready.
    fn touch(&mut self, key: InstanceKey, tell: impl FnOnce(&mut News)) {
        self.touch_in(Queue::push, key, tell);
    }

    /// The same with the way into the queue.
    fn touch_in(&mut self, join: Join, key: InstanceKey, tell: impl FnOnce(&mut News)) {
        let queue = &mut self.queue;
        let waiting = self.waiting.entry(key).or_insert_with(|| {
            join(queue, key);
            Waiting { place: Place::Queued, news: News::default() }
        });
        if waiting.place == Place::Running {
            waiting.place = Place::RunningAndTouched;
        }
        tell(&mut waiting.news);
    }
}

impl Wake {
    /// Says that these instances have messages.
    pub fn instances(&self, keys: impl IntoIterator<Item = InstanceKey>) {
        let mut ready = self.ready();
        for key in keys {
            ready.touch(key, |news| news.inbox = true);
        }
        gauge(ready);
        self.0.instances.notify_one();
    }

    /// Says that these instances begin, for others that wait for them.
    pub(crate) fn begin(&self, begun: impl IntoIterator<Item = Begun>) {
        self.begin_in(Queue::push, begun);
    }

    /// Says that a client has started this instance.
    pub(crate) fn start(&self, begun: Begun) {
        self.begin_in(Queue::push_start, [begun]);
    }

    fn begin_in(&self, join: Join, begun: impl IntoIterator<Item = Begun>) {
        let mut ready = self.ready();
        for begun in begun {
            let is_small = begun.started.input.as_str().len() <= LARGE_PAYLOAD_BYTES;
            let in_hand = is_small && ready.begun < Backlog::MAX_BEGUN;
            ready.begun += usize::from(in_hand);
            ready.touch_in(join, begun.claim.key, |news| {
                if in_hand {
                    news.begun = Some(begun);
                } else {
                    news.inbox = true;
                }
            });
        }
        gauge(ready);
        self.0.instances.notify_one();
    }

    /// Hands an answer to its instance's next turn. The task stays in hand until [`Wake::answered`].
    pub(super) fn answer(&self, task: Task, answer: Answer) {
        let mut ready = self.ready();
        ready.tasks.keep(task.id);
        ready.touch(task.key, |news| news.answers.push(task, answer));
        gauge(ready);
        self.0.instances.notify_one();
    }

    /// Says that these tasks' answers are recorded.
    pub(super) fn answered(&self, tasks: impl IntoIterator<Item = TaskId>) {
        let mut ready = self.ready();
        self.recorded(&mut ready, tasks);
    }

    /// Takes note of recorded answers, and lets activities begin that had to wait for that.
    fn recorded(&self, ready: &mut Ready, tasks: impl IntoIterator<Item = TaskId>) {
        let had_to_wait = ready.tasks.unrecorded() >= Backlog::MAX_UNRECORDED;
        tasks.into_iter().for_each(|task| ready.tasks.answered(task));
        if had_to_wait {
            self.0.tasks.notify_one();
        }
    }

    /// The news of an instance whose turn begins, with so many answers at the most; the others wait for its next turn. One of
    /// which nothing is known may have messages.
    pub(super) fn take_news(&self, key: InstanceKey, answers: usize) -> News {
        let mut ready = self.ready();
        let Some(waiting) = ready.waiting.get_mut(&key) else { return News { inbox: true, ..News::default() } };
        let mut news = std::mem::take(&mut waiting.news);
        waiting.news.answers = news.answers.split_off(answers);
        if waiting.place == Place::Running && !waiting.news.answers.is_empty() {
            waiting.place = Place::RunningAndTouched;
        }
        ready.begun -= usize::from(news.begun.is_some());
        news
    }

    /// Takes out all answers that wait for turns: for a node that stops.
    pub(super) fn take_answers(&self) -> Vec<(Task, Answer)> {
        self.ready().waiting.values_mut().flat_map(|waiting| waiting.news.answers.take()).collect()
    }

    /// The node of this process, once it has started.
    pub(crate) fn node(&self) -> Option<NodeId> {
        self.ready().node
    }

    /// Says which node runs here.
    pub(super) fn runs(&self, node: NodeId) {
        self.ready().node = Some(node);
    }

    /// The instance whose turn is next: the one that has waited longest, but that many which clients start hold up no other.
    /// It is the caller's until [`Wake::turn_ended`].
    pub fn next_instance(&self) -> Option<InstanceKey> {
        let mut ready = self.ready();
        let key = ready.queue.pop()?;
        if let Some(waiting) = ready.waiting.get_mut(&key) {
            waiting.place = Place::Running;
        }
        gauge(ready);
        Some(key)
    }

    /// Says that the turn of an instance is over; it waits again if it was touched meanwhile.
    pub fn turn_ended(&self, key: InstanceKey) {
        let mut ready = self.ready();
        match ready.waiting.get_mut(&key) {
            Some(waiting) if waiting.place == Place::RunningAndTouched => {
                waiting.place = Place::Queued;
                ready.queue.push(key);
                gauge(ready);
                self.0.instances.notify_one();
            }
            _ => {
                ready.waiting.remove(&key);
            }
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
    /// left out. None as long as many answers are not recorded yet: they fill the memory, and a crash repeats what gave them.
    pub fn next_task(&self) -> Option<Task> {
        let mut ready = self.ready();
        if ready.tasks.unrecorded() >= Backlog::MAX_UNRECORDED {
            return None;
        }
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
        if ids.is_empty() {
            return;
        }
        let mut ready = self.ready();
        ready.tasks.cancel(key, execution, ids);
        let dropped = ready.waiting.get_mut(&key).map(|waiting| waiting.news.answers.drop_cancelled(execution, ids));
        self.recorded(&mut ready, dropped.into_iter().flatten());
    }

    /// Says that an instance has ended, or that `current` is its execution now: activities of any other are cancelled.
    pub fn execution_ended(&self, key: InstanceKey, current: Option<ExecutionId>) {
        let mut ready = self.ready();
        ready.tasks.end(key, current);
        let dropped = ready.waiting.get_mut(&key).map(|waiting| waiting.news.answers.drop_other_than(current));
        self.recorded(&mut ready, dropped.into_iter().flatten());
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

    /// Says that an instance goes on, in a way that a client may see.
    pub(crate) fn progress(&self, id: &InstanceId) {
        self.0.changes.progress(id);
    }

    /// Says that any instance may have changed, because nobody knows which one did.
    pub(super) fn change_all(&self) {
        self.0.changes.change_all();
    }

    /// Waits for changes of an instance.
    pub(crate) fn watch(&self, id: &InstanceId) -> Watch<'_> {
        Watch::new(&self.0.changes, id)
    }

    /// How much waits here.
    pub fn backlog(&self) -> Backlog {
        let ready = self.ready();
        let (instances, begun) = (ready.queue.len(), ready.begun);
        Backlog { instances, begun, tasks: ready.tasks.len(), unrecorded: ready.tasks.unrecorded() }
    }

    /// Whether no instance and no task is ready or running and no schedule has changed. Timers do not count.
    pub fn is_idle(&self) -> bool {
        let ready = self.ready();
        ready.waiting.is_empty() && ready.tasks.is_empty() && !ready.schedules_changed
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
