//! The gate at which every store call of every node and client waits until the schedule lets it through, so that a run is
//! one call after the other in an order that the seed decides.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use countersign_engine::StoreError;
use futures::future::{BoxFuture, poll_fn};
use futures::task::AtomicWaker;
use tokio::sync::oneshot;

/// Where those who want to call wait. At any time one actor runs; all others stand here.
#[derive(Default)]
pub(crate) struct Gate {
    arrived: Mutex<Option<Ticket>>,
    driver: AtomicWaker,
}

/// A call that waits.
pub(crate) struct Ticket {
    /// The method's name.
    pub(crate) call: &'static str,
    /// Whether it has taken effect already and only its answer waits.
    pub(crate) done: bool,
    go: oneshot::Sender<Result<(), StoreError>>,
}

impl Ticket {
    /// Lets the call through, or makes it fail.
    pub(crate) fn decide(self, verdict: Result<(), StoreError>) {
        // Nobody hears it whose node has died meanwhile.
        let _ = self.go.send(verdict);
    }

    /// Whether it reads only and so waits for no writer.
    pub(crate) fn reads(&self) -> bool {
        matches!(self.call, "inbox" | "load" | "find" | "query" | "history" | "count_by_status" | "activity")
    }
}

/// How far an actor came.
pub(crate) enum Reached<T> {
    /// It waits at the gate.
    Gate(Ticket),
    /// It has ended.
    End(T),
}

impl Gate {
    /// Waits until the schedule decides.
    pub(crate) async fn pass(&self, call: &'static str, done: bool) -> Result<(), StoreError> {
        let (go, verdict) = oneshot::channel();
        let other = self.arrived().replace(Ticket { call, done, go });
        assert!(other.is_none(), "two calls at a time: {call} and {:?}", other.map(|ticket| ticket.call));
        self.driver.wake();
        verdict.await.unwrap_or_else(|_| Err(StoreError::Unknown("the world has ended".to_owned())))
    }

    /// Runs an actor until it comes to the gate or to its end.
    pub(crate) async fn drive<T>(&self, actor: &mut BoxFuture<'static, T>) -> Reached<T> {
        poll_fn(|context| {
            self.driver.register(context.waker());
            if let Poll::Ready(end) = actor.as_mut().poll(context) {
                return Poll::Ready(Reached::End(end));
            }
            self.arrived().take().map_or(Poll::Pending, |ticket| Poll::Ready(Reached::Gate(ticket)))
        })
        .await
    }

    fn arrived(&self) -> MutexGuard<'_, Option<Ticket>> {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
