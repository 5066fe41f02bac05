//! The contract of a store, in the order of a work item's life.
//!
//! Every method is whole or not at all. A method that takes a [`Transaction`] takes effect when that transaction is
//! committed; every other writing method is one logical commit of its own.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

use super::commit::{Committed, Later, TurnCommit};
use super::entities::Cleaned;
use super::error::StoreError;
use super::health::{Overdue, Parent, Undelivered, Vitals, Walk, Walked};
use super::reads::Reads;
use super::sql::Transaction;
use crate::clock::Timestamp;
use crate::ids::{EntityId, EventId, ExecutionId, InstanceId, InstanceKey, MessageId, NodeId, ScheduleId, TaskId};
use crate::model::{
    Answer, Blocked, EntityMessage, EntityState, Event, ExecutionStarted, Message, Payload, RuntimeStatus,
    ScheduleRecord, Task,
};

/// What a store does for the engine; what clients read of it is in [`Reads`].
#[async_trait]
pub trait Store: Reads {
    /// Notes that `node` works here from now on. Called once, before anything else.
    ///
    /// In a database that belongs to one process all other nodes are dead. In one that nodes share, those are that
    /// [`Store::retire`] named.
    async fn register(&self, node: NodeId, now: Timestamp) -> Result<(), StoreError>;

    /// Gives `node` all work that no other living node holds: instances with unread messages, and tasks, suspects first.
    /// What a dead node may have died of is counted: everything it had in its hands the first time, and later what was
    /// marked as begun ([`Store::mark_turn`], [`Store::mark_task`]).
    /// [`StoreError::LeaseLost`] for a node that is not registered, or was retired.
    async fn recover(&self, node: NodeId) -> Result<Recovered, StoreError>;

    /// Declares `node` dead: its leases are void, its commits meet [`StoreError::LeaseLost`] from now on even if it lives,
    /// and the node that recovers next gets its work. If it lives, it has to begin anew under another id. Nothing happens
    /// for a node that nobody knows.
    async fn retire(&self, node: NodeId) -> Result<(), StoreError>;

