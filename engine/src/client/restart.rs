//! Running what has run before once more.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use serde::Serialize;

use super::{Client, EngineError};
use crate::ids::InstanceId;
use crate::model::{Failure, Payload};

/// A restart being put together; awaiting it starts the instance and gives its id once that is durable.
#[must_use = "a restart happens when it is awaited"]
pub struct Restart<'c> {
    client: &'c Client,
    id: InstanceId,
    input: Option<Result<Payload, Failure>>,
    new_id: Option<InstanceId>,
}

impl<'c> Restart<'c> {
    pub(super) fn new(client: &'c Client, id: &InstanceId) -> Self {
        Self { client, id: id.clone(), input: None, new_id: None }
    }

    /// Another input than the one it had.
    pub fn input<I: Serialize + ?Sized>(mut self, input: &I) -> Self {
        self.input = Some(Payload::encode(input));
        self
    }

    /// Leaves the instance as it is and starts another one like it under a new id, finished or not.
    pub fn as_new(self) -> Self {
        let id = InstanceId::from_uuid(self.client.clock().new_id());
        self.as_instance(id)
    }

    /// The same under this id, which must be free.
    pub fn as_instance(mut self, id: InstanceId) -> Self {
        self.new_id = Some(id);
        self
    }

    async fn run(self) -> Result<InstanceId, EngineError> {
        let (id, input, new_id) = (self.id, self.input.transpose()?, self.new_id);
        let begun = new_id.clone().unwrap_or_else(|| id.clone());
        let restart = self.client.write("restart", move |within| {
            Box::pin(async move {
                match new_id {
                    Some(new_id) => within.restart_as(&id, new_id, input).await,
                    None => within.restart(&id, input).await,
                }
            })
        });
        restart.await?;
        Ok(begun)
    }
}

impl<'c> IntoFuture for Restart<'c> {
    type Output = Result<InstanceId, EngineError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'c>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
