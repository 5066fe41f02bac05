//! What messages mean to an execution as it stands.

use std::collections::VecDeque;

use super::live::Live;
use super::mismatch::Mismatch;
use super::open::Waits;
use super::outcome::{End, Outcome};
use super::rewind::Rewind;
use crate::ids::{EventId, ExecutionId, MessageId};
use crate::model::{Answer, EventKind, Message, Payload};

/// What a message turns out to be.
enum Read {
    /// News for the code.
    Events(Vec<EventKind>),
    /// Addressed to an execution or an action that is gone.
    Nobody,
    /// Nothing to the code: what was set aside shall be tried again.
    Redrive,
    /// Not for now: it stays in the inbox.
    Later(Message),
}

impl Live {
    /// Reads messages in order, delivers what they mean, and notes what is done with.
    pub(super) fn deliver_all(
        &mut self,
        messages: Vec<(MessageId, Message)>,
        recorded: &mut Vec<EventKind>,
        outcome: &mut Outcome,
    ) -> Result<(), Mismatch> {
        let mut waiting: VecDeque<_> = messages.into();
        let mut held = VecDeque::new();
        let first = self.end_before_start(&mut waiting, outcome).or_else(|| self.take_up(&mut waiting, outcome));
        for event in first.into_iter().flatten() {
            self.deliver(&event)?;
            recorded.push(event);
        }
        while let Some((id, message)) = waiting.pop_front() {
            let was_suspended = self.suspended;
            match self.read(message) {
                Read::Events(events) => {
                    outcome.consumed.push(id);
                    for event in events {
                        self.deliver(&event)?;
                        recorded.push(event);
                    }
                }
                Read::Nobody => {
                    outcome.consumed.push(id);
                    outcome.dropped += 1;
                }
                Read::Redrive => {
                    outcome.consumed.push(id);
                    outcome.redrive = true;
                }
                Read::Later(message) => {
                    self.left_up_to = self.left_up_to.max(id);
                    held.push_back((id, message));
                }
            }
            if was_suspended && !self.suspended && self.end.is_none() {
                // What came before the resume is read before what came after it.
                held.append(&mut waiting);
                std::mem::swap(&mut held, &mut waiting);
            }
        }
        Ok(())
    }

    /// What it means when an execution is to begin and somebody has ended it already: none of its code runs, because the
    /// end comes first.
    fn end_before_start(
        &mut self,
        waiting: &mut VecDeque<(MessageId, Message)>,
        outcome: &mut Outcome,
    ) -> Option<Vec<EventKind>> {
        let place = waiting.iter().position(|(_, message)| message.is_terminate())?;
        if self.end.is_some() || !waiting.front().is_some_and(|(_, message)| message.is_start()) {
            return None;
        }
        let (id, terminate) = waiting.remove(place)?;
        let (start_id, start) = waiting.pop_front()?;
        outcome.consumed.extend([start_id, id]);
        outcome.copied = self.rewound.take().map(|rewind| rewind.copied).unwrap_or_default();
        let Message::Terminate { reason, .. } = terminate else { return None };
        let mut events = vec![EventKind::ExecutionTerminated { reason }];
        if let Message::Start { started, carried } = start {
            events.push(EventKind::ExecutionStarted(*started));
            events.extend(carried.into_iter().map(EventKind::EventRaised));
        } else if outcome.copied.is_empty() {
            events.push(EventKind::ExecutionStarted(self.started()));
        }
        Some(events)
    }

    /// What it means when an execution is to continue another one: what that one had read and not lost is read again.
    fn take_up(
        &mut self,
        waiting: &mut VecDeque<(MessageId, Message)>,
        outcome: &mut Outcome,
    ) -> Option<Vec<EventKind>> {
        let reason = match waiting.front() {
            Some((_, Message::Rewind { reason, .. })) => reason.clone(),
            _ => return None,
        };
        let Rewind { copied, read, continues, custom_status, .. } = self.rewound.take()?;
        outcome.consumed.extend(waiting.pop_front().map(|(id, _)| id));
        outcome.copied = copied;
        outcome.custom_status = custom_status;
        Some(std::iter::once(EventKind::ExecutionRewound { reason, continues }).chain(read).collect())
    }

