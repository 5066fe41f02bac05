//! The calls that write, inside a transaction of the caller.

use serde::Serialize;

use super::start::Start;
use super::{Client, EngineError};
use crate::clock::Timestamp;
use crate::ids::{ExecutionId, InstanceId};
use crate::limits::check_name;
use crate::model::{Message, Orchestration, Payload, Raised};
use crate::store::{Later, Transaction};

/// The engine, seen from inside a transaction: whatever is called here takes effect together with the caller's rows, or
/// not at all. Made by [`Client::within`].
#[derive(Clone, Copy)]
pub struct Within<'t> {
    pub(super) client: &'t Client,
    pub(super) tx: &'t Transaction,
}

impl<'t> Within<'t> {
    /// Starts an instance; see [`Client::start`].
    pub fn start<I: Serialize, O>(self, orchestration: Orchestration<I, O>, input: &I) -> Start<'t> {
        Start::new(self.client, Some(self.tx), orchestration, input)
    }

    /// Raises an external event; see [`Client::raise_event`].
    pub async fn raise_event<T: Serialize + ?Sized>(
        self,
        id: &InstanceId,
        name: &str,
        value: &T,
    ) -> Result<(), EngineError> {
        check_name("an event", name)?;
        let input = Payload::encode(value)?;
        self.send(id, Message::Raise(Raised { name: name.into(), input })).await
    }

    /// Raises an external event at a later moment; see [`Client::raise_event_at`].
    pub async fn raise_event_at<T: Serialize + ?Sized>(
        self,
        id: &InstanceId,
        name: &str,
        value: &T,
        moment: Timestamp,
    ) -> Result<(), EngineError> {
        let event = Message::Raise(Raised { name: name.into(), input: Payload::encode(value)? });
        let later = Later { at: moment, id: self.client.clock().new_id() };
        Ok(self.client.store().send_later(self.tx, id, &event, later).await?)
    }

    /// Suspends an instance; see [`Client::suspend`].
    pub async fn suspend(self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        self.send(id, Message::Suspend { reason: said(reason) }).await
    }

    /// Resumes an instance; see [`Client::resume`].
    pub async fn resume(self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        self.send(id, Message::Resume { reason: said(reason) }).await
    }

    /// Terminates an instance; see [`Client::terminate`].
    pub async fn terminate(self, id: &InstanceId, reason: &str) -> Result<(), EngineError> {
        self.send(id, Message::Terminate { reason: said(reason), recursive: false }).await
    }

    /// Begins a finished instance anew under its own id, with the input it had or a new one; see [`Client::restart`].
    pub async fn restart(self, id: &InstanceId, input: Option<Payload>) -> Result<(), EngineError> {
        let clock = self.client.clock();
        let execution = ExecutionId(clock.new_id());
        Ok(self.client.store().restart(self.tx, id, input, execution, clock.now()).await?)
    }

    async fn send(self, id: &InstanceId, message: Message) -> Result<(), EngineError> {
        Ok(self.client.store().send(self.tx, id, &message, self.client.clock().now()).await?)
    }
}

fn said(reason: &str) -> Option<String> {
    (!reason.is_empty()).then(|| reason.to_owned())
}
