//! What an instance's next turn has to look at, handed over in memory by the node that will run it.
//!
//! It is all in the store as well, in another form: an answer as the task that gave it, which runs again if the node dies, and a
//! begin as the instance's start message. So nothing is lost with a node, and what cannot be used is simply left out.

use crate::ids::{EventId, ExecutionId, MessageId, TaskId};
use crate::model::{Answer, Message, Task};
use crate::store::Begun;

/// What waits for a turn of an instance.
#[derive(Debug, Default)]
pub(super) struct News {
    /// Whether there may be unread messages in the store.
    pub(super) inbox: bool,
    /// That it begins, and how: it needs no look at the store then.
    pub(super) begun: Option<Begun>,
    /// What activities of this node gave.
    pub(super) answers: Answers,
}

/// Answers of activities that are on no disk yet, with the tasks that gave them.
#[derive(Debug, Default)]
pub(super) struct Answers(Vec<(Task, Answer)>);

impl Answers {
    pub(super) fn push(&mut self, task: Task, answer: Answer) {
        self.0.push((task, answer));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes all of them out.
    pub(super) fn take(&mut self) -> Vec<(Task, Answer)> {
        std::mem::take(&mut self.0)
    }

    /// Takes out those behind the first `most`.
    pub(super) fn split_off(&mut self, most: usize) -> Self {
        Self(self.0.split_off(most.min(self.0.len())))
    }

    /// Takes out those that nobody waits for: of all executions but `current`.
    pub(super) fn drop_other_than(&mut self, current: Option<ExecutionId>) -> Vec<TaskId> {
        self.drop_if(|task| Some(task.execution) != current)
    }

    /// Takes out the answers to cancelled calls.
    pub(super) fn drop_cancelled(&mut self, execution: ExecutionId, ids: &[EventId]) -> Vec<TaskId> {
        self.drop_if(|task| task.execution == execution && ids.contains(&task.event_id))
    }

    fn drop_if(&mut self, unwanted: impl Fn(&Task) -> bool) -> Vec<TaskId> {
        let dropped = self.0.iter().map(|(task, _)| task).filter(|task| unwanted(task)).map(|task| task.id).collect();
        self.0.retain(|(task, _)| !unwanted(task));
        dropped
    }

    /// The answers as messages, to be read before those of the inbox, under numbers that no message there has.
    pub(super) fn messages(&self) -> impl Iterator<Item = (MessageId, Message)> {
        (1_i64..).map(|n| MessageId(-n)).zip(self.0.iter().map(|(_, answer)| Message::TaskDone(answer.clone())))
    }

    /// Takes the numbers of [`Answers::messages`] out of `consumed`, and gives the tasks that they stand for.
    pub(super) fn among(&self, consumed: &mut Vec<MessageId>) -> Vec<TaskId> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let place = |id: &MessageId| usize::try_from(-id.0).ok().and_then(|n| n.checked_sub(1));
        let answered = consumed.iter().filter_map(|id| self.0.get(place(id)?)).map(|(task, _)| task.id).collect();
        consumed.retain(|id| id.0 > 0);
        answered
    }
}
