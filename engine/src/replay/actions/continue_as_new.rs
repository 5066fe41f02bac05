//! The end of an execution that another one follows.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::limits::check_version;
use crate::model::{Failure, Payload};
use crate::replay::state::{Next, Shared};

/// Ends the execution when it is first polled, and never completes: the next execution begins instead. Made by the context.
#[must_use = "futures do nothing unless they are awaited"]
pub struct ContinueAsNew<O> {
    shared: Shared,
    input: Result<Payload, Failure>,
    version: Option<Arc<str>>,
    output: PhantomData<fn() -> O>,
}

impl<O> ContinueAsNew<O> {
    pub(in crate::replay) fn new(shared: Shared, input: Result<Payload, Failure>) -> Self {
        Self { shared, input, version: None, output: PhantomData }
    }

    /// The version that the next execution, and all that follow it, are pinned to. Without this it is the present one. The next
    /// execution waits, visibly blocked, while no node knows the version.
    pub fn version(mut self, version: impl Into<Arc<str>>) -> Self {
        let version = version.into();
        self.input = self.input.and_then(|input| check_version(&version).map(|()| input));
        self.version = Some(version);
        self
    }
}

impl<O> Future for ContinueAsNew<O> {
    type Output = Result<O, Failure>;

    fn poll(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Self::Output> {
        let input = self.input.clone()?;
        self.shared.lock().next = Some(Next { input, version: self.version.clone() });
        Poll::Pending
    }
}