    /// Begins a caller's transaction and holds the writer until [`Store::commit_transaction`] or drop (which rolls back).
    /// Fails with [`StoreError::WriterHeld`] when the calling task holds the writer already.
    async fn begin(&self, caller: &'static str) -> Result<Transaction, StoreError>;

    /// Makes everything done within `tx` durable and says which instances have new messages. Fails with
    /// [`StoreError::Budget`] (and rolls back) when the transaction was open for longer than its budget.
    async fn commit_transaction(&self, tx: Transaction) -> Result<Vec<InstanceKey>, StoreError>;

    /// Creates an instance in state `Pending` with its start message, which waits until `scheduled_at` where that is later
    /// than `now`. [`StoreError::Exists`] when the id is taken.
    async fn create(
        &self,
        tx: &Transaction,
        started: &ExecutionStarted,
        now: Timestamp,
    ) -> Result<InstanceKey, StoreError>;

    /// Creates an instance like [`Store::create`] in a commit of its own, which it may share with other such calls and with turns.
    /// `node` is the one that shall run its first turn, if the caller knows one.
    async fn start(
        &self,
        started: &ExecutionStarted,
        node: Option<NodeId>,
        now: Timestamp,
    ) -> Result<Started, StoreError>;

    /// Puts `message` into the inbox of `id` like [`Store::send`] in a commit of its own, which it may share with others. Says
    /// which instance got it.
    async fn tell(&self, id: &InstanceId, message: &Message, now: Timestamp) -> Result<InstanceKey, StoreError>;

    /// Puts `message` into the inbox of `id`. [`StoreError::NotFound`] and [`StoreError::Finished`] when nobody would read
    /// it; [`StoreError::InboxFull`] for an event to an instance that has too many unread messages;
    /// [`StoreError::WrongState`] for a second suspend and for a resume of what is not suspended.
    ///
    /// Suspend and resume change the visible status at once, in the same commit. Terminate does not wait for a scheduled
    /// start: the instance ends without running.
    async fn send(
        &self,
        tx: &Transaction,
        id: &InstanceId,
        message: &Message,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Puts `message` into the inbox of `id` at the moment that `later` names, and not before. Refused as by [`Store::send`].
    ///
    /// Until then it belongs to the instance: it survives continue-as-new, and goes with the end of the instance. For messages that change nothing visible: suspend, resume and terminate take effect at once.
    async fn send_later(
        &self,
        tx: &Transaction,
        id: &InstanceId,
        message: &Message,
        later: Later,
    ) -> Result<(), StoreError>;

    /// Begins a finished instance anew under its own id: a new execution, an empty inbox with the start message, no tasks, no
    /// timers, a new lease epoch. Its name, version and (for `None`) input stay, it has no parent any more, and `execution` is
    /// its new seed too. Histories of earlier executions stay. [`StoreError::WrongState`] while it is not finished.
    async fn restart(
        &self,
        tx: &Transaction,
        id: &InstanceId,
        input: Option<Payload>,
        execution: ExecutionId,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Starts an instance in the place of another one of the same id: like [`Store::restart`], but with everything that
    /// `started` says, and at the moment that it says. Of the one before stay its key, the moment of its creation and its
    /// histories; its lease, tasks, timers and messages are void.
    ///
    /// `unfinished` says what becomes of one that has not ended: [`StoreError::WrongState`], or its execution ends as
    /// `Terminated` in the same commit, its parent gets that as its result, and the entities that it has locked or asked to
    /// lock get an unlock. [`StoreError::NotFound`] when there is none.
    async fn replace(
        &self,
        tx: &Transaction,
        started: &ExecutionStarted,
        unfinished: Unfinished,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Begins an execution that continues a failed one: pending, with a new lease epoch, without output, failure and custom
    /// status, its parent waiting as before. A [`Message::Rewind`] stands before all unread messages, which stay, but for the
    /// verbs of clients that came too late for the one that failed. [`StoreError::WrongState`] unless it has failed.
    async fn rewind(
        &self,
        tx: &Transaction,
        id: &InstanceId,
        reason: Option<String>,
        execution: ExecutionId,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Removes instances that have ended, and gives the number of those that were there and had. They are gone whole and at
    /// once, with all that can be read or found of them, and their ids are free; [`Store::sweep`] gives back the space.
    async fn purge(&self, tx: &Transaction, instances: &[InstanceKey]) -> Result<u64, StoreError>;

    /// Takes away at most `limit` rows of each kind that purged instances left behind. `true` when there may be more.
    async fn sweep(&self, tx: &Transaction, limit: u32) -> Result<bool, StoreError>;

    /// Clears what blocks an instance and has it tried again, alone if it is a suspect: its turn, and its activities that are set
    /// aside. [`StoreError::NotFound`], [`StoreError::Finished`], and [`StoreError::NotBlocked`] when nothing blocks it.
    async fn redrive(&self, tx: &Transaction, id: &InstanceId, now: Timestamp) -> Result<(), StoreError>;

    /// Takes the lease on an instance for `node`, or confirms it. `None` when another living node holds it, when the
    /// instance is gone, or when it has ended.
    ///
    /// Whoever held the lease before and commits later meets [`StoreError::LeaseLost`].
    async fn claim(&self, node: NodeId, key: InstanceKey) -> Result<Option<Claim>, StoreError>;

    /// The current execution's history, in order.
    async fn load(&self, claim: &Claim) -> Result<Vec<Event>, StoreError>;

    /// Unread messages after `after`, in the order of their commits: at most `limit`, and always a start message first.
    async fn inbox(
        &self,
        key: InstanceKey,
        after: MessageId,
        limit: u32,
    ) -> Result<Vec<(MessageId, Message)>, StoreError>;

    /// Records a turn: consumed messages, events, tasks (claimed by the lease's owner), timers, children, events to
    /// others, the parent's answer, the status, and the start of a next execution, all or nothing.
    ///
    /// It may share its transaction with other turns, starts and messages that wait for the writer at the same time; each is
    /// whole or not at all by itself.
    ///
    /// [`StoreError::LeaseLost`] and no change when the lease has another owner or epoch, and when a message or a task that the
    /// turn read is gone. A child whose id is taken is not
    /// created; the parent gets a failure of kind `InstanceExists` for it instead. Only a further try of a call begins anew
    /// in the place of an earlier one that has ended: like [`Store::replace`], with the same parent. An event to a missing
    /// or ended instance is dropped.
    async fn commit(&self, turn: TurnCommit) -> Result<Committed, StoreError>;

    /// Marks an instance as blocked, fenced like [`Store::commit`], and changes nothing else.
    async fn block(&self, claim: &Claim, blocked: Blocked) -> Result<(), StoreError>;

    /// Records that the turn of a claim was recovered and did not kill its node, though it committed nothing: it is no suspect
    /// any more. Fenced like [`Store::commit`].
    async fn survived(&self, claim: &Claim) -> Result<(), StoreError>;

    /// Records that a turn of a claim that was recovered before begins, so that it is counted if the node dies of it.
    /// `false`, and no change, when the lease has another owner or epoch.
    async fn mark_turn(&self, claim: &Claim) -> Result<bool, StoreError>;

    /// Records that `node` begins a task that was recovered before, so that it is counted if the node dies of it. A task that
    /// was set aside is so no longer. `false`, and no change, when the task is gone or another node has it.
    async fn mark_task(&self, node: NodeId, task: &Task) -> Result<bool, StoreError>;

    /// Sets a task of `node` aside: its instance shows `blocked`, and goes on with everything else. One of kind
    /// [`Poison`](crate::model::BlockedKind::Poison) waits for a re-drive, any other also comes back with the next
    /// [`Store::recover`]. `false`, and no change, when the task is gone or another node has it.
    async fn set_aside(&self, node: NodeId, task: &Task, blocked: Blocked) -> Result<bool, StoreError>;

    /// Gives up what `node` has in its hands, tasks and turns, because it stops in order: nothing of it counts as
    /// recovered later.
    async fn release(&self, node: NodeId) -> Result<(), StoreError>;

    /// Records what a running activity of `node` says of itself, in place of what it said before. `false`, and no change, when
    /// the task is gone (its execution has ended, or its call was cancelled) or another node has it.
    async fn heartbeat(
        &self,
        node: NodeId,
        task: TaskId,
        details: &Payload,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Removes the task and puts its answer into the inbox of its instance. `false`, and no change, when the task is gone:
    /// its execution has ended, or another node finished it.
    async fn complete_task(&self, task: TaskId, key: InstanceKey, answer: &Answer) -> Result<bool, StoreError>;

    /// Turns at most `limit` timers that are due at `now` into messages, and delivers as many delayed messages.
    async fn fire_timers(&self, now: Timestamp, limit: u32) -> Result<Fired, StoreError>;

    /// Removes like [`Store::purge`] at most `limit` instances of that final status that ended at `until` or before, the
    /// earliest first, and gives their number. What is restarted at the same moment stays.
    async fn expire(
        &self,
        tx: &Transaction,
        status: RuntimeStatus,
        until: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError>;

    /// When the instance of that final status ended that ended first. `None` without any.
    async fn first_end(&self, status: RuntimeStatus) -> Result<Option<Timestamp>, StoreError>;

    /// Creates a schedule. [`StoreError::ScheduleExists`] when the id is taken.
    async fn create_schedule(&self, tx: &Transaction, record: &ScheduleRecord) -> Result<(), StoreError>;

    /// The schedule of that id, which nobody else writes until the transaction ends.
    async fn hold_schedule(&self, tx: &Transaction, id: &ScheduleId) -> Result<Option<ScheduleRecord>, StoreError>;

    /// Writes a schedule that the same transaction holds. [`StoreError::ScheduleNotFound`] when it is gone.
    async fn save_schedule(&self, tx: &Transaction, record: &ScheduleRecord) -> Result<(), StoreError>;

    /// Removes a schedule. [`StoreError::ScheduleNotFound`] when there is none.
    async fn delete_schedule(&self, tx: &Transaction, id: &ScheduleId) -> Result<(), StoreError>;

    /// Schedules whose moment has come by `now`, the earliest first and at most `limit`, and the next moment after `now`.
    async fn due_schedules(&self, now: Timestamp, limit: u32) -> Result<DueSchedules, StoreError>;

    /// Schedules that are not paused and have a run that waits for the end of the one before, at most `limit`.
    async fn queued_schedules(&self, limit: u32) -> Result<Vec<ScheduleId>, StoreError>;

    /// A page of the vitals of all instances that have not ended, entities included: at most `limit`, from where the page before ended.
    async fn walk(&self, from: Walk, limit: u32) -> Result<Walked, StoreError>;

    /// The vitals of an instance that has not ended.
    async fn vitals(&self, key: InstanceKey) -> Result<Option<Vitals>, StoreError>;

    /// Which of these executions have children that have not ended.
    async fn have_open_children(&self, parents: &[Parent]) -> Result<HashSet<Parent>, StoreError>;

    /// Timers and schedules whose moment was before `before`, at most `limit` of each.
    async fn overdue(&self, before: Timestamp, limit: u32) -> Result<Overdue, StoreError>;

    /// How many messages ended instances have left unread.
    async fn undelivered(&self) -> Result<Undelivered, StoreError>;

    /// Puts `message` into the inbox of `entity`, at the moment that `later` names and not before. An entity comes into being
    /// by its first message; what is unique to it then derives from `source`, a fresh id.
    async fn tell_entity(
        &self,
        tx: &Transaction,
        entity: &EntityId,
        message: &EntityMessage,
        later: Option<Later>,
        source: Uuid,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// What is stored of the claim's entity; the default before its first turn.
    async fn load_entity(&self, claim: &Claim) -> Result<EntityState, StoreError>;

    /// Which of these executions are the present ones of their instances and have not ended.
    async fn find_living(&self, executions: &[(InstanceId, ExecutionId)]) -> Result<HashSet<ExecutionId>, StoreError>;

    /// Looks at `limit` entities after `after` and removes those that have neither a state nor a lock nor messages, present
    /// or delayed. Their next message begins a new life.
    async fn clean_entities(&self, tx: &Transaction, after: InstanceKey, limit: u32) -> Result<Cleaned, StoreError>;
}

/// What becomes of an instance that has not ended when another one is to take its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// It stays, and the other one is refused.
    Stays,
    /// It is terminated.
    Ends,
}

/// What a node finds when it starts.
#[derive(Debug, Default)]
pub struct Recovered {
    /// Instances with unread messages that have not ended.
    pub instances: Vec<InstanceKey>,
    /// Tasks to run.
    pub tasks: Vec<Task>,
}

/// A lease on an instance: what fences its commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The instance.
    pub key: InstanceKey,
    /// Its id.
    pub instance: InstanceId,
    /// The holder.
    pub owner: NodeId,
    /// Increases with every change of the holder and with every restart.
    pub epoch: i64,
    /// The current execution.
    pub execution: ExecutionId,
    /// Its number, from 1.
    pub ordinal: u32,
    /// How often a node died with a turn of it, and may have died of it, since the last commit.
    pub recoveries: u32,
    /// What blocks its turns, not one of its activities, as of the claim or of the last commit under it.
    pub blocked: Option<Blocked>,
    /// Whether nobody has held a lease on the instance yet: the first commit under this claim takes it.
    pub is_new: bool,
}

/// An instance that begins at once, for the node that may run its first turn without a look at the store.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The lease that its first commit takes.
    pub claim: Claim,
    /// Its start message in the inbox.
    pub message: MessageId,
    /// How it begins.
    pub started: Box<ExecutionStarted>,
}

/// What starting an instance leads to.
#[derive(Clone, Debug)]
pub struct Started {
    /// The instance.
    pub key: InstanceKey,
    /// The way to run its first turn, for a start by a living node.
    pub begun: Option<Begun>,
    /// The moment at which it begins, if that is to come.
    pub due: Option<Timestamp>,
}

/// What firing timers leads to.
#[derive(Debug, Default)]
pub struct Fired {
    /// Instances with new messages.
    pub touched: Vec<InstanceKey>,
    /// The moments for which the fired timers were set.
    pub moments: Vec<Timestamp>,
    /// When the next timer is due, `None` without timers.
    pub next: Option<Timestamp>,
}

/// Schedules whose moment has come.
#[derive(Debug, Default)]
pub struct DueSchedules {
    /// Their ids, the earliest first.
    pub ids: Vec<ScheduleId>,
    /// When the next one after these is due.
    pub next: Option<Timestamp>,
}

/// A scheduled activity that has not ended, as clients see it.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskRecord {
    /// The action that scheduled it.
    pub event_id: EventId,
    /// The activity's name.
    pub name: Arc<str>,
    /// Which try of the call it is, from 1.
    pub attempt: u32,
    /// When it was scheduled.
    pub scheduled_at: Timestamp,
    /// How often a dead node had it in its hands.
    pub recoveries: u32,
    /// What it, or the try before it, said last by its heartbeat, as far as that is recorded: see
    /// [`crate::ActivityContext::heartbeat`].
    pub heartbeat: Option<Payload>,
    /// When the heartbeat of this try was recorded.
    pub heartbeat_at: Option<Timestamp>,
    /// Why it is set aside, if it is.
    pub blocked: Option<Blocked>,
}
