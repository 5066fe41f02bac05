//! One turn of an entity: its messages in order, one operation at a time.

use std::collections::{HashSet, VecDeque};

use super::operation::{Effect, OperationDone, OperationRun, StartOrchestration};
use crate::clock::Timestamp;
use crate::ids::{EntityId, ExecutionId, InstanceId, MessageId};
use crate::model::{
    ActionLink, Answer, EntityLock, EntityMessage, EntityState, Failure, LockRequest, Message, ToEntity,
};

/// A turn that runs. [`EntityTurn::next_operation`] reads messages until one asks for an operation, whose outcome is to be
/// told before the next one.
///
/// While the entity is locked, messages of others stay in the inbox in their order. A request for the lock is served when
/// it is read: it locks the entity and goes on to the next entity of its list, and from the last one a grant goes back.
/// A request whose execution has ended is dropped, because the release that every ending execution sends may have been
/// read here already; and a lock whose holder has ended is void for those who wait, whatever became of the release.
#[derive(Debug)]
pub struct EntityTurn {
    entity: EntityId,
    life: ExecutionId,
    state: EntityState,
    now: Timestamp,
    /// The executions that live, of those that hold the lock or ask for it.
    living: HashSet<ExecutionId>,
    unread: VecDeque<(MessageId, EntityMessage)>,
    /// Messages that wait for the lock's release.
    held: VecDeque<(MessageId, EntityMessage)>,
    running: Option<Running>,
    outcome: EntityOutcome,
}

/// What a turn of an entity leads to, to be committed whole.
#[derive(Debug, Default)]
pub struct EntityOutcome {
    /// Messages that are done with. Those not named here stay in the inbox.
    pub consumed: Vec<MessageId>,
    /// Answers and grants to orchestrations.
    pub answers: Vec<(InstanceId, Message)>,
    /// Signals and requests for locks to entities.
    pub to_entities: Vec<ToEntity>,
    /// New orchestrations.
    pub starts: Vec<StartOrchestration>,
    /// Operations that failed without a caller who is told.
    pub unheard: Vec<Failure>,
    /// Whether the entity's state is another one.
    pub changed: bool,
}

#[derive(Debug)]
struct Running {
    message: MessageId,
    caller: Option<ActionLink>,
}

impl EntityTurn {
    /// A turn of the entity in `state` over `messages`, which are in the order of its inbox. `life` is the entity's own
    /// execution; `living` holds of the executions of [`EntityTurn::contenders`] those that have not ended.
    pub fn new(
        entity: EntityId,
        life: ExecutionId,
        state: EntityState,
        messages: Vec<(MessageId, Message)>,
        living: HashSet<ExecutionId>,
        now: Timestamp,
    ) -> Self {
        let mut outcome = EntityOutcome::default();
        let mut unread = VecDeque::with_capacity(messages.len());
        for (id, message) in messages {
            match message {
                Message::Entity(message) => unread.push_back((id, message)),
                // Nobody sends an entity anything else; if somebody did it would stay for ever.
                _ => outcome.consumed.push(id),
            }
        }
        let mut turn = Self { entity, life, state, now, living, unread, held: VecDeque::new(), running: None, outcome };
        let lock = turn.state.lock.take();
        turn.state.lock = lock.filter(|lock| turn.is_valid(lock));
        turn
    }

    /// The executions that hold the lock or ask for it, if anything in `messages` depends on it: the turn has to know which of
    /// them live. An entity that nobody else wants anything of asks for nothing.
    pub fn contenders(state: &EntityState, messages: &[(MessageId, Message)]) -> Vec<(InstanceId, ExecutionId)> {
        let told = || {
            messages.iter().filter_map(|(_, message)| match message {
                Message::Entity(message) => Some(message),
                _ => None,
            })
        };
        let holder = state.lock.as_ref().filter(|lock| told().any(|message| waits_for(lock, message)));
        let requests = told().filter_map(|message| match message {
            EntityMessage::Lock(request) => Some(&request.section),
            _ => None,
        });
        let sections = holder.map(|lock| &lock.section).into_iter().chain(requests);
        sections.map(|section| (section.instance.clone(), section.execution)).collect()
    }

