//! The activities that a node has to run or is running, and the way to those whose callers are gone.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use crate::ids::{EventId, ExecutionId, InstanceKey, TaskId};
use crate::model::Task;
use crate::registry::{CancelReason, Line};

/// Tasks in the order in which they came. One whose caller is gone costs nothing more than its way through the queue:
/// ending an instance never searches it.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    queue: VecDeque<Task>,
    /// What is open of each instance, by execution: nearly always one.
    open: HashMap<InstanceKey, Vec<Open>>,
    /// Tasks that wait or run here, so that none does twice.
    in_hand: HashSet<TaskId>,
    /// Those of them that have given their answers, which are not recorded yet.
    answering: HashSet<TaskId>,
}

/// What a node has of one execution.
#[derive(Debug)]
struct Open {
    execution: ExecutionId,
    waiting: usize,
    /// Whether nobody waits for any of it.
    ended: bool,
    /// Those in the queue that nobody waits for.
    cancelled: BTreeSet<EventId>,
    running: Vec<(EventId, Arc<Line>)>,
}

impl Tasks {
    /// Adds tasks to the queue, except those that wait or run already.
    pub(super) fn push(&mut self, tasks: Vec<Task>) {
        for task in tasks {
            if self.in_hand.insert(task.id) {
                self.open(&task).waiting += 1;
                self.queue.push_back(task);
            }
        }
    }

    /// The task that has waited longest and that somebody waits for; it has a line until [`Tasks::hang_up`].
    pub(super) fn pop(&mut self) -> Option<Task> {
        loop {
            let task = self.queue.pop_front()?;
            let open = self.open(&task);
            open.waiting = open.waiting.saturating_sub(1);
            if !open.ended && !open.cancelled.remove(&task.event_id) {
                open.running.push((task.event_id, Arc::default()));
                return Some(task);
            }
            self.in_hand.remove(&task.id);
            self.tidy(task.key);
        }
    }

    /// Says that a task is over, here at least; one with an answer that is to be recorded stays in hand until then.
    pub(super) fn over(&mut self, task: TaskId) {
        if !self.answering.contains(&task) {
            self.in_hand.remove(&task);
        }
    }

    /// Says that a task has given an answer that is to be recorded.
    pub(super) fn keep(&mut self, task: TaskId) {
        self.in_hand.insert(task);
        self.answering.insert(task);
    }

    /// Says that nobody has to record a task's answer any more.
    pub(super) fn answered(&mut self, task: TaskId) {
        self.answering.remove(&task);
        self.in_hand.remove(&task);
    }

    /// The line to a running task.
    pub(super) fn line(&mut self, task: &Task) -> Arc<Line> {
        let running = &mut self.open(task).running;
        if let Some((_, line)) = running.iter().find(|(id, _)| *id == task.event_id) {
            return Arc::clone(line);
        }
        let line = Arc::default();
        running.push((task.event_id, Arc::clone(&line)));
        line
    }

    /// Says that the code of a task runs no longer.
    pub(super) fn hang_up(&mut self, task: &Task) {
        self.open(task).running.retain(|(id, _)| *id != task.event_id);
        self.tidy(task.key);
    }

    /// Says that nobody waits for these tasks of an execution any more.
    pub(super) fn cancel(&mut self, key: InstanceKey, execution: ExecutionId, ids: &[EventId]) {
        let found = self.open.get_mut(&key).and_then(|open| open.iter_mut().find(|open| open.execution == execution));
        let Some(open) = found else { return };
        for id in ids {
            match open.running.iter().find(|(running, _)| running == id) {
                Some((_, line)) => line.cancel(CancelReason::NotAwaited),
                None if open.waiting > 0 => {
                    open.cancelled.insert(*id);
                }
                None => {}
            }
        }
    }

    /// Says that of an instance nobody waits for anything but the tasks of the execution `current`, or for any at all.
    pub(super) fn end(&mut self, key: InstanceKey, current: Option<ExecutionId>) {
        let Some(open) = self.open.get_mut(&key) else { return };
        for open in open.iter_mut().filter(|open| Some(open.execution) != current) {
            open.ended = true;
            open.running.iter().for_each(|(_, line)| line.cancel(CancelReason::InstanceEnded));
        }
    }

    /// Says that the node stops.
    pub(super) fn stop(&self) {
        let running = self.open.values().flatten().flat_map(|open| &open.running);
        running.for_each(|(_, line)| line.cancel(CancelReason::NodeStopping));
    }

    /// How many have given answers that are not recorded yet.
    pub(super) fn unrecorded(&self) -> usize {
        self.answering.len()
    }

    /// How many wait, those that nobody waits for included.
    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    fn open(&mut self, task: &Task) -> &mut Open {
        let open = self.open.entry(task.key).or_default();
        let place = open.iter().position(|open| open.execution == task.execution).unwrap_or_else(|| {
            open.push(Open::of(task.execution));
            open.len() - 1
        });
        &mut open[place]
    }

    /// Forgets what is over.
    fn tidy(&mut self, key: InstanceKey) {
        if let Some(open) = self.open.get_mut(&key) {
            open.retain(|open| open.waiting > 0 || !open.running.is_empty());
            if open.is_empty() {
                self.open.remove(&key);
            }
        }
    }
}

impl Open {
    fn of(execution: ExecutionId) -> Self {
        Self { execution, waiting: 0, ended: false, cancelled: BTreeSet::new(), running: Vec::new() }
    }
}