    /// What a message means to the execution as it stands.
    fn read(&self, message: Message) -> Read {
        if let Some(end) = &self.end {
            let is_answer = matches!(
                message,
                Message::TaskDone(_)
                    | Message::ChildDone(_)
                    | Message::OperationDone(_)
                    | Message::LockGranted { .. }
                    | Message::TimerFired { .. }
            );
            let next_takes_it = matches!(end, End::ContinuedAsNew { .. }) && !is_answer;
            let kept = next_takes_it || matches!(message, Message::Raise(_));
            return if kept { Read::Later(message) } else { Read::Nobody };
        }
        match message {
            Message::Start { started, carried } if self.run.is_none() && self.next_sequence == 0 => {
                let carried = carried.into_iter().map(EventKind::EventRaised);
                Read::Events(std::iter::once(EventKind::ExecutionStarted(*started)).chain(carried).collect())
            }
            Message::Start { .. } | Message::Rewind { .. } => Read::Nobody,
            Message::Terminate { reason, recursive } => {
                if recursive {
                    self.shared.lock().terminate_children();
                }
                Read::Events(vec![EventKind::ExecutionTerminated { reason }])
            }
            Message::Suspend { reason } if !self.suspended => {
                Read::Events(vec![EventKind::ExecutionSuspended { reason }])
            }
            Message::Resume { reason } if self.suspended => Read::Events(vec![EventKind::ExecutionResumed { reason }]),
            Message::Suspend { .. } | Message::Resume { .. } => Read::Nobody,
            Message::Redrive => Read::Redrive,
            held if self.suspended && held.waits_for_resume() => Read::Later(held),
            Message::Raise(raised) => Read::Events(vec![EventKind::EventRaised(raised)]),
            Message::TaskDone(answer) => self.read_answer(answer, Waits::Task),
            Message::ChildDone(answer) => self.read_answer(answer, Waits::Child),
            Message::OperationDone(answer) => self.read_answer(answer, Waits::Operation),
            Message::LockGranted { execution, event_id } => self.read_grant(execution, event_id),
            Message::Entity(_) => Read::Nobody,
            Message::TimerFired { execution, event_id, fire_at } => {
                let answer = Answer { execution, event_id, result: Ok(Payload::null()) };
                if self.expects(&answer, Waits::Timer) {
                    Read::Events(vec![EventKind::TimerFired { timer_id: event_id, fire_at }])
                } else {
                    Read::Nobody
                }
            }
        }
    }

    fn read_answer(&self, answer: Answer, waits: Waits) -> Read {
        if !self.expects(&answer, waits) {
            return Read::Nobody;
        }
        let task_scheduled_id = answer.event_id;
        Read::Events(vec![match (waits, answer.result) {
            (Waits::Child, Ok(result)) => EventKind::SubOrchestrationInstanceCompleted { task_scheduled_id, result },
            (Waits::Child, Err(failure)) => EventKind::SubOrchestrationInstanceFailed { task_scheduled_id, failure },
            (Waits::Operation, Ok(result)) => {
                EventKind::EntityOperationCompleted { called_id: task_scheduled_id, result }
            }
            (Waits::Operation, Err(failure)) => {
                EventKind::EntityOperationFailed { called_id: task_scheduled_id, failure }
            }
            (_, Ok(result)) => EventKind::TaskCompleted { task_scheduled_id, result },
            (_, Err(failure)) => EventKind::TaskFailed { task_scheduled_id, failure },
        }])
    }

    fn read_grant(&self, execution: ExecutionId, event_id: EventId) -> Read {
        let state = self.shared.lock();
        if state.started.execution == execution && state.sections.expects_grant(event_id) {
            Read::Events(vec![EventKind::EntityLockGranted { lock_requested_id: event_id }])
        } else {
            Read::Nobody
        }
    }

    fn expects(&self, answer: &Answer, waits: Waits) -> bool {
        let state = self.shared.lock();
        state.is_addressed(answer) && state.open.expects(answer.event_id, waits)
    }
}