    /// Reads on, to the next operation that is to run. `None` at the end of what can be read now.
    pub fn next_operation(&mut self) -> Option<OperationRun> {
        while let Some((id, message)) = self.unread.pop_front() {
            match message {
                EntityMessage::Unlock { section } => self.unlock(id, &section),
                EntityMessage::Lock(request) if self.state.lock.is_none() => self.lock(id, request),
                EntityMessage::Signal { operation, input } if self.state.lock.is_none() => {
                    return Some(self.run(id, None, operation, input));
                }
                EntityMessage::Call { operation, input, caller, section }
                    if self.state.lock.as_ref().is_none_or(|lock| admits(lock, &caller, section)) =>
                {
                    return Some(self.run(id, Some(caller), operation, input));
                }
                waiting => self.held.push_back((id, waiting)),
            }
        }
        None
    }

    /// Records the outcome of the operation that [`EntityTurn::next_operation`] gave last.
    pub fn finish_operation(&mut self, result: Result<OperationDone, Failure>) {
        let Some(Running { message, caller }) = self.running.take() else { return };
        self.outcome.consumed.push(message);
        let answer = match result {
            Ok(done) => {
                self.outcome.changed |= self.state.value != done.state;
                self.state.value = done.state;
                for effect in done.effects {
                    match effect {
                        Effect::Signal(signal) => self.outcome.to_entities.push(signal),
                        Effect::Start(start) => self.outcome.starts.push(start),
                    }
                }
                Ok(done.output)
            }
            Err(failure) => Err(failure),
        };
        match (caller, answer) {
            (Some(caller), result) => {
                let answer = Answer { execution: caller.execution, event_id: caller.event_id, result };
                self.outcome.answers.push((caller.instance, Message::OperationDone(answer)));
            }
            (None, Err(failure)) => self.outcome.unheard.push(failure),
            (None, Ok(_)) => {}
        }
    }

    /// Ends the turn; what was not read stays for the next one.
    pub fn conclude(self) -> (EntityState, EntityOutcome) {
        (self.state, self.outcome)
    }

    fn run(
        &mut self,
        message: MessageId,
        caller: Option<ActionLink>,
        operation: std::sync::Arc<str>,
        input: crate::model::Payload,
    ) -> OperationRun {
        self.running = Some(Running { message, caller });
        let (entity, life, state, now) = (self.entity.clone(), self.life, self.state.value.clone(), self.now);
        OperationRun { entity, life, message, operation, input, state, now }
    }

    /// Whether a lock counts: it does while nobody waits for it, and as long as its holder lives.
    fn is_valid(&self, lock: &EntityLock) -> bool {
        self.living.contains(&lock.section.execution)
            || !self.unread.iter().any(|(_, message)| waits_for(lock, message))
    }

    fn lock(&mut self, id: MessageId, request: LockRequest) {
        self.outcome.consumed.push(id);
        if !self.living.contains(&request.section.execution) {
            return;
        }
        let section = request.section.clone();
        let next = request.position + 1;
        match usize::try_from(next).ok().and_then(|next| request.entities.get(next).cloned()) {
            Some(entity) => {
                let message = EntityMessage::Lock(LockRequest { position: next, ..request });
                self.outcome.to_entities.push(ToEntity { entity, message, at: None });
            }
            None => {
                let granted = Message::LockGranted { execution: section.execution, event_id: section.event_id };
                self.outcome.answers.push((section.instance.clone(), granted));
            }
        }
        self.state.lock = Some(EntityLock { section, since: self.now });
    }

    fn unlock(&mut self, id: MessageId, section: &ActionLink) {
        self.outcome.consumed.push(id);
        if self.state.lock.as_ref().is_some_and(|lock| lock.section == *section) {
            self.state.lock = None;
            // What came before the release is read before what came after it.
            self.held.append(&mut self.unread);
            std::mem::swap(&mut self.held, &mut self.unread);
            return;
        }
        // The wait was given up before the request was served.
        let given_up =
            |message: &EntityMessage| matches!(message, EntityMessage::Lock(request) if request.section == *section);
        for queue in [&mut self.unread, &mut self.held] {
            let consumed = &mut self.outcome.consumed;
            queue.retain(|(id, message)| {
                let stays = !given_up(message);
                if !stays {
                    consumed.push(*id);
                }
                stays
            });
        }
    }
}

/// Whether a message has to wait while `lock` is held.
fn waits_for(lock: &EntityLock, message: &EntityMessage) -> bool {
    match message {
        EntityMessage::Signal { .. } | EntityMessage::Lock(_) => true,
        EntityMessage::Call { caller, section, .. } => !admits(lock, caller, *section),
        EntityMessage::Unlock { .. } => false,
    }
}

/// Whether a call comes from the critical section that holds the lock.
fn admits(lock: &EntityLock, caller: &ActionLink, section: Option<crate::ids::EventId>) -> bool {
    caller.execution == lock.section.execution && section == Some(lock.section.event_id)
}
